//! What is there against what is wanted, in one account.

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::{AccountId, Scope};
use crate::drift::{Class, Comparison, Effect, Item, Side};
use crate::finding::{FileLocation, ResourceRef, Severity};
use crate::inventory::{Cell, Missing};
use crate::model::{Model, Subject};
use crate::resource::ResourceType;

use super::difference::{Difference, difference};
use super::effect::{self, Outcome};
use super::live::Live;
use super::{Baseline, Entry, Select, Wanted};

/// A difference between what is wanted and what is there.
#[derive(Debug, Clone)]
pub struct Deviation {
    pub item: Item,
    pub scope: Scope,
    /// None if it is not there.
    pub resource: Option<ResourceRef>,
    /// The line that wants it.
    pub location: FileLocation,
    /// None where a resource is there or is not.
    pub difference: Option<Difference>,
}

/// Something that is wanted, and of which it could not be told whether it is there.
#[derive(Debug, Clone)]
pub struct Unchecked {
    pub scope: Scope,
    pub resource_type: ResourceType,
    pub key: String,
    pub path: String,
    pub resource: Option<ResourceRef>,
    pub missing: Missing,
    pub location: FileLocation,
}

/// An entry, by its file's and its own number.
pub type EntryNumber = (usize, usize);

/// What tells what some resources' being there does.
pub type Without<'a> = &'a dyn Fn(&[Seen]) -> Comparison;

/// A resource, by its place, type and id.
pub type Seen = (Scope, ResourceType, String);

/// An attribute of a resource: place, type, key and path.
type Asked = (Scope, ResourceType, String, String);

/// What is there, by type and key.
type ByKey<'l> = BTreeMap<(ResourceType, &'l str), Vec<&'l Live<'l>>>;

/// What the comparison of an account, or of several, comes to.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub deviations: Vec<Deviation>,
    pub unchecked: Vec<Unchecked>,
    /// How many resources each entry matched, by its file's and its own number.
    pub matched: BTreeMap<(usize, usize), usize>,
    /// Scopes in which a selector matched more than its count, with the number.
    pub too_many: BTreeMap<(usize, usize), (Scope, usize)>,
    /// Entries of which nobody can tell what they match, because a listing is not complete.
    pub untold: BTreeSet<(usize, usize)>,
    /// Attributes of one resource of which two entries want different values: the entries, and the attribute.
    pub conflicts: BTreeSet<(EntryNumber, EntryNumber, String)>,
    /// How many differences each ignore hid, by its file's and its own number.
    pub hidden: BTreeMap<(usize, usize), usize>,
    /// Attributes and resources that are as wanted, by account.
    pub kept: BTreeMap<AccountId, usize>,
}

impl Found {
    /// Adds what another account's comparison came to.
    pub fn absorb(&mut self, other: Found) {
        self.deviations.extend(other.deviations);
        self.unchecked.extend(other.unchecked);
        for (entry, number) in other.matched {
            *self.matched.entry(entry).or_default() += number;
        }
        self.too_many.extend(other.too_many);
        self.untold.extend(other.untold);
        self.conflicts.extend(other.conflicts);
        for (ignore, number) in other.hidden {
            *self.hidden.entry(ignore).or_default() += number;
        }
        for (account, number) in other.kept {
            *self.kept.entry(account).or_default() += number;
        }
    }
}

/// Compares one account with the baselines that are about it.
///
/// `added` is the engine's comparison of the account without some resources and with them: what their being there
/// does.
pub fn compare(baselines: &[Baseline], model: &Model<'_>, side: &Side<'_>, added: Without<'_>) -> Found {
    let mut run = Run {
        model,
        found: Found::default(),
        unwanted: Vec::new(),
        forbidden: BTreeSet::new(),
        asked: BTreeMap::new(),
    };
    let mut all: BTreeMap<ResourceType, Vec<Live<'_>>> = BTreeMap::new();
    let mut types: BTreeSet<ResourceType> = BTreeSet::new();
    for baseline in baselines {
        types.extend(baseline.entries.iter().map(|entry| entry.resource_type));
        types.extend(if baseline.scope.unlisted { baseline.scope.types.clone() } else { BTreeSet::new() });
    }
    for of in types {
        all.insert(of, Live::all(model, side, of));
    }
    // A key is asked for by each line of a draft, and there are as many of those as resources.
    let mut by_key: ByKey<'_> = BTreeMap::new();
    for (of, live) in &all {
        for one in live {
            by_key.entry((*of, one.key.as_str())).or_default().push(one);
        }
    }
    // What some entry of some file names.
    let mut listed: BTreeSet<(ResourceType, &Scope, &str)> = BTreeSet::new();
    for (file, baseline) in baselines.iter().enumerate() {
        for (number, entry) in baseline.entries.iter().enumerate() {
            let of: Vec<&Live<'_>> = match &entry.select {
                Select::Key(key) => by_key.get(&(entry.resource_type, key.as_str())).cloned().unwrap_or_default(),
                Select::Where(_) => all.get(&entry.resource_type).into_iter().flatten().collect(),
            };
            for one in run.entry(baseline, (file, number), entry, &of) {
                listed.insert((entry.resource_type, one.scope, one.key.as_str()));
            }
        }
    }
    for baseline in baselines.iter().filter(|baseline| baseline.scope.unlisted) {
        run.unlisted(baseline, &all, &listed);
    }
    run.tell_unwanted(added);
    run.found
}

struct Run<'a> {
    model: &'a Model<'a>,
    found: Found,
    /// What was asked of each resource, and by which entry.
    asked: BTreeMap<Asked, (EntryNumber, Wanted)>,
    /// What is there and must not be, each with the line that says so.
    unwanted: Vec<(Scope, ResourceType, String, String, ResourceRef, FileLocation)>,
    /// The same without the rest.
    forbidden: BTreeSet<Seen>,
}

impl Run<'_> {
    /// Judges one entry, and gives what it matched.
    fn entry<'l>(
        &mut self,
        baseline: &Baseline,
        number: (usize, usize),
        entry: &Entry,
        all: &[&'l Live<'l>],
    ) -> Vec<&'l Live<'l>> {
        let mut matched = Vec::new();
        for scope in self.scopes(baseline, entry) {
            let mut here = Vec::new();
            for one in all.iter().copied().filter(|one| *one.scope == scope) {
                match matches(entry, one) {
                    Ok(true) => here.push(one),
                    Ok(false) => {}
                    Err(missing) => {
                        self.found.untold.insert(number);
                        self.unchecked(baseline, entry, &scope, Some(one), "", missing);
                    }
                }
            }
            let listing = self.listing(&scope, entry.resource_type);
            *self.found.matched.entry(number).or_default() += here.len();
            match entry.count {
                Some(0) => here.iter().for_each(|one| self.unwanted(baseline, entry, one)),
                Some(count) if here.len() > count => {
                    self.found.too_many.insert(number, (scope.clone(), here.len()));
                }
                Some(count) if here.len() < count && listing.is_ok() && self.is_expected(&scope, entry) => {
                    self.lacking(baseline, entry, &scope, here.len(), count);
                }
                _ => {}
            }
            if let Err(missing) = listing {
                self.found.untold.insert(number);
                self.unchecked(baseline, entry, &scope, None, "", missing);
            }
            if entry.count != Some(0) {
                here.iter().for_each(|one| self.attributes(baseline, number, entry, one));
            }
            matched.extend(here);
        }
        matched
    }

    /// Where the entry counts: each region of the account that was looked at, or the account itself.
    fn scopes(&self, baseline: &Baseline, entry: &Entry) -> Vec<Scope> {
        let inventory = self.model.inventory;
        let is_global = entry.resource_type.is_global();
        let mut scopes: BTreeSet<Scope> = BTreeSet::new();
        for scope in inventory.ledger.scopes() {
            let scope = if is_global { scope.account_wide() } else { scope.clone() };
            let known = inventory.account(&scope.account);
            let holds = |place: &super::Place| place.holds(&scope.account, known, &scope.region);
            if scope.region.is_global() == is_global && holds(&baseline.scope.place) && holds(&entry.place) {
                scopes.insert(scope);
            }
        }
        scopes.into_iter().collect()
    }

    /// Whether the scope is one where the type is read at all.
    fn is_expected(&self, scope: &Scope, entry: &Entry) -> bool {
        let of = entry.resource_type;
        let asked = of.listing().is_some_and(|listing| self.model.inventory.outcome(scope, listing).is_some());
        !of.is_organization_wide() || asked
    }

    /// Whether all resources of the type in the scope are known.
    fn listing(&self, scope: &Scope, of: ResourceType) -> Result<(), Missing> {
        let Some(listing) = of.listing() else { return Ok(()) };
        let inventory = self.model.inventory;
        // Only one account can list the organization; the others have nothing to add.
        if of.is_organization_wide() && inventory.outcome(scope, listing).is_none() && inventory.was_asked(listing) {
            return Ok(());
        }
        match inventory.why_incomplete(scope, listing) {
            Some(why) => {
                let cell = Cell { scope: scope.clone(), operation: listing.to_owned() };
                Err(Missing { why, cells: BTreeSet::from([cell]) })
            }
            None => Ok(()),
        }
    }

    fn attributes(&mut self, baseline: &Baseline, number: (usize, usize), entry: &Entry, one: &Live<'_>) {
        for assertion in &entry.wanted {
            let of = entry.resource_type;
            let asked = (one.scope.clone(), of, one.key.clone(), assertion.path.clone());
            match self.asked.get(&asked) {
                Some((_, wanted)) if *wanted == assertion.wanted => continue,
                Some((other, _)) => {
                    self.found.conflicts.insert((*other, number, assertion.path.clone()));
                    continue;
                }
                None => drop(self.asked.insert(asked, (number, assertion.wanted.clone()))),
            }
            let live = match one.value(&assertion.path) {
                Ok(live) => live,
                Err(missing) => {
                    let location = baseline.location(assertion.span);
                    self.unchecked_at(of, one.scope, Some(one), &assertion.path, missing, location);
                    continue;
                }
            };
            let Some(difference) = difference(&assertion.wanted, &live) else {
                self.keep(one.scope);
                continue;
            };
            if let Some(ignore) = baseline.ignored(of, &one.key, &assertion.path) {
                *self.found.hidden.entry((number.0, ignore)).or_default() += 1;
                continue;
            }
            let Outcome { effect, because, severity, witness } =
                effect::of_attribute(of, &assertion.path, &difference, one.at());
            let item = Item {
                new_id: Some(one.subject.id().to_owned()),
                before: difference.before.clone(),
                after: difference.after.clone(),
                severity,
                because,
                witness,
                ..item(one.scope, of, &one.key, &assertion.path, Class::Changed, effect)
            };
            self.found.deviations.push(Deviation {
                item,
                scope: one.scope.clone(),
                resource: Some(reference(one)),
                location: baseline.location(assertion.span),
                difference: Some(difference),
            });
        }
        if entry.wanted.is_empty() {
            self.keep(one.scope);
        }
    }

    fn keep(&mut self, scope: &Scope) {
        *self.found.kept.entry(scope.account.clone()).or_default() += 1;
    }

    /// There are fewer than there are to be.
    fn lacking(&mut self, baseline: &Baseline, entry: &Entry, scope: &Scope, are: usize, count: usize) {
        let of = entry.resource_type;
        let key = match &entry.select {
            Select::Key(key) => key.clone(),
            // Where nothing matches at all, the selector is the mistake, and that is told elsewhere.
            Select::Where(_) if are == 0 => return,
            Select::Where(_) => entry.subject(),
        };
        let (effect, severity) = effect::of_removal(of);
        let because = match count {
            1 => "it is not there".to_owned(),
            _ => format!("{are} of {count} are there"),
        };
        let (before, after) = (Some(count.into()), Some(are.into()));
        let item = Item { before, after, severity, because, ..item(scope, of, &key, "", Class::Removed, effect) };
        self.found.deviations.push(Deviation {
            item,
            scope: scope.clone(),
            resource: None,
            location: baseline.location(entry.span),
            difference: None,
        });
    }

    fn unwanted(&mut self, baseline: &Baseline, entry: &Entry, one: &Live<'_>) {
        let location = baseline.location(entry.span);
        self.push_unwanted(entry.resource_type, one, location);
    }

    fn push_unwanted(&mut self, of: ResourceType, one: &Live<'_>, location: FileLocation) {
        let id = one.subject.id().to_owned();
        // One that two entries forbid is told once, at the first.
        if !self.forbidden.insert((one.scope.clone(), of, id.clone())) {
            return;
        }
        self.unwanted.push((one.scope.clone(), of, id, one.key.clone(), reference(one), location));
    }

    fn unlisted(
        &mut self,
        baseline: &Baseline,
        all: &BTreeMap<ResourceType, Vec<Live<'_>>>,
        listed: &BTreeSet<(ResourceType, &Scope, &str)>,
    ) {
        let location = baseline.location(baseline.scope.span.unwrap_or(crate::text::Span { start: 0, end: 0 }));
        for of in &baseline.scope.types {
            for one in all.get(of).into_iter().flatten().filter(|one| one.is_told()) {
                let known = self.model.inventory.account(&one.scope.account);
                if baseline.scope.place.holds(&one.scope.account, known, &one.scope.region)
                    && !listed.contains(&(*of, one.scope, one.key.as_str()))
                {
                    self.push_unwanted(*of, one, location.clone());
                }
            }
            let scopes: BTreeSet<Scope> = self.model.inventory.ledger.scopes().cloned().collect();
            for scope in scopes.into_iter().filter(|scope| scope.region.is_global() == of.is_global()) {
                let known = self.model.inventory.account(&scope.account);
                if baseline.scope.place.holds(&scope.account, known, &scope.region)
                    && let Err(missing) = self.listing(&scope, *of)
                {
                    self.unchecked_at(*of, &scope, None, "", missing, location.clone());
                }
            }
        }
    }

    /// What is there and must not be, with what its being there does.
    fn tell_unwanted(&mut self, added: Without<'_>) {
        if self.unwanted.is_empty() {
            return;
        }
        let ids: Vec<(Scope, ResourceType, String)> =
            self.unwanted.iter().map(|(scope, of, id, ..)| (scope.clone(), *of, id.clone())).collect();
        let comparison = added(&ids);
        let new = comparison.items.iter().filter(|item| item.class == Class::Added && item.path.is_empty());
        let told: BTreeMap<_, &Item> = new
            .filter_map(|item| Some(((item.resource_type, item.region.as_str(), item.new_id.as_deref()?), item)))
            .collect();
        for (scope, of, id, key, resource, location) in std::mem::take(&mut self.unwanted) {
            let told = told.get(&(of, scope.region.as_str(), id.as_str())).copied();
            let (effect, severity) = effect::of_presence(of);
            let unwanted = || "no line of the baseline wants it".to_owned();
            let item = Item {
                new_id: Some(id),
                after: told.and_then(|item| item.after.clone()),
                severity: told.map_or(severity, |item| item.severity),
                because: told.map_or_else(unwanted, |item| item.because.clone()),
                witness: told.and_then(|item| item.witness.clone()),
                ..item(&scope, of, &key, "", Class::Added, told.map_or(effect, |item| item.effect))
            };
            let deviation = Deviation { item, scope, resource: Some(resource), location, difference: None };
            self.found.deviations.push(deviation);
        }
    }

    fn unchecked(
        &mut self,
        baseline: &Baseline,
        entry: &Entry,
        scope: &Scope,
        one: Option<&Live<'_>>,
        path: &str,
        missing: Missing,
    ) {
        self.unchecked_at(entry.resource_type, scope, one, path, missing, baseline.location(entry.span));
    }

    fn unchecked_at(
        &mut self,
        resource_type: ResourceType,
        scope: &Scope,
        one: Option<&Live<'_>>,
        path: &str,
        missing: Missing,
        location: FileLocation,
    ) {
        self.found.unchecked.push(Unchecked {
            scope: scope.clone(),
            resource_type,
            key: one.map_or_else(String::new, |one| one.key.clone()),
            path: path.to_owned(),
            resource: one.map(reference),
            missing,
            location,
        });
    }
}

/// An item of which only its place, its kind and its effect are known.
fn item(scope: &Scope, of: ResourceType, key: &str, path: &str, class: Class, effect: Effect) -> Item {
    let (account, region) = (scope.account.to_string(), scope.region.to_string());
    Item {
        id: Item::id_of(&account, &region, of, key, path),
        account,
        region,
        resource_type: of,
        key: key.to_owned(),
        old_id: None,
        new_id: None,
        path: path.to_owned(),
        before: None,
        after: None,
        class,
        effect,
        severity: Severity::Informational,
        because: String::new(),
        witness: None,
        cause: None,
    }
}

/// Whether an entry is about a resource.
fn matches(entry: &Entry, one: &Live<'_>) -> Result<bool, Missing> {
    match &entry.select {
        Select::Key(key) => Ok(one.key == *key),
        Select::Where(conditions) => {
            let mut unknown = None;
            for (path, wanted) in conditions {
                match one.value(path) {
                    Ok(live) if difference(&Wanted::Value(wanted.clone()), &live).is_some() => return Ok(false),
                    Ok(_) => {}
                    Err(missing) => unknown = Some(missing),
                }
            }
            unknown.map_or(Ok(true), Err)
        }
    }
}

fn reference(one: &Live<'_>) -> ResourceRef {
    let subject: Subject<'_> = one.subject;
    ResourceRef {
        resource_type: subject.resource_type().name().into(),
        id: subject.id().into(),
        arn: subject.arn(one.scope),
        name: subject.name().map(Into::into),
    }
}

/// A deviation of which a part is accepted: the rest of it, under the same id.
pub fn narrowed(deviation: &Deviation, rest: Difference) -> Deviation {
    let of = &deviation.item;
    let Outcome { effect, because, severity, witness } = effect::of_attribute(of.resource_type, &of.path, &rest, None);
    let (before, after) = (rest.before.clone(), rest.after.clone());
    let item = Item { before, after, effect, because, severity, witness, ..of.clone() };
    Deviation { item, difference: Some(rest), ..deviation.clone() }
}
