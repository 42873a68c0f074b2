//! What is there, by the names that a baseline uses.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::arn::Scope;
use crate::drift::{self, Attributes, Side};
use crate::inventory::Missing;
use crate::model::{self, Field, Kind, Model, Subject, facts};
use crate::resource::ResourceType;

use super::effect::At;

/// One resource, or the account or region as a whole.
pub struct Live<'a> {
    pub scope: &'a Scope,
    pub subject: Subject<'a>,
    /// Its natural key.
    pub key: String,
    attributes: Attributes,
    model: &'a Model<'a>,
    side: &'a Side<'a>,
    table: Vec<Field>,
}

impl<'a> Live<'a> {
    /// Everything of a type that is there, in the order of the inventory; what AWS still lists although it is gone
    /// is not.
    pub fn all(model: &'a Model<'a>, side: &'a Side<'a>, of: ResourceType) -> Vec<Live<'a>> {
        let mut taken: BTreeMap<(&Scope, String), usize> = BTreeMap::new();
        let mut out = Vec::new();
        for (scope, subject) in model.subjects(of) {
            let (key, attributes) = match subject {
                Subject::Resource(resource) => {
                    if !drift::exists(resource) {
                        continue;
                    }
                    let key = match side.names.label(&scope.region, resource.id()) {
                        Some(label) => label.split_once(':').map_or(label, |(_, key)| key).to_owned(),
                        None => {
                            let key = drift::natural_key(scope, resource, &side.names);
                            // As the engine tells resources of one key apart.
                            let number = taken.entry((scope, key.clone())).or_default();
                            *number += 1;
                            if *number == 1 { key } else { format!("{key}#{number}") }
                        }
                    };
                    (key, drift::attributes(side, scope, resource))
                }
                Subject::Account(_) | Subject::Region(_) | Subject::ReportedUser(_) | Subject::ReportedAccessKey(_) => {
                    (subject.id().to_owned(), Attributes::new())
                }
            };
            out.push(Live { scope, subject, key, attributes, model, side, table: facts::table(of) });
        }
        out
    }

    /// Whether it is the account's own, and no service's: what nobody made is on nobody's list.
    pub fn is_told(&self) -> bool {
        match self.subject {
            Subject::Resource(resource) => drift::is_told(self.side, self.scope, resource),
            _ => true,
        }
    }

    /// Where it is among all others; none for what is no resource.
    pub fn at(&self) -> At<'_> {
        match self.subject {
            Subject::Resource(resource) => Some((self.side, &self.scope.region, resource)),
            _ => None,
        }
    }

    /// The value of an attribute, null if it has none.
    ///
    /// # Errors
    /// What was not read that would tell.
    pub fn value(&self, path: &str) -> Result<Value, Missing> {
        if let Some(key) = path.strip_prefix("tags.").or_else(|| path.strip_prefix("tag:")) {
            let tag = self.subject.tags().iter().find(|tag| tag.key == key);
            return Ok(tag.map_or(Value::Null, |tag| tag.value.clone().into()));
        }
        if let Some(attribute) = self.attributes.get(path) {
            return Ok(attribute.value.clone());
        }
        let fact = self.table.iter().position(|field| field.name == path && !matches!(field.kind, Kind::List(_)));
        match fact {
            Some(index) => self.of_fact(facts::value(self.model, self.scope, self.subject, index)),
            None => self.absent(path),
        }
    }

    /// An attribute that has no value, unless an operation that would have told it was not read.
    fn absent(&self, path: &str) -> Result<Value, Missing> {
        // A fact of the same name looks at what it rests on; of others the type's operations tell.
        let same = self.table.iter().position(|field| field.name == path);
        if let Some(index) = same
            && let model::Value::Unknown(missing) = facts::value(self.model, self.scope, self.subject, index)
        {
            return Err(missing);
        }
        let context = model::Context { model: self.model, scope: self.scope };
        if same.is_none() {
            let operations = self.subject.resource_type().operations().iter();
            let missing = operations.filter_map(|operation| context.require(operation).err());
            if let Some(missing) = missing.reduce(|all, one| all.and(&one)) {
                return Err(missing);
            }
        }
        Ok(Value::Null)
    }

    fn of_fact(&self, value: model::Value) -> Result<Value, Missing> {
        let label = |text: &str| Value::String(self.side.names.rewrite(&self.scope.region, text).into_owned());
        Ok(match value {
            model::Value::Unknown(missing) => return Err(missing),
            model::Value::Absent | model::Value::List(_) => Value::Null,
            model::Value::Bool(value) => value.into(),
            model::Value::Int(value) => value.into(),
            model::Value::Text(text) => label(&text),
            model::Value::Texts(texts) => texts.iter().map(|text| label(text)).collect(),
            model::Value::Time(time) => time.to_string().into(),
            model::Value::Ips(set) => set.blocks().into_iter().collect(),
            model::Value::Ports(set) => set.to_string().into(),
        })
    }

    /// Every attribute that the engine compares.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }
}
