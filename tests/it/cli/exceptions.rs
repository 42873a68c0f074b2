//! Exceptions and the comparison with an earlier run, as a user meets them.

use serde_json::Value;

use super::world::{CHECK, World};

const RESOURCE: &str = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1";

fn exception(more: &str) -> String {
    format!(
        "schema = 1\n\n[[exception]]\ncheck = \"own-default-vpc\"\nreason = \"a lab\"\nowner = \"team-lab\"\n\
         resource = \"{RESOURCE}\"\nvalue = \"is_default = true\"\n{more}\n"
    )
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn what_is_accepted_fails_nothing_and_is_told_everywhere() {
    let world = World::new();
    world.write("driftline.toml", "schema = 1\n");
    world.write("exceptions.toml", &exception("expires = 2026-12-31"));
    let reports = ["-o", "json=r.json", "-o", "sarif=r.sarif", "-o", "junit=r.xml"];
    let ran = world.scan("bad.dls", &reports);
    ran.said(0, "exceptions: ");
    assert_eq!(ran.result(), "RESULT pass findings=0 unknown=0 suppressed=1 coverage=100.0% exit=0");
    assert!(ran.out.contains("suppressed: 1 finding by 1 of 1 exception"), "{ran}");
    assert!(ran.out.contains("a lab; owner team-lab; until 2026-12-31"), "{ran}");
    let report = json(&world.read("r.json"));
    assert_eq!(report["findings"], Value::Array(vec![]));
    assert_eq!(report["suppressed"][0]["finding"]["rule"], "own-default-vpc");
    assert_eq!(report["exceptions"][0]["state"], "applied");
    assert_eq!((&report["totals"]["fail"], &report["totals"]["suppressed"]), (&Value::from(0), &Value::from(1)));
    let sarif = json(&world.read("r.sarif"));
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["status"], "accepted");
    assert_eq!(result["suppressions"][0]["location"]["physicalLocation"]["region"]["startLine"], 3);
    let junit = world.read("r.xml");
    assert!(junit.contains("type=\"suppressed\" message=\"a lab; owner team-lab; until 2026-12-31\""), "{junit}");
    assert!(!junit.contains("<failure"), "{junit}");
    for none in ["--no-exceptions", "--no-config"] {
        world.scan("bad.dls", &[none]).said(3, "suppressed=0");
    }
    world.write("other.toml", "schema = 1\n");
    world.scan("bad.dls", &["--exceptions", "other.toml"]).said(3, "suppressed=0");
    world.scan("bad.dls", &["--exceptions", "missing.toml"]).said(2, "cannot read `missing.toml`");
}

#[test]
fn an_exception_that_does_nothing_is_a_finding() {
    let world = World::new();
    // The snapshot is of the 23rd: the day counts by its time and not by today's.
    world.write("exceptions.toml", &exception("expires = 2026-11-22"));
    let ran = world.scan("bad.dls", &["-o", "json=r.json", "-o", "sarif=r.sarif", "-o", "junit=r.xml"]);
    ran.said(3, "findings=1 high=1 unknown=0 suppressed=0 stale_exceptions=1");
    assert!(ran.out.contains("low[exception-expired]") && ran.out.contains("exceptions.toml:3"), "{ran}");
    assert!(world.read("r.sarif").contains("\"ruleId\": \"exception-expired\""));
    assert_eq!(world.read("r.xml").matches("<failure ").count(), 2, "the finding, and the exception");
    assert_eq!(json(&world.read("r.json"))["exceptions"][0]["is_finding"], true);
    world.scan("bad.dls", &["--as-of", "2026-11-22T23:59:59Z"]).said(0, "suppressed=1");

    world.write("exceptions.toml", &exception("expires = 2026-12-31"));
    world.scan("clean.dls", &[]).said(3, "findings=0 unknown=0 suppressed=0 stale_exceptions=1");
    world.scan("clean.dls", &["--fail-on", "medium"]).said(0, "stale_exceptions=1");
    // What it is about could not be told, so nobody knows whether it is needed.
    world.write("exceptions.toml", &exception("expires = 2026-12-31").replace(RESOURCE, "vpc-1"));
    let ran = world.scan("unread.dls", &[]);
    ran.said(4, "suppressed=0 coverage");
    assert!(ran.out.contains("could not be told"), "{ran}");
    // Another check ran.
    world.run(&["scan", "--snapshot", "clean.dls", "-c", "default-vpc-present"]).said(0, "suppressed=0 coverage");
    world.write("exceptions.toml", &exception("expires = 2026-12-31").replace("= true\"", "= false\""));
    world.scan("bad.dls", &[]).said(3, "findings=1 high=1 unknown=0 suppressed=0 stale_exceptions=1");
}

#[test]
fn mistakes_of_the_file_end_the_run() {
    let world = World::new();
    world.write("exceptions.toml", &exception("expires = 2999-01-01\nexpirse = 1"));
    let ran = world.scan("bad.dls", &[]);
    ran.said(2, "are no decision for now").said(2, "unknown key `expirse`");
    assert!(ran.out.is_empty());
}

#[test]
fn suppress_add_writes_what_then_covers() {
    let world = World::new();
    world.scan("bad.dls", &["-o", "json=r.json"]);
    let print = json(&world.read("r.json"))["findings"][0]["fingerprint"].as_str().expect("a text").to_owned();
    let kept = "# ours\nschema = 1 # one\n";
    world.write("exceptions.toml", kept);
    let add = |more: &[&str]| {
        world.run(&[&["suppress", "add", &print[..8], "--report", "r.json", "--reason", "a lab"], more].concat())
    };
    add(&["--until", "2999-01-01"]).said(2, "more than 365");
    add(&["--until", "2000-01-01"]).said(2, "is over");
    assert_eq!(world.read("exceptions.toml"), kept, "nothing is written of a mistake");
    // Relative to today: the command asks the clock.
    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30)).to_string()[..10].to_owned();
    add(&["--until", &until, "--owner", "team-lab", "--ticket", "LAB-1"]).said(0, "accepted: ");
    let text = world.read("exceptions.toml");
    assert!(text.starts_with(kept) && text.contains(&format!("finding = \"{print}\"")), "{text}");
    assert!(text.contains("value = [\"is_default = true\"]") && text.contains("ticket = \"LAB-1\""), "{text}");
    world.scan("bad.dls", &[]).said(0, "suppressed=1");
    add(&["--permanent"]).said(2, "is excepted twice");
    assert_eq!(world.read("exceptions.toml"), text);
    world
        .run(&["suppress", "add", "00000000", "--report", "r.json", "--reason", "x", "--permanent"])
        .said(2, "has the fingerprint");
    world
        .run(&["suppress", "add", "1234", "--report", "r.json", "--reason", "x", "--permanent"])
        .said(2, "eight digits");
    world
        .run(&["suppress", "add", &print, "--report", "bad.dls", "--reason", "x", "--permanent"])
        .said(2, "not a JSON report");
}

#[test]
fn only_what_is_new_fails() {
    let world = World::new();
    world.scan("bad.dls", &["-o", "json=bad.json"]);
    world.scan("clean.dls", &["-o", "json=clean.json"]);
    world.scan("unread.dls", &["-o", "json=unread.json"]);
    for (previous, snapshot, code, result) in [
        (
            "bad.json",
            "bad.dls",
            0,
            "RESULT pass findings=1 high=1 unknown=0 suppressed=0 new=0 fixed=0 coverage=100.0% exit=0",
        ),
        (
            "bad.dls",
            "bad.dls",
            0,
            "RESULT pass findings=1 high=1 unknown=0 suppressed=0 new=0 fixed=0 coverage=100.0% exit=0",
        ),
        (
            "clean.json",
            "bad.dls",
            3,
            "RESULT fail findings=1 high=1 unknown=0 suppressed=0 new=1 fixed=0 coverage=100.0% exit=3",
        ),
        (
            "clean.dls",
            "bad.dls",
            3,
            "RESULT fail findings=1 high=1 unknown=0 suppressed=0 new=1 fixed=0 coverage=100.0% exit=3",
        ),
        (
            "bad.json",
            "clean.dls",
            0,
            "RESULT pass findings=0 unknown=0 suppressed=0 new=0 fixed=1 coverage=100.0% exit=0",
        ),
        // Known or new, what cannot be told is incomplete.
        (
            "bad.json",
            "both.dls",
            4,
            "RESULT incomplete findings=1 high=1 unknown=1 suppressed=0 new=0 fixed=0 coverage=50.0% exit=4",
        ),
    ] {
        let ran = world.scan(snapshot, &["--against", previous]);
        assert_eq!((ran.code, ran.result()), (code, result), "{snapshot} against {previous}: {ran}");
    }
    let ran = world
        .scan("both.dls", &["--against", "bad.json", "-o", "json=r.json", "-o", "sarif=r.sarif", "-o", "junit=r.xml"]);
    let report = json(&world.read("r.json"));
    let changes: Vec<&str> =
        report["findings"].as_array().expect("a list").iter().filter_map(|f| f["change"].as_str()).collect();
    assert_eq!(changes, ["unchanged", "now_unknown"]);
    let junit = world.read("r.xml");
    assert!(!junit.contains("<failure") && junit.contains("type=\"unchanged\""), "{junit}");
    let sarif = json(&world.read("r.sarif"));
    let states: Vec<&str> = sarif["runs"][0]["results"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|r| r["baselineState"].as_str())
        .collect();
    assert_eq!(states, ["unchanged", "new"]);
    assert!(ran.out.contains("UNCHANGED"), "{ran}");

    // A region that was not looked at has nothing fixed in it, and an account that could not be asked neither.
    let moved = world.read("bad.json").replace("eu-west-1", "eu-west-9");
    world.write("moved.json", &moved);
    let ran = world.scan("clean.dls", &["--against", "moved.json"]);
    ran.said(0, "new=0 fixed=0");
    assert!(ran.out.contains("not looked 1"), "{ran}");
    let unread = world.read("bad.json").replace("eu-west-1", "us-east-1");
    world.write("unread.json", &unread);
    let ran = world.scan("unread.dls", &["--against", "unread.json"]);
    assert!(ran.out.contains("not told any more 1"), "{ran}");
}

#[test]
fn checks_that_come_and_go_are_neither_new_nor_fixed() {
    let world = World::new();
    world.scan("bad.dls", &["-o", "json=bad.json"]);
    let other = world.read("bad.json").replace("own-default-vpc", "another-check");
    world.write("other.json", &other);
    let ran = world.scan("bad.dls", &["--against", "other.json"]);
    ran.said(0, "new=0 fixed=0");
    assert!(
        ran.out.contains("check added  own-default-vpc") || ran.out.contains("check added   own-default-vpc"),
        "{ran}"
    );
    assert!(ran.out.contains("check removed another-check"), "{ran}");
}

#[test]
fn what_became_worse_fails() {
    let world = World::new();
    world.scan("bad.dls", &["-o", "json=high.json"]);
    let low = world.read("high.json").replace("\"severity\": \"high\"", "\"severity\": \"low\"");
    world.write("low.json", &low);
    world.scan("bad.dls", &["--against", "low.json"]).said(3, "new=1");
    let worse = world.read("high.json").replace("\"severity\": \"high\"", "\"severity\": \"critical\"");
    world.write("critical.json", &worse);
    world.scan("bad.dls", &["--against", "critical.json"]).said(0, "new=0");
    // An exception that is over is no longer known from before.
    world.write("exceptions.toml", &exception("expires = 2026-11-23"));
    world.scan("bad.dls", &["-o", "json=accepted.json"]).said(0, "suppressed=1");
    world.scan("bad.dls", &["--against", "accepted.json"]).said(0, "suppressed=1 new=0");
    let later = world.scan("bad.dls", &["--against", "accepted.json", "--as-of", "2026-11-24T00:00:00Z"]);
    later.said(3, "new=1");
}

#[test]
fn what_cannot_be_compared_with_is_refused() {
    let world = World::new();
    world.scan("bad.dls", &["-o", "json=bad.json"]);
    world.scan("bad.dls", &["--against", "missing.json"]).said(1, "cannot read `missing.json`");
    world.write("text.json", "{\"schema\": \"urn:other:1\"}");
    world.scan("bad.dls", &["--against", "text.json"]).said(2, "urn:other:1");
    world.write("cut.json", &world.read("bad.json")[..200]);
    world.scan("bad.dls", &["--against", "cut.json"]).said(2, "not a JSON report");
    world.write("prints.json", &world.read("bad.json").replace("driftline/1", "driftline/2"));
    world.scan("bad.dls", &["--against", "prints.json"]).said(2, "`driftline/2`");
    assert!(CHECK.contains("own-default-vpc"));
}
