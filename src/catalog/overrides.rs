//! What a user's configuration changes of a check.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::{FileLocation, Severity};
use crate::text::{OwnedItem, SourceFile, Span};

/// A user's settings for one check. Its mistakes are told at their place in the user's file.
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
    /// The line that governs the check's findings.
    pub(super) fn location(&self) -> FileLocation {
        FileLocation { path: self.file.path.clone(), line: self.file.line(self.span.start) }
    }
}
