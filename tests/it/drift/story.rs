//! A story like that of docs/tutorial.md, offline, with what has to stay for a while: a baseline is recorded, an intruder
//! opens a port, adds a user with a key and detaches the flow logs; the comparison says exactly that; it is mended in part, and then in full.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use driftline::inventory::snapshot::Snapshot;
use driftline::resource::ResourceType;
use serde_json::{Value, json};

use super::world::{ACCOUNTS, Chance, World, organization, permission};

struct Folder(tempfile::TempDir);

/// Code, standard output and standard error.
type Ran = (i32, String, String);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        std::fs::create_dir(folder.path(".git")).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn snapshot(&self, name: &str, world: &World) {
        let mut bytes = Vec::new();
        Snapshot::of(&world.inventory()).unwrap().write_archive(&mut bytes).unwrap();
        std::fs::write(self.path(name), bytes).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
        command.args(arguments).current_dir(self.0.path()).env_clear().env("HOME", self.path("home"));
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

fn before() -> World {
    organization(&Chance { accounts: 1, rules: Vec::new(), actions: Vec::new() })
}

fn intrusion(world: &mut World) {
    let account = ACCOUNTS[0];
    let group = world.find(account, ResourceType::SecurityGroup, "web");
    group["IpPermissions"].as_array_mut().unwrap().push(permission("tcp", 22, 22, "0.0.0.0/0"));
    world.add(
        account,
        ResourceType::User,
        json!({
            "UserName": "backup-svc", "UserId": "AIDAINTRUDER0000", "Arn": format!("arn:aws:iam::{account}:user/backup-svc"), "Path": "/",
            "CreateDate": "2026-11-22T03:12:00Z",
            "AttachedManagedPolicies": [{ "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess", "PolicyName": "AdministratorAccess" }],
        }),
    );
    world.add(
        account,
        ResourceType::AccessKey,
        json!({ "AccessKeyId": "AKIAINTRUDER0000", "UserName": "backup-svc", "Status": "Active", "CreateDate": "2026-11-22T03:12:30Z" }),
    );
    world.things.retain(|thing| thing.of != ResourceType::FlowLog);
}

/// Type, key, attribute and effect of each deviation of a report.
fn deviations(report: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(report).unwrap();
    let mut all: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "baseline-drift" && finding["status"] == "fail")
        .map(|finding| {
            let told = |fact: &str| {
                let evidence = finding["evidence"].as_array().unwrap();
                let one = evidence.iter().find(|one| one["fact"] == fact);
                one.map(|one| one["value"].as_str().unwrap().to_owned()).unwrap_or_default()
            };
            let message = finding["message"].as_str().unwrap();
            let what = message.split_once(": ").map_or(message, |(what, _)| what);
            let path = finding["evidence"][0]["fact"].as_str().unwrap();
            format!("{what} {path} {}", told("effect"))
        })
        .collect();
    all.sort();
    all
}

const TYPES: [&str; 5] = [
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::FlowLog",
    "AWS::EC2::InternetGateway",
    "AWS::IAM::User",
    "AWS::IAM::AccessKey",
];

#[test]
fn an_intruder_is_told_and_gone_again() {
    let folder = Folder::new();
    let (mut world, untouched) = (before(), before());
    folder.snapshot("good.dls", &world);
    let types: Vec<&str> = TYPES.iter().flat_map(|of| ["--type", of]).collect();
    let record = [&["baseline", "record", "--snapshot", "good.dls", "-o", "prod.toml"][..], &types].concat();
    let (code, _, err) = folder.run(&record);
    assert_eq!(code, 0, "{err}");
    let draft = folder.read("prod.toml");
    assert!(draft.contains("key  = \"prod/web\"") && draft.contains("unlisted = \"drift\""), "{draft}");
    let compare = |snapshot: &str, more: &[&str]| {
        folder.run(&[&["baseline", "compare", "prod.toml", "--snapshot", snapshot], more].concat())
    };
    let (code, out, err) = compare("good.dls", &[]);
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(folder.run(&["baseline", "lint", "prod.toml", "--snapshot", "good.dls"]).0, 0);

    // The intruder.
    intrusion(&mut world);
    folder.snapshot("bad.dls", &world);
    let (code, out, err) = compare(
        "bad.dls",
        &["-o", "json=bad.json", "-o", "junit=bad.xml", "-o", "sarif=bad.sarif", "--against", "good.dls"],
    );
    assert_eq!(code, 3, "{out}{err}");
    let told = deviations(&folder.read("bad.json"));
    let logs = told.iter().filter(|one| one.starts_with("AWS::EC2::FlowLog ")).count();
    let rest: Vec<&String> = told.iter().filter(|one| !one.starts_with("AWS::EC2::FlowLog ")).collect();
    assert!(logs > 0 && told.iter().all(|one| one.contains("weakening")), "{told:#?}");
    assert_eq!(rest.len(), 3, "{told:#?}");
    for (one, wanted) in rest.iter().zip([
        "AWS::EC2::SecurityGroup prod/web changed ingress",
        "AWS::IAM::AccessKey backup-svc",
        "AWS::IAM::User backup-svc added",
    ]) {
        assert!(one.starts_with(wanted), "{one} is not {wanted}");
    }
    assert!(out.contains("ingress = + tcp 22 from 0.0.0.0/0"), "{out}");
    assert!(out.contains("passes and is not wanted to"), "{out}");
    // JUnit and SARIF gate the job, at the lines of the baseline.
    assert_eq!(folder.read("bad.xml").matches("<failure ").count(), told.len());
    assert!(folder.read("bad.sarif").contains("\"uri\": \"prod.toml\""));

    // The port is accepted for a while: one line, and the rest is told as before.
    let report: Value = serde_json::from_str(&folder.read("bad.json")).unwrap();
    let ssh = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["message"].as_str().unwrap().contains("prod/web"))
        .unwrap();
    let evidence = ssh["evidence"].as_array().unwrap();
    let item = evidence.iter().find(|one| one["fact"] == "item").unwrap()["value"].as_str().unwrap();
    std::fs::write(folder.path("exceptions.toml"), "# ours\nschema = 1\n").unwrap();
    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30)).to_string()[..10].to_owned();
    let (code, _, err) = folder.run(&[
        "baseline", "accept", item, "--report", "bad.json", "--until", &until, "--reason", "a test", "--ticket", "T-1",
    ]);
    assert_eq!(code, 0, "{err}");
    let accepted = folder.read("exceptions.toml");
    let kept = accepted.lines().filter(|line| line.contains(item)).count();
    assert!(accepted.starts_with("# ours\nschema = 1\n") && kept == 1, "{accepted}");
    let (code, out, err) = compare("bad.dls", &["-o", "json=rest.json"]);
    assert_eq!(code, 3, "{out}{err}");
    assert!(err.contains("suppressed=1"), "{err}");
    assert_eq!(deviations(&folder.read("rest.json")).len(), told.len() - 1);
    std::fs::remove_file(folder.path("exceptions.toml")).unwrap();

    // Half recovered: the port and the user are gone, the logs are not back.
    let mut half = world;
    half.things.retain(|thing| thing.value["UserName"] != "backup-svc");
    let group = half.find(ACCOUNTS[0], ResourceType::SecurityGroup, "web");
    group["IpPermissions"].as_array_mut().unwrap().pop();
    folder.snapshot("half.dls", &half);
    let (code, out, err) = compare("half.dls", &["-o", "json=half.json", "--against", "bad.json"]);
    let left = deviations(&folder.read("half.json"));
    assert!(left.len() == logs && left.iter().all(|one| one.starts_with("AWS::EC2::FlowLog ")), "{left:#?}");
    assert!(code == 0 && err.contains("new=0 fixed=3"), "only what is new fails against the report: {out}{err}");
    assert_eq!(compare("half.dls", &[]).0, 3);

    // Recovered.
    folder.snapshot("after.dls", &untouched);
    let (code, out, err) = compare("after.dls", &[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(err.ends_with("RESULT pass findings=0 unknown=0 suppressed=0 coverage=100.0% exit=0\n"), "{err}");
}

#[test]
fn baselines_count_inside_a_scan_and_from_the_configuration() {
    let folder = Folder::new();
    let mut world = before();
    folder.snapshot("good.dls", &world);
    folder.run(&[
        "baseline",
        "record",
        "--snapshot",
        "good.dls",
        "-o",
        "prod.toml",
        "--type",
        "AWS::EC2::SecurityGroup",
    ]);
    intrusion(&mut world);
    folder.snapshot("bad.dls", &world);
    let scan = |more: &[&str]| {
        folder.run(&[&["scan", "--snapshot", "bad.dls", "-c", "default-vpc-present", "-f", "json"], more].concat())
    };
    let (_, out, err) = scan(&["--baseline", "prod.toml"]);
    assert_eq!(deviations(&out).len(), 1, "{out}{err}");
    assert_eq!(deviations(&scan(&[]).1).len(), 0);
    std::fs::write(folder.path("driftline.toml"), "schema = 1\n[scan]\nbaselines = [\"prod.toml\"]\n").unwrap();
    assert_eq!(deviations(&scan(&[]).1).len(), 1);
    assert_eq!(deviations(&scan(&["--no-config"]).1).len(), 0);
    let (code, _, err) = scan(&["--baseline", "missing.toml"]);
    assert!(code == 2 && err.contains("missing.toml"), "{err}");

    // A baseline that the comparison shows to be mistaken is one: exit code 2, at its line.
    let wrong = "schema = 1\n[[resource]]\ntype = \"AWS::EC2::VPC\"\nwhere = { name = \"nowhere\" }\nenable_dns_support = true\n";
    std::fs::write(folder.path("wrong.toml"), wrong).unwrap();
    let (code, out, err) = scan(&["--baseline", "wrong.toml"]);
    assert!(
        code == 2 && out.is_empty() && err.contains("wrong.toml:2") && err.contains("this is about nothing"),
        "{err}"
    );
    let elsewhere =
        "schema = 1\n[scope]\naccounts = [\"999999999999\"]\n[[resource]]\ntype = \"AWS::EC2::VPC\"\nkey = \"prod\"\n";
    std::fs::write(folder.path("elsewhere.toml"), elsewhere).unwrap();
    let (code, _, err) = scan(&["--baseline", "elsewhere.toml"]);
    assert!(code == 2 && err.contains("no entry of the baseline is about an account"), "{err}");
    // Lint says what is right and yet not good.
    let broad = "schema = 1\n[sets]\nspare = [\"10.0.0.0/8\"]\n[[resource]]\ntype = \"AWS::EC2::SecurityGroup\"\nkey = \"prod/web\"\ningress = [\"all from anywhere\"]\n";
    std::fs::write(folder.path("broad.toml"), broad).unwrap();
    let (code, _, err) = folder.run(&["baseline", "lint", "broad.toml"]);
    assert!(code == 3 && err.contains("over-broad") && err.contains("dead: no rule uses the set `spare`"), "{err}");
}
