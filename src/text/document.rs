use std::sync::Arc;

use toml::de::DeTable;

use crate::text::node::{NodeTable, table_of};
use crate::text::{Diagnostic, Sink, SourceFile, Table};

/// A TOML file, parsed, with the place of everything in it.
#[derive(Debug, Clone)]
pub struct Document {
    file: Arc<SourceFile>,
    root: NodeTable,
    /// Whether parts of it may be lost to syntax errors.
    broken: bool,
}

impl Document {
    /// Parses as much as can be; what cannot be is reported.
    pub fn parse(file: Arc<SourceFile>, sink: &Sink) -> Document {
        let (root, errors) = DeTable::parse_recoverable(&file.text);
        let root = table_of(root.into_inner());
        let broken = !errors.is_empty();
        for error in errors {
            let message = format!("this is not TOML: {}", error.message());
            sink.push(match error.span() {
                Some(span) => Diagnostic::error(&file, span.into(), message),
                None => Diagnostic::of_file(&file, message),
            });
        }
        Document { file, root, broken }
    }

    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// Its topmost table.
    pub fn table<'a>(&'a self, sink: &'a Sink) -> Table<'a> {
        Table::root(&self.root, &self.file, sink, self.broken)
    }
}
