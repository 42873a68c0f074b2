//! The examples in a check's file that test it.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::catalog::TypeRule;
use crate::catalog::params::Params;
use crate::finding::Severity;
use crate::inventory::Missing;
use crate::model::{Field, Kind, Record, Value};
use crate::resource::ResourceType;
use crate::text::{Item, Span, Table, did_you_mean};

/// A made-up resource and the verdict on it.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    pub expect: Expect,
    /// How many findings a failing case has, if it says so.
    pub fails: Option<usize>,
    /// The text of the first finding, if it says so.
    pub message: Option<String>,
    /// The severity of the first finding, if it says so.
    pub severity: Option<Severity>,
    /// The time that ages are counted to.
    pub now: Timestamp,
    /// For each type it is about, the values in the order of that type's facts.
    pub values: BTreeMap<ResourceType, Vec<Value>>,
    /// The check compiled with the case's own parameters, if it has any.
    pub(super) rules: Option<Vec<TypeRule>>,
    /// Its place in the check's file.
    pub span: Span,
}

/// The verdict that a case is there to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expect {
    Pass,
    Fail,
    Unknown,
    Skip,
}

/// The clock of cases that set none: 2026-01-01T00:00:00Z.
const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

impl Expect {
    pub const ALL: [Expect; 4] = [Expect::Pass, Expect::Fail, Expect::Unknown, Expect::Skip];

    pub fn as_str(self) -> &'static str {
        match self {
            Expect::Pass => "pass",
            Expect::Fail => "fail",
            Expect::Unknown => "unknown",
            Expect::Skip => "skip",
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Case {
    /// The check as this case asks it about one of its types.
    pub fn rule<'r>(&'r self, check: &'r TypeRule) -> &'r TypeRule {
        let own = self.rules.iter().flatten().find(|rule| rule.resource_type == check.resource_type);
        own.unwrap_or(check)
    }

    /// Reads a `[[case]]`; `tables` are the facts of each of the check's types, and `compile`
    /// compiles the check with other parameters.
    pub(super) fn read<'a>(
        item: Item<'a>,
        tables: &[(ResourceType, Vec<Field>)],
        compile: &dyn Fn(&Table<'a>) -> Option<Vec<TypeRule>>,
    ) -> Option<Case> {
        let table = item.table()?;
        let name = table.require("name").and_then(Item::text);
        let expect = table.require("expect").and_then(expect);
        let fails = table.get("fails").and_then(|item| item.integer_in(1..=1_000_000));
        let message = table.string("message").map(str::to_owned);
        let severity = table.get("severity").map(Item::parsed::<Severity>);
        let now = table.get("now").map_or(Some(NOW), Item::time);
        let types = table.get("types").map(|item| types(item, tables));
        let rules = table.get("params").map(|item| item.table().and_then(|params| compile(&params)));
        let resource = table.require("resource");
        let (mut values, mut whole) = (BTreeMap::new(), true);
        for (of, fields) in tables {
            if types.as_ref().is_none_or(|types| types.contains(of))
                && let Some(resource) = resource
            {
                match resource.table().and_then(|table| record(table, &format!("`{of}`"), fields)) {
                    Some(record) => _ = values.insert(*of, record),
                    None => whole = false,
                }
            }
        }
        let described = table.get("fails").or(table.get("message")).or(table.get("severity"));
        if let (Some(item), Some(expect)) = (described, expect)
            && expect != Expect::Fail
        {
            item.push(item.error(format!("a case that expects `{expect}` has no findings to describe")));
        }
        table.finish();
        if !whole {
            return None;
        }
        Some(Case {
            name: name?.to_owned(),
            expect: expect?,
            fails: fails.and_then(|fails| usize::try_from(fails).ok()),
            message,
            severity: match severity {
                Some(severity) => Some(severity?),
                None => None,
            },
            now: now?,
            values,
            rules: match rules {
                Some(rules) => Some(rules?),
                None => None,
            },
            span: item.span(),
        })
    }
}

fn expect(item: Item<'_>) -> Option<Expect> {
    let text = item.string()?;
    let found = Expect::ALL.into_iter().find(|expect| expect.as_str() == text);
    if found.is_none() {
        let help = "`pass`, `fail`, `unknown` or `skip` is wanted";
        item.push(item.error(format!("`{text}` is not a verdict")).help(help));
    }
    found
}

fn types(item: Item<'_>, tables: &[(ResourceType, Vec<Field>)]) -> Vec<ResourceType> {
    let mut found = Vec::new();
    for one in item.array().unwrap_or_default() {
        let Some(text) = one.string() else { continue };
        match tables.iter().find(|(of, _)| of.name() == text) {
            Some((of, _)) => found.push(*of),
            None => {
                let near = did_you_mean(text, tables.iter().map(|(of, _)| of.name()));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                one.push(one.error(format!("the check is not about `{text}`")).maybe_help(help));
            }
        }
    }
    found
}

/// The values of a table's keys in the order of the fields; those not given are absent.
fn record(table: Table<'_>, owner: &str, fields: &[Field]) -> Option<Vec<Value>> {
    let values: Vec<Option<Value>> = fields
        .iter()
        .map(|field| table.get(field.name).map_or(Some(Value::Absent), |item| value(item, field.kind)))
        .collect();
    for (key, item) in table.entries() {
        if !fields.iter().any(|field| field.name == key.name) {
            let near = did_you_mean(key.name, fields.iter().map(|field| field.name));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            let message = format!("{owner} has no fact `{}`", key.name);
            item.push(crate::text::Diagnostic::error(table.file(), key.span, message).maybe_help(help));
        }
    }
    values.into_iter().collect()
}

fn value(item: Item<'_>, kind: Kind) -> Option<Value> {
    if item.is_table() {
        let table = item.table()?;
        let why = table.require("unknown").and_then(Item::text);
        table.finish();
        return Some(Value::Unknown(Missing::because(why?)));
    }
    // A case shows plain values: parameters are not filled in.
    let literals = Params::new(BTreeMap::new());
    Some(match kind {
        Kind::Bool => item.boolean()?.into(),
        Kind::Int => item.integer()?.into(),
        Kind::Text => item.string()?.into(),
        Kind::Texts => Value::Texts(item.strings()?),
        Kind::Time => item.time()?.into(),
        Kind::Ips => literals.ips(item)?.into(),
        Kind::Ports => literals.ports(item)?.into(),
        Kind::List(fields) => {
            let elements = item.array()?.into_iter();
            let records: Vec<Option<Record>> = elements
                .map(|element| Some(Record::new(fields, record(element.table()?, "an element", fields)?)))
                .collect();
            Value::List(records.into_iter().collect::<Option<Vec<Record>>>()?)
        }
    })
}
