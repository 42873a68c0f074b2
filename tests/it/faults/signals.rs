//! Ctrl-C.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use driftline_sim::Faults;

use crate::support::{Run, World, small};

fn started(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn interrupt(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// A scan of which the third account is being read.
fn underway(world: &World, arguments: &[&str]) -> Child {
    after(60, world, arguments)
}

/// A run that has made so many calls.
fn after(calls: u64, world: &World, arguments: &[&str]) -> Child {
    let child = started(world.command(arguments));
    let start = Instant::now();
    while world.server.stats().total < calls {
        assert!(start.elapsed() < Duration::from_secs(30), "the scan does not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn slow() -> World {
    let faults = Faults { latency_ms: 300, ..Faults::default() };
    World::with(small(), faults).limits("max_in_flight_per_account = 2")
}

#[test]
fn an_interrupted_scan_keeps_what_was_read() {
    let world = slow();
    let child = underway(&world, &["scan", "--org", "--role", "DriftlineAudit", "--save-snapshot", "kept.dls"]);
    interrupt(&child);
    let start = Instant::now();
    let run = Run::ended(child);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert_eq!(run.code, 130, "{}", run.err);
    assert!(run.out.is_empty());
    assert!(run.err.contains("driftline scan --snapshot kept.dls"), "{}", run.err);

    let shown = world.run(&["snapshot", "show", "kept.dls"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let text = String::from_utf8(shown.out).unwrap();
    assert!(text.contains("Interrupted"), "{text}");
    assert!(text.contains("accounts       3"), "{text}");

    // What is judged of it is incomplete, and every gap is the interruption.
    let judged = world.run(&["scan", "--snapshot", "kept.dls", "-f", "json", "-c", "vpc-resolver-off"]);
    assert_eq!(judged.code, 4, "{}", judged.err);
    assert_eq!(judged.reasons(), ["Interrupted"]);
}

#[test]
fn a_second_interrupt_ends_at_once_and_a_snapshot_without_a_name_gets_one() {
    let world = slow();
    let child = underway(&world, &["scan", "--org", "--role", "DriftlineAudit"]);
    interrupt(&child);
    let run = Run::ended(child);
    assert_eq!(run.code, 130, "{}", run.err);
    let kept: Vec<_> = std::fs::read_dir(world.folder.path())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.starts_with("driftline-interrupted-"))
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(world.run(&["snapshot", "show", &kept[0]]).code, 0);
}

#[test]
fn an_interrupt_before_anything_was_read_leaves_nothing() {
    let faults = Faults { latency_ms: 50_000, ..Faults::default() };
    let world = World::with(small(), faults);
    // It has asked who it is, and is far from having an answer.
    let child = after(1, &world, &["scan", "--org", "--role", "DriftlineAudit"]);
    interrupt(&child);
    let start = Instant::now();
    let run = Run::ended(child);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert_eq!(run.code, 130, "{}", run.err);
    assert!(run.err.contains("interrupted"), "{}", run.err);
}
