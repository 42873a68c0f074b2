//! What a user's configuration or a profile changes of a check.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::{FileLocation, Severity};
use crate::text::{Diagnostic, Item, OwnedItem, SourceFile, Span, Table};

use super::CheckId;

/// Settings for one check. Its mistakes are told at their place in the file that has them.
#[derive(Debug, Clone)]
pub struct Override {
    /// The file that the settings are in.
    pub file: Arc<SourceFile>,
    /// The settings as a whole, such as `[checks.default-vpc-present]`.
    pub span: Span,
    pub severity: Option<Severity>,
    /// Why the check is not to run, if it is not.
    pub disabled: Option<String>,
    /// By the parameter's name.
    pub params: BTreeMap<String, OwnedItem>,
}

impl Override {
    /// The tables `[checks.ID]`.
    pub fn read_all(table: &Table<'_>) -> BTreeMap<CheckId, Override> {
        let mut overrides = BTreeMap::new();
        for (key, item) in table.entries() {
            let Some(settings) = item.table() else { continue };
            let id: CheckId = match key.name.parse() {
                Ok(id) => id,
                Err(error) => {
                    table.push(Diagnostic::error(table.file(), key.span, format!("{error}")));
                    continue;
                }
            };
            let with = Override {
                file: Arc::clone(table.file()),
                span: key.span,
                severity: settings.get("severity").and_then(Item::parsed),
                disabled: settings.get("disable").and_then(Item::text).map(str::to_owned),
                params: settings
                    .table("params")
                    .map(|params| {
                        params.entries().into_iter().map(|(key, item)| (key.name.to_owned(), item.owned())).collect()
                    })
                    .unwrap_or_default(),
            };
            settings.finish();
            overrides.insert(id, with);
        }
        overrides
    }

    /// What another one sets counts before what this one does, and it governs the check's findings.
    pub(super) fn overlay(&mut self, other: &Override) {
        self.file = Arc::clone(&other.file);
        self.span = other.span;
        self.severity = other.severity.or(self.severity);
        self.disabled = other.disabled.clone().or_else(|| self.disabled.take());
        self.params.extend(other.params.iter().map(|(name, value)| (name.clone(), value.clone())));
    }

    /// The line that governs the check's findings.
    pub(super) fn location(&self) -> Arc<FileLocation> {
        FileLocation { path: self.file.path.as_str().into(), line: self.file.line(self.span.start) }.into()
    }
}
