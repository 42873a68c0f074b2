//! A run that is killed loses no account that it had read, and the run that goes on with it ends in the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use driftline_sim::{Faults, Organization, Server};

use crate::support::{Run, World, small};

const SNAPSHOT: [&str; 6] = ["snapshot", "--org", "--role", "DriftlineAudit", "-o", "kept.dls"];

/// Accounts that end one after another, so that there is a moment for everything.
fn world() -> World {
    let organization = Organization { accounts: 8, ..small() };
    let faults = Faults { latency_ms: 5, ..Faults::default() };
    World::with(organization, faults).limits("max_accounts = 2")
}

fn start(world: &World, more: &[&str]) -> Child {
    let mut command = world.command(&[&SNAPSHOT[..], more].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Lets it make so many calls, and kills it; whether it was still at work.
fn kill_after(world: &World, mut child: Child, calls: u64) -> bool {
    let (before, start) = (world.server.stats().total, Instant::now());
    while world.server.stats().total < before + calls {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "the scan stands still");
        std::thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL: nothing of its own runs any more.
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

/// The accounts that are kept, by the names of their parts.
fn kept(world: &World) -> BTreeSet<String> {
    let folder = world.path("kept.dls.partial/accounts");
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeSet::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.map(|name| name.trim_end_matches(".ndjson.zst").to_owned()).collect()
}

fn calls(server: &Server) -> BTreeMap<String, u64> {
    let mut calls = BTreeMap::new();
    for count in server.stats().calls {
        *calls.entry(count.account).or_default() += count.calls;
    }
    calls
}

/// The snapshot that a run which began at the same second makes if nobody disturbs it.
fn undisturbed(world: &World, run: &[u8]) -> Vec<u8> {
    std::fs::create_dir(world.path("whole.dls.partial")).unwrap();
    std::fs::write(world.path("whole.dls.partial/run.json"), run).unwrap();
    let ended = world.run(&["snapshot", "--org", "--role", "DriftlineAudit", "-o", "whole.dls", "--resume"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    std::fs::read(world.path("whole.dls")).unwrap()
}

/// Ends the run that was left, checks that it asks nothing again that is kept, and gives the snapshot.
fn go_on(world: &World) -> Vec<u8> {
    let (kept, before) = (kept(world), calls(&world.server));
    let ended = Run::ended(start(world, &["--resume"]));
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains(&format!("{} of 8 accounts are read already", kept.len())), "{}", ended.err);
    let after = calls(&world.server);
    for account in kept.iter().filter(|account| **account != world.account(0)) {
        assert_eq!(before.get(account), after.get(account), "{account} was read and is read again");
    }
    assert!(!world.path("kept.dls.partial").exists(), "a folder is left behind");
    std::fs::read(world.path("kept.dls")).unwrap()
}

#[test]
fn a_killed_run_is_gone_on_with_to_the_same_bytes() {
    // `DRIFTLINE_KILLS=200 ./test resume` is the measurement of docs/performance.md.
    let kills: u64 = std::env::var("DRIFTLINE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let world = world();
    let whole = Run::ended(start(&world, &[]));
    assert_eq!(whole.code, 0, "{}", whole.err);
    let all = world.server.stats().total;
    let (mut lost, mut seed) = (0, 7u64);
    for _ in 0..kills {
        std::fs::remove_file(world.path("kept.dls")).unwrap();
        // Somewhere between the first call and the last.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let after = 1 + (seed >> 33) % all;
        if !kill_after(&world, start(&world, &[]), after) {
            continue;
        }
        let Ok(run) = std::fs::read(world.path("kept.dls.partial/run.json")) else {
            // Killed before it knew what to read: it is as if it had never begun.
            assert_eq!(Run::ended(start(&world, &["--resume"])).code, 0);
            continue;
        };
        lost += 1;
        let resumed = go_on(&world);
        let undisturbed = undisturbed(&world, &run);
        assert!(resumed == undisturbed, "killed after {after} of {all} calls");
        std::fs::remove_file(world.path("whole.dls")).unwrap();
    }
    assert!(lost * 2 >= kills, "too few of the {kills} runs were killed: {lost}");
    eprintln!("{lost} of {kills} runs were killed at work, and ended in the same bytes");
}

/// A run that was killed with some accounts kept.
fn left(world: &World) -> BTreeSet<String> {
    let child = start(world, &[]);
    let begun = Instant::now();
    while kept(world).len() < 3 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no account is kept");
        std::thread::sleep(Duration::from_millis(1));
    }
    kill_after(world, child, 0);
    kept(world)
}

#[test]
fn half_a_part_is_read_again() {
    let world = world();
    let kept = left(&world);
    let run = std::fs::read(world.path("kept.dls.partial/run.json")).unwrap();
    for (number, account) in kept.iter().enumerate() {
        let path = world.path(&format!("kept.dls.partial/accounts/{account}.ndjson.zst"));
        let bytes = std::fs::read(&path).unwrap();
        match number {
            0 => std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap(),
            1 => std::fs::write(&path, []).unwrap(),
            _ => {}
        }
    }
    let ended = Run::ended(start(&world, &["--resume"]));
    assert_eq!(ended.code, 0, "{}", ended.err);
    let whole = kept.len() - 2;
    assert!(ended.err.contains(&format!("{whole} of 8 accounts are read already")), "{}", ended.err);
    assert!(std::fs::read(world.path("kept.dls")).unwrap() == undisturbed(&world, &run));
}

#[test]
fn a_run_is_gone_on_with_only_as_it_began() {
    let world = world();
    left(&world);
    let other = world.run(&[&SNAPSHOT[..], &["--resume", "--region", "eu-west-1"]].concat());
    assert_eq!(other.code, 2, "{}", other.err);
    assert!(other.err.contains("other accounts, regions or roles"), "{}", other.err);
    // Without --resume it begins anew, and says what it replaces.
    let anew = world.run(&SNAPSHOT);
    assert_eq!(anew.code, 0, "{}", anew.err);
    assert!(anew.err.contains("it is replaced"), "{}", anew.err);
    // And with nothing to go on with, --resume is no mistake: a job may always say it.
    let nothing = world.run(&[&SNAPSHOT[..], &["--resume"]].concat());
    assert_eq!(nothing.code, 0, "{}", nothing.err);
    assert!(nothing.err.contains("nothing to go on with"), "{}", nothing.err);
}

#[test]
fn a_run_that_cannot_be_read_is_not_deleted() {
    let world = world();
    let kept_before = left(&world);
    let path = world.path("kept.dls.partial/run.json");
    let whole = std::fs::read(&path).unwrap();
    for broken in [&b""[..], b"{", &whole[..whole.len() / 2], b"[]", &[0xff; 20]] {
        std::fs::write(&path, broken).unwrap();
        let ended = world.run(&[&SNAPSHOT[..], &["--resume"]].concat());
        ended.assert_refused(1, &["--resume cannot go on", "run.json", "nothing was deleted"]);
        assert_eq!(kept(&world), kept_before);
    }
    std::fs::write(&path, &whole).unwrap();
    go_on(&world);
    // Without --resume it is said what is replaced.
    left(&world);
    std::fs::write(&path, "{").unwrap();
    let anew = world.run(&SNAPSHOT);
    assert_eq!(anew.code, 0, "{}", anew.err);
    assert!(anew.err.contains("cannot be read"), "{}", anew.err);
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let world = world();
    let first = start(&world, &[]);
    let begun = Instant::now();
    while !world.path("kept.dls.partial/run.json").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the first run does not begin");
        std::thread::sleep(Duration::from_millis(1));
    }
    let second = world.run(&SNAPSHOT);
    assert_eq!(second.code, 1, "{}", second.err);
    assert!(second.err.contains("another driftline is at work"), "{}", second.err);
    assert_eq!(Run::ended(first).code, 0);
}

#[test]
fn an_interrupted_run_is_gone_on_with() {
    let world = world();
    let child = start(&world, &[]);
    let begun = Instant::now();
    while kept(&world).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "no account is kept");
        std::thread::sleep(Duration::from_millis(1));
    }
    let status = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
    let ended = Run::ended(child);
    assert_eq!(ended.code, 130, "{}", ended.err);
    assert!(ended.err.contains("--resume reads the rest"), "{}", ended.err);
    let partial = std::fs::read(world.path("kept.dls")).unwrap();
    let run = std::fs::read(world.path("kept.dls.partial/run.json")).unwrap();
    let resumed = go_on(&world);
    assert!(partial != resumed);
    assert!(resumed == undisturbed(&world, &run));
}

#[test]
fn what_is_kept_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = world();
    left(&world);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = world.path("kept.dls.partial");
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("run.json")), 0o600);
}
