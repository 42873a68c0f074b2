//! All differences, and what could not be compared.

use serde::Serialize;

use super::Item;

/// An operation in a scope that one side or both did not read: what it would have told was not compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotChecked {
    pub account: String,
    pub region: String,
    /// The operation; empty where a whole account or region is meant.
    pub operation: String,
    /// The types that are not compared, or not in full, by their CloudFormation names.
    pub resource_types: Vec<&'static str>,
    /// Which side lacks it and why, in one line.
    pub why: String,
}

/// Resources of one key of which it could not be told which is which: they are told of as removed and added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Ambiguity {
    pub account: String,
    pub region: String,
    pub resource_type: &'static str,
    pub key: String,
    pub old_ids: Vec<String>,
    pub new_ids: Vec<String>,
}

/// A resource that is there under another id than before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Renamed {
    pub account: String,
    pub region: String,
    pub resource_type: &'static str,
    pub key: String,
    pub old_id: String,
    pub new_id: String,
}

/// What a comparison comes to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// In the order of [`Item::order`] after [`Comparison::finish`].
    pub items: Vec<Item>,
    pub not_checked: Vec<NotChecked>,
    pub ambiguities: Vec<Ambiguity>,
    /// Rebuilt resources.
    pub id_map: Vec<Renamed>,
    /// Resources that are on both sides and say the same.
    pub unchanged: usize,
}

impl Comparison {
    /// Adds what another account's comparison came to.
    pub fn absorb(&mut self, other: Comparison) {
        self.items.extend(other.items);
        self.not_checked.extend(other.not_checked);
        self.ambiguities.extend(other.ambiguities);
        self.id_map.extend(other.id_map);
        self.unchanged += other.unchanged;
    }

    /// Puts everything in its order, and tells what shows in every account once.
    pub fn finish(&mut self) {
        self.items.sort_by(|a, b| a.order().cmp(&b.order()).then_with(|| a.id.cmp(&b.id)));
        // AWS's own prefix lists and policies are seen from every account, and are one item.
        self.items.dedup_by(|a, b| a.id == b.id);
        self.not_checked.sort();
        self.not_checked.dedup();
        self.ambiguities.sort();
        self.id_map.sort();
    }
}
