//! Ways for somebody who was just woken up: the worst first, step by step, with the statement that allows each.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use crate::model::escalation::{Finding, Move, Tier, Verdict};
use crate::report::sanitize::visible;

/// Every way that was found, the worst first; then, if it is of all, how many principals have none.
pub(super) fn paths(out: &mut dyn Write, findings: &[Finding], of: Option<usize>) -> std::io::Result<()> {
    let mut told: Vec<&Finding> = findings.iter().collect();
    told.sort_by_key(|finding| (finding.verdict, finding.moves.len()));
    for finding in told {
        one(out, finding)?;
    }
    match of {
        Some(all) => writeln!(out, "{}", summary(findings, all)),
        None => Ok(()),
    }
}

fn one(out: &mut dyn Write, finding: &Finding) -> std::io::Result<()> {
    writeln!(out, "{}", visible(&finding.principal))?;
    writeln!(out, "{}", headline(finding))?;
    for line in &finding.granted_by {
        writeln!(out, "  by {}", visible(line))?;
    }
    for (index, one) in finding.moves.iter().enumerate() {
        step(out, index + 1, one)?;
    }
    let needs: BTreeSet<&str> = finding.moves.iter().flat_map(|one| &one.needs).map(String::as_str).collect();
    let conditions: Vec<&str> = finding.conditions.iter().map(String::as_str).collect();
    let missing: Vec<&str> = finding.not_read().collect();
    let needs: Vec<&str> = needs.into_iter().collect();
    for (title, lines) in [("if", conditions), ("taken for granted", needs), ("not read", missing)] {
        if lines.is_empty() {
            continue;
        }
        writeln!(out, "  {title}")?;
        for line in lines {
            writeln!(out, "  - {}", visible(line))?;
        }
    }
    writeln!(out)
}

fn headline(finding: &Finding) -> String {
    let steps = match finding.moves.len() {
        1 => "in one step".to_owned(),
        number => format!("in {number} steps"),
    };
    let end = visible(finding.ends_as()).into_owned();
    let end = if finding.ends_as() == finding.principal { "itself".to_owned() } else { end };
    match finding.verdict {
        Verdict::Admin => "admin: may do everything as it is".to_owned(),
        // Asked for somebody who need not be one.
        Verdict::Proven if finding.tier.is_none() => format!("proven: comes to act as {end} {steps}"),
        Verdict::Proven => format!("proven: becomes an administrator {steps}, as {end}"),
        Verdict::Possible => {
            format!(
                "possible: becomes an administrator {steps}, as {end}, through something that the snapshot does not hold"
            )
        }
        Verdict::Capability => {
            "capability: has a permission that makes administrators, and nothing that it would work on now".to_owned()
        }
        Verdict::Unknown => "unknown: nothing was found, and not every policy was read".to_owned(),
        Verdict::None => "none: no way was found".to_owned(),
    }
}

fn step(out: &mut dyn Write, number: usize, one: &Move) -> std::io::Result<()> {
    let id = one.method.map(|method| format!(" ({})", method.id)).unwrap_or_default();
    writeln!(out, "  {number}. {}{id}", visible(&one.title))?;
    let actions = one.hops.iter().map(|hop| hop.action.len()).max().unwrap_or(0);
    for hop in &one.hops {
        let verdict = if hop.certain { "allowed" } else { "conditional" };
        writeln!(
            out,
            "     {verdict:11}  {:actions$}  {}  by {}",
            hop.action,
            visible(&hop.target),
            visible(&hop.statement)
        )?;
    }
    Ok(())
}

fn summary(findings: &[Finding], of: usize) -> String {
    let mut numbers = BTreeMap::from([(Verdict::None, of.saturating_sub(findings.len()))]);
    for finding in findings {
        *numbers.entry(finding.verdict).or_default() += 1;
    }
    let all: Vec<String> =
        [Verdict::Admin, Verdict::Proven, Verdict::Possible, Verdict::Capability, Verdict::Unknown, Verdict::None]
            .into_iter()
            .map(|verdict| format!("{}={}", verdict.as_str(), numbers.get(&verdict).copied().unwrap_or(0)))
            .collect();
    format!("{of} users and roles: {}", all.join(" "))
}

/// Account by account who administers it, and why: findings come in the order of accounts.
#[derive(Default)]
pub(super) struct Admins {
    /// Those of the account that is under way.
    here: Vec<Finding>,
    numbers: BTreeMap<Tier, usize>,
    unknown: usize,
}

impl Admins {
    pub(super) fn add(&mut self, out: &mut dyn Write, finding: Finding) -> std::io::Result<()> {
        self.unknown += usize::from(finding.verdict == Verdict::Unknown);
        if let Some(tier) = finding.tier {
            *self.numbers.entry(tier).or_default() += 1;
        }
        if !finding.is_effective_admin() {
            return Ok(());
        }
        if self.here.first().is_some_and(|first| first.account != finding.account) {
            self.account(out)?;
        }
        self.here.push(finding);
        Ok(())
    }

    fn account(&mut self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut admins = std::mem::take(&mut self.here);
        let Some(first) = admins.first() else { return Ok(()) };
        writeln!(out, "{}", first.account)?;
        admins.sort_by(|one, other| (one.tier, &one.principal).cmp(&(other.tier, &other.principal)));
        for finding in admins {
            let tier = finding.tier.map_or("", |tier| tier.as_str());
            let why = match finding.tier {
                Some(Tier::A0) => format!("by {}", finding.granted_by.join(", ")),
                _ => {
                    let titles: Vec<String> = finding.moves.iter().map(short).collect();
                    titles.join(", then ")
                }
            };
            let open = if finding.conditions.is_empty() { "" } else { " (conditional)" };
            let name = finding.principal.splitn(6, ':').nth(5).unwrap_or(&finding.principal);
            writeln!(out, "  {tier}  {}  {}{open}", visible(name), visible(&why))?;
        }
        writeln!(out)
    }

    /// The rest, and how many there are.
    pub(super) fn finish(mut self, out: &mut dyn Write, of: usize) -> std::io::Result<()> {
        self.account(out)?;
        let number = |tier| self.numbers.get(&tier).copied().unwrap_or(0);
        writeln!(
            out,
            "of {of} users and roles {} may do everything (A0), {} make themselves able to (A1), {} become one who is (A2); {} unknown",
            number(Tier::A0),
            number(Tier::A1),
            number(Tier::A2),
            self.unknown,
        )
    }
}

/// A move in a few words: its calls, and on what the last is made.
fn short(one: &Move) -> String {
    let actions: Vec<&str> = one.hops.iter().map(|hop| hop.action.as_str()).collect();
    let target = one.hops.last().map_or("", |hop| hop.target.splitn(6, ':').nth(5).unwrap_or(&hop.target));
    format!("{} on {target}", actions.join(" + "))
}
