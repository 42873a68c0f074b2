//! What a comparison shows to be wrong with the baselines themselves.

use crate::text::{Diagnostic, Span};

use super::{Baseline, Entry, Found, Select};

/// Selectors that match nothing or too much, and attributes of which two entries want different values.
pub fn mistakes(baselines: &[Baseline], found: &Found) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (number, baseline, entry) in entries(baselines) {
        if let (Select::Where(_), Some(0)) = (&entry.select, found.matched.get(&number))
            && entry.count != Some(0)
            && !found.untold.contains(&number)
        {
            out.push(
                Diagnostic::error(
                    &baseline.file,
                    entry.span,
                    format!("this is about nothing: there is no {}", entry.subject()),
                )
                .help("mend the selector; or say `count = 0` if there must be none"),
            );
        }
        if let Some((scope, are)) = found.too_many.get(&number) {
            let count = entry.count.unwrap_or_default();
            out.push(
                Diagnostic::error(
                    &baseline.file,
                    entry.span,
                    format!("this is about {are} resources of {scope}, and `count` is {count}"),
                )
                .help("narrow the selector, or say how many there are to be"),
            );
        }
    }
    let line = |(file, entry): (usize, usize)| -> Option<(&Baseline, &Entry)> {
        let baseline = baselines.get(file)?;
        Some((baseline, baseline.entries.get(entry)?))
    };
    for (one, other, path) in &found.conflicts {
        let (Some((first, first_entry)), Some((second, second_entry))) = (line(*one), line(*other)) else { continue };
        let span: Span = second_entry
            .wanted
            .iter()
            .find(|wanted| wanted.path == *path)
            .map_or(second_entry.span, |wanted| wanted.span);
        let at = first.location(first_entry.span);
        out.push(
            Diagnostic::error(&second.file, span, format!("two entries want different values of one `{path}`"))
                .help(format!("the other is in {}:{}; make their selectors exclude each other", at.path, at.line)),
        );
    }
    crate::text::sort(&mut out);
    out
}

/// How many entries are about no account and region of what was compared.
pub fn beside(baselines: &[Baseline], found: &Found) -> usize {
    entries(baselines).filter(|(number, ..)| !found.matched.contains_key(number)).count()
}

/// Every entry with its file's and its own number.
pub fn entries(baselines: &[Baseline]) -> impl Iterator<Item = ((usize, usize), &Baseline, &Entry)> {
    baselines.iter().enumerate().flat_map(|(file, baseline)| {
        baseline.entries.iter().enumerate().map(move |(number, entry)| ((file, number), baseline, entry))
    })
}
