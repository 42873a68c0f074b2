//! What differs between two inventories, by meaning: which resource is which, what of it has changed, and whether
//! that let more in.
//!
//! *Key*: what a resource is called whatever its id is, such as `prod/web` for the security group `web` of the VPC
//! `prod`. Ids change when something is built anew; keys do not. *Label*: a key with the kind of what it names,
//! `sg:prod/web`: what stands in attributes where AWS gives an id. *Item*: one difference. Its *class* says what
//! happened, its *effect* whether more is allowed now: that follows from an order (sets of packets, what policy
//! statements allow, settings of which one is the weaker), and is *unknown* where there is none.
//!
//! *Not checked*: what one side could not read. It is never removed and never added.
//!
//! Two organizations are compared account by account ([`compare`] takes one account of each); what an account has to
//! know of the others' names is collected beforehand ([`Foreign`]).

mod ask;
mod attributes;
mod causes;
mod compare;
mod comparison;
mod coverage;
mod documents;
mod effect;
mod existence;
mod exposed;
mod filters;
mod foreign;
mod item;
mod key;
mod names;
mod orders;
mod organization;
mod pairs;
mod permissions;
mod presence;
mod routes;
mod severity;
mod side;
mod table;
pub mod verify;

pub use ask::{Answer, Question, effect_of, is_attribute, is_told, matters, names, presence_of};
pub use attributes::{Attribute, AttributeKind, Attributes, attributes};
pub use compare::compare;
pub use comparison::{Ambiguity, Comparison, NotChecked, Renamed};
pub use existence::exists;
pub use foreign::{Foreign, References, note_owner};
pub use item::{AWS, AWS_MANAGED_UPDATE, Class, Effect, Item};
pub use key::natural_key;
pub use names::{Names, names_of};
pub use organization::{compare_all, one_sided};
pub use side::Side;
