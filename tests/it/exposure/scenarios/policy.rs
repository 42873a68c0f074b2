//! Row 16: whether ports are within a policy is a question of sets.

use serde_json::Value;

use crate::exposure::ask::Snapshot;
use crate::exposure::network::public;

const CHECK: &str = r#"schema = 1
[check]
id = "only-https"
title = "Security group admits other ports than 443 and 444"
severity = "low"
resource_type = "AWS::EC2::SecurityGroup"
since = "0.1.0"
references = []
rationale = "A test."
remediation = { text = "None." }
[fail]
each = "effective_ingress"
discriminator = ["protocol", "ports"]
where.not = { fact = "ports", within = [443, 444] }
message = "{name} admits {protocol} {ports}"
"#;

#[test]
fn authorised_ports_are_a_set() {
    for (rules, right) in [
        (&["tcp 443-444 from 0.0.0.0/0"][..], "pass"),
        (&["tcp 443 from 0.0.0.0/0", "tcp 444 from 0.0.0.0/0"], "pass"),
        (&["tcp 443-445 from 0.0.0.0/0"], "fail"),
    ] {
        let snapshot = Snapshot::of(&public().admits(rules));
        let checks = snapshot.file().with_file_name("checks");
        std::fs::create_dir(&checks).unwrap();
        std::fs::write(checks.join("only-https.toml"), CHECK).unwrap();
        let report =
            snapshot.ask(&["scan", "--snapshot", "snapshot.dls", "--checks", "checks", "-f", "json", "--passes"]);
        let of_ours: Vec<&Value> =
            report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "only-https").collect();
        let verdicts: Vec<&Value> = of_ours.iter().map(|finding| &finding["status"]).collect();
        assert_eq!(verdicts, [right], "{rules:?}: {of_ours:?}");
    }
}
