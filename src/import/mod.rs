//! What the AWS CLI printed, as an inventory: files of `describe-*` answers that somebody took with other tools.
//!
//! *Answer*: what one call printed, known by its key (`Vpcs`), whatever its file is called. What is there is
//! complete for its operation in its account and region; what an import could hold and is not there is a gap with the
//! reason `NotImported`. Files become values here; reading them from the disk is the pipelines'.

mod account;
mod cells;
mod clean;
mod join;
mod names;
mod place;
mod read;
mod shapes;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::arn::{AccountId, Partition, Region, Scope};
use crate::inventory::{Account, Inventory, Provenance};

use account::{AccountFile, Out, Said};
use cells::Seen;
use join::{Joined, Kind, Origin};
use place::{Evidence, Lost, Neighbours};
use read::Content;

/// What the user says beside the files.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whose all the files are.
    pub account: Option<AccountId>,
    /// Where all the files are from.
    pub region: Option<Region>,
    /// When they were taken.
    pub as_of: Option<Timestamp>,
    /// When credential reports were made that do not say so themselves.
    pub report_time: Option<Timestamp>,
    /// The folders above the files, as the user names them: they may tell the account and the region.
    pub root: Vec<String>,
    /// What is imported, as the snapshot names its source.
    pub name: String,
    pub tool_version: String,
}

/// Files on the way to an inventory.
#[derive(Debug)]
pub struct Import {
    options: Options,
    files: Vec<(Vec<String>, Content)>,
}

/// The inventory, and what there is to say of the files.
#[derive(Debug)]
pub struct Imported {
    pub inventory: Inventory,
    pub taken: Taken,
    pub account: FileAccount,
}

/// Where the time of the inventory is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// From the user.
    Said,
    /// The newest time in the files.
    Newest,
    /// No file holds a time, so that it is 1970.
    Nothing,
}

/// What became of the files.
#[derive(Debug, Default)]
pub struct FileAccount {
    pub files: usize,
    /// Of which something is in the inventory.
    pub used: usize,
    /// Keys that are known and of which nothing is kept, with the number of files.
    pub not_kept: BTreeMap<String, usize>,
    /// Files with keys that are not known, and which.
    pub unknown: Vec<(String, Vec<String>)>,
    /// Resources that several files hold, alike.
    pub repeated: usize,
    /// What could not be read or does not fit, each in one line that begins with the file.
    pub complaints: Vec<String>,
}

/// Why files make no inventory.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The user's: other files were meant.
    #[error("no file holds what `aws ... describe-*` or `aws iam ...` prints")]
    Nothing(FileAccount),
    /// The user's: a flag helps.
    #[error("{file}: nothing says which {what} it is from{}; pass `--{what}`, or put it into a folder of that name", if *.several { " without a doubt" } else { "" })]
    NoPlace { file: String, what: &'static str, several: bool },
    /// The user's: a flag would put things together that are not.
    #[error("folders name several {what}s ({names}), and `--{what}` would make them one; import each by itself")]
    Flattened { what: &'static str, names: String },
}

impl Import {
    pub fn new(options: Options) -> Import {
        Import { options, files: Vec::new() }
    }

    /// Takes up a file. Its path is the folders' and its own name below what is imported.
    pub fn add(&mut self, path: Vec<String>, bytes: &[u8]) {
        let whole: Vec<String> = self.options.root.iter().chain(&path).cloned().collect();
        self.files.push((path, read::read(&whole, bytes)));
    }

    /// Takes note of a file that could not be read from the disk, and why.
    pub fn skip(&mut self, path: Vec<String>, why: &str) {
        let wrong = read::Wrong { operation: None, at: String::new(), place: text::Place::nowhere(why) };
        self.files.push((path, Content { wrong: vec![wrong], ..Content::default() }));
    }

    /// Puts the files together. Their order makes no difference.
    ///
    /// # Errors
    /// No file holds an answer, or nothing says where one is from.
    pub fn finish(mut self) -> Result<Imported, ImportError> {
        self.files.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut account = self.file_account();
        if self.files.iter().all(|(_, content)| !content.is_used()) {
            return Err(ImportError::Nothing(account));
        }
        let places = self.places()?;
        let newest = self.files.iter().filter_map(|(_, content)| content.newest).chain(self.options.report_time).max();
        let (taken_at, taken) = match (self.options.as_of, newest) {
            (Some(time), _) => (time, Taken::Said),
            (None, Some(time)) => (time, Taken::Newest),
            (None, None) => (Timestamp::UNIX_EPOCH, Taken::Nothing),
        };
        let mut callers: BTreeSet<_> = self.files.iter().filter_map(|(_, content)| content.caller.clone()).collect();
        let caller = callers.pop_first().filter(|_| callers.is_empty());
        let mut inventory = Inventory::new(Provenance {
            tool_version: self.options.tool_version,
            taken_at,
            caller,
            source: format!("import describe {}", self.options.name),
            is_import: true,
        });
        let (mut joined, mut seen) = (Joined::default(), Seen::default());
        let mut account_files = Vec::new();
        for ((path, mut content), place) in self.files.into_iter().zip(places) {
            let file = path.join("/");
            let whole: Vec<String> = self.options.root.iter().chain(&path).cloned().collect();
            let pages = std::mem::take(&mut content.pages);
            if let Some(place) = &place
                && !pages.is_empty()
            {
                let (named, account) = (place.named.clone(), place.account.clone());
                let names = names::names(&whole);
                account_files.push(AccountFile { file: file.clone(), names, pages, named, place: account });
            }
            let Some(place) = place else { continue };
            for wrong in content.wrong {
                let origin = Origin { file: file.clone(), at: wrong.at };
                let Some(operation) = wrong.operation else { continue };
                let text = format!("{origin}: {}", wrong.place.why);
                if let Some(scope) = &place.scope {
                    seen.wrong(scope, operation, text);
                }
            }
            let Some(scope) = place.scope else { continue };
            seen.touch(&scope);
            content.answers.iter().for_each(|answered| seen.answered(&scope, answered));
            content.resources.into_iter().for_each(|found| joined.add(&scope, found, &file));
            content.parts.into_iter().for_each(|part| joined.part(&scope, part, &file));
            inventory.accounts.entry(scope.account.clone()).or_insert_with(|| Account {
                partition: scope.partition,
                id: scope.account.clone(),
                name: None,
                organizational_unit: None,
            });
        }
        joined.finish();
        let said = Said { report_time: self.options.report_time };
        let mut out = Out { seen: &mut seen, joined: &mut joined, complaints: &mut account.complaints };
        account::assemble(account_files, said, &mut inventory, &mut out)
            .map_err(|(file, lost)| no_place(&file, "account", lost))?;
        for complaint in std::mem::take(&mut joined.complaints) {
            if let Some(operation) = complaint.operation {
                // A list that is not there cannot lack anything.
                let is_there = seen.has(&complaint.scope, operation);
                if complaint.kind == Kind::Unlisted && !is_there {
                    continue;
                }
                if is_there {
                    seen.wrong(&complaint.scope, operation, complaint.text.clone());
                }
            }
            account.complaints.push(complaint.text);
        }
        account.complaints.sort();
        account.repeated = joined.repeated;
        inventory.ledger = seen.ledger(&joined);
        for (key, (resource, _)) in joined.resources {
            inventory.insert(key.scope, resource);
        }
        Ok(Imported { inventory, taken, account })
    }

    /// Where each file is from; none if it holds nothing that is from anywhere.
    fn places(&self) -> Result<Vec<Option<Place>>, ImportError> {
        let needed =
            |content: &Content| content.is_used() || content.wrong.iter().any(|wrong| wrong.operation.is_some());
        let files = || self.files.iter().filter(|(_, content)| needed(content));
        if self.options.account.is_some() {
            // ARNs say whose the answers about accounts are, whatever their folders are called.
            let regional = files().filter(|(_, content)| content.is_regional());
            one("account", regional.filter_map(|(path, _)| place::account_in_path(path)))?;
        }
        if self.options.region.is_some() {
            let regional = files().filter(|(_, content)| content.is_regional());
            one("region", regional.filter_map(|(path, _)| place::region_in_path(path)))?;
        }
        let mut neighbours = Neighbours::default();
        for (path, content) in &self.files {
            neighbours.add(path, &content.evidence);
        }
        let place = |path: &[String], content: &Content| -> Result<Place, ImportError> {
            let named = self.named_account(path);
            let account = named.clone().map_or_else(|| neighbours.account(path, &content.evidence), Ok);
            let scope = if content.is_regional() {
                let account = account.clone().map_err(|lost| no_place(&path.join("/"), "account", lost))?;
                let region = self.region(path, &content.evidence, &neighbours)?;
                Some(Scope { partition: Partition::of_region(region.as_str()), account, region })
            } else {
                None
            };
            Ok(Place { named, account, scope })
        };
        let places = self.files.iter().map(|(path, content)| needed(content).then(|| place(path, content)).transpose());
        places.collect()
    }

    /// The account that the user or the folders name.
    fn named_account(&self, path: &[String]) -> Option<AccountId> {
        let said = self.options.account.clone();
        said.or_else(|| place::account_in_path(path)).or_else(|| place::account_in_path(&self.options.root))
    }

    fn region(&self, path: &[String], own: &Evidence, around: &Neighbours) -> Result<Region, ImportError> {
        let named = place::region_in_path(path).or_else(|| place::region_in_path(&self.options.root));
        let said = self.options.region.clone().or(named);
        said.map_or_else(|| around.region(path, own), Ok).map_err(|lost| no_place(&path.join("/"), "region", lost))
    }

    fn file_account(&self) -> FileAccount {
        let mut account = FileAccount { files: self.files.len(), ..FileAccount::default() };
        for (path, content) in &self.files {
            let file = path.join("/");
            account.used += usize::from(content.is_used());
            for key in &content.not_kept {
                *account.not_kept.entry(key.clone()).or_default() += 1;
            }
            if !content.unknown.is_empty() {
                account.unknown.push((file.clone(), content.unknown.clone()));
            }
            for wrong in &content.wrong {
                let line = wrong.place.line.map(|line| format!(":{line}:{}", wrong.place.column)).unwrap_or_default();
                let at = if wrong.at.is_empty() { String::new() } else { format!("{}: ", wrong.at) };
                let text = format!("{file}{line}: {at}{}", wrong.place.why);
                // A file that is cut short is one mistake, however many answers were in it.
                if account.complaints.last() != Some(&text) {
                    account.complaints.push(text);
                }
            }
        }
        account
    }
}

fn no_place(file: &str, what: &'static str, lost: Lost) -> ImportError {
    ImportError::NoPlace { file: file.to_owned(), what, several: lost == Lost::Several }
}

/// Where a file is from.
struct Place {
    /// The account that the user or the folders name.
    named: Option<AccountId>,
    account: Result<AccountId, Lost>,
    /// Of what belongs to a region.
    scope: Option<Scope>,
}

/// The folders name no more than one.
fn one<T: Ord + std::fmt::Display>(what: &'static str, named: impl Iterator<Item = T>) -> Result<(), ImportError> {
    let named: BTreeSet<T> = named.collect();
    if named.len() < 2 {
        return Ok(());
    }
    let names = named.iter().map(T::to_string).collect::<Vec<_>>().join(", ");
    Err(ImportError::Flattened { what, names })
}
