//! Policy documents: what they say, read once and in one form.
//!
//! *Document*: the JSON text of a policy: statements that allow or deny.
//! *Pattern*: a text with `*` (any run of characters) and `?` (any one), as
//! actions and resources are written. Actions are compared without regard to
//! case, resources and principals with it.

mod document;
mod parse;
mod pattern;
mod statement;
mod text;

pub use document::{Denials, Document, Version};
pub use parse::PolicyError;
pub use pattern::{matches, matches_ignoring_case};
pub use statement::{Condition, Effect, Principal, PrincipalKind, Principals, Selection, Statement};
pub use text::PolicyText;

#[cfg(test)]
mod tests;
