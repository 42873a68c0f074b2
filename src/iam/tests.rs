pub(crate) mod bounds;
mod changes;
pub(crate) mod naive;
mod rules;

use proptest::prelude::*;

use super::*;

fn document(text: &str) -> Document {
    text.parse().unwrap()
}

#[test]
fn one_text_and_a_list_of_one_are_the_same() {
    let one = document(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*",
        "Principal":{"AWS":"111122223333"},"Condition":{"Bool":{"aws:SecureTransport":true}}}}"#,
    );
    let list = document(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:Get*"],"Resource":["*"],
        "Principal":{"AWS":["111122223333"]},"Condition":{"Bool":{"aws:SecureTransport":["true"]}}}]}"#,
    );
    assert_eq!(one, list);
}

#[test]
fn percent_encoding_is_rfc_3986_and_leaves_the_plus_alone() {
    let encoded = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Deny%22%2C%22NotAction%22%3A%22a%3A%2B+b%22%2C%22Resource%22%3A%22%2A%22%7D%7D";
    let plain = r#"{"Statement":{"Effect":"Deny","NotAction":"a:++b","Resource":"*"}}"#;
    assert_eq!(document(encoded), document(plain));
}

#[test]
fn mistakes_name_their_place() {
    let cases = [
        ("{", "document: is not JSON: EOF while parsing an object at line 1 column 1"),
        ("[]", "document: is not an object"),
        ("%ff", "document: is not UTF-8"),
        ("{}", "Statement: is missing"),
        (r#"{"Version":"2013","Statement":[]}"#, "Version: `2013` is not a version of the policy language"),
        (r#"{"Statement":[{}]}"#, "Statement[0].Effect: is missing"),
        (
            r#"{"Statement":[{"Effect":"allow","Action":"*"}]}"#,
            "Statement[0].Effect: `allow` is neither `Allow` nor `Deny`",
        ),
        (r#"{"Statement":{"Effect":"Allow"}}"#, "Statement.Action: is missing, and so is `NotAction`"),
        (r#"{"Statement":{"Effect":"Allow","Action":[1]}}"#, "Statement.Action: is not a text"),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","NotResource":"*"}}"#,
            "Statement: has both `Resource` and `NotResource`",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Resources":"*"}}"#,
            "Statement: `Resources` is no element of the policy language",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Principal":{"Aws":"*"}}}"#,
            "Statement.Principal.Aws: is no kind of principal",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Condition":{"Bool":{"k":{}}}}}"#,
            "Statement.Condition.Bool.k: is neither a text nor a list of texts",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<Document>().unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn an_unreadable_text_survives_a_snapshot() {
    for text in ["nonsense", r#"{"Statement":[{}]}"#] {
        let kept = PolicyText::new(text);
        assert!(kept.document().is_err());
        let again: PolicyText = serde_json::from_value(serde_json::to_value(&kept).unwrap()).unwrap();
        assert_eq!(again, kept);
    }
}

#[test]
fn everything_has_many_spellings() {
    let statement = |action: &str, resource: &str| {
        let text = format!(r#"{{"Statement":{{"Effect":"Allow",{action},{resource}}}}}"#);
        document(&text).statements.remove(0)
    };
    let everything = [
        (r#""Action":"*""#, r#""Resource":"*""#),
        (r#""Action":["s3:Get*","*:*"]"#, r#""Resource":["arn:aws:s3:::x","*"]"#),
        (r#""Action":"**""#, r#""Resource":"arn:aws:*:*:*:*""#),
        (r#""Action":"?*:*""#, r#""Resource":"arn:*""#),
        (r#""Action":"*""#, r#""NotResource":"arn:aws:s3:::x""#),
    ];
    for (action, resource) in everything {
        assert!(statement(action, resource).covers_everything(), "{action} {resource}");
    }
    let less = [
        (r#""Action":"s3:*""#, r#""Resource":"*""#),
        (r#""Action":"???:*""#, r#""Resource":"*""#),
        (r#""NotAction":"iam:*""#, r#""Resource":"*""#),
        (r#""Action":"*""#, r#""Resource":"arn:aws:s3:::*""#),
        (r#""Action":"*""#, r#""Resource":"arn:aws:iam::111122223333:*""#),
        (r#""Action":"*""#, r#""NotResource":"*""#),
    ];
    for (action, resource) in less {
        assert!(!statement(action, resource).covers_everything(), "{action} {resource}");
    }
}

#[test]
fn actions_ignore_case_and_resources_do_not() {
    let text = r#"{"Statement":{"Effect":"Allow","Action":"IAM:create*","Resource":"arn:aws:iam::*:user/A*"}}"#;
    let statement = document(text).statements.remove(0);
    assert!(statement.covers_action("iam:CreateUser") && !statement.covers_action("iam:DeleteUser"));
    assert!(
        statement.covers_resource("arn:aws:iam::1:user/Ann") && !statement.covers_resource("arn:aws:iam::1:user/ann")
    );
    assert_eq!(statement.actions.patterns().first().map(String::as_str), Some("IAM:create*"));
}

/// The definition of matching, word for word.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
        ['?', rest @ ..] => !text.is_empty() && naive(rest, &text[1..]),
        [c, rest @ ..] => text.first() == Some(c) && naive(rest, &text[1..]),
    }
}

fn texts(of: &'static str) -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![of.prop_map(serde_json::Value::from), prop::collection::vec(of, 1..4).prop_map(serde_json::Value::from),]
}

fn any_statement() -> impl Strategy<Value = serde_json::Value> {
    let principal = prop_oneof![
        Just(serde_json::json!("*")),
        texts("[0-9*]{1,3}").prop_map(|values| serde_json::json!({ "AWS": values, "Service": ["a", "b"] })),
    ];
    let optional = |on: bool, name: &str, value: serde_json::Value| on.then(|| (name.to_owned(), value));
    (any::<[bool; 5]>(), texts("[a-cA-C*?:]{1,5}"), texts("[a-c*?:/]{1,5}"), principal, texts("[a-z0-9]{1,3}"))
        .prop_map(
            move |([allow, not_action, not_resource, trusted, conditional], actions, resources, principal, values)| {
                let members = [
                    optional(true, "Effect", if allow { "Allow" } else { "Deny" }.into()),
                    optional(true, if not_action { "NotAction" } else { "Action" }, actions),
                    optional(!trusted, if not_resource { "NotResource" } else { "Resource" }, resources),
                    optional(trusted, "Principal", principal),
                    optional(conditional, "Condition", serde_json::json!({ "StringLike": { "aws:x": values } })),
                ];
                serde_json::Value::Object(members.into_iter().flatten().collect())
            },
        )
}

proptest! {
    #[test]
    fn matching_agrees_with_its_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
        let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        prop_assert_eq!(matches(&pattern, &text), naive(&p, &t));
        prop_assert_eq!(matches_ignoring_case(&pattern.to_uppercase(), &text), naive(&p, &t));
    }

    #[test]
    fn the_canonical_form_is_its_own(statements in prop::collection::vec(any_statement(), 1..4)) {
        let given = serde_json::json!({ "Version": "2012-10-17", "Statement": statements });
        let once = Document::from_json(&given).unwrap();
        let twice = Document::from_json(&once.to_json()).unwrap();
        prop_assert_eq!(&twice, &once);
        prop_assert_eq!(twice.to_json(), once.to_json());
        let text: Document = once.to_json().to_string().parse().unwrap();
        prop_assert_eq!(text, once);
    }

    /// What `covers_everything` says holds of every action.
    #[test]
    fn everything_is_everything(pattern in "[a*?:]{1,5}", action in "[a-c]{1,4}:[a-c]{1,4}") {
        if super::pattern::covers_every_action(&pattern) {
            prop_assert!(matches(&pattern, &action));
        }
    }
}

#[test]
fn what_is_denied_again_is_not_granted() {
    let both = |allow: &str, deny: &str| {
        document(&format!(
            r#"{{"Statement":[{{"Effect":"Allow","Action":"{allow}","Resource":"*"}},
                {{"Effect":"Deny",{deny}}}]}}"#
        ))
    };
    assert!(!both("*", r#""Action":"*","Resource":"*""#).grants_everything());
    // A spelling that Prowler misses.
    assert!(both("*:*", r#""Action":"iam:Put*","Resource":"*""#).grants_everything());
    // In part, with a condition, or with an exception: not taken back.
    assert!(both("*", r#""Action":"iam:*","Resource":"*""#).grants_everything());
    assert!(both("*", r#""Action":"*","NotResource":"arn:aws:s3:::x""#).grants_everything());
    let guarded = r#""Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#;
    assert!(both("*", guarded).grants_everything());
    let iam = both("iam:*", r#""Action":["iam:Put*","IAM:*"],"Resource":"*""#);
    assert!(iam.denials().service("iam") && !iam.denials().service("s3"));
    assert!(!both("iam:*", r#""Action":"iam:Put*","Resource":"*""#).denials().service("iam"));
}
