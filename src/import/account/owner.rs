//! Whose the pages are: ARNs say it, then the answer that an item is in, then its file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::arn::{AccountId, Arn, Partition};

use super::{AccountFile, Answers, Item, Kind, Page, PageOf, account_of, report};
use crate::import::join::Origin;
use crate::import::place::Lost;

/// The pages by account.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) accounts: BTreeMap<AccountId, Answers>,
    pub(super) partitions: BTreeMap<AccountId, Partition>,
    /// The operations of which an account's answers could not be read to the end, and why.
    pub(super) wrong: Vec<(AccountId, &'static str, String)>,
}

/// Sorts the pages of all files by account.
///
/// # Errors
/// The file with an answer of which nothing says whose it is.
pub(super) fn sort(files: Vec<AccountFile>, complaints: &mut Vec<String>) -> Result<Sorted, (String, Lost)> {
    let mut sorted = Sorting { management: management(&files), ..Sorting::default() };
    // An account whose pages go on in the next file of the folder.
    let mut open: Option<(String, AccountId)> = None;
    for file in files {
        let folder = file.file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let mut last = open.take().filter(|(of, _)| *of == folder).map(|(_, account)| account);
        let mut strangers = BTreeSet::new();
        let (names, place, named): (Arc<[String]>, _, _) = (file.names.into(), file.place, file.named);
        let own_name: Arc<str> = file.file.as_str().into();
        for answer in answers(file.pages) {
            let own = owners(&answer);
            let is_of_organization = answer.iter().all(|page| page.kind.is_of_organization());
            let only = answer.iter().find_map(|page| page.account.clone()).or_else(|| only(&own));
            let fallback = if is_of_organization {
                let at_home = answer.iter().any(|page| page.kind == Kind::Organization);
                let named = named.clone().filter(|_| at_home);
                named.or_else(|| only.clone()).or_else(|| sorted.management.clone()).map_or_else(|| place.clone(), Ok)
            } else {
                let continued = last.clone().filter(|_| answer.iter().any(|page| page.kind.is_detail()));
                only.clone().or(continued).map_or_else(|| place.clone(), Ok)
            };
            let details = answer.iter().filter(|page| page.kind.is_detail()).count();
            if details > 0 {
                last = only.or_else(|| fallback.clone().ok());
                let has_more = answer.iter().any(|page| page.has_more);
                open = last.clone().filter(|_| has_more).map(|account| (folder.clone(), account));
            }
            strangers
                .extend(own.iter().filter(|account| named.as_ref().is_some_and(|named| named != *account)).cloned());
            for page in answer {
                let whole = Whole { own: &own, fallback: &fallback, is_alone: details < 2, is_of_organization };
                sorted.page(&own_name, &names, page, &whole)?;
            }
        }
        if let Some(named) = named.filter(|_| !strangers.is_empty()) {
            let names: Vec<&str> = strangers.iter().map(AccountId::as_str).collect();
            let text = format!("{}: its ARNs are of {}, and not of {named}", file.file, names.join(", "));
            complaints.push(text);
        }
    }
    Ok(sorted.sorted)
}

#[derive(Default)]
struct Sorting {
    sorted: Sorted,
    /// The only management account that any file names.
    management: Option<AccountId>,
}

/// What is known of an answer as a whole.
struct Whole<'w> {
    own: &'w BTreeSet<AccountId>,
    fallback: &'w Result<AccountId, Lost>,
    is_alone: bool,
    is_of_organization: bool,
}

impl Sorting {
    fn page(
        &mut self,
        file: &Arc<str>,
        names: &Arc<[String]>,
        page: Page,
        whole: &Whole<'_>,
    ) -> Result<(), (String, Lost)> {
        let Page { kind, key, is_single, has_more, beside, items, wrong, .. } = page;
        let mut met = BTreeSet::new();
        let is_empty = items.is_empty();
        for (at, value) in items {
            let arn = arn_of(kind, &value);
            let own = if whole.is_of_organization { None } else { arn.as_deref().and_then(account_of) };
            // AWS's own policies are of every account whose details they are in.
            let of_all = kind == Kind::PolicyDetail && own.is_none() && whole.own.len() > 1;
            let accounts: Vec<AccountId> = match own {
                Some(account) => {
                    self.partition(&account, arn.as_deref());
                    vec![account]
                }
                None if of_all => whole.own.iter().cloned().collect(),
                None => match whole.fallback {
                    Ok(account) => vec![account.clone()],
                    Err(lost) => return Err((file.to_string(), *lost)),
                },
            };
            for account in accounts {
                if whole.is_of_organization {
                    self.partition(&account, arn.as_deref());
                }
                let item = Item {
                    key: key.clone(),
                    at: at.clone(),
                    value: value.clone(),
                    beside: Arc::clone(&beside),
                    names: Arc::clone(names),
                    file: Arc::clone(file),
                };
                let answers = self.sorted.accounts.entry(account.clone()).or_default();
                answers.items.entry(kind).or_default().push(item);
                met.insert(account);
            }
        }
        // An empty list is of those whose details it is among.
        if met.is_empty() && kind.is_detail() {
            met.extend(whole.own.iter().cloned());
        }
        if met.is_empty() {
            match whole.fallback {
                Ok(account) => _ = met.insert(account.clone()),
                Err(lost) => return Err((file.to_string(), *lost)),
            }
        }
        // What is lost may have been of anyone whom the answer speaks of.
        let concerned = if wrong.is_empty() { met.clone() } else { &met | whole.own };
        for account in concerned {
            for (at, why) in &wrong {
                let origin = Origin { file: file.to_string(), at: at.clone() };
                self.sorted.wrong.push((account.clone(), kind.operation(), format!("{origin}: {why}")));
            }
            if !met.contains(&account) {
                continue;
            }
            let page = PageOf {
                names: Arc::clone(names),
                beside: Arc::clone(&beside),
                is_single,
                is_empty,
                has_more,
                is_alone: whole.is_alone,
            };
            self.sorted.accounts.entry(account).or_default().pages.entry(kind).or_default().push(page);
        }
        Ok(())
    }

    fn partition(&mut self, account: &AccountId, arn: Option<&str>) {
        let partition = arn.and_then(|arn| arn.parse::<Arn>().ok()?.partition().parse().ok());
        if let Some(partition) = partition {
            self.sorted.partitions.entry(account.clone()).or_insert(partition);
        }
    }
}

/// The pages of each answer together.
fn answers(pages: Vec<Page>) -> Vec<Vec<Page>> {
    let mut out: Vec<Vec<Page>> = Vec::new();
    for page in pages {
        match out.last_mut() {
            Some(last) if last.first().is_some_and(|first| first.answer == page.answer) => last.push(page),
            _ => out.push(vec![page]),
        }
    }
    out
}

/// The accounts that the items of an answer say they are in.
fn owners(answer: &[Page]) -> BTreeSet<AccountId> {
    let items = answer.iter().flat_map(|page| page.items.iter().map(|(_, value)| (page.kind, value)));
    items.filter_map(|(kind, value)| account_of(&arn_of(kind, value)?)).collect()
}

fn only(accounts: &BTreeSet<AccountId>) -> Option<AccountId> {
    accounts.first().filter(|_| accounts.len() == 1).cloned()
}

/// The management account of the one organization that the files are of.
fn management(files: &[AccountFile]) -> Option<AccountId> {
    let pages = files.iter().flat_map(|file| &file.pages).filter(|page| page.kind.is_of_organization());
    let items = pages.flat_map(|page| page.items.iter().map(|(_, value)| (page.kind, value)));
    let accounts: BTreeSet<AccountId> = items.filter_map(|(kind, value)| account_of(&arn_of(kind, value)?)).collect();
    only(&accounts)
}

/// The ARN that says whose an item is, if it has one.
pub(in crate::import) fn arn_of(kind: Kind, value: &Value) -> Option<String> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    match kind {
        Kind::VirtualMfaDevice => text("SerialNumber"),
        Kind::CredentialReport => report::arn_in(value),
        Kind::PolicyDescription => {
            value.get("PolicySummary").and_then(|summary| summary.get("Arn")?.as_str().map(str::to_owned))
        }
        // It names the account that is the target.
        Kind::Target | Kind::Parent | Kind::Child | Kind::DelegatedService => None,
        _ => text("Arn"),
    }
}

/// The ARNs that names of files and folders hold.
pub(super) fn arns_in(names: &[String]) -> Vec<String> {
    let arns = names.iter().filter_map(|name| name.find("arn:").and_then(|start| name.get(start..)));
    arns.map(str::to_owned).collect()
}

/// Whether a file or folder is named after something: by its name alone, or after a separator at the end.
pub(super) fn is_named(file: &str, name: &str) -> bool {
    file.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with(['-', '_', '.', '=', ' ', '/']))
}

/// The account that a name ends in.
pub(super) fn account_in(names: &[String]) -> Option<String> {
    names.iter().find_map(|name| {
        let words = name.split(|c: char| !c.is_ascii_alphanumeric());
        words.rev().find(|word| word.parse::<AccountId>().is_ok()).map(str::to_owned)
    })
}

/// The id of an organization's policy in a name: `p-ab12cd34`, `p-FullAWSAccess`.
pub(super) fn policy_in(names: &[String]) -> Option<String> {
    names.iter().find_map(|name| {
        name.match_indices("p-").find_map(|(place, _)| {
            let is_start = name.get(..place)?.chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
            let rest = name.get(place + 2..)?;
            let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            if is_start && length > 0 { name.get(place..place + 2 + length).map(str::to_owned) } else { None }
        })
    })
}
