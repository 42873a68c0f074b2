//! The binary, asked about networks: `import describe`, `exposure`, `exposure diff`, `reach`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use driftline::arn::Scope;
use driftline::inventory::snapshot::{self, Archive};
use driftline::inventory::{Cell, Outcome};
use driftline::resource::{Resource, ResourceType};
use serde_json::{Value, json};

use super::network::{Network, public};
use super::packets::Packets;
use crate::schema::python;

/// A snapshot that was imported from files.
pub struct Snapshot {
    folder: tempfile::TempDir,
}

impl Snapshot {
    pub fn of(network: &Network) -> Snapshot {
        Snapshot::of_all([network])
    }

    /// Networks that are of different accounts, in one snapshot.
    pub fn of_all<'n>(networks: impl IntoIterator<Item = &'n Network>) -> Snapshot {
        let folder = tempfile::tempdir().unwrap();
        let mut accelerators = Vec::new();
        for network in networks {
            network.write(&folder.path().join("describe"));
            accelerators.extend(network.accelerators());
        }
        let snapshot = Snapshot::import(folder);
        if !accelerators.is_empty() {
            snapshot.add(accelerators);
        }
        snapshot
    }

    /// Accelerators are of no region and cannot be imported; a scan reads them.
    fn add(&self, accelerators: Vec<(Scope, Value)>) {
        let archive = Archive::open(std::fs::File::open(self.file()).unwrap()).unwrap();
        let mut inventory = snapshot::Snapshot::open(Box::new(archive)).unwrap().load_all().unwrap().inventory;
        for (scope, accelerator) in accelerators {
            for operation in ResourceType::Accelerator.operations() {
                let cell = Cell { scope: scope.clone(), operation: (*operation).to_owned() };
                inventory.ledger.record(cell, Outcome::Complete);
            }
            inventory.insert(scope, Resource::deserialize_as(ResourceType::Accelerator, accelerator).unwrap());
        }
        let mut bytes = Vec::new();
        snapshot::Snapshot::of(&inventory).unwrap().write_archive(&mut bytes).unwrap();
        std::fs::write(self.file(), bytes).unwrap();
    }

    /// What is in the folder's `describe`.
    pub fn import(folder: tempfile::TempDir) -> Snapshot {
        run(folder.path(), &["import", "describe", "describe", "-o", "snapshot.dls"]);
        Snapshot { folder }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("snapshot.dls")
    }

    /// What `driftline` prints in the folder that has the snapshot as `snapshot.dls`.
    pub fn ask(&self, arguments: &[&str]) -> Value {
        parse(&run(self.folder.path(), arguments))
    }

    /// Every endpoint, closed ones too.
    pub fn exposure(&self) -> Vec<Endpoint> {
        let answer = self.ask(&["exposure", "--snapshot", "snapshot.dls", "-f", "json", "--all"]);
        assert_eq!(answer["schema"], "https://driftline.dev/schemas/exposure-1");
        answer["endpoints"].as_array().unwrap().iter().map(Endpoint::of).collect()
    }

    /// The answers to probes, in their order.
    pub fn reach(&self, probes: &[Value]) -> Vec<Value> {
        let lines: Vec<String> = probes.iter().map(Value::to_string).collect();
        std::fs::write(self.folder.path().join("probes.ndjson"), lines.join("\n") + "\n").unwrap();
        let said =
            run(self.folder.path(), &["reach", "--snapshot", "snapshot.dls", "--batch", "probes.ndjson", "-f", "json"]);
        let answers: Vec<Value> = String::from_utf8(said).unwrap().lines().map(|line| parse(line.as_bytes())).collect();
        assert_eq!(answers.len(), probes.len(), "one answer for each probe");
        answers
    }
}

/// `exposure diff` of two snapshots, or of one object in both.
pub fn diff(before: &Snapshot, after: &Snapshot, object: Option<&str>) -> Value {
    let name = |snapshot: &Snapshot| match object {
        Some(object) => format!("{}#{object}", snapshot.file().display()),
        None => snapshot.file().display().to_string(),
    };
    let answer = before.ask(&["exposure", "diff", &name(before), &name(after), "-f", "json"]);
    assert_eq!(answer["schema"], "https://driftline.dev/schemas/exposure-diff-1");
    answer
}

pub fn probe(from: &str, to: &str, protocol: &str, port: Option<u32>) -> Value {
    let mut probe = json!({ "from": from, "to": to, "protocol": protocol });
    if let Some(port) = port {
        probe["port"] = json!(port);
    }
    probe
}

/// One public address and what can reach it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub json: Value,
    pub resource: String,
    pub address: String,
    pub class: String,
    pub verdict: String,
    pub delivered: Packets,
    pub conversational: Packets,
    pub live: Packets,
}

impl Endpoint {
    fn of(json: &Value) -> Endpoint {
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Endpoint {
            json: json.clone(),
            resource: text("resource"),
            address: text("address"),
            class: text("class"),
            verdict: text("verdict"),
            delivered: Packets::from_json(&json["delivered"]),
            conversational: Packets::from_json(&json["conversational"]),
            live: Packets::from_json(&json["live"]),
        }
    }

    pub fn account(&self) -> &str {
        self.json["account"].as_str().unwrap()
    }
}

/// The binary in a folder, with an environment that says nothing; what it printed.
pub fn run(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
    command.env_clear().env("HOME", folder).current_dir(folder).stdin(Stdio::null()).args(arguments);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // 3 is "something failed" and 4 "something is unknown": the answer itself says what.
    assert!(matches!(output.status.code(), Some(0 | 3 | 4)), "{arguments:?}: {:?}\n{said}", output.status.code());
    assert!(!said.contains("panicked"), "{said}");
    output.stdout
}

/// A Python program of `tests` in a folder; what it printed.
pub fn script(folder: &Path, name: &str, arguments: &[&str]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    let mut command = Command::new(python());
    command.current_dir(folder).env("PYTHONDONTWRITEBYTECODE", "1").arg(path).args(arguments);
    let output = command.output().expect("DRIFTLINE_PYTHON can be run");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn parse(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(text)))
}

/// A batch is never stopped by one of its lines, and each answer says what was asked as far as it could be read.
#[test]
fn a_probe_that_is_malformed_is_unknown_and_the_others_are_answered() {
    let snapshot = Snapshot::of(&public().admits(&["tcp 22 from 0.0.0.0/0"]));
    let good = json!({"from": "internet", "to": "10.0.1.10", "protocol": "tcp", "port": 22});
    let asked = [
        good.clone(),
        json!({"from": "internet", "to": "10.0.1.10", "protocol": 6, "port": "22", "expected": true}),
        json!({"from": "internet", "to": "10.0.1.10", "protocol": "tcp", "port": 65_536}),
        json!({"from": "internet", "protocol": "tcp", "port": 22}),
        json!({"from": "internet", "to": ["10.0.1.10"], "protocol": "tcp", "port": 22}),
        json!({"from": "internet", "to": "10.0.1.10", "protocol": "tcp"}),
        json!({"from": "internet", "to": "10.0.1.10", "protocol": "quic", "port": 443}),
        json!(["internet"]),
        good,
    ];
    let answers = snapshot.reach(&asked);
    let reasons = [
        (2, "`65536` is no port from 0 to 65535"),
        (3, "no `to`"),
        (4, "`to` is neither a text nor a number"),
        (5, "needs a port"),
        (6, "`quic` is no protocol"),
        (7, "no JSON object"),
    ];
    for (index, reason) in reasons {
        assert_eq!(answers[index]["verdict"], "unknown", "{}", answers[index]);
        assert!(answers[index]["reason"].as_str().unwrap().contains(reason), "{}", answers[index]);
        assert_eq!(answers[index].get("from").is_some(), index != 7, "{}", answers[index]);
    }
    for index in [1, 8] {
        assert_eq!(answers[index]["verdict"], answers[0]["verdict"]);
        assert_eq!(answers[index]["path"], answers[0]["path"]);
    }
    assert_eq!(answers[1]["port"], 22);
}
