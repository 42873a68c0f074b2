//! `driftline policy`: what it allows, and that others can read it.

use std::collections::BTreeSet;
use std::process::Command;

use driftline::iam::{Document, Effect};
use driftline::resource::ResourceType;

use crate::schema::python;

use super::world::World;

/// What a policy allows on everything, and the rest of its statements: actions and resource.
fn allowed(world: &World, arguments: &[&str]) -> (BTreeSet<String>, Vec<(String, String)>) {
    let ran = world.run(&[&["policy"], arguments].concat());
    assert_eq!(ran.code, 0, "{ran}");
    let document: Document = ran.out.parse().unwrap_or_else(|error| panic!("{error}: {ran}"));
    let (mut everywhere, mut elsewhere) = (BTreeSet::new(), Vec::new());
    for statement in &document.statements {
        assert_eq!(statement.effect, Effect::Allow);
        let one = |patterns: Option<&BTreeSet<String>>| patterns.and_then(|p| p.first()).cloned().unwrap_or_default();
        let resource = one(statement.resources.as_ref().and_then(|resources| resources.only()));
        for action in statement.actions.only().expect("`Action`, not `NotAction`") {
            assert!(!action.contains('*'), "{action}");
            if resource == "*" {
                assert!(everywhere.insert(action.clone()), "{action} twice");
            } else {
                elsewhere.push((action.clone(), resource.clone()));
            }
        }
    }
    (everywhere, elsewhere)
}

fn declared(organization: bool) -> BTreeSet<String> {
    let wanted = |of: &&ResourceType| organization || !of.is_organization_wide();
    let of_types = ResourceType::ALL.iter().filter(wanted).flat_map(|of| of.operations());
    of_types.map(|operation| action(operation)).collect()
}

/// IAM has one name for both generations of Elastic Load Balancing, and names of its own for some of S3.
fn action(operation: &str) -> String {
    let (service, name) = operation.split_once(':').expect("a service and a name");
    match (service, name) {
        ("elb" | "elbv2", name) => format!("elasticloadbalancing:{name}"),
        ("s3", "ListBuckets") => "s3:ListAllMyBuckets".to_owned(),
        ("s3", "GetPublicAccessBlock") => "s3:GetBucketPublicAccessBlock".to_owned(),
        ("s3control", "GetPublicAccessBlock") => "s3:GetAccountPublicAccessBlock".to_owned(),
        ("s3control", name) => format!("s3:{name}"),
        (service, name) => format!("{service}:{name}"),
    }
}

#[test]
fn a_scan_is_allowed_what_the_resource_types_declare() {
    let world = World::new();
    let (member, elsewhere) = allowed(&world, &[]);
    assert_eq!(elsewhere, []);
    let mut expected = declared(false);
    expected.insert("ec2:DescribeRegions".to_owned());
    assert_eq!(member, expected);
    assert!(member.contains("organizations:DescribeOrganization") && !member.contains("organizations:ListAccounts"));

    let (caller, elsewhere) = allowed(&world, &["--part", "caller"]);
    assert_eq!(elsewhere, [("sts:AssumeRole".to_owned(), "arn:aws:iam::*:role/DriftlineAudit".to_owned())]);
    expected.extend(declared(true));
    expected.insert("organizations:ListTagsForResource".to_owned());
    assert_eq!(caller, expected);
}

#[cfg(feature = "aws")]
#[test]
fn what_the_caller_is_allowed_is_what_the_process_may_send() {
    let (mut caller, elsewhere) = allowed(&World::new(), &["--part", "caller"]);
    caller.extend(elsewhere.into_iter().map(|(action, _)| action));
    // AWS answers it to whoever has credentials, and knows no permission for it.
    caller.insert("sts:GetCallerIdentity".to_owned());
    let may: BTreeSet<String> = driftline::collect::allowed_operations().into_iter().map(action).collect();
    assert_eq!(caller, may);
}

#[test]
fn checks_need_what_their_facts_rest_on_and_what_comes_before() {
    let world = World::new();
    let of = |check: &str, part: &str| allowed(&world, &["-c", check, "--part", part]).0;
    let set = |actions: &[&str]| actions.iter().map(|action| (*action).to_owned()).collect::<BTreeSet<_>>();
    let checks = ["--checks", "checks", "-c", "own-default-vpc"];
    assert_eq!(allowed(&world, &checks).0, set(&["ec2:DescribeRegions", "ec2:DescribeVpcs"]));
    // The keys of users, who have to be listed first.
    let keys = of("*access-key*", "member");
    for action in ["iam:ListAccessKeys", "iam:GetAccountAuthorizationDetails"] {
        assert!(keys.contains(action), "{action}: {keys:?}");
    }
    assert!(!keys.iter().any(|action| action.starts_with("guardduty:")), "{keys:?}");
    // Whatever the checks, the caller has to find the accounts.
    assert!(of("vpc-*", "caller").contains("organizations:ListAccounts"));
    // Each selection by itself says that a scan asks for more.
    let ran = world.run(&["policy", "--severity", "critical"]);
    ran.said(0, "a scan asks for everything");
    assert!(ran.out.len() < world.run(&["policy"]).out.len());
    assert_eq!(world.run(&["policy", "--for", "scan", "-c", "vpc-*"]).out, world.run(&["policy"]).out);
}

/// IAM's limit for a managed policy is 6,144 characters, white space not counted.
#[test]
fn both_policies_fit_into_a_managed_policy() {
    let world = World::new();
    for part in ["member", "caller"] {
        let ran = world.run(&["policy", "--part", part, "--role", &format!("/a/path/{}", "x".repeat(64))]);
        let size = ran.out.chars().filter(|c| !c.is_whitespace()).count();
        assert!(size <= 6_144, "{part}: {size}");
    }
}

#[test]
fn other_readers_take_every_form() {
    let world = World::new();
    for (part, more) in [
        ("member", &[][..]),
        ("caller", &[]),
        ("member", &["-c", "*access-key*", "--role", "security/Audit+1"]),
        ("caller", &["-c", "vpc-*", "--role", "arn:aws-us-gov:iam::111122223333:role/security/Audit"]),
    ] {
        let files = [("json", "policy.json"), ("cloudformation", "template.yaml"), ("terraform", "main.tf")];
        for (format, file) in files {
            let ran = world.run(&[&["policy", "--part", part, "-f", format], more].concat());
            assert_eq!(ran.code, 0, "{ran}");
            world.write(file, &ran.out);
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/check_policy.py");
        let done = Command::new(python())
            .arg(script)
            .args(files.map(|(_, file)| world.path(file)))
            .output()
            .expect("DRIFTLINE_PYTHON can be run");
        assert!(done.status.success(), "{part} {more:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

#[test]
fn the_role_is_the_one_that_scans_assume() {
    let world = World::new();
    world.write("driftline.toml", "[role]\nname = \"security/Reader\"\n");
    let caller = allowed(&world, &["--part", "caller", "--partition", "aws-cn"]).1;
    assert_eq!(caller[0].1, "arn:aws-cn:iam::*:role/security/Reader");
    let template = world.run(&["policy", "-f", "cloudformation"]).out;
    assert!(template.contains("Default: \"Reader\"") && template.contains("Path: \"/security/\""), "{template}");
    let terraform = world.run(&["policy", "-f", "terraform", "--role", "Other"]).out;
    assert!(terraform.contains("\"Other\"") && terraform.contains("= \"/\""), "{terraform}");
    world.run(&["policy", "--role", "a b"]).said(2, "`a b` is not a role");
    world.run(&["policy", "--role", "arn:aws:iam::111122223333:user/x"]).said(2, "is not the ARN of a role");
    world.run(&["policy", "--part", "members"]).said(2, "invalid value 'members'");
    world.run(&["policy", "-c", "no-such"]).said(2, "no check is named `no-such`");
}
