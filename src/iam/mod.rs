//! Policy documents: what they say, read once and in one form.
//!
//! *Document*: the JSON text of a policy: statements that allow or deny.
//! *Pattern*: a text with `*` (any run of characters) and `?` (any one), as
//! actions and resources are written. Actions are compared without regard to
//! case, resources and principals with it.
//!
//! *Question*: may this caller do this action on this resource? A checker does
//! not know the whole request, so that an answer has two bounds: `may` (some
//! context allows it) and `must` (every context does). What a condition makes
//! of a key that is not known is unknown, and neither bound leans on it.

mod answer;
mod caller;
mod change;
mod compare;
mod compiled;
mod condition;
mod context;
mod document;
mod operator;
mod parse;
mod pattern;
mod statement;
mod template;
mod text;
mod tree;
mod truth;

pub use answer::{Answer, Deciding, Found, PolicyKind, PolicySet, Unsettled, Verdict, Weighed};
pub use caller::{Caller, Naming, account_named};
pub use change::{CRITICAL, Change, Comparison, Seeds, Stack, Witness, compare_documents, compare_stacks};
pub use compiled::{Applied, Compiled, Request};
pub use condition::condition_holds;
pub use context::{Fact, Facts, RequestContext};
pub use document::{Denials, Document, Version};
pub use parse::PolicyError;
pub use pattern::{matches, matches_ignoring_case};
pub use statement::{Condition, Effect, Principal, PrincipalKind, Principals, Selection, Statement};
pub use text::PolicyText;
pub use truth::Truth;

#[cfg(test)]
pub(crate) mod tests;
