//! The `driftline` binary against a simulated organization, both on this machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use driftline_sim::{Faults, Organization, Rule, Server, Size, serve};
use serde_json::Value;

/// Checks of several families, so that tests do not depend on what the catalogue has.
const CHECKS: [(&str, &str, &str); 5] = [
    ("test-resolver-off", "AWS::EC2::VPC", r#"{ fact = "enable_dns_support", eq = false }"#),
    ("test-default-group", "AWS::EC2::SecurityGroup", r#"{ fact = "is_default", eq = true }"#),
    ("test-detector-off", "AWS::::Region", r#"{ fact = "guardduty_enabled", eq = false }"#),
    ("test-no-recorder", "AWS::::Region", r#"{ fact = "config_recording", eq = false }"#),
    ("test-contact", "AWS::Account::ContactInformation", r#"{ fact = "company_name", exists = false }"#),
];

/// Hanging faults end soon, and ten tries are made in half a second.
const LIMITS: &str = "[limits]\nmax_attempts = 4\nattempt_timeout_seconds = 3\ncall_timeout_seconds = 8\n";

/// Three accounts in two regions, with little in them.
pub fn small() -> Organization {
    Organization {
        accounts: 3,
        regions: ["us-east-1", "eu-west-1"].map(String::from).to_vec(),
        size: Size { vpcs: 1, groups: 1, instances: 1, users: 1, roles: 1, policies: 1 },
        ..Organization::default()
    }
}

/// A server, and a folder to run the binary in.
pub struct World {
    pub server: Server,
    pub folder: tempfile::TempDir,
    limits: String,
    // Last: the server is dropped inside its runtime's life.
    runtime: tokio::runtime::Runtime,
}

impl World {
    pub fn new(organization: Organization, rules: impl IntoIterator<Item = Rule>) -> World {
        let faults = Faults { rules: rules.into_iter().collect(), ..Faults::default() };
        World::with(organization, faults)
    }

    pub fn with(organization: Organization, faults: Faults) -> World {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(serve(([127, 0, 0, 1], 0).into(), organization, faults)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let checks = folder.path().join("checks");
        std::fs::create_dir(&checks).unwrap();
        for (id, of, condition) in CHECKS {
            let text = format!(
                "schema = 1\n[check]\nid = \"{id}\"\ntitle = \"{id}\"\nseverity = \"low\"\nresource_type = \"{of}\"\n\
                 since = \"0.1.0\"\nreferences = []\nrationale = \"A test.\"\nremediation = {{ text = \"None.\" }}\n\
                 [fail]\nwhere = {condition}\nmessage = \"{{id}}\"\n"
            );
            std::fs::write(checks.join(format!("{id}.toml")), text).unwrap();
        }
        World { server, folder, limits: LIMITS.to_owned(), runtime }
    }

    /// Other limits than the usual ones.
    pub fn limits(mut self, text: &str) -> World {
        self.limits = format!("[limits]\n{text}\n");
        self
    }

    pub fn account(&self, index: usize) -> String {
        self.server.organization().account_ids()[index].clone()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The binary, with the operator's credentials and nothing else of this process's environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let config = self.path("driftline.toml");
        std::fs::write(&config, &self.limits).unwrap();
        let (key, secret) = self.server.organization().operator_credentials();
        let mut command = driftline(self.folder.path());
        command.env("AWS_ENDPOINT_URL", self.server.url());
        command.env("AWS_ACCESS_KEY_ID", key).env("AWS_SECRET_ACCESS_KEY", secret);
        command.args(arguments).arg("--config").arg(config);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments))
    }

    /// Every account of the organization, with every verdict in the report.
    pub fn scan(&self, more: &[&str]) -> Run {
        let checks = self.path("checks");
        let mut arguments = vec!["scan", "--org", "--role", "DriftlineAudit", "--format", "json", "--passes"];
        arguments.extend(["--checks", checks.to_str().unwrap()]);
        arguments.extend(more);
        self.run(&arguments)
    }

    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

/// The binary in a folder, with an environment that says nothing.
pub fn driftline(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
    command.env_clear().current_dir(folder);
    command.env("HOME", folder).env("AWS_REGION", "us-east-1").env("AWS_EC2_METADATA_DISABLED", "true");
    command.stdin(Stdio::null());
    command
}

/// A run of the binary that has ended.
pub struct Run {
    pub code: i32,
    pub out: Vec<u8>,
    pub err: String,
}

/// Rule, account, region and resource (none for a finding on a scope), and where the element was.
pub type Key = (String, String, String, String, String);

impl Run {
    pub fn of(mut command: Command) -> Run {
        Run::ended(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    pub fn ended(child: Child) -> Run {
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let code = output.status.code().unwrap_or_else(|| panic!("ended by a signal:\n{err}"));
        assert!(!err.contains("panicked"), "{err}");
        Run { code, out: output.stdout, err }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.out)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", String::from_utf8_lossy(&self.out), self.err))
    }

    /// The gaps: account, region, operation, and the rest of each.
    pub fn gaps(&self) -> BTreeMap<(String, String, String), Gap> {
        let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
        let json = self.json();
        let gaps = json["coverage"]["gaps"].as_array().unwrap().iter().map(|gap| {
            let place = (text(gap, "account"), text(gap, "region"), text(gap, "operation"));
            let partial = gap["partial"].as_bool().unwrap();
            (place, Gap { reason: text(gap, "reason"), message: text(gap, "message"), partial })
        });
        gaps.collect()
    }

    /// What the gaps are because of, each reason once.
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons: Vec<_> = self.gaps().into_values().map(|gap| gap.reason).collect();
        reasons.sort();
        reasons.dedup();
        reasons
    }

    /// Every verdict by what it is on: `pass`, `fail` or `unknown`.
    pub fn verdicts(&self) -> BTreeMap<Key, String> {
        let json = self.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let findings = json["findings"].as_array().unwrap().iter().map(|finding| {
            let status = text(&finding["status"]);
            let of_unknown = if status == "unknown" { "unknown" } else { "" };
            let key = (
                text(&finding["rule"]),
                text(&finding["account"]),
                text(&finding["region"]),
                text(&finding["resource"]["arn"]),
                of_unknown.to_owned(),
            );
            (key, status)
        });
        findings.collect()
    }

    /// The verdicts that are known.
    pub fn known(&self) -> BTreeMap<Key, String> {
        self.verdicts().into_iter().filter(|(_, status)| status != "unknown").collect()
    }

    /// The findings that could not be told.
    pub fn unknown(&self) -> Vec<Key> {
        self.verdicts().into_iter().filter(|(_, status)| status == "unknown").map(|(key, _)| key).collect()
    }

    /// The exit code that the report itself asks for: 3 for a failure, 4 for anything unknown.
    pub fn code_of_report(&self) -> i32 {
        match self.json()["outcome"].as_str().unwrap() {
            "fail" => 3,
            "incomplete" => 4,
            _ => 0,
        }
    }

    /// Everything was read.
    #[track_caller]
    pub fn assert_complete(&self) {
        let gaps = self.gaps();
        assert!(gaps.is_empty(), "{gaps:#?}\n{}", self.err);
        assert_eq!(self.unknown(), []);
    }

    /// Ended with one sentence and nothing else to believe.
    #[track_caller]
    pub fn assert_refused(&self, code: i32, says: &[&str]) {
        assert_eq!(self.code, code, "{}", self.err);
        assert!(self.out.is_empty(), "{}", String::from_utf8_lossy(&self.out));
        for part in says {
            assert!(self.err.contains(part), "`{part}` is not in: {}", self.err);
        }
        assert!(!self.err.contains("{ "), "a debug dump: {}", self.err);
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    pub reason: String,
    pub message: String,
    pub partial: bool,
}
