//! `driftline baseline accept`: one line in exceptions.toml.

use crate::baseline;
use crate::cli::{BaselineAcceptArgs, GlobalArgs};
use crate::finding::Finding;
use crate::text::Written;

use crate::run::exceptions::{Added, Sought, append, decision, file_of};
use crate::run::settings::Settings;
use crate::run::{Stop, exit, terminal};

pub(super) fn run(global: &GlobalArgs, args: &BaselineAcceptArgs) -> Result<u8, Stop> {
    let settings = Settings::load(global)?;
    let path = file_of(&settings, &args.decision);
    let is_meant = |one: &Finding, begins: &str| {
        &*one.rule == baseline::RULE && item_of(one).is_some_and(|item| item.starts_with(begins))
    };
    let sought = Sought { kind: "deviation", name: "id", begins: &args.item };
    let finding = sought.find(&args.decision.report, is_meant)?;
    let evidence = finding.evidence.iter();
    let subject = evidence.clone().find(|one| !one.condition.is_empty()).map_or("", |one| &*one.fact);
    let value: Vec<String> = evidence.filter(|one| !one.condition.is_empty()).map(|one| one.value.clone()).collect();
    // The message begins with type and key; they end where the class begins.
    let message = finding.message.to_string();
    let what = message.split_once(": ").map_or(message.as_str(), |(before, _)| before);
    let what = what.rsplit_once(' ').map_or(what, |(before, _)| before);
    let mut entries = vec![
        ("item", Written::Text(item_of(&finding).unwrap_or_default().to_owned())),
        ("on", Written::Text(format!("{what} {subject}"))),
        ("value", Written::Texts(value)),
    ];
    entries.extend(decision(&args.decision)?);
    append(global, &path, Added::Line("drift", &entries))?;
    terminal::note(global, &format!("accepted: {message} in {}", path.display()));
    Ok(exit::CLEAN)
}

fn item_of(finding: &Finding) -> Option<&str> {
    let item = finding.evidence.iter().find(|one| &*one.fact == baseline::ITEM && one.condition.is_empty());
    item.map(|one| one.value.as_str())
}
