//! What AWS keeps once per account: IAM and Organizations.
//!
//! *Page*: what one key of an answer holds, and what it is. Keys alone do not tell: `Policies` is of the authorization
//! details, of `iam list-policies` or of Organizations. Pages of all files are put together account by account, because
//! most items say themselves whose they are: ARNs of IAM name the account that they are in.

mod detail;
mod keys;
mod kinds;
mod managed;
mod organization;
mod owner;
mod page;
mod report;
mod single;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::arn::{AccountId, Arn, Partition, Region, Scope};
use crate::inventory::{Account, Inventory};
use crate::resource::{Resource, ResourceType};

use super::cells::Seen;
use super::join::{Joined, Origin};
use super::place::Lost;
use super::read::Found;

pub(super) use kinds::{Around, Kind, is_global, knows, types};
pub(super) use owner::arn_of;
pub(super) use report::csv;

/// What a key of an answer holds.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) kind: Kind,
    pub(super) key: String,
    /// It holds one thing and no list.
    pub(super) is_single: bool,
    /// Another page follows.
    pub(super) has_more: bool,
    /// Which of the file's answers it is in.
    pub(super) answer: usize,
    /// The account that the answer stands under.
    pub(super) account: Option<AccountId>,
    /// Names beside the items: `UserName`, `GeneratedTime`.
    pub(super) beside: Arc<BTreeMap<String, Value>>,
    /// Each with its place in the file.
    pub(super) items: Vec<(String, Value)>,
    /// What of it could not be read: where, and why.
    pub(super) wrong: Vec<(String, String)>,
}

/// A file's pages, and where it lies.
#[derive(Debug)]
pub(super) struct AccountFile {
    pub(super) file: String,
    /// The file's name and its folders', the nearest first.
    pub(super) names: Vec<String>,
    pub(super) pages: Vec<Page>,
    /// The account that the user or the names of the folders say it is of.
    pub(super) named: Option<AccountId>,
    /// Whose what does not say so itself is.
    pub(super) place: Result<AccountId, Lost>,
}

/// What the user says besides.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    /// When credential reports were made that do not say so.
    pub(super) report_time: Option<Timestamp>,
}

/// An item of a page, and whose it is.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) key: String,
    pub(super) at: String,
    pub(super) value: Value,
    pub(super) beside: Arc<BTreeMap<String, Value>>,
    /// The file and its folders, the nearest first: they may name what it is of.
    pub(super) names: Arc<[String]>,
    pub(super) file: Arc<str>,
}

impl Item {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.value.get(name).and_then(Value::as_str)
    }

    fn origin(&self) -> Origin {
        Origin { file: self.file.to_string(), at: self.at.clone() }
    }
}

/// The pages of one account, by what they are.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Items, and for each page where they were.
    items: BTreeMap<Kind, Vec<Item>>,
    pages: BTreeMap<Kind, Vec<PageOf>>,
}

/// A page of which only the frame is kept.
#[derive(Debug, Clone)]
pub(super) struct PageOf {
    pub(super) names: Arc<[String]>,
    pub(super) beside: Arc<BTreeMap<String, Value>>,
    pub(super) is_single: bool,
    pub(super) is_empty: bool,
    pub(super) has_more: bool,
    /// No other list of the authorization details is in the same answer.
    pub(super) is_alone: bool,
}

impl Answers {
    pub(super) fn of(&self, kind: Kind) -> &[Item] {
        self.items.get(&kind).map_or(&[], Vec::as_slice)
    }

    pub(super) fn pages(&self, kind: Kind) -> &[PageOf] {
        self.pages.get(&kind).map_or(&[], Vec::as_slice)
    }

    pub(super) fn has(&self, kind: Kind) -> bool {
        self.pages.contains_key(&kind)
    }
}

/// Where everything that was made of the pages goes.
pub(super) struct Out<'o> {
    pub(super) seen: &'o mut Seen,
    pub(super) joined: &'o mut Joined,
    pub(super) complaints: &'o mut Vec<String>,
}

impl Out<'_> {
    /// Keeps a resource that an item tells of, or says why there is none.
    fn keep(&mut self, scope: &Scope, of: ResourceType, operation: &'static str, item: &Item, value: Value) {
        match Resource::deserialize_as(of, value) {
            Ok(resource) if !resource.id().is_empty() => self.resource(scope, resource, item),
            Ok(_) => self.wrong(scope, operation, item, "it has no id"),
            Err(error) => self.wrong(scope, operation, item, &error.to_string()),
        }
    }

    fn resource(&mut self, scope: &Scope, resource: Resource, item: &Item) {
        self.joined.add(scope, Found { resource, at: item.at.clone() }, &item.file);
    }

    fn wrong(&mut self, scope: &Scope, operation: &'static str, item: &Item, why: &str) {
        let text = format!("{}: {why}", item.origin());
        self.seen.wrong(scope, operation, text.clone());
        self.complaints.push(text);
    }
}

/// Puts the pages of all files together. Files are in the order of their paths.
///
/// # Errors
/// The file of which nothing says whose it is.
pub(super) fn assemble(
    files: Vec<AccountFile>,
    said: Said,
    inventory: &mut Inventory,
    out: &mut Out<'_>,
) -> Result<(), (String, Lost)> {
    let owner::Sorted { accounts, partitions, wrong } = owner::sort(files, out.complaints)?;
    let scopes: BTreeMap<AccountId, Scope> = accounts
        .keys()
        .map(|account| {
            let known = inventory.accounts.get(account).map(|account| account.partition);
            let partition = partitions.get(account).copied().or(known).unwrap_or(Partition::Aws);
            (account.clone(), Scope { partition, account: account.clone(), region: Region::global() })
        })
        .collect();
    for scope in scopes.values() {
        out.seen.touch(scope);
        inventory.accounts.entry(scope.account.clone()).or_insert_with(|| Account {
            partition: scope.partition,
            id: scope.account.clone(),
            name: None,
            organizational_unit: None,
        });
    }
    for (account, operation, text) in wrong {
        if let Some(scope) = scopes.get(&account) {
            out.seen.wrong(scope, operation, text);
        }
    }
    let pool = managed::Pool::of(accounts.values());
    for (account, answers) in &accounts {
        let Some(scope) = scopes.get(account) else { continue };
        kinds::count_pages(scope, answers, out.seen);
        detail::add(scope, answers, out);
        single::add(scope, answers, out);
        let report = report::add(scope, answers, said, out);
        keys::add(scope, answers, report.as_ref(), out);
        kinds::add_lists(scope, answers, out);
        managed::add(scope, answers, &pool, out);
    }
    organization::add(&scopes, &accounts, inventory, out);
    Ok(())
}

/// The account that an ARN of IAM is in; none for AWS's own.
fn account_of(arn: &str) -> Option<AccountId> {
    arn.parse::<Arn>().ok()?.account().parse().ok()
}

/// Some names of many, for a message.
fn some_of(names: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = names.iter().take(3).map(String::as_str).collect();
    let more =
        if names.len() > shown.len() { format!(" and {} more", names.len() - shown.len()) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
