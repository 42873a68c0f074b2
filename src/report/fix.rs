//! The command that mends a finding, with the finding's own names filled in.

use crate::finding::Finding;
use crate::triage::Rule;

use super::sanitize::{shell_word, visible};

/// The rule's command for this finding; none if the rule has none.
///
/// `{id}`, `{arn}`, `{name}`, `{account}`, `{region}` and `{partition}` are
/// filled in, quoted for a shell where they need it. Any other `{word}` stays
/// for the reader to fill in, and so do these where the finding has no resource.
pub fn command(rule: &Rule, finding: &Finding) -> Option<String> {
    let template = rule.remediation.cli.as_deref()?.trim();
    if template.is_empty() {
        return None;
    }
    let value = |name: &str| -> Option<&str> {
        let resource = finding.resource.as_ref();
        match name {
            "id" => resource.map(|r| r.id.as_str()),
            "arn" => resource.map(|r| r.arn.as_str()),
            "name" => resource.and_then(|r| r.name.as_deref()),
            "account" => Some(finding.scope.account.as_str()),
            "region" => Some(finding.scope.region.as_str()),
            "partition" => Some(finding.scope.partition.as_str()),
            _ => None,
        }
    };
    // Filled in one pass: a value that itself looks like `{arn}` is not filled again.
    let mut command = String::new();
    let mut rest = template;
    let mut in_quotes = false;
    while let Some(open) = rest.find('{') {
        let (before, from_open) = rest.split_at(open);
        command.push_str(before);
        in_quotes ^= before.chars().filter(|c| matches!(c, '\'' | '"')).count() % 2 == 1;
        let filled = from_open.find('}').and_then(|close| {
            let word = shell_word(value(from_open.get(1..close)?)?);
            // Between the template's own quotes a quoted word would end them, and what follows would run.
            (!in_quotes || !word.starts_with('\'')).then_some((close, word))
        });
        match filled {
            Some((close, word)) => {
                command.push_str(&word);
                rest = from_open.get(close + 1..).unwrap_or("");
            }
            None => {
                command.push('{');
                rest = from_open.get(1..).unwrap_or("");
            }
        }
    }
    command.push_str(rest);
    // A long command may be written over several lines in the check's file.
    let joined =
        command.lines().map(|line| line.trim().trim_end_matches('\\').trim_end()).collect::<Vec<_>>().join(" ");
    Some(visible(&joined).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::{Partition, Region, Scope};
    use crate::finding::{FileLocation, Fingerprint, ResourceRef, Severity, Status};
    use crate::triage::Remediation;

    fn filled(template: &str, name: &str) -> Option<String> {
        let scope = Scope {
            partition: Partition::Aws,
            account: "111122223333".parse().unwrap(),
            region: "eu-west-1".parse().unwrap_or_else(|_| Region::global()),
        };
        let rule = Rule {
            id: "r".into(),
            title: "t".into(),
            severity: Severity::High,
            resource_types: vec![],
            rationale: String::new(),
            remediation: Remediation { text: String::new(), cli: Some(template.to_owned()), terraform: None },
            references: vec![],
            controls: Default::default(),
            path: "checks/r.toml".into(),
            line: 1,
        };
        let finding = Finding {
            rule: "r".into(),
            severity: Severity::High,
            status: Status::Fail,
            resource: Some(std::sync::Arc::new(ResourceRef {
                resource_type: "AWS::EC2::SecurityGroup".into(),
                id: "sg-1".into(),
                arn: scope.arn("ec2", "security-group/sg-1"),
                name: Some(name.into()),
            })),
            scope: scope.into(),
            message: String::new().into(),
            evidence: Default::default(),
            location: FileLocation { path: "checks/r.toml".into(), line: 1 }.into(),
            fingerprint: Fingerprint::new("r", "sg-1", ""),
        };
        command(&rule, &finding)
    }

    #[test]
    fn names_are_filled_in_and_the_rest_is_left() {
        assert_eq!(
            filled("aws ec2 x \\\n  --region {region} --id {id} --rule {rule-id} {", "n").as_deref(),
            Some("aws ec2 x --region eu-west-1 --id sg-1 --rule {rule-id} {")
        );
        assert_eq!(filled("  ", "n"), None);
    }

    #[test]
    fn a_name_cannot_become_a_command() {
        assert_eq!(filled("x {name}", "$(reboot)").as_deref(), Some("x '$(reboot)'"));
        assert_eq!(filled("x 'Name={name}'", "';reboot;'").as_deref(), Some("x 'Name={name}'"));
        assert_eq!(filled("x {name}", "{id}").as_deref(), Some("x '{id}'"));
        assert_eq!(filled("x 'Name={name}'", "web").as_deref(), Some("x 'Name=web'"));
    }
}
