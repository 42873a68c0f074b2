//! docs/tutorial.md, run: all of its commands, in one shell, against a simulated account; what it shows is what they
//! print. And what a tutorial cannot show: waiting.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::moto::Moto;
use crate::schema::python;

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tutorial").join(name)
}

/// The account, and a folder with `driftline` and `aws` on the path.
struct Story {
    moto: Moto,
    folder: tempfile::TempDir,
}

impl Story {
    fn begin() -> Story {
        let moto = Moto::start_whole(&script("endpoint.py"));
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        std::fs::create_dir_all(folder.path().join(".git")).unwrap();
        std::fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_driftline"), bin.join("driftline")).unwrap();
        let aws = format!("#!/bin/sh\nexec '{}' '{}' \"$@\"\n", python().display(), script("aws.py").display());
        std::fs::write(bin.join("aws"), aws).unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(bin.join("aws"), executable).unwrap();
        let story = Story { moto, folder };
        let made = story.command(python()).arg(script("account.py")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        story
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()));
        command.env("HOME", self.folder.path()).env("AWS_ENDPOINT_URL", &self.moto.url).env("COLUMNS", "100");
        command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE000000000").env("AWS_SECRET_ACCESS_KEY", "x");
        command.env("AWS_REGION", "eu-west-1").env("AWS_DEFAULT_REGION", "eu-west-1");
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// Runs a piece of shell, all of which has to succeed.
    fn shell(&self, text: &str) -> String {
        let output = self.command("bash").args(["-euc", text]).output().unwrap();
        assert!(output.status.success(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// A piece of the tutorial.
enum Piece {
    Words(String),
    /// Commands, and what they print where the tutorial shows it.
    Commands(String, Option<String>),
}

fn pieces(document: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = document;
    while let Some((words, after)) = rest.split_once("```sh\n") {
        pieces.push(Piece::Words(words.to_owned()));
        let (commands, after) = after.split_once("```\n").expect("a block of commands ends");
        let shown = after.strip_prefix("\n```\n").map(|shown| shown.split_once("```\n").expect("a block ends"));
        pieces.push(Piece::Commands(commands.to_owned(), shown.map(|(shown, _)| shown.to_owned())));
        rest = shown.map_or(after, |(_, after)| after);
    }
    pieces.push(Piece::Words(rest.to_owned()));
    pieces
}

fn written(pieces: &[Piece]) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Words(words) => words.clone(),
        Piece::Commands(commands, None) => format!("```sh\n{commands}```\n"),
        Piece::Commands(commands, Some(shown)) => format!("```sh\n{commands}```\n\n```\n{shown}```\n"),
    };
    pieces.iter().map(text).collect()
}

/// A line without what is another in every run: times, ids, hashes, keys; and how much was asked in what time.
fn masked(line: &str) -> String {
    if line.starts_with("read 1 account in ") {
        return "read 1 account".to_owned();
    }
    let mut out = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("driftline ")
            && after.starts_with(|c: char| c.is_ascii_digit())
        {
            // A release is no change of the tutorial.
            out.push_str("driftline VERSION");
            rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        } else if let Some(length) = time(rest) {
            out.push_str("TIME");
            rest = &rest[length..];
        } else if first.is_ascii_alphanumeric() {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
            out.push_str(&word(&rest[..end]));
            rest = &rest[end..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// How long a time is that a text begins with: to the second, or with a fraction of it.
fn time(text: &str) -> Option<usize> {
    let form = b"0000-00-00T00:00:00";
    let fits = |(byte, form): (u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == *form };
    if text.len() <= form.len() || !text.bytes().zip(form).all(fits) {
        return None;
    }
    let fraction = text[form.len()..].find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let end = form.len() + fraction;
    text[end..].starts_with('Z').then_some(end + 1)
}

fn word(word: &str) -> String {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    match word.split_once('-') {
        Some((kind, id)) if id.len() == 17 && is_hex(id) => format!("{kind}-ID"),
        // A hash may well have no letter in it, and looks like an account then.
        None if word == "123456789012" => word.to_owned(),
        None if [8, 12, 64].contains(&word.len()) && is_hex(word) => "HASH".to_owned(),
        None if word.len() == 20 && ["AKIA", "AIDA", "AROA"].iter().any(|kind| word.starts_with(kind)) => {
            "KEY".to_owned()
        }
        _ => word.to_owned(),
    }
}

/// Whether what is shown is what was printed; a line `...` stands for any number of lines.
fn agrees(shown: &[String], printed: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "..." => (0..=printed.len()).any(|skipped| agrees(rest, &printed[skipped..])),
        Some((first, rest)) => printed.split_first().is_some_and(|(line, left)| line == first && agrees(rest, left)),
    }
}

#[test]
fn what_the_tutorial_shows_is_what_its_commands_print() {
    let story = Story::begin();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tutorial.md");
    let mut pieces = pieces(&std::fs::read_to_string(&path).unwrap());
    let mut all = String::from("exec 2>&1\n");
    for piece in &pieces {
        if let Piece::Commands(commands, _) = piece {
            all.push_str(&format!("echo @@@\n{commands}"));
        }
    }
    let output = story.command("bash").args(["-uc", &all]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let printed: Vec<&str> = printed.split("@@@\n").skip(1).collect();
    let update = std::env::var_os("DRIFTLINE_UPDATE").is_some();
    let blocks = pieces.iter_mut().filter_map(|piece| match piece {
        Piece::Commands(commands, shown) => Some((commands, shown)),
        Piece::Words(_) => None,
    });
    let mut number = 0;
    for ((commands, shown), printed) in blocks.zip(&printed) {
        number += 1;
        let lines = |text: &str| text.lines().map(masked).collect::<Vec<_>>();
        let Some(shown) = shown else {
            assert_eq!(*printed, "", "the tutorial shows nothing of what this prints:\n{commands}");
            continue;
        };
        if agrees(&lines(shown), &lines(printed)) {
            continue;
        }
        let elided = shown.lines().any(|line| line == "...");
        assert!(update && !elided, "docs/tutorial.md shows\n{shown}\nand this was printed\n{printed}\nby\n{commands}");
        *shown = (*printed).to_owned();
    }
    assert_eq!(number, printed.len(), "{printed:#?}");
    if update {
        std::fs::write(&path, written(&pieces)).unwrap();
    }

    // What the tutorial says of files and codes.
    let count = |name: &str, what: &str| story.read(name).matches(what).count();
    let report: Value = serde_json::from_str(&story.read("bad.json")).unwrap();
    let failed = report["findings"].as_array().unwrap().len();
    assert_eq!(failed, 6, "four deviations, and what two checks find of them");
    assert_eq!(count("bad.xml", "<failure "), failed);
    assert_eq!(count("bad.sarif", "\"uri\": \"prod.toml\""), 4);
    let verified: Value = serde_json::from_str(&story.read("verify.json")).unwrap();
    assert_eq!((&verified["restored"], &verified["hardened"]), (&Value::from("yes"), &Value::from("yes")));
    let shown = story.shell("driftline snapshot show after.dls");
    assert!(shown.contains(verified["after"]["sha256"].as_str().unwrap()), "what was compared is what was kept");
}

#[test]
fn masks_hide_what_changes_and_nothing_else() {
    for (line, same) in [
        ("sg-0123456789abcdef0 web", "sg-aaaaaaaaaaaaaaaa1 web"),
        ("taken 2026-11-26T06:10:02Z by", "taken 2027-01-02T16:20:12Z by"),
        ("made 2026-11-26T06:10:29.649061Z", "made 2026-11-26T06:10:30Z"),
        ("id 73c377612db8", "id 0574ee6b9d4c"),
        ("key AKIARZPUZDIKEAT6FN75", "key AKIAAAAAAAAAAAAAAAAA"),
    ] {
        assert_eq!(masked(line), masked(same));
    }
    for (line, other) in [
        ("sg-0123456789abcdef0 web", "sg-0123456789abcdef0 app"),
        ("account 123456789012", "account 123456789013"),
        ("tcp 22 from 0.0.0.0/0", "tcp 23 from 0.0.0.0/0"),
    ] {
        assert_ne!(masked(line), masked(other));
    }
    let all = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert!(agrees(&all(&["a", "...", "d"]), &all(&["a", "b", "c", "d"])));
    assert!(!agrees(&all(&["a", "...", "d"]), &all(&["a", "b", "c"])));
}

/// The account loses its flow logs and `bob` his key to an intruder; `verify` waits until both are mended.
#[test]
fn waiting_ends_when_all_is_well_or_the_time_is_up() {
    let story = Story::begin();
    story.shell("driftline snapshot -r eu-west-1 -o good.dls -q >/dev/null");
    let from = story.shell("date -u +%Y-%m-%dT%H:%M:%SZ");
    let log = story.shell("aws ec2 describe-flow-logs --query 'FlowLogs[0].FlowLogId' --output text");
    story.shell(&format!("aws ec2 delete-flow-logs --flow-log-ids {log}; sleep 1"));
    let to = story.shell("date -u +%Y-%m-%dT%H:%M:%SZ");
    let window = format!("{from}..{to}");
    let verify = |wait: &str| {
        let mut command = story.command("driftline");
        command.args(["verify", "--before", "good.dls", "-r", "eu-west-1", "--incident", &window, "--wait", wait]);
        command.args(["--actor", "arn:aws:iam::123456789012:user/bob"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    // Nobody mends it: looks, the last of them when the time is up, and the verdict.
    let output = verify("15s").output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{err}");
    let looks = err.matches("read 1 account in ").count();
    assert!(looks > 1 && err.matches("looking again in ").count() == looks - 1, "{err}");
    assert!(err.contains("restored=no hardened=no missing=1 "), "{err}");
    assert!(err.ends_with("exit=3\n"), "{err}");

    let mut child = verify("5m").spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    let waits = told.by_ref().map(Result::unwrap).find(|line| line.contains("looking again in 10 s"));
    assert!(waits.is_some(), "it has said that it looks again");
    story.shell(
        "aws ec2 create-flow-logs --resource-type VPC --traffic-type ALL --log-destination-type s3 \
         --log-destination arn:aws:s3:::flow-logs-123456789012 --resource-ids \
         $(aws ec2 describe-vpcs --filters Name=tag:Name,Values=prod --query 'Vpcs[0].VpcId' --output text)
         OLD=$(aws iam list-access-keys --user-name bob --query 'AccessKeyMetadata[0].AccessKeyId' --output text)
         aws iam create-access-key --user-name bob
         aws iam delete-access-key --user-name bob --access-key-id $OLD",
    );
    let rest: Vec<String> = told.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{rest:#?}");
    assert!(rest.last().is_some_and(|line| line.starts_with("RESULT restored=yes hardened=yes ")), "{rest:#?}");
}
