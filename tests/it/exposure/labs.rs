//! Networks that ran on AWS, and what nmap and ping saw on them. The table of docs/verification.md comes from here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::ask::Snapshot;
use crate::document::hold_current;

const LABS: [&str; 3] = ["aws_demo", "aws_instance_multiple_interface", "aws_traffic_in_igw_out_ngw"];

/// Probes that we may answer otherwise than they were answered: lab, from, to, and the evidence.
const REVIEWED: [(&str, &str, &str, &str); 0] = [];

/// The recordings lie beside this repository, as the estate does.
fn lab(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/labs").join(name);
    assert!(path.is_dir(), "this test needs {}: the folder `shared` belongs beside this repository", path.display());
    path
}

#[derive(Default)]
struct Score {
    agree: usize,
    disagree: usize,
    unknown: usize,
}

#[test]
fn what_was_recorded_is_what_we_say() {
    let mut wrong = Vec::new();
    let mut table = String::from(
        "| network | probes | agree | disagree | unknown | ends that the snapshot does not know |\n|---|---|---|---|---|---|\n",
    );
    for name in LABS {
        let folder = tempfile::tempdir().unwrap();
        let here = lab(name);
        copy(&here.join("describe"), &folder.path().join("describe"));
        let known = addresses(&here.join("describe"));
        let snapshot = Snapshot::import(folder);
        let text = std::fs::read_to_string(here.join("probes.ndjson")).unwrap();
        let probes: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let answers = snapshot.reach(&probes);
        let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
        let mut foreign: BTreeMap<&str, usize> = BTreeMap::new();
        for (probe, answer) in probes.iter().zip(&answers) {
            let (from, to) = (probe["from"].as_str().unwrap(), probe["to"].as_str().unwrap());
            let kind = kind(&known, from, to);
            if !knows(&known, from) || !knows(&known, to) {
                *foreign.entry(kind).or_default() += 1;
                continue;
            }
            let observed = probe["observed"].as_str().unwrap();
            let got_through = ["open", "closed", "reply"].contains(&observed);
            let score = scores.entry(kind).or_default();
            let verdict = answer["verdict"].as_str().unwrap();
            match verdict {
                "unknown" => score.unknown += 1,
                "reachable" if got_through => score.agree += 1,
                "blocked" | "one-way" if !got_through => score.agree += 1,
                _ => score.disagree += 1,
            }
            let agrees = verdict != "unknown" && (verdict == "reachable") == got_through;
            let reviewed = REVIEWED.iter().any(|(lab, f, t, _)| (*lab, *f, *t) == (name, from, to));
            if !agrees && !reviewed {
                wrong.push(format!("{name}: {probe} is {verdict}: {}", answer["reason"]));
            }
        }
        for kind in ["from the internet", "to the internet", "within"] {
            let (score, outside) = (scores.remove(kind).unwrap_or_default(), foreign.remove(kind).unwrap_or_default());
            let Score { agree, disagree, unknown } = score;
            table += &format!(
                "| {name}, {kind} | {} | {agree} | {disagree} | {unknown} | {outside} |\n",
                agree + disagree + unknown
            );
        }
    }
    println!("{table}");
    assert!(wrong.is_empty(), "{table}\n{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    hold_current("labs table: tests/it/exposure/labs.rs", "end of labs table", &table);
}

/// An address of the snapshot, or one of a host on the internet that was asked for by the recording's maker.
fn knows(known: &BTreeSet<String>, address: &str) -> bool {
    known.contains(address) || is_host(address)
}

/// The prober's own machine, and a resolver that answers everybody.
fn is_host(address: &str) -> bool {
    ["67.160.71.197", "8.8.8.8"].contains(&address)
}

fn kind(known: &BTreeSet<String>, from: &str, to: &str) -> &'static str {
    match (is_host(from), is_host(to)) {
        (true, _) => "from the internet",
        (_, true) => "to the internet",
        _ if !known.contains(from) => "from the internet",
        _ => "within",
    }
}

/// Every address of every interface, read by the test itself.
fn addresses(describe: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files(describe).into_iter().filter(|path| path.ends_with("NetworkInterfaces.json")) {
        let json: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for address in json["NetworkInterfaces"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|eni| eni["PrivateIpAddresses"].as_array().unwrap())
        {
            found.extend(address["PrivateIpAddress"].as_str().map(str::to_owned));
            found.extend(address["Association"]["PublicIp"].as_str().map(str::to_owned));
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(file, target).unwrap();
    }
}
