//! The same inventory gives the same bytes, live or from a file.

use crate::support::{World, small};

#[test]
fn a_snapshot_is_judged_as_the_live_scan_was() {
    let world = World::new(small(), []);
    let outputs = |name: &str| {
        ["json", "sarif", "junit", "text"]
            .map(|format| format!("{format}={}", world.path(name).display()) + "." + format)
    };
    let judge = |name: &str, more: &[&str]| {
        let outputs = outputs(name);
        let mut arguments = vec!["scan", "--passes"];
        outputs.iter().for_each(|output| arguments.extend(["-o", output]));
        arguments.extend(more);
        world.run(&arguments).code
    };
    let live = judge("live", &["--org", "--role", "DriftlineAudit", "--save-snapshot", "kept.dls"]);
    for again in ["first", "second"] {
        assert_eq!(judge(again, &["--snapshot", "kept.dls"]), live);
        for format in ["json", "sarif", "junit", "text"] {
            let read = |name: &str| std::fs::read(world.path(&format!("{name}.{format}"))).unwrap();
            assert!(!read("live").is_empty());
            assert!(read("first") == read(again), "{format} is not the same from the snapshot");
        }
        // Only how the collection went is the live scan's own.
        let json = |name: &str| -> serde_json::Value {
            serde_json::from_slice(&std::fs::read(world.path(&format!("{name}.json"))).unwrap()).unwrap()
        };
        let mut live = json("live");
        live.as_object_mut().unwrap().remove("statistics");
        assert_eq!(live, json(again));
    }
}

#[test]
fn two_snapshots_of_the_same_organization_differ_in_their_time_alone() {
    let world = World::new(small(), []);
    let take = |name: &str| {
        let run = world.run(&["snapshot", "--org", "--role", "DriftlineAudit", "-o", name]);
        assert_eq!(run.code, 0, "{}", run.err);
        let arguments = ["scan", "--snapshot", name, "-f", "json", "--passes", "--as-of", "2026-01-01T00:00:00Z"];
        let mut json = world.run(&arguments).json();
        let identity = json["identity"].as_object_mut().unwrap();
        assert!(identity.remove("taken_at").is_some() && identity.remove("snapshot_sha256").is_some());
        json
    };
    assert_eq!(take("one.dls"), take("two.dls"));
}
