//! `driftline verify`: whether what was there before an incident is there again, and whether what the intruder could
//! use is gone. These are two verdicts: an account can be restored to the letter and still be open.

mod json;
mod text;

use crate::cli::{GlobalArgs, VerifyArgs, VerifyFormat, WriteTo};
use crate::config::OnUnknown;
use crate::drift::verify::{Aftermath, Holds, Incident, aftermath};
use crate::drift::{Class, Comparison, Effect, Item};
use crate::finding::Severity;

use super::diff::{Compared, Read, compare, notes};
use super::reach::write;
use super::{Stop, exit, files, terminal};

/// Everything that is told.
struct Told<'a> {
    before: Compared<'a>,
    after: Compared<'a>,
    notes: Vec<String>,
    comparison: Comparison,
    aftermath: Aftermath,
    incident: Incident,
    restored: Holds,
    hardened: Holds,
}

impl Told<'_> {
    fn of_class(&self, wanted: impl Fn(Class) -> bool) -> impl Iterator<Item = &Item> {
        self.comparison.items.iter().filter(move |item| wanted(item.class))
    }

    /// Added items that were made inside the incident.
    fn is_of_incident(&self, item: &Item) -> bool {
        self.aftermath.made.iter().any(|made| {
            item.new_id.as_deref() == Some(&made.id) && item.account == made.account && item.region == made.region
        })
    }

    /// What the internet gets answers from now and did not before.
    fn exposed(&self) -> impl Iterator<Item = &Item> {
        let is_exposed = |item: &&Item| {
            item.effect.may_weaken() && item.severity >= Severity::High && item.because.contains("the internet reaches")
        };
        self.comparison.items.iter().filter(is_exposed)
    }
}

pub(super) fn run(global: &GlobalArgs, args: &VerifyArgs) -> Result<u8, Stop> {
    args.outputs.iter().filter_map(|output| output.path.as_deref()).try_for_each(files::check_writable)?;
    let (before, after) = (files::open_snapshot(&args.before)?, files::open_snapshot(&args.after)?);
    let incident = Incident {
        window: args.incident.map(|window| (window.from, window.to)),
        contained: args.contained.or(args.incident.map(|window| window.to)),
        actors: args.actors.iter().map(ToString::to_string).collect(),
        expected: args.expected.iter().cloned().collect(),
    };
    let sides = [(args.before.as_path(), &before), (args.after.as_path(), &after)];
    let Read { comparison, ignored, seen } = compare(sides, |_| true, |_, after| aftermath(after, &incident))
        .map_err(|(path, error)| files::unusable(path, &error))?;
    let mut all = Aftermath::default();
    seen.into_iter().for_each(|one| all.absorb(one));
    all.dangling.sort();
    all.made.sort();
    let (before, after) =
        (Compared { path: &args.before, snapshot: &before }, Compared { path: &args.after, snapshot: &after });
    let mut told = Told {
        notes: notes(&before, &after, &ignored),
        before,
        after,
        comparison,
        aftermath: all,
        incident,
        restored: Holds::Yes,
        hardened: Holds::Yes,
    };
    told.restored = restored(&told);
    told.hardened = hardened(&told);
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    for output in args.outputs.iter().chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        match output.format {
            VerifyFormat::Text => text::write(&mut out, &told)?,
            VerifyFormat::Json => json::write(&mut out, &told)?,
        }
        write(output.path.as_deref(), &out)?;
        if let Some(path) = &output.path {
            terminal::note(global, &format!("verification: {}", path.display()));
        }
    }
    let code = match (told.restored, told.hardened) {
        (Holds::No, _) | (_, Holds::No) => exit::FINDINGS,
        (Holds::Unknown, _) | (_, Holds::Unknown) if args.on_unknown == OnUnknown::Fail => exit::INCOMPLETE,
        _ => exit::CLEAN,
    };
    let words = [told.restored, told.hardened].map(Holds::as_str);
    terminal::result(&format!("RESULT restored={} hardened={} exit={code}", words[0], words[1]));
    Ok(code)
}

/// Whether everything is as it was: nothing missing, nothing extra, nothing that means another thing, nothing dangling.
fn restored(told: &Told<'_>) -> Holds {
    let differs = told.comparison.items.iter().any(|item| {
        // Names and descriptions are no part of what was there.
        item.effect != Effect::Neutral || item.path.is_empty() || item.class == Class::Recreated
    });
    if differs || !told.aftermath.dangling.is_empty() {
        Holds::No
    } else if told.comparison.not_checked.is_empty() {
        Holds::Yes
    } else {
        Holds::Unknown
    }
}

/// Whether nothing that the intruder could use is left. What was not asked for does not count.
fn hardened(told: &Told<'_>) -> Holds {
    let demands = told.aftermath.hardening.values().map(|one| one.holds).filter(|holds| *holds != Holds::NotAsked);
    let exposed = if told.exposed().next().is_some() { Holds::No } else { Holds::Yes };
    demands.chain([exposed]).min().unwrap_or(Holds::Unknown)
}
