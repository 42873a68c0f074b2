//! Tags that AWS gives as a map and not as a list.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serializer};

use crate::resource::Tag;

pub fn serialize<S: Serializer>(tags: &[Tag], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(tags.iter().map(|tag| (&tag.key, &tag.value)))
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Tag>, D::Error> {
    let map = BTreeMap::<String, String>::deserialize(deserializer)?;
    Ok(map.into_iter().map(|(key, value)| Tag { key, value }).collect())
}
