use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::text::node::{Node, NodeTable};
use crate::text::{Diagnostic, Item, Sink, SourceFile, Span, did_you_mean, list};

/// A table of a file. It remembers which keys were asked for.
pub struct Table<'a> {
    table: &'a NodeTable,
    span: Span,
    file: &'a Arc<SourceFile>,
    sink: &'a Sink,
    broken: bool,
    asked: RefCell<BTreeSet<&'a str>>,
}

/// A key and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'a> {
    pub name: &'a str,
    pub span: Span,
}

impl<'a> Table<'a> {
    pub(super) fn new(table: &'a NodeTable, at: Item<'a>) -> Table<'a> {
        Table { table, span: at.span(), file: at.file, sink: at.sink, broken: at.broken, asked: RefCell::default() }
    }

    pub(super) fn root(table: &'a NodeTable, file: &'a Arc<SourceFile>, sink: &'a Sink, broken: bool) -> Table<'a> {
        // What a file lacks has no place in it; its first line will have to do.
        let end = file.text.find('\n').unwrap_or(file.text.len());
        Table { table, span: Span { start: 0, end }, file, sink, broken, asked: RefCell::default() }
    }

    /// The table's header, or all of it if it stands in braces.
    pub fn span(&self) -> Span {
        self.span
    }

    pub fn file(&self) -> &'a Arc<SourceFile> {
        self.file
    }

    pub fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.file, self.span, message)
    }

    pub fn push(&self, diagnostic: Diagnostic) {
        self.sink.push(diagnostic);
    }

    /// The value of a key, if it is there.
    pub fn get(&self, key: &'a str) -> Option<Item<'a>> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key).map(|(_, node)| self.item(node))
    }

    /// The value of a key; its absence is a mistake.
    pub fn require(&self, key: &'a str) -> Option<Item<'a>> {
        let item = self.get(key);
        // In a file with syntax errors the key may be among what was lost.
        if item.is_none() && !self.broken {
            self.push(self.error(format!("`{key}` is missing here")));
        }
        item
    }

    pub fn string(&self, key: &'a str) -> Option<&'a str> {
        self.get(key)?.string()
    }

    pub fn integer(&self, key: &'a str) -> Option<i64> {
        self.get(key)?.integer()
    }

    pub fn boolean(&self, key: &'a str) -> Option<bool> {
        self.get(key)?.boolean()
    }

    pub fn array(&self, key: &'a str) -> Option<Vec<Item<'a>>> {
        self.get(key)?.array()
    }

    pub fn table(&self, key: &'a str) -> Option<Table<'a>> {
        self.get(key)?.table()
    }

    /// An array of strings; empty if it is not there.
    pub fn strings(&self, key: &'a str) -> Vec<String> {
        self.get(key).and_then(Item::strings).unwrap_or_default()
    }

    /// The place of a key that is there.
    pub fn key(&self, name: &str) -> Option<Key<'a>> {
        self.table.get_key_value(name).map(|(name, (span, _))| Key { name, span: *span })
    }

    /// Every key that is there; none of them counts as asked for.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.table.keys().map(String::as_str)
    }

    /// Every key and value, in the order of the text; all of them count as asked for.
    pub fn entries(&self) -> Vec<(Key<'a>, Item<'a>)> {
        self.asked.borrow_mut().extend(self.table.keys().map(String::as_str));
        let keys = self.table.iter();
        let mut entries: Vec<_> =
            keys.map(|(name, (span, node))| (Key { name, span: *span }, self.item(node))).collect();
        entries.sort_by_key(|(key, _)| key.span);
        entries
    }

    fn item(&self, node: &'a Node) -> Item<'a> {
        Item { node, file: self.file, sink: self.sink, broken: self.broken }
    }

    /// Reports every key that was not asked for.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for (word, (span, _)) in self.table.iter().filter(|(key, _)| !asked.contains(key.as_str())) {
            let unused = asked.iter().copied().filter(|known| !self.table.contains_key(*known));
            let help = match did_you_mean(word, unused) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known here: {}", list(asked.iter().copied())),
            };
            let mistake = Diagnostic::error(self.file, *span, format!("unknown key `{word}`")).help(help);
            self.sink.push(mistake);
        }
    }
}
