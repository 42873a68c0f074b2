use std::cell::RefCell;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level as Title, Origin, Renderer, Snippet};

use crate::text::{SourceFile, Span};

/// How bad a mistake in a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The file cannot be used as it is.
    Error,
    /// It can, but it hardly says what its author means.
    Warning,
}

/// A mistake in a file.
///
/// Style: lower case, no full stop at the end, the user's words in back-ticks;
/// what to do about it stands in `help` and not in the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Level,
    pub message: String,
    pub file: Arc<SourceFile>,
    /// None if the file as a whole is meant.
    pub span: Option<Span>,
    /// What stands beside the span's underline.
    pub label: Option<String>,
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn error(file: &Arc<SourceFile>, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Level::Error,
            message: message.into(),
            file: Arc::clone(file),
            span: Some(span),
            label: None,
            help: None,
        }
    }

    pub fn warning(file: &Arc<SourceFile>, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Level::Warning, ..Diagnostic::error(file, span, message) }
    }

    /// About a file as a whole.
    pub fn of_file(file: &Arc<SourceFile>, message: impl Into<String>) -> Diagnostic {
        Diagnostic { span: None, ..Diagnostic::error(file, Span { start: 0, end: 0 }, message) }
    }

    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = Some(label.into());
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// A help line, if there is one to give.
    pub fn maybe_help(mut self, help: Option<String>) -> Diagnostic {
        self.help = help;
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Level::Error
    }

    /// With the lines of the file it points at, in rustc's manner.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let level = match self.severity {
            Level::Error => Title::ERROR,
            Level::Warning => Title::WARNING,
        };
        let title = level.primary_title(self.message.as_str());
        let mut group = match self.span {
            Some(span) => {
                let annotation =
                    AnnotationKind::Primary.span(span.within(&self.file.text)).label(self.label.as_deref());
                let snippet = Snippet::source(self.file.text.as_str()).path(self.file.path.as_str());
                title.element(snippet.annotation(annotation))
            }
            None => title.element(Origin::path(self.file.path.as_str())),
        };
        if let Some(help) = &self.help {
            group = group.element(Title::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

/// All of them, with an empty line between two.
pub fn render(diagnostics: &[Diagnostic], color: bool) -> String {
    let rendered: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.render(color)).collect();
    rendered.join("\n\n")
}

/// In the order of the files and of the text in each.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        (&a.file.path, a.span, a.severity, &a.message).cmp(&(&b.file.path, b.span, b.severity, &b.message))
    });
}

/// Where readers put the mistakes they meet.
#[derive(Debug, Default)]
pub struct Sink(RefCell<Vec<Diagnostic>>);

impl Sink {
    /// Adds a mistake, unless it is there already: a text that is read twice (once per resource
    /// type, say) has each of its mistakes once.
    pub fn push(&self, diagnostic: Diagnostic) {
        let mut all = self.0.borrow_mut();
        if !all.contains(&diagnostic) {
            all.push(diagnostic);
        }
    }

    pub fn has_errors(&self) -> bool {
        self.0.borrow().iter().any(Diagnostic::is_error)
    }

    /// Everything, in the order of the text.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        let mut all = self.0.into_inner();
        sort(&mut all);
        all
    }
}
