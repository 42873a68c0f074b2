//! What of a baseline is right and yet not good: too broad, about nothing, or read by nobody for long.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::exceptions::Exception;
use crate::net::{IpSet, PacketSet};
use crate::text::Diagnostic;

use super::mistakes::entries;
use super::{Admitted, Baseline, Found, Select, Toward, Wanted};

/// An exception that ends within so many days is told.
const SOON_DAYS: i32 = 14;
/// A baseline that nobody read for so many days is told.
const UNREAD_DAYS: i32 = 365;

/// Warnings that need nothing but the files.
pub fn lint(baselines: &[Baseline], exceptions: &[Exception], today: Date) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (_, baseline, entry) in entries(baselines) {
        for wanted in &entry.wanted {
            if let Wanted::Rules(rules, toward) = &wanted.wanted
                && *toward == Toward::From
                && admits_all(rules)
            {
                out.push(
                    Diagnostic::warning(
                        &baseline.file,
                        wanted.span,
                        "over-broad: this wants everything let in from anywhere",
                    )
                    .help("name the ports, or the peers"),
                );
            }
        }
        if entry.wanted.is_empty() && entry.count.is_none() {
            out.push(
                Diagnostic::warning(
                    &baseline.file,
                    entry.span,
                    format!("over-broad: nothing is asked of {}", entry.subject()),
                )
                .help("name an attribute, or say with `count` how many there are to be"),
            );
        }
    }
    for baseline in baselines {
        for (name, span) in &baseline.set_spans {
            if baseline.sets.get(name).is_some_and(|set| *set == IpSet::all() || *set == IpSet::all_v4()) {
                let message = format!("over-broad: the set `{name}` holds every address");
                out.push(
                    Diagnostic::warning(&baseline.file, *span, message).help("write `anywhere` where it is meant"),
                );
            }
            if !baseline.file.text.contains(&format!("@{name}")) {
                let message = format!("dead: no rule uses the set `{name}`");
                out.push(Diagnostic::warning(&baseline.file, *span, message).help("take it out"));
            }
        }
        if let Some(reviewed) = baseline.reviewed
            && (today - reviewed).get_days() > UNREAD_DAYS
        {
            let message = format!("expired: nobody has reviewed this since {reviewed}");
            out.push(Diagnostic {
                severity: crate::text::Level::Warning,
                ..Diagnostic::of_file(&baseline.file, message)
            });
        }
    }
    out.extend(exceptions.iter().filter_map(|exception| ending(exception, today)));
    crate::text::sort(&mut out);
    out
}

fn admits_all(rules: &Admitted) -> bool {
    rules.admits(&PacketSet::all().within(&IpSet::all_v4())) || rules.admits(&PacketSet::all().within(&IpSet::all_v6()))
}

fn ending(exception: &Exception, today: Date) -> Option<Diagnostic> {
    let Some(last) = exception.expires else {
        let message = format!("the exception for {} has no end", exception.about);
        return Some(
            Diagnostic::warning(&exception.file, exception.span, message).help("name a day to look at it again"),
        );
    };
    let days = (last - today).get_days();
    let message = match days {
        ..0 => format!("expired: the exception for {} ended on {last}", exception.about),
        0..=SOON_DAYS => format!("the exception for {} ends in {days} days, on {last}", exception.about),
        _ => return None,
    };
    Some(Diagnostic::warning(&exception.file, exception.span, message).help("decide anew, or take it out"))
}

/// Warnings that a snapshot shows.
pub fn dead(baselines: &[Baseline], found: &Found) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let gone: BTreeSet<(Arc<str>, u32)> = found
        .deviations
        .iter()
        .filter(|one| one.resource.is_none())
        .map(|one| (one.location.path.clone(), one.location.line))
        .collect();
    for (number, baseline, entry) in entries(baselines) {
        match found.matched.get(&number) {
            None => out.push(
                Diagnostic::warning(
                    &baseline.file,
                    entry.span,
                    format!("dead: no account and region of the snapshot lies in the scope of {}", entry.subject()),
                )
                .help("mend the scope, or take a snapshot that holds it"),
            ),
            Some(0) if matches!(entry.select, Select::Key(_)) && entry.count != Some(0) => {
                let at = baseline.location(entry.span);
                // What could not be listed may be there.
                if gone.contains(&(at.path, at.line)) {
                    let message = format!("dead: there is no {} in the snapshot", entry.subject());
                    out.push(
                        Diagnostic::warning(&baseline.file, entry.span, message)
                            .help("take it out if it is not to come back"),
                    );
                }
            }
            Some(_) => {}
        }
    }
    for (file, baseline) in baselines.iter().enumerate() {
        for (number, ignore) in baseline.ignores.iter().enumerate() {
            if !found.hidden.contains_key(&(file, number)) {
                let message = format!("dead: this hides no difference of {} {}", ignore.resource_type, ignore.path);
                out.push(Diagnostic::warning(&baseline.file, ignore.span, message).help("take it out"));
            }
        }
    }
    crate::text::sort(&mut out);
    out
}
