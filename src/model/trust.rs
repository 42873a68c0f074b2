//! Trust policies: who may take a role on, and what holds them back.
//!
//! *Bounded*: a condition names the callers' organization or account in full,
//! so that a principal of `*` does not mean everybody.
//!
//! Limitations and known gaps: conditions on the place (`aws:SourceIp`,
//! `aws:SourceVpc`) narrow and do not name a caller, so they do not bound;
//! resource control policies, which can shut out strangers from above, are not
//! weighed here; of Deny statements only one without conditions that denies
//! everyone counts.

use std::collections::BTreeSet;

use crate::iam::{Condition, Document, Effect, Principal, PrincipalKind, Statement, matches};

/// What a statement may allow in a trust policy.
const ASSUME: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// Positive operators, without `IfExists`.
const POSITIVE: [&str; 5] = ["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"];

/// Whether the statement lets somebody take the role on.
pub fn allows_assuming(statement: &Statement) -> bool {
    statement.effect == Effect::Allow && ASSUME.iter().any(|action| statement.covers_action(action))
}

/// Whether a statement denies everyone, without a condition.
pub fn is_shut(document: &Document) -> bool {
    document.statements.iter().any(|statement| {
        statement.effect == Effect::Deny
            && !statement.is_conditional()
            && ASSUME.iter().all(|action| statement.covers_action(action))
            && statement.principals.as_ref().is_some_and(|all| !all.all_but && all.of.iter().any(is_anyone))
    })
}

/// Whether the principal element takes in callers of any account: `*`,
/// `arn:aws:iam::*:root`, or everyone but some.
pub fn names_anyone(statement: &Statement) -> bool {
    statement.principals.as_ref().is_some_and(|all| all.all_but || all.of.iter().any(is_anyone))
}

fn is_anyone(principal: &Principal) -> bool {
    match principal.kind {
        PrincipalKind::Anyone => true,
        PrincipalKind::Aws => match principal.value.split(':').nth(4) {
            Some(account) => account.contains(['*', '?']),
            None => principal.value.chars().all(|c| c == '*'),
        },
        _ => false,
    }
}

/// Whether a condition bounds the callers.
pub fn is_bounded(statement: &Statement) -> bool {
    statement.conditions.iter().any(bounds)
}

fn bounds(condition: &Condition) -> bool {
    let literal: fn(&str) -> bool = match condition.key.to_ascii_lowercase().as_str() {
        "aws:principalorgid" | "aws:sourceorgid" => |value| is_literal(value) && value.starts_with("o-"),
        "aws:principalorgpaths" | "aws:sourceorgpaths" => {
            |value| value.starts_with("o-") && value.split('/').next().is_some_and(is_literal) && value.contains('/')
        }
        "aws:principalaccount" | "aws:sourceaccount" => is_account,
        "aws:principalarn" | "aws:sourcearn" => |value| value.split(':').nth(4).is_some_and(is_account),
        _ => return false,
    };
    is_positive(condition) && !condition.values.is_empty() && condition.values.iter().all(|value| literal(value))
}

/// Whether the condition can hold only where the key is there and equal.
fn is_positive(condition: &Condition) -> bool {
    !condition.holds_without_key() && POSITIVE.contains(&condition.base_operator().as_str())
}

fn is_literal(value: &str) -> bool {
    !value.is_empty() && !value.contains(['*', '?', '$'])
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the callers must know an external id.
pub fn wants_external_id(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        condition.is_on("sts:ExternalId")
            && is_positive(condition)
            && condition.values.iter().all(|value| value.chars().any(|c| c != '*' && c != '?'))
    })
}

/// Whether the callers must have used MFA.
pub fn wants_mfa(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        condition.is_on("aws:MultiFactorAuthPresent")
            && condition.base_operator() == "bool"
            && !condition.holds_without_key()
            && condition.values.iter().all(|value| value.eq_ignore_ascii_case("true"))
    })
}

/// Whether a service that calls must say for which resource, account or organization.
pub fn names_source(statement: &Statement) -> bool {
    const SOURCES: [&str; 4] = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];
    statement
        .conditions
        .iter()
        .any(|condition| SOURCES.iter().any(|key| condition.is_on(key)) && is_positive(condition))
}

/// The accounts that the statement names, sorted.
pub fn accounts(statement: &Statement) -> Vec<String> {
    let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.all_but) else {
        return Vec::new();
    };
    let accounts: BTreeSet<&str> = principals
        .of
        .iter()
        .filter(|principal| principal.kind == PrincipalKind::Aws)
        .filter_map(|principal| {
            let value = principal.value.as_str();
            let account = if value.starts_with("arn:") { value.split(':').nth(4)? } else { value };
            is_account(account).then_some(account)
        })
        .collect();
    accounts.into_iter().map(str::to_owned).collect()
}

/// Principals that were deleted: AWS shows the unique id that their name stood for.
pub fn orphans(statement: &Statement) -> Vec<String> {
    let principals = statement.principals.iter().flat_map(|principals| &principals.of);
    let orphan = |principal: &&Principal| {
        principal.kind == PrincipalKind::Aws
            && ["AIDA", "AROA"].iter().any(|prefix| principal.value.starts_with(prefix))
    };
    principals.filter(orphan).map(|principal| principal.value.clone()).collect()
}

/// Whether tokens of an identity provider with many customers (OpenID Connect)
/// are taken from more than a subject, a pool or a client of one's own.
pub fn is_open_federation(statement: &Statement) -> bool {
    /// There, the audience is the customer's own.
    const OWN_AUDIENCE: [&str; 4] =
        ["cognito-identity.amazonaws.com", "accounts.google.com", "www.amazon.com", "graph.facebook.com"];
    let providers = statement.principals.iter().flat_map(|principals| &principals.of).filter_map(|principal| {
        if principal.kind != PrincipalKind::Federated {
            return None;
        }
        match principal.value.split_once(":oidc-provider/") {
            Some((_, provider)) => Some(provider),
            None => OWN_AUDIENCE.into_iter().find(|provider| *provider == principal.value),
        }
    });
    let bounded = |provider: &str| {
        statement.conditions.iter().any(|condition| {
            let Some((of, claim)) = condition.key.rsplit_once(':') else { return false };
            let own = OWN_AUDIENCE.contains(&provider);
            let claim = claim.to_ascii_lowercase();
            let telling = match claim.as_str() {
                "aud" | "app_id" | "oaud" => own,
                "iss" | "amr" => false,
                _ => true,
            };
            of.eq_ignore_ascii_case(provider)
                && telling
                && is_positive(condition)
                && condition.values.iter().all(|value| is_subject(value))
        })
    };
    // Bound at all, because "any one of the subjects" is what a provider's tokens are.
    providers.into_iter().any(|provider| !bounded(provider))
}

/// Whether a claim's pattern names someone: its first part, after a kind such as `repo:`, is not open.
fn is_subject(pattern: &str) -> bool {
    const KINDS: [&str; 4] = ["repo:", "project_path:", "organization:", "system:serviceaccount:"];
    let rest = KINDS.iter().find_map(|kind| pattern.strip_prefix(kind)).unwrap_or(pattern);
    let first = rest.split(['/', ':']).next().unwrap_or(rest);
    !first.is_empty() && !first.starts_with(['*', '?']) && !matches(pattern, "")
}

/// Whether anyone at all may take the role on.
pub fn trusts_anyone(document: &Document) -> bool {
    !is_shut(document)
        && document
            .statements
            .iter()
            .any(|statement| allows_assuming(statement) && names_anyone(statement) && !is_bounded(statement))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(principal: &str, condition: &str) -> Document {
        let action = r#"["sts:AssumeRole","sts:AssumeRoleWithWebIdentity"]"#;
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{principal},"Action":{action},"Condition":{condition}}}]}}"#
        );
        text.parse().unwrap()
    }

    #[test]
    fn anyone_has_many_spellings() {
        for principal in [
            r#""Principal":"*""#,
            r#""Principal":{"AWS":"*"}"#,
            r#""Principal":{"AWS":["111122223333","*"]}"#,
            r#""Principal":{"AWS":"arn:aws:iam::*:root"}"#,
            r#""NotPrincipal":{"AWS":"111122223333"}"#,
        ] {
            assert!(trusts_anyone(&trust(principal, "{}")), "{principal}");
        }
        for principal in [
            r#""Principal":{"AWS":"111122223333"}"#,
            r#""Principal":{"AWS":"AROAEXAMPLE"}"#,
            r#""Principal":{"Service":"ec2.amazonaws.com"}"#,
        ] {
            assert!(!trusts_anyone(&trust(principal, "{}")), "{principal}");
        }
    }

    /// The table of spec/iam.md, 2.5.
    #[test]
    fn what_bounds_a_caller() {
        let anyone = r#""Principal":{"AWS":"*"}"#;
        let bounding = [
            r#"{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
            r#"{"stringequals":{"AWS:principalorgid":["o-exampleorg"]}}"#,
            r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-exampleorg/r-ab12/*"}}"#,
            r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
            r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#,
            r#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#,
        ];
        for condition in bounding {
            assert!(!trusts_anyone(&trust(anyone, condition)), "{condition}");
        }
        let open = [
            r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
            r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-exampleorg/r-ab12/"}}"#,
            r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
            r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#,
            r#"{"StringLike":{"aws:PrincipalOrgPaths":"o-*/r-ab12/"}}"#,
            r#"{"StringEquals":{"aws:PrincipalOrgID":["o-exampleorg","*"]}}"#,
            r#"{"StringLike":{"aws:PrincipalAccount":"*"}}"#,
            r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin"}}"#,
            r#"{"StringEquals":{"sts:ExternalId":"secret"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}"#,
            r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
            r#"{"StringEquals":{"aws:PrincipalTag/team":"x"}}"#,
        ];
        for condition in open {
            assert!(trusts_anyone(&trust(anyone, condition)), "{condition}");
        }
    }

    #[test]
    fn a_provider_with_many_customers_must_name_a_subject() {
        let github = r#""Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#;
        let claim = |operator: &str, claim: &str, value: &str| {
            format!(r#"{{"{operator}":{{"token.actions.githubusercontent.com:{claim}":"{value}"}}}}"#)
        };
        let open = |condition: &str| is_open_federation(trust(github, condition).statements.first().unwrap());
        assert!(open("{}"));
        assert!(open(&claim("StringEquals", "aud", "sts.amazonaws.com")));
        assert!(open(&claim("StringLike", "sub", "*")));
        assert!(open(&claim("StringLike", "sub", "repo:*/app:*")));
        assert!(open(&claim("StringLikeIfExists", "sub", "repo:acme/app:*")));
        assert!(!open(&claim("StringLike", "sub", "repo:acme/*")));
        assert!(!open(&claim("StringEquals", "sub", "repo:acme/app:ref:refs/heads/main")));
        let cognito = r#""Principal":{"Federated":"cognito-identity.amazonaws.com"}"#;
        let pool = r#"{"StringEquals":{"cognito-identity.amazonaws.com:aud":"eu-west-1:pool"}}"#;
        assert!(!is_open_federation(trust(cognito, pool).statements.first().unwrap()));
        let saml = r#""Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/idp"}"#;
        assert!(!is_open_federation(trust(saml, "{}").statements.first().unwrap()));
    }

    #[test]
    fn a_deny_of_everyone_shuts_the_role() {
        let text = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:*"},
            {"Effect":"Deny","Principal":"*","Action":"sts:*"}]}"#;
        assert!(!trusts_anyone(&text.parse().unwrap()));
    }
}
