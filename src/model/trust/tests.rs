//! Classes of trust, and what condition keys are worth, row by row.

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
        assert!(trusts_anyone(&trust(principal, "{}"), "aws"), "{principal}");
    }
    for principal in [
        r#""Principal":{"AWS":"111122223333"}"#,
        r#""Principal":{"AWS":"AROAEXAMPLE"}"#,
        r#""Principal":{"Service":"ec2.amazonaws.com"}"#,
    ] {
        assert!(!trusts_anyone(&trust(principal, "{}"), "aws"), "{principal}");
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
        assert!(!trusts_anyone(&trust(anyone, condition), "aws"), "{condition}");
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
        assert!(trusts_anyone(&trust(anyone, condition), "aws"), "{condition}");
    }
}

#[test]
fn a_provider_with_many_customers_must_name_a_subject() {
    let github =
        r#""Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#;
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
    assert!(!trusts_anyone(&text.parse().unwrap(), "aws"));
}
