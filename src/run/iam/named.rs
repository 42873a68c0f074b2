//! A principal by what a person calls it, looked for account by account.

use std::collections::BTreeSet;

use crate::arn::{AccountId, Scope};
use crate::inventory::Inventory;
use crate::inventory::snapshot::{Snapshot, SnapshotError};
use crate::model::escalation::account_of;
use crate::resource::ResourceType;
use crate::resource::iam::{Role, User};
use crate::run::Stop;
use crate::run::by_account::on_all_cores;
use crate::text::{did_you_mean, list};

/// How many of several that a name may mean are told.
const TOLD: usize = 5;

/// What counts as a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    UsersAndRoles,
    /// Root users too.
    All,
}

/// What an account has of it.
#[derive(Default)]
struct Found {
    account: Option<AccountId>,
    /// ARNs, in the account's order.
    called: Vec<String>,
    nearest: Option<String>,
    number: usize,
}

/// The ARN of the principal of an ARN, or of a name that only one has: `ann`, `user/ann`, `role/team/deploy`.
///
/// # Errors
/// There is none, or several; a part is damaged.
pub fn principal(snapshot: &Snapshot, path: &std::path::Path, wanted: &str, who: Who) -> Result<String, Stop> {
    let damaged = |error: SnapshotError| crate::run::files::unusable(path, &error);
    let accounts: Vec<AccountId> = snapshot.accounts().collect();
    // An ARN says where to look.
    if let Some(account) = account_of(wanted).filter(|account| accounts.contains(account)) {
        let found = look(snapshot, &account, wanted, who).map_err(damaged)?;
        if found.called.iter().any(|arn| arn == wanted) {
            return Ok(wanted.to_owned());
        }
    }
    let mut all: Vec<Found> = Vec::new();
    on_all_cores(&accounts, |account| look(snapshot, account, wanted, who), |found| all.push(found))
        .map_err(damaged)?;
    all.sort_by(|one, other| one.account.cmp(&other.account));
    let called: Vec<&str> = all.iter().flat_map(|found| &found.called).map(String::as_str).collect();
    match called.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(Stop::usage(unknown(wanted, &all))),
        several => {
            let more = several.len().saturating_sub(TOLD);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Err(Stop::usage(format!(
                "`{wanted}` may mean {} principals; give the ARN: {}{more}",
                several.len(),
                list(several.iter().copied().take(TOLD))
            )))
        }
    }
}

fn look(snapshot: &Snapshot, account: &AccountId, wanted: &str, who: Who) -> Result<Found, SnapshotError> {
    let part = snapshot.load_only(account, |of| matches!(of, ResourceType::User | ResourceType::Role))?;
    let mut found = Found { account: Some(account.clone()), ..Found::default() };
    let mut names: Vec<String> = Vec::new();
    each(&part, who, |arn, name| {
        let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
        if arn == wanted || name == wanted || resource == wanted {
            found.called.push(arn.to_owned());
        }
        names.push(if wanted.starts_with("arn:") { arn } else { name }.to_owned());
    });
    found.number = names.len();
    found.nearest = did_you_mean(wanted, names.iter().map(String::as_str)).map(str::to_owned);
    Ok(found)
}

/// The ARNs and names of an account's principals: its root user, users, roles.
fn each(part: &Inventory, who: Who, mut take: impl FnMut(&str, &str)) {
    if who == Who::All {
        let scopes: BTreeSet<Scope> = part.ledger.scopes().map(Scope::account_wide).collect();
        for scope in scopes {
            take(scope.arn("iam", "root").as_str(), scope.account.as_str());
        }
    }
    for (_, user) in part.of_type::<User>() {
        take(user.arn.as_str(), &user.user_name);
    }
    for (_, role) in part.of_type::<Role>() {
        take(role.arn.as_str(), &role.role_name);
    }
}

fn unknown(wanted: &str, all: &[Found]) -> String {
    let help = match did_you_mean(wanted, all.iter().filter_map(|found| found.nearest.as_deref())) {
        Some(close) => format!("; did you mean `{close}`?"),
        None if all.iter().all(|found| found.number == 0) => ": it holds no users or roles".to_owned(),
        None => String::new(),
    };
    format!("the snapshot has no user or role `{wanted}`{help}")
}
