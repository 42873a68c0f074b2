//! Files that people write, and telling them what is wrong in one.
//!
//! *Source*: a file's name and text. *Span*: a part of it, in bytes. *Mistake*:
//! a [`Diagnostic`] that points at a span. Reading goes on after a mistake, so
//! that a user sees all of them at once.
//!
//! The way to read TOML here: [`Document::parse`], then [`Table::get`] and
//! friends, then [`Table::finish`], which reports every key nobody asked for.
//! serde's derive loses spans in nested types and stops at the first mistake.

mod diagnostic;
mod document;
mod edit;
mod glob;
mod item;
mod node;
mod source;
mod suggest;
mod table;

pub use diagnostic::{Diagnostic, Level, Sink, render, sort};
pub use document::Document;
pub use edit::{Written, toml_list, toml_text, with_line, with_table};
pub use glob::Glob;
pub use item::{Item, OwnedItem};
pub use source::{SourceFile, Span};
pub use suggest::{did_you_mean, list};
pub use table::{Key, Table};

#[cfg(test)]
mod tests;
