//! Declared baselines: what people wrote down that should be there, and what of it is not so.
//!
//! A *baseline* is a file: where it counts (its *scope*), *sets* of addresses with names, and *entries*. An entry names
//! resources of one type, by their natural key or by a *selector*, says how many there are to be in each account and
//! region, and what is wanted of them. It is partial on purpose: an attribute that it does not name is not asked for.
//! Names are those of checks: types by their CloudFormation names, attributes by their facts'.
//!
//! *Deviation*: one difference between what is wanted and what is there, as the engine of comparison tells it, with
//! the line that wants it. What could not be read is *not checked*, and never a deviation.

mod compare;
mod difference;
mod effect;
mod entry;
mod finding;
mod lint;
mod live;
mod mistakes;
mod organization;
mod read;
mod record;
mod rules;
mod vocabulary;

pub use compare::{Deviation, Found, Unchecked, compare};
pub use difference::{Difference, difference};
pub use effect::derived_facts;
pub use entry::{Assertion, Baseline, Entry, Ignore, Place, ScopeRule, Select, Wanted};
pub use finding::value as accepted_value;
pub use finding::{ITEM, RULE, Told, tell};
pub use lint::{dead, lint};
pub use live::Live;
pub use mistakes::{beside, mistakes};
pub use organization::{compare_all, record_all, without};
pub use read::read;
pub use record::{Said, TYPES, entries, head};
pub use rules::{Admitted, Sets, Toward};
pub use vocabulary::names as attribute_names;
