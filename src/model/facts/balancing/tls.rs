//! What the names of AWS's own TLS policies say.

use crate::inventory::Missing;

/// The oldest version of TLS that a policy admits.
///
/// AWS names policies after it since 2015: `TLS13-1-2-...` admits 1.2 and 1.3. Those that are older, and the one for
/// forward secrecy of 2018, admit 1.0 (Application Load Balancer user guide, "Security policies").
///
/// # Errors
/// The name is none of AWS's that is known here.
pub(super) fn least(policy: &str) -> Result<&'static str, Missing> {
    let unknown = || Missing::because(format!("which versions of TLS {policy} admits is not known"));
    let name = policy.strip_prefix("ELBSecurityPolicy-").ok_or_else(unknown)?;
    let versioned = ["TLS13-1-", "TLS-1-", "FS-1-"].iter().find_map(|form| name.strip_prefix(form));
    match versioned.map_or(name, |rest| rest.split('-').next().unwrap_or_default()) {
        "0" => Ok("1.0"),
        "1" => Ok("1.1"),
        "2" => Ok("1.2"),
        "3" => Ok("1.3"),
        "2016-08" | "2015-05" | "FS-2018-06" => Ok("1.0"),
        _ => Err(unknown()),
    }
}

/// Whether a policy offers key exchanges that a quantum computer does not break.
///
/// # Errors
/// The name is none of AWS's that is known here.
pub(super) fn is_post_quantum(policy: &str) -> Result<bool, Missing> {
    least(policy).map(|_| policy.contains("-PQ-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_admits_what_its_name_says() {
        for (name, oldest) in [
            ("TLS13-1-3-2021-06", "1.3"),
            ("TLS13-1-2-Res-PQ-2025-09", "1.2"),
            ("TLS13-1-2-Ext0-RFC9151-FIPS-2023-07", "1.2"),
            ("TLS13-1-1-FIPS-2023-04", "1.1"),
            ("TLS13-1-0-PQ-2025-09", "1.0"),
            ("TLS-1-2-Ext-2018-06", "1.2"),
            ("TLS-1-1-2017-01", "1.1"),
            ("TLS-1-0-2015-04", "1.0"),
            ("FS-1-2-Res-2020-10", "1.2"),
            ("FS-1-1-2019-08", "1.1"),
            ("FS-2018-06", "1.0"),
            ("2016-08", "1.0"),
            ("2015-05", "1.0"),
        ] {
            assert_eq!(least(&format!("ELBSecurityPolicy-{name}")).ok(), Some(oldest), "{name}");
        }
        for name in [
            "ELBSecurityPolicy-2031-01",
            "ELBSecurityPolicy-TLS14-1-3-2031-01",
            "2016-08",
            "",
            "ELBSecurityPolicy-TLS-1-",
        ] {
            assert!(least(name).is_err() && is_post_quantum(name).is_err(), "{name}");
        }
        assert_eq!(is_post_quantum("ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09").ok(), Some(true));
        assert_eq!(is_post_quantum("ELBSecurityPolicy-TLS13-1-2-2021-06").ok(), Some(false));
    }
}
