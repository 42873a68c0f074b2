//! One file: its resources, the parts of resources of other files, and what could not be read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::arn::Arn;
use crate::resource::{Resource, ResourceType};

use super::account::{self, Page};
use super::clean;
use super::names::{id_in, listener_of, names};
use super::place::Evidence;
use super::shapes::{self, By, Holds, Parts, Shape, Take};
use super::text::{self, Answer, Item, Place, Section, Text};

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The operations whose answers it holds, at least a page of each.
    pub(super) answers: Vec<Answered>,
    pub(super) resources: Vec<Found>,
    pub(super) parts: Vec<Part>,
    /// What is of the account as a whole.
    pub(super) pages: Vec<Page>,
    pub(super) wrong: Vec<Wrong>,
    /// Keys that are known and not needed.
    pub(super) not_kept: Vec<String>,
    /// Keys that are not known, or whose resource nothing names; the latter with what would.
    pub(super) unknown: Vec<String>,
    pub(super) evidence: Evidence,
    /// Who read it, if it says so.
    pub(super) caller: Option<Arn>,
    /// The newest time in it.
    pub(super) newest: Option<Timestamp>,
}

/// A page of an operation's answer.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) operation: &'static str,
    /// Whose, where it is asked of each resource.
    pub(super) of: Option<Owner>,
    /// Another page follows.
    pub(super) has_more: bool,
    /// It leaves out what the operation gives besides.
    pub(super) leaves_out: Option<&'static str>,
}

#[derive(Debug)]
pub(super) struct Found {
    pub(super) resource: Resource,
    pub(super) at: String,
}

/// Something for a field of a resource.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) shape: &'static Shape,
    pub(super) parts: &'static Parts,
    pub(super) of: Owner,
    /// One value, or more for a list.
    pub(super) value: Value,
    /// Other fields that come with it.
    pub(super) more: Vec<(&'static str, Value)>,
    pub(super) at: String,
}

/// How a part names its resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Id(String),
    /// Names of the file and its folders, the nearest first: one of them may be its.
    OneOf(Vec<String>),
}

/// Something that could not be read.
#[derive(Debug, Clone)]
pub(super) struct Wrong {
    /// Whose cell is not complete because of it; none if nobody can say.
    pub(super) operation: Option<&'static str>,
    /// Such as `Vpcs[3]`; empty for the whole file.
    pub(super) at: String,
    pub(super) place: Place,
}

/// Reads a file. Its path tells what its parts belong to where they do not say so themselves.
pub(super) fn read(path: &[String], bytes: &[u8]) -> Content {
    let mut content = Content::default();
    let text = match text::decode(bytes) {
        Ok(text) => text,
        Err(place) => {
            content.wrong.push(Wrong { operation: None, at: String::new(), place });
            return content;
        }
    };
    let names = names(path);
    if let Some(page) = account::csv(&text) {
        content.add_page(page);
        return content;
    }
    let text = Text::new(&text);
    for (index, answer) in text::answers(&text).iter().enumerate() {
        Reading { text: &text, names: &names, content: &mut content }.answer(index, answer);
    }
    content.not_kept.sort();
    content.not_kept.dedup();
    content.unknown.sort();
    content.unknown.dedup();
    content
}

impl Content {
    fn add_page(&mut self, page: Page) {
        for (_, value) in &page.items {
            let arn = if page.kind.is_of_organization() { None } else { account::arn_of(page.kind, value) };
            self.evidence.lister(arn.as_deref().and_then(|arn| arn.split(':').nth(4)));
        }
        self.newest = self.newest.max(page.newest());
        self.pages.push(page);
    }

    /// Whether something of the file belongs to a region.
    pub(super) fn is_regional(&self) -> bool {
        let regional = |wrong: &Wrong| wrong.operation.is_some_and(|operation| !account::is_global(operation));
        !self.answers.is_empty() || self.wrong.iter().any(regional)
    }

    pub(super) fn is_used(&self) -> bool {
        !self.answers.is_empty() || !self.pages.is_empty()
    }
}

struct Reading<'r, 'a> {
    text: &'r Text<'a>,
    names: &'r [String],
    content: &'r mut Content,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reservation<'a> {
    owner_id: Option<String>,
    #[serde(borrow, default)]
    instances: Vec<&'a RawValue>,
}

impl<'a> Reading<'_, 'a> {
    fn answer(&mut self, index: usize, answer: &Answer<'a>) {
        let beside: BTreeMap<&str, &Value> = answer.beside.iter().map(|(key, value)| (key.as_str(), value)).collect();
        let is_caller = beside.contains_key("UserId");
        if let Some(account) = beside.get("Account").filter(|_| is_caller) {
            self.content.evidence.caller(account);
            self.content.caller = beside.get("Arn").and_then(|arn| arn.as_str()?.parse().ok());
            self.content.not_kept.push("Account".to_owned());
        }
        self.content.unknown.extend(answer.unknown.iter().cloned());
        let mut operations: Vec<&'static str> = Vec::new();
        for section in &answer.sections {
            if account::knows(&section.key) {
                operations.extend(self.page(index, section, answer));
            } else if let Some(shape) = self.shape_of(section) {
                self.section(shape, section, answer.has_more, &beside);
                operations.extend((!shape.operation.is_empty()).then_some(shape.operation));
            }
        }
        if let Some(place) = &answer.broken {
            // A page whose end is missing may have lost anything, the name of the next page too.
            let at = answer.sections.last().map(|section| section.key.clone()).unwrap_or_default();
            let none = operations.is_empty().then_some(None);
            let regional = |operation: &'static str| (!account::is_global(operation)).then_some(operation);
            for operation in operations.into_iter().map(regional).chain(none) {
                self.content.wrong.push(Wrong { operation, at: at.clone(), place: place.clone() });
            }
        }
    }

    /// A key of an answer about the account as a whole; gives the operation that it is of.
    fn page(&mut self, index: usize, section: &Section<'a>, answer: &Answer<'a>) -> Option<&'static str> {
        let (mut values, mut broken) = (Vec::new(), Vec::new());
        for (number, item) in section.items.iter().enumerate() {
            let at = if section.is_single { section.key.clone() } else { format!("{}[{number}]", section.key) };
            match self.value(item) {
                Ok(mut value) => {
                    clean::walk(&mut value);
                    values.push((at, value));
                }
                Err(place) => {
                    broken.push((at.clone(), place.why.clone()));
                    // Whose it is comes out later, with the accounts of the page.
                    self.content.wrong.push(Wrong { operation: None, at, place });
                }
            }
        }
        let Some(page) = Page::of((index, answer), section, self.names, values, broken) else {
            self.content.unknown.push(section.key.clone());
            return None;
        };
        let operation = page.kind.operation();
        self.content.add_page(page);
        Some(operation)
    }

    /// What a key means in this file: some mean two things, and the path says which.
    fn shape_of(&mut self, section: &Section<'_>) -> Option<&'static Shape> {
        let mut shapes = shapes::of_key(&section.key);
        let hint = |kind: &str| self.names.iter().any(|name| name.contains("arn:") && name.contains(kind));
        let shape = shapes.find(|shape| match &shape.holds {
            Holds::Parts(Parts { of: ResourceType::LoadBalancer, by: By::NamedInPath, .. }) => hint(":loadbalancer/"),
            Holds::Parts(Parts { take: Take::Element, field: "Attributes", .. }) => hint(":targetgroup/"),
            // One classic load balancer's attributes are an object, those of a collection of others a list.
            Holds::Parts(Parts { take: Take::Whole, by: By::NamedInPath, .. }) => section.is_single,
            Holds::Parts(Parts { take: Take::Member(_), .. }) => !section.is_single,
            _ => true,
        });
        if shape.is_none() {
            self.content.unknown.push(section.key.clone());
        }
        shape
    }

    fn section(
        &mut self,
        shape: &'static Shape,
        section: &Section<'a>,
        has_more: bool,
        beside: &BTreeMap<&str, &Value>,
    ) {
        let mut answered = Answered { operation: shape.operation, of: None, has_more, leaves_out: None };
        let items: Vec<(String, &Item<'a>)> = section
            .items
            .iter()
            .enumerate()
            .map(|(index, item)| match item {
                Item::Listed(_) => (format!("{}[{index}]", section.key), item),
                Item::Single(_) => (section.key.clone(), item),
            })
            .collect();
        match &shape.holds {
            Holds::Nothing => {
                for (_, item) in &items {
                    if let Ok(value) = self.value(item) {
                        self.content.evidence.item(&value);
                    }
                }
                self.content.not_kept.push(section.key.clone());
                return;
            }
            Holds::Resources(of) => {
                for (at, item) in items {
                    self.resource(*of, shape.operation, at, item, None);
                }
            }
            Holds::Reservations => {
                for (at, item) in items {
                    self.reservation(shape.operation, at, item);
                }
            }
            Holds::PrefixLists => {
                for (at, item) in items {
                    if self.prefix_list(shape.operation, at, item) {
                        answered.leaves_out = Some("describe-prefix-lists tells of AWS's own lists alone");
                    }
                }
            }
            Holds::Parts(parts) => {
                if shape.key == shapes::STATIC_ROUTES {
                    answered.leaves_out = Some("only the static routes were imported");
                }
                match self.parts(shape, parts, items, beside) {
                    Ok(of) => answered.of = of,
                    Err(wanted) => {
                        self.content.unknown.push(format!("{} ({wanted})", section.key));
                        return;
                    }
                }
            }
        }
        self.content.answers.push(answered);
    }

    fn wrong(&mut self, operation: &'static str, at: String, place: Place) {
        self.content.wrong.push(Wrong { operation: Some(operation), at, place });
    }

    fn value(&self, item: &Item<'a>) -> Result<Value, Place> {
        match item {
            Item::Listed(piece) => serde_json::from_str(piece).map_err(|error| Place::of(&error, self.text, piece)),
            Item::Single(value) => Ok(value.clone()),
        }
    }

    /// An item, cleaned, its evidence and times taken up.
    fn item(&mut self, of: ResourceType, item: &Item<'a>) -> Result<Value, Place> {
        let mut value = self.value(item)?;
        clean::clean(&mut value, of);
        self.content.evidence.item(&value);
        self.content.newest = self.content.newest.max(clean::newest(&value));
        Ok(value)
    }

    fn resource(
        &mut self,
        of: ResourceType,
        operation: &'static str,
        at: String,
        item: &Item<'a>,
        with: Option<(&str, &str)>,
    ) {
        let read = self.item(of, item).and_then(|mut value| {
            if let (Value::Object(members), Some((name, text))) = (&mut value, with) {
                members.insert(name.to_owned(), Value::String(text.to_owned()));
            }
            let resource = Resource::deserialize_as(of, value).map_err(|error| self.place(of, item, &error))?;
            if resource.id().is_empty() { Err(self.at(item, "it has no id")) } else { Ok(resource) }
        });
        match read {
            Ok(resource) => self.content.resources.push(Found { resource, at }),
            Err(place) => self.wrong(operation, at, place),
        }
    }

    /// Where in the text an item cannot be read. The cleaned item has no places, so the text is read once more.
    fn place(&self, of: ResourceType, item: &Item<'a>, error: &serde_json::Error) -> Place {
        let Item::Listed(piece) = item else { return Place::nowhere(error.to_string()) };
        match Resource::deserialize_as(of, &mut serde_json::Deserializer::from_str(piece)) {
            Err(error) => Place::of(&error, self.text, piece),
            Ok(_) => self.at(item, &error.to_string()),
        }
    }

    /// The beginning of an item.
    fn at(&self, item: &Item<'a>, why: &str) -> Place {
        let Item::Listed(piece) = item else { return Place::nowhere(why) };
        Place::of(&serde::de::Error::custom(why), self.text, piece)
    }

    fn reservation(&mut self, operation: &'static str, at: String, item: &Item<'a>) {
        let Item::Listed(piece) = item else {
            return self.wrong(operation, at, Place::nowhere("it is no list"));
        };
        match serde_json::from_str::<Reservation<'a>>(piece) {
            Err(error) => self.wrong(operation, at, Place::of(&error, self.text, piece)),
            Ok(reservation) => {
                let owner = reservation.owner_id.as_deref();
                self.content.evidence.lister(owner);
                let with = owner.map(|owner| ("ReservationOwnerId", owner));
                for (index, instance) in reservation.instances.iter().enumerate() {
                    let at = format!("{at}.Instances[{index}]");
                    self.resource(ResourceType::Instance, operation, at, &Item::Listed(instance.get()), with);
                }
            }
        }
    }

    /// Whether it is one of `describe-prefix-lists`.
    fn prefix_list(&mut self, operation: &'static str, at: String, item: &Item<'a>) -> bool {
        let cidrs = |value: &Value| Some(value.get("Cidrs")?.as_array()?.clone());
        let Ok(mut value) = self.value(item) else {
            self.resource(ResourceType::PrefixList, operation, at, item, None);
            return false;
        };
        let Some(blocks) = cidrs(&value) else {
            self.resource(ResourceType::PrefixList, operation, at, item, None);
            return false;
        };
        if let Value::Object(list) = &mut value {
            list.remove("Cidrs");
            // The operation gives no other lists than AWS's own.
            list.insert("OwnerId".to_owned(), Value::String("AWS".to_owned()));
            let entries = blocks.into_iter().map(|block| serde_json::json!({ "Cidr": block })).collect();
            list.insert("Entries".to_owned(), Value::Array(entries));
        }
        match Resource::deserialize_as(ResourceType::PrefixList, &value) {
            Ok(resource) => {
                self.content.evidence.item(&value);
                self.content.resources.push(Found { resource, at });
            }
            Err(error) => {
                let place = self.at(item, &error.to_string());
                self.wrong(operation, at, place);
            }
        }
        true
    }

    /// The parts of a section, and whose they are if all are of one.
    ///
    /// # Errors
    /// Nothing names the resource that they belong to: what would.
    fn parts(
        &mut self,
        shape: &'static Shape,
        parts: &'static Parts,
        items: Vec<(String, &Item<'a>)>,
        beside: &BTreeMap<&str, &Value>,
    ) -> Result<Option<Owner>, String> {
        let of = match parts.by {
            By::Member(_) if parts.take == Take::Element && items.is_empty() => Some(Owner::OneOf(self.names.to_vec())),
            // Other services have keys of the same name.
            By::Member(name) if !items.is_empty() && !self.any_has(&items, name) => {
                return Err(format!("no {name} in it says whose"));
            }
            By::RuleArn if !self.any_has(&items, "RuleArn") => return Err("no RuleArn in it says whose".to_owned()),
            By::Member(_) | By::RuleArn => None,
            By::Beside(name) => match beside.get(name).and_then(|id| id.as_str()).filter(|id| !id.is_empty()) {
                Some(id) => Some(Owner::Id(id.to_owned())),
                None => return Err(format!("no {name} beside it says whose")),
            },
            By::IdInPath(begins) => match id_in(self.names, begins) {
                Some(id) => Some(Owner::Id(id)),
                None => return Err(format!("name the file or its folder after what it is of, {begins}...")),
            },
            By::NamedInPath => Some(Owner::OneOf(self.names.to_vec())),
        };
        let more = match (shape.key, beside.get("AdditionalRoutesAvailable")) {
            ("Routes", Some(more)) => vec![(MORE_ROUTES, (*more).clone())],
            _ => Vec::new(),
        };
        if let (Some(of), Take::Element) = (&of, parts.take) {
            // An empty list says something too.
            let part =
                Part { shape, parts, of: of.clone(), value: Value::Array(Vec::new()), more, at: shape.key.to_owned() };
            self.content.parts.push(part);
        }
        let mut owners = BTreeSet::new();
        for (at, item) in items {
            match self.part(shape, parts, of.as_ref(), &at, item) {
                Ok(part) => {
                    owners.insert(part.of.clone());
                    self.content.parts.push(part);
                }
                Err(place) => self.wrong(shape.operation, at, place),
            }
        }
        // Pages are counted by whom they are of; a collection of all of them is of nobody.
        let only = owners.pop_first().filter(|_| owners.is_empty() && parts.take == Take::Element);
        Ok(of.or(only))
    }

    fn any_has(&self, items: &[(String, &Item<'a>)], name: &str) -> bool {
        items.iter().any(|(_, item)| self.value(item).is_ok_and(|value| value.get(name).is_some()))
    }

    fn part(
        &mut self,
        shape: &'static Shape,
        parts: &'static Parts,
        of: Option<&Owner>,
        at: &str,
        item: &Item<'a>,
    ) -> Result<Part, Place> {
        let value = self.item(parts.of, item)?;
        let member = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let of = match (of, parts.by) {
            (Some(of), _) => of.clone(),
            (None, By::Member(name)) => {
                Owner::Id(member(name).ok_or_else(|| self.at(item, &format!("missing field `{name}`")))?)
            }
            (None, _) => {
                let listener = member("RuleArn").as_deref().and_then(listener_of);
                Owner::Id(listener.ok_or_else(|| self.at(item, "it has no rule's ARN"))?)
            }
        };
        let taken = match parts.take {
            Take::Whole => Some(value.clone()),
            Take::Element => Some(Value::Array(vec![value.clone()])),
            Take::Value => value.get("Value").cloned(),
            Take::Member(name) => value.get(name).filter(|list| list.is_array()).cloned(),
        };
        let taken = taken.ok_or_else(|| self.at(item, "what belongs to it is missing"))?;
        let more = match value.get("AdditionalRoutesAvailable") {
            Some(more) if shape.operation == shapes::ROUTES => vec![(MORE_ROUTES, more.clone())],
            _ => Vec::new(),
        };
        Ok(Part { shape, parts, of, value: taken, more, at: at.to_owned() })
    }
}

const MORE_ROUTES: &str = "AdditionalRoutesAvailable";
