//! Facts of what the model adds itself: accounts and regions as a whole.

use crate::model::facts::facts;
use crate::model::{AccountSubject, Kind, RegionSubject, Value};

facts! { AccountSubject {
    "name": Kind::Text, "the account's name in its organization", |account, _| Value::optional(account.name.as_deref());
}}

facts! { RegionSubject {
    "region": Kind::Text, "the region's name", |region, _| region.region.as_str();
}}
