//! A folder with snapshots and checks, and driftline run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use driftline::arn::{AccountId, Partition, Region, Scope};
use driftline::inventory::snapshot::Snapshot;
use driftline::inventory::{Account, Cell, Gap, Inventory, Outcome, Provenance, Reason};
use driftline::resource::Resource;
use driftline::resource::ResourceType;

/// A check of severity high that fails for every default VPC.
pub const CHECK: &str = r#"schema = 1

[check]
id            = "own-default-vpc"
title         = "Default VPC is there"
severity      = "high"
resource_type = "AWS::EC2::VPC"
since         = "0.1.0"
rationale     = "It is a test."
remediation   = { text = "Delete it." }

[params]
wanted = true

[fail]
where   = { fact = "is_default", eq = "$wanted" }
message = "{name} is a default VPC"

[[case]]
name     = "one"
expect   = "fail"
resource = { is_default = true }

[[case]]
name     = "none"
expect   = "pass"
resource = { is_default = false }
"#;

/// What a snapshot's VPCs are, one region each.
#[derive(Clone, Copy, PartialEq)]
pub enum Region1 {
    Clean,
    Default,
    Unread,
}

pub struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// With the check in `checks/`, and `clean.dls`, `bad.dls`, `unread.dls` and `both.dls`.
    pub fn new() -> World {
        let world = World { folder: tempfile::tempdir().expect("a folder") };
        // The repository's root: nothing above it counts.
        std::fs::create_dir(world.path(".git")).expect("a folder");
        std::fs::create_dir(world.path("checks")).expect("a folder");
        world.write("checks/own-default-vpc.toml", CHECK);
        world.snapshot("clean.dls", &[Region1::Clean]);
        world.snapshot("bad.dls", &[Region1::Default]);
        world.snapshot("unread.dls", &[Region1::Clean, Region1::Unread]);
        world.snapshot("both.dls", &[Region1::Default, Region1::Unread]);
        world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn snapshot(&self, name: &str, regions: &[Region1]) {
        let mut bytes = Vec::new();
        let snapshot = Snapshot::of(&inventory(regions)).expect("it is JSON");
        snapshot.write_archive(&mut bytes).expect("a vector takes all");
        std::fs::write(self.path(name), bytes).expect("a file");
    }

    /// driftline in this folder, with none of our environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command.env("HOME", self.folder.path().join("home"));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("driftline starts"))
    }

    /// `scan` of a snapshot with the check of this folder alone.
    pub fn scan(&self, snapshot: &str, more: &[&str]) -> Ran {
        self.run(&[&["scan", "--snapshot", snapshot, "--checks", "checks", "-c", "own-default-vpc"], more].concat())
    }
}

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code().expect("no signal ended it"),
            out: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        }
    }

    /// Ended with this code, and said this on standard error.
    #[track_caller]
    pub fn said(&self, code: i32, wanted: &str) -> &Ran {
        assert!(self.code == code && self.err.contains(wanted), "wanted {code} and {wanted:?}, got {self}");
        self
    }

    /// The last line on standard error.
    pub fn result(&self) -> &str {
        self.err.lines().last().unwrap_or_default()
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n-- stdout\n{}\n-- stderr\n{}", self.code, self.out, self.err)
    }
}

fn inventory(regions: &[Region1]) -> Inventory {
    let account: AccountId = "111122223333".parse().expect("an account");
    let mut inventory = Inventory::new(Provenance {
        tool_version: "0.1.0".to_owned(),
        taken_at: "2026-11-23T06:00:00Z".parse().expect("a time"),
        caller: None,
        source: "a test".to_owned(),
        is_import: false,
    });
    let named = Account {
        partition: Partition::Aws,
        id: account.clone(),
        name: Some("prod\u{1b}[31m".to_owned()),
        organizational_unit: None,
    };
    inventory.accounts.insert(account.clone(), named);
    for (kind, region) in regions.iter().zip(["eu-west-1", "us-east-1"]) {
        let region: Region = region.parse().expect("a region");
        let scope = Scope { partition: Partition::Aws, account: account.clone(), region };
        let cell = Cell { scope: scope.clone(), operation: "ec2:DescribeVpcs".to_owned() };
        let outcome = match kind {
            Region1::Unread => Outcome::Gap(Gap {
                reason: Reason::AccessDenied,
                message: "not allowed, error: 1".to_owned(),
                partial: false,
            }),
            _ => Outcome::Complete,
        };
        inventory.ledger.record(cell, outcome);
        if *kind != Region1::Unread {
            let vpc = serde_json::json!({
                "VpcId": "vpc-1", "IsDefault": *kind == Region1::Default, "CidrBlock": "10.0.0.0/16",
            });
            inventory.insert(scope, Resource::deserialize_as(ResourceType::Vpc, vpc).expect("a VPC"));
        }
    }
    inventory
}
