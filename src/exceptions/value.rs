use crate::finding::Finding;

/// What a finding says of its resource, to be compared and accepted: `fact = value` for each fact that met a
/// condition of the check, sorted.
///
/// Positions in lists are left out, because AWS changes them; so are ages in days, which change by themselves.
pub fn value(finding: &Finding) -> Vec<String> {
    let met = finding.evidence.iter().filter(|evidence| !evidence.condition.is_empty());
    let mut lines: Vec<String> = met
        .map(|evidence| (without_positions(&evidence.fact), &evidence.value))
        .filter(|(fact, _)| !is_age(fact))
        .map(|(fact, value)| format!("{fact} = {value}"))
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// `ingress[2].ports` as `ingress.ports`.
fn without_positions(fact: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for c in fact.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ if inside => {}
            c => plain.push(c),
        }
    }
    plain
}

/// Whether the fact counts days that go by, and is no setting of a number of days.
fn is_age(fact: &str) -> bool {
    fact.ends_with("_days") && !fact.contains("max_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_ages_are_no_part_of_a_value() {
        assert_eq!(without_positions("ingress[2].sources"), "ingress.sources");
        assert_eq!(without_positions("a[0].b[11].c"), "a.b.c");
        assert!(is_age("age_days") && is_age("keys.idle_days") && !is_age("password_policy_max_age_days"));
    }
}
