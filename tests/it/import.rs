//! What the AWS CLI printed, imported: real answers, every type there and back, and files that are not as they should be.

mod accounts;
mod credentials;
mod damaged;
mod files;
mod iam;
mod real;
mod round_trip;

use std::path::{Path, PathBuf};

use driftline::arn::{Region, Scope};
use driftline::import::{Import, ImportError, Imported, Options};
use driftline::inventory::{Gap, Outcome, Reason};
use driftline::resource::{Resource, ResourceType};

/// Networks that once ran on AWS, as the AWS CLI and other tools printed them.
fn data(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    assert!(path.is_dir(), "this test needs {}: the folder `shared` belongs beside this repository", path.display());
    path
}

/// A file's path, and its bytes.
type File = (Vec<String>, Vec<u8>);

/// Every file below a folder, with its path from there.
fn files(folder: &Path) -> Vec<File> {
    fn walk(folder: &Path, names: &[String], out: &mut Vec<File>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let mut names = names.to_vec();
            names.push(entry.file_name().into_string().unwrap());
            if entry.path().is_dir() {
                walk(&entry.path(), &names, out);
            } else {
                out.push((names, std::fs::read(entry.path()).unwrap()));
            }
        }
    }
    let mut out = Vec::new();
    walk(folder, &[], &mut out);
    out.sort();
    out
}

fn options() -> Options {
    Options { name: "test".to_owned(), tool_version: "0.1.0".to_owned(), ..Options::default() }
}

fn try_import(options: Options, files: &[File]) -> Result<Imported, ImportError> {
    let mut import = Import::new(options);
    files.iter().for_each(|(path, bytes)| import.add(path.clone(), bytes));
    import.finish()
}

/// Files by their path, as text.
fn texts(files: &[(&str, &str)]) -> Vec<File> {
    let path = |path: &str| path.split('/').map(str::to_owned).collect();
    files.iter().map(|(name, text)| (path(name), text.as_bytes().to_vec())).collect()
}

/// Files of one account and region.
fn import(files: &[(&str, &str)]) -> Imported {
    let options = Options {
        account: Some("111122223333".parse().unwrap()),
        region: Some("eu-west-1".parse().unwrap()),
        ..options()
    };
    try_import(options, &texts(files)).unwrap()
}

fn scope(account: &str, region: &str) -> Scope {
    let region: Region = region.parse().unwrap();
    Scope { partition: driftline::arn::Partition::Aws, account: account.parse().unwrap(), region }
}

trait Look {
    fn outcome(&self, operation: &str) -> Option<Outcome>;
    fn gap(&self, operation: &str) -> Gap;
    fn ids(&self, of: ResourceType) -> Vec<String>;
    fn one(&self) -> &Resource;
}

impl Look for Imported {
    /// Of a cell of the only account and region.
    fn outcome(&self, operation: &str) -> Option<Outcome> {
        let is_global = operation.starts_with("iam:") || operation.starts_with("organizations:");
        let mut scopes = self.inventory.ledger.scopes().filter(|scope| scope.region.is_global() == is_global);
        let only = scopes.next().unwrap();
        assert!(scopes.next().is_none());
        self.inventory.ledger.outcome(only, operation).cloned()
    }

    fn gap(&self, operation: &str) -> Gap {
        match self.outcome(operation) {
            Some(Outcome::Gap(gap)) => gap,
            other => panic!("{operation}: {other:?}"),
        }
    }

    fn ids(&self, of: ResourceType) -> Vec<String> {
        let all = self.inventory.resources().filter(|(key, _)| key.resource_type == of);
        all.map(|(key, _)| key.id.clone()).collect()
    }

    fn one(&self) -> &Resource {
        assert_eq!(self.inventory.len(), 1);
        self.inventory.resources().next().unwrap().1
    }
}

#[track_caller]
fn assert_not_imported(gap: &Gap, partial: bool) {
    assert_eq!((gap.reason, gap.partial), (Reason::NotImported, partial), "{gap:?}");
}
