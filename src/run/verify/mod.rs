//! `driftline verify`: whether what was there before an incident is there again, and whether what the intruder could
//! use is gone. These are two verdicts: an account can be restored to the letter and still be open.

mod checks;
mod json;
#[cfg(feature = "aws")]
mod live;
mod principals;
mod text;

use std::collections::BTreeSet;

use crate::arn::AccountId;
use crate::cli::{After, GlobalArgs, VerifyArgs, VerifyFormat, WriteTo};
use crate::config::OnUnknown;
use crate::drift::verify::{Aftermath, Demand, Hardening, Holds, Incident, aftermath, is_session_of};
use crate::drift::{Class, Comparison, Effect, Item, NotChecked};
use crate::finding::Severity;
use crate::resource::ResourceType;

use super::diff::{Compared, Read, compare, notes};
use super::reach::write;
use super::settings::Settings;
use super::{Stop, exit, files, terminal};

use checks::{Checked, Profile};
use principals::Involved;

/// What is asked, whatever is held against it.
struct Asked<'a> {
    before: Compared<'a>,
    incident: Incident,
    profile: Option<Profile>,
}

/// Everything that is told of one look.
struct Told<'a> {
    asked: &'a Asked<'a>,
    after: Compared<'a>,
    notes: Vec<String>,
    comparison: Comparison,
    aftermath: Aftermath,
    /// What each involved principal can still do, in the order of their ARNs.
    involved: Vec<Involved>,
    checked: Option<Checked>,
    restored: Holds,
    hardened: Holds,
}

impl Told<'_> {
    fn of_class(&self, wanted: impl Fn(Class) -> bool) -> impl Iterator<Item = &Item> {
        self.comparison.items.iter().filter(move |item| wanted(item.class))
    }

    fn missing(&self) -> Vec<&Item> {
        self.of_class(|class| class == Class::Removed).collect()
    }

    fn extra(&self) -> Vec<&Item> {
        self.of_class(|class| class == Class::Added).collect()
    }

    fn different(&self) -> Vec<&Item> {
        self.of_class(|class| !matches!(class, Class::Added | Class::Removed)).collect()
    }

    /// Added items that were made inside the incident.
    fn is_of_incident(&self, item: &Item) -> bool {
        self.aftermath.made.iter().any(|made| {
            item.new_id.as_deref() == Some(&made.id) && item.account == made.account && item.region == made.region
        })
    }

    /// Whether a difference keeps what was there from being restored: names and descriptions are no part of it, and
    /// what hardening asks for is no lack.
    fn counts(&self, item: &Item) -> bool {
        let matters = item.effect != Effect::Neutral || item.path.is_empty() || item.class == Class::Recreated;
        matters && !is_asked_for(item, &self.asked.incident)
    }

    /// What the internet gets answers from now and did not before.
    fn exposed(&self) -> impl Iterator<Item = &Item> {
        let is_exposed = |item: &&Item| {
            item.effect.may_weaken() && item.severity >= Severity::High && item.because.contains("the internet reaches")
        };
        self.comparison.items.iter().filter(is_exposed)
    }

    #[cfg(feature = "aws")]
    fn is_well(&self) -> bool {
        (self.restored, self.hardened) == (Holds::Yes, Holds::Yes)
    }
}

pub(super) fn run(global: &GlobalArgs, args: &VerifyArgs) -> Result<u8, Stop> {
    args.outputs.iter().filter_map(|output| output.path.as_deref()).try_for_each(files::check_writable)?;
    let settings = Settings::load(global)?;
    let profile = match &args.hardening {
        Some(name) => Some(Profile::load(global, &settings, name, args)?),
        None => None,
    };
    let before = files::open_snapshot(&args.before)?;
    let asked = Asked {
        before: Compared { path: &args.before, snapshot: &before },
        incident: Incident {
            window: args.incident.map(|window| (window.from, window.to)),
            contained: args.contained.or(args.incident.map(|window| window.to)),
            actors: args.actors.iter().map(ToString::to_string).collect(),
            expected: args.expected.iter().cloned().collect(),
        },
        profile,
    };
    match &args.after {
        After::Live => live(global, args, &settings, &asked),
        After::Snapshot(path) => {
            if args.wait.is_some() || args.save_snapshot.is_some() {
                let option = if args.wait.is_some() { "--wait" } else { "--save-snapshot" };
                return Err(Stop::usage(format!(
                    "{option} is for what AWS says now, and a snapshot stays as it is: leave --after out"
                )));
            }
            settings.tell(global);
            let after = files::open_snapshot(path)?;
            let told = look(&asked, Compared { path, snapshot: &after })?;
            finish(global, args, &told, None)
        }
    }
}

#[cfg(feature = "aws")]
use live::run as live;

#[cfg(not(feature = "aws"))]
fn live(_: &GlobalArgs, _: &VerifyArgs, _: &Settings, _: &Asked<'_>) -> Result<u8, Stop> {
    Err(Stop::usage(format!("{}; name a snapshot with --after", super::OFFLINE)))
}

/// Holds one state of the accounts against the state of before.
fn look<'a>(asked: &'a Asked<'a>, after: Compared<'a>) -> Result<Told<'a>, Stop> {
    let (before, incident) = (asked.before, &asked.incident);
    let sides = [(before.path, before.snapshot), (after.path, after.snapshot)];
    let at_both = |before: &_, after: &_| (aftermath(before, after, incident), principals::of(before, after, incident));
    let Read { comparison, ignored, seen } =
        compare(sides, |_| true, at_both).map_err(|(path, error)| files::unusable(path, &error))?;
    let (mut all, mut involved) = (Aftermath::default(), Vec::new());
    for (one, of_account) in seen {
        all.absorb(one);
        involved.extend(of_account);
    }
    all.dangling.sort();
    all.made.sort();
    let mut notes = notes(&before, &after, &ignored);
    let read: BTreeSet<AccountId> = after.snapshot.accounts().collect();
    principals::add_unseen(&mut involved, &mut notes, incident, &read);
    leave_open(&mut all, &before.snapshot.accounts().collect(), &read, incident);
    all.hardening.insert(Demand::Unexposed, Hardening::held());
    let mut told = Told {
        asked,
        after,
        notes,
        comparison,
        aftermath: all,
        involved,
        checked: None,
        restored: Holds::Yes,
        hardened: Holds::Yes,
    };
    let unexposed = unexposed(&told);
    told.aftermath.hardening.insert(Demand::Unexposed, unexposed);
    let checks = match &asked.profile {
        Some(profile) => {
            let checked = profile.judge(&after)?;
            let hardening = checked.hardening();
            told.checked = Some(checked);
            hardening
        }
        None => Hardening::not_asked("no profile was named (--hardening)"),
    };
    told.aftermath.hardening.insert(Demand::Checks, checks);
    told.restored = restored(&told);
    told.hardened = hardened(&told);
    Ok(told)
}

/// What was not read after the recovery is not known to be hardened.
fn leave_open(all: &mut Aftermath, before: &BTreeSet<AccountId>, read: &BTreeSet<AccountId>, incident: &Incident) {
    let actors = || incident.actors.iter().filter_map(|actor| actor.split(':').nth(4));
    let of_actors = actors().filter(|account| !read.iter().any(|id| id.as_str() == *account));
    let everywhere = before.difference(read).map(AccountId::as_str);
    let here = [Demand::NothingLeftBehind, Demand::Watched];
    let open = of_actors.map(|account| (account, &Demand::OF_PRINCIPALS[..]));
    for (account, demands) in open.chain(everywhere.map(|account| (account, &here[..]))) {
        for demand in demands {
            let hardening = all.hardening.entry(*demand).or_insert_with(Hardening::held);
            hardening.unknown(format!("{account}: the account was not read after the recovery"));
        }
    }
}

/// Whether the internet gets no more answers than before, as far as both sides were read.
fn unexposed(told: &Told<'_>) -> Hardening {
    let mut hardening = Hardening::held();
    for item in told.exposed() {
        hardening.fails(format!("{} {} {}: {}", item.account, item.region, item.key, item.because));
    }
    for gap in told.comparison.not_checked.iter().filter(|gap| is_of_network(gap)) {
        let what = if gap.operation.is_empty() { String::new() } else { format!(" {}", gap.operation) };
        hardening.unknown(format!("{} {}{what}: {}", gap.account, gap.region, gap.why));
    }
    hardening
}

/// Whether what was not read may say where packets go.
fn is_of_network(gap: &NotChecked) -> bool {
    const SILENT: [&str; 3] = ["AWS::EC2::FlowLog", "AWS::EC2::DHCPOptions", "AWS::EC2::AccountSettings"];
    let network = |name: &&str| {
        let of = ["AWS::EC2::", "AWS::ElasticLoadBalancing", "AWS::GlobalAccelerator::"];
        of.iter().any(|prefix| name.starts_with(prefix)) && !SILENT.contains(name)
    };
    // A whole account or region.
    gap.resource_types.is_empty() || gap.resource_types.iter().any(network)
}

/// Writes what was seen, files first, and says what it comes to.
fn finish(global: &GlobalArgs, args: &VerifyArgs, told: &Told<'_>, code: Option<u8>) -> Result<u8, Stop> {
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    let (files, stdout): (Vec<_>, Vec<_>) = args.outputs.iter().partition(|output| output.path.is_some());
    for output in files.into_iter().chain(stdout).chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        match output.format {
            VerifyFormat::Text => text::write(&mut out, told)?,
            VerifyFormat::Json => json::write(&mut out, told)?,
        }
        write(output.path.as_deref(), &out)?;
        if let Some(path) = &output.path {
            terminal::note(global, &format!("verification: {}", path.display()));
        }
    }
    let code = code.unwrap_or_else(|| exit_code(told, args.on_unknown));
    terminal::result(&format!("RESULT {} exit={code}", verdicts(told)));
    Ok(code)
}

fn exit_code(told: &Told<'_>, on_unknown: OnUnknown) -> u8 {
    match (told.restored, told.hardened) {
        (Holds::No, _) | (_, Holds::No) => exit::FINDINGS,
        (Holds::Unknown, _) | (_, Holds::Unknown) if on_unknown == OnUnknown::Fail => exit::INCOMPLETE,
        _ => exit::CLEAN,
    }
}

/// Both verdicts and how long the lists are, for scripts.
fn verdicts(told: &Told<'_>) -> String {
    format!(
        "restored={} hardened={} missing={} extra={} different={} dangling={} not_checked={}",
        told.restored.as_str(),
        told.hardened.as_str(),
        told.missing().len(),
        told.extra().len(),
        told.different().len(),
        told.aftermath.dangling.len(),
        told.comparison.not_checked.len(),
    )
}

/// Whether a difference is what hardening asks for: another key for an involved user, less for an involved principal.
fn is_asked_for(item: &Item, incident: &Incident) -> bool {
    let is_less = item.effect == Effect::Strengthening || item.class == Class::Recreated;
    let of = |kind: &str| format!("arn:aws:iam::{}:{kind}/{}", item.account, item.key.trim_start_matches('/'));
    let bare = |arn: &str| arn.split_once(":iam::").map(|(_, rest)| rest.to_owned());
    let involved = |arn: String| {
        // Whatever the partition is.
        let same = |actor: &String| is_session_of(actor, &arn) || (bare(actor).is_some() && bare(actor) == bare(&arn));
        incident.actors.iter().any(same)
    };
    let has_key = |actor: &String| {
        let user = item.key.split('#').next();
        actor.split(':').nth(4) == Some(item.account.as_str()) && actor.rsplit('/').next() == user
    };
    is_less
        && match item.resource_type {
            ResourceType::AccessKey => incident.actors.iter().any(has_key),
            ResourceType::User => involved(of("user")),
            ResourceType::Role => involved(of("role")),
            _ => false,
        }
}

/// Whether everything is as it was: nothing missing, nothing extra, nothing that means another thing, nothing dangling.
fn restored(told: &Told<'_>) -> Holds {
    let differs = told.comparison.items.iter().any(|item| told.counts(item));
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
    demands.min().unwrap_or(Holds::Unknown)
}
