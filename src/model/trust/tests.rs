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
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#,
        // Only services bring these, and nobody else passes.
        r#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}}"#,
        r#"{"StringEquals":{"aws:SourceOrgID":"o-exampleorg"}}"#,
        // To this operator, the star is a star, and no organization is called so.
        r#"{"StringEquals":{"aws:PrincipalOrgID":["o-exampleorg","*"]}}"#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
        r#"{"Null":{"aws:PrincipalAccount":"true"},"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
    ];
    for condition in bounding {
        assert!(!trusts_anyone(&trust(anyone, condition), "aws"), "{condition}");
    }
    let open = [
        r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-exampleorg/r-ab12/"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
        r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#,
        r#"{"StringLike":{"aws:PrincipalOrgID":["o-exampleorg","*"]}}"#,
        r#"{"StringLike":{"aws:PrincipalOrgPaths":"o-*/r-ab12/"}}"#,
        r#"{"StringLike":{"aws:PrincipalAccount":"*"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin"}}"#,
        r#"{"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}}"#,
        r#"{"ArnLikeIfExists":{"aws:SourceArn":"arn:aws:s3:::x"}}"#,
        // A secret that may be learned.
        r#"{"StringEquals":{"sts:ExternalId":"secret"}}"#,
        // The place and not the caller.
        r#"{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
        r#"{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#,
        r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#,
        // What the other account sets itself.
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"StringEquals":{"aws:username":"ann"}}"#,
        r#"{"StringLike":{"aws:userid":"AROA*"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/team":"x"}}"#,
        // What every caller can have.
        r#"{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"StringLike":{"sts:RoleSessionName":"a*"}}"#,
        // Nobody knows this key.
        r#"{"StringEquals":{"aws:SomethingNew":"x"}}"#,
    ];
    for condition in open {
        assert!(trusts_anyone(&trust(anyone, condition), "aws"), "{condition}");
        let statement = trust(anyone, condition).statements.remove(0);
        assert!(!is_bounded(&statement, "aws"), "{condition}");
    }
}

#[test]
fn a_partition_of_its_own_has_strangers_of_its_own() {
    let anyone = r#""Principal":{"AWS":"*"}"#;
    let role = r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws-cn:iam::*:role/admin"}}"#;
    assert!(trusts_anyone(&trust(anyone, role), "aws-cn"));
    assert!(!trusts_anyone(&trust(anyone, role), "aws"));
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
    // Every repository of an organization, or of all that begin so.
    for wide in [
        "repo:acme/*",
        "repo:acme/*:ref:refs/heads/main",
        "repo:acme*/app:*",
        "repo:*",
        "repo:*/*",
        "repo:acme:*",
        "repo:?cme/app:*",
    ] {
        assert!(open(&claim("StringLike", "sub", wide)), "{wide}");
    }
    for narrow in ["repo:acme/app:*", "repo:acme/app-*:ref:refs/heads/main", "repo:acme/app*"] {
        assert!(!open(&claim("StringLike", "sub", narrow)), "{narrow}");
    }
    assert!(open(
        &claim("ForAnyValue:StringLike", "sub", r#"repo:acme/app:*","repo:acme/*"#)
            .replace(r#":sub":"#, r#":sub":["#)
            .replace(r#""}}"#, r#""]}}"#)
    ));
    // To this operator the star is a star, and no repository is called so.
    assert!(!open(&claim("StringEquals", "sub", "repo:acme/*")));
    assert!(!open(&claim("StringEquals", "sub", "repo:acme/app:ref:refs/heads/main")));
    let cognito = r#""Principal":{"Federated":"cognito-identity.amazonaws.com"}"#;
    let pool = r#"{"StringEquals":{"cognito-identity.amazonaws.com:aud":"eu-west-1:pool"}}"#;
    assert!(!is_open_federation(trust(cognito, pool).statements.first().unwrap()));
    let saml = r#""Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/idp"}"#;
    assert!(!is_open_federation(trust(saml, "{}").statements.first().unwrap()));
}

#[test]
fn a_deny_shuts_out_those_whom_it_speaks_of() {
    let with = |deny: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":"sts:*"}},
            {{"Effect":"Deny","Action":"sts:*",{deny}}}]}}"#
        );
        trusts_anyone(&text.parse().unwrap(), "aws")
    };
    let shut = [
        r#""Principal":"*""#,
        r#""Principal":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
        r#""Principal":"*","Condition":{"StringNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:*"}}"#,
        r#""NotPrincipal":{"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::111122223333:user/ann"]}"#,
    ];
    for deny in shut {
        assert!(!with(deny), "{deny}");
    }
    let open = [
        r#""Principal":{"AWS":"444455556666"}"#,
        // It holds only of callers that have an organization, and one without comes in.
        r#""Principal":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorg"},"Null":{"aws:PrincipalOrgID":"false"}}"#,
        r#""Principal":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#,
        r#""Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}"#,
        r#""Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
    ];
    for deny in open {
        assert!(with(deny), "{deny}");
    }
}

#[test]
fn not_principal_takes_in_all_others() {
    let text = r#"{"Statement":{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}"#;
    assert!(trusts_anyone(&text.parse().unwrap(), "aws"));
}
