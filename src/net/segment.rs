//! From rules to what they admit: for each run of ports, the sources allowed.
//!
//! One algorithm serves both rule systems of AWS: security groups (allow rules
//! only, in no order) and network ACLs (allow and deny, the first match wins).
//! Callers pass one protocol's rules at a time.

use super::{IpSet, PortSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    Deny,
}

/// A rule of one protocol; `id` is how its owner names it in evidence.
#[derive(Debug, Clone)]
pub struct Rule {
    pub id: String,
    pub verdict: Verdict,
    pub ports: PortSet,
    pub sources: IpSet,
}

/// What is admitted on a set of ports, and the rules that admit it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    pub ports: PortSet,
    pub sources: IpSet,
    pub rules: Vec<String>,
}

/// What the rules admit, the first matching rule deciding: ports that admit
/// the same sources through the same rules are one element, in the order of
/// their lowest port. A port that admits nobody is in none.
pub fn segments(rules: &[Rule]) -> Vec<Allowed> {
    // A rule set changes only where some rule's port range starts or ends.
    let mut starts: Vec<u16> = Vec::new();
    for (low, high) in rules.iter().flat_map(|rule| rule.ports.ranges()) {
        starts.push(*low);
        starts.extend(high.checked_add(1));
    }
    starts.sort_unstable();
    starts.dedup();

    let mut out: Vec<Allowed> = Vec::new();
    for (i, &low) in starts.iter().enumerate() {
        let high = starts.get(i + 1).map_or(u16::MAX, |next| next - 1);
        let (mut admitted, mut decided, mut by) = (IpSet::default(), IpSet::default(), Vec::new());
        for rule in rules.iter().filter(|rule| rule.ports.contains(low)) {
            if rule.verdict == Verdict::Allow {
                let added = rule.sources.difference(&decided);
                if !added.is_empty() {
                    admitted = admitted.union(&added);
                    by.push(rule.id.clone());
                }
            }
            // Allow rules do not shadow each other in evidence: every rule that admits a
            // source has to go before the source is closed.
            if rule.verdict == Verdict::Deny {
                decided = decided.union(&rule.sources.difference(&admitted));
            }
        }
        if admitted.is_empty() {
            continue;
        }
        let ports = PortSet::range(low, high);
        match out.iter_mut().find(|allowed| allowed.sources == admitted && allowed.rules == by) {
            Some(allowed) => allowed.ports = allowed.ports.union(&ports),
            None => out.push(Allowed { ports, sources: admitted, rules: by }),
        }
    }
    out
}
