//! From a key of an answer to a page.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::{Around, Kind, Page};
use crate::import::clean;
use crate::import::text::{Answer, Item, Section};

impl Page {
    /// What a key holds: its items, cleaned, and those that could not be read, each with its place. None if the key is
    /// of something else.
    pub(in crate::import) fn of(
        (index, answer): (usize, &Answer<'_>),
        section: &Section<'_>,
        names: &[String],
        items: Vec<(String, Value)>,
        broken: Vec<(String, String)>,
    ) -> Option<Page> {
        let around = Around { sections: &answer.sections, beside: &answer.beside, names };
        let kind = Kind::of(&section.key, items.first().map(|(_, value)| value), &around)?;
        let cut = answer.broken.iter().map(|place| (section.key.clone(), place.why.clone()));
        let mut beside: BTreeMap<String, Value> = answer.beside.iter().cloned().collect();
        // The group that `get-group` gives the members of.
        let group = answer.sections.iter().find(|other| other.key == "Group").and_then(|group| group.items.first());
        if let Some(Item::Single(group)) = group
            && let Some(name) = group.get("GroupName")
        {
            beside.insert("GroupName".to_owned(), name.clone());
        }
        let mut times = Value::Object(beside.into_iter().collect());
        clean::walk(&mut times);
        let beside = if let Value::Object(times) = times { times.into_iter().collect() } else { BTreeMap::new() };
        Some(Page {
            kind,
            key: section.key.clone(),
            is_single: section.is_single,
            has_more: answer.has_more,
            answer: index,
            account: answer.account.clone(),
            beside: Arc::new(beside),
            items,
            wrong: broken.into_iter().chain(cut).collect(),
        })
    }

    /// The newest time in it that tells when something had happened already.
    pub(in crate::import) fn newest(&self) -> Option<Timestamp> {
        let generated = self.beside.get("GeneratedTime").and_then(|time| time.as_str()?.parse().ok());
        let items = self.items.iter().map(|(_, value)| match value {
            // A report's CSV.
            Value::String(text) if self.kind == Kind::CredentialReport => {
                text.split([',', '\n', '\r']).filter_map(|cell| cell.parse().ok()).max()
            }
            value => clean::newest(value),
        });
        items.flatten().chain(generated).max()
    }
}
