//! Relations between IAM's resources, and the questions of whose account is whose.
//!
//! NOTE: it holds ids and no references, as [`Network`](crate::model::Network) does.
//!
//! Limitations and known gaps: an account that left the organization during
//! the scan counts as a member; accounts of another organization are strangers,
//! even if the same people own both.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::arn::{Arn, Scope};
use crate::inventory::{Inventory, Missing};
use crate::model::{Context, Value};
use crate::resource::iam::{AccessKey, CredentialReport, CredentialReportRow, ROOT_ROW, ReportKey, User};
use crate::resource::organizations::Organization;

const REPORT: &str = "iam:GetCredentialReport";
const USERS: &str = "iam:GetAccountAuthorizationDetails";
const KEYS: &str = "iam:ListAccessKeys";

/// By scope and name.
type Relation = BTreeMap<(Scope, String), Vec<String>>;

/// The relations of an inventory's users.
#[derive(Debug, Default)]
pub struct Identity {
    /// By user: ids of access keys.
    keys: Relation,
    /// By group: names of users.
    members: Relation,
    /// By account: the time that its credential report speaks of; none if the report does not say.
    reports: BTreeMap<Scope, Option<Timestamp>>,
    /// What only the credential reports tell of.
    pub(super) reported_users: Vec<(Scope, ReportedUser)>,
    pub(super) reported_keys: Vec<(Scope, ReportedAccessKey)>,
}

/// A user of a credential report whom IAM's list of users does not have: it was not read, or is not of the same time.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedUser {
    pub user_name: String,
    pub row: CredentialReportRow,
    pub known: Known,
}

/// A key of a credential report that no list of keys has: the root user's, or one of a user whose keys were not listed.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedAccessKey {
    /// `USER/access_key_1`, as the report calls its slots.
    pub id: String,
    pub user_name: String,
    /// From 0.
    pub slot: usize,
    pub row: CredentialReportRow,
    pub known: Known,
}

/// Whether what a report says of a user holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// Nothing speaks against it.
    Sure,
    /// IAM's list of users, which is whole and of another time, does not have the user: what is wrong may be wrong
    /// still, and nothing is right for sure.
    Doubted(Missing),
    /// The same scan found that the user is not there any more.
    Gone(Missing),
}

impl Known {
    fn of(inventory: &Inventory, scope: &Scope, report: &CredentialReport, user: &str) -> Known {
        let is_listed = user == ROOT_ROW || inventory.get::<User>(scope, user).is_some();
        if is_listed || inventory.why_incomplete(scope, USERS).is_some() {
            return Known::Sure;
        }
        let of = report.generated_time.map_or_else(String::new, |time| format!(" of {time}"));
        let why = format!("the credential report{of} has `{user}`, and IAM's list of users does not");
        let missing = Missing::because(why);
        if inventory.provenance.is_import { Known::Doubted(missing) } else { Known::Gone(missing) }
    }

    /// Why a good word on it is not to be trusted.
    pub fn doubt(&self) -> Option<&Missing> {
        match self {
            Known::Sure => None,
            Known::Doubted(missing) | Known::Gone(missing) => Some(missing),
        }
    }

    /// # Errors
    /// It is not there any more.
    pub fn require(&self) -> Result<(), Missing> {
        match self {
            Known::Gone(missing) => Err(missing.clone()),
            Known::Sure | Known::Doubted(_) => Ok(()),
        }
    }
}

impl ReportedUser {
    pub fn arn(&self, scope: &Scope) -> Arn {
        reported_arn(&self.row, scope, &self.user_name)
    }
}

impl ReportedAccessKey {
    pub fn slot(&self) -> &ReportKey {
        let [first, second] = &self.row.access_keys;
        if self.slot == 0 { first } else { second }
    }

    /// In the manner of its user's, as keys have none of AWS's.
    pub fn arn(&self, scope: &Scope) -> Arn {
        let name = if self.user_name == ROOT_ROW { "root".to_owned() } else { format!("user/{}", self.user_name) };
        scope.arn("iam", format_args!("{name}/access_key_{}", self.slot + 1))
    }
}

fn reported_arn(row: &CredentialReportRow, scope: &Scope, user: &str) -> Arn {
    let said = row.arn.as_deref().and_then(|arn| arn.parse().ok());
    said.unwrap_or_else(|| scope.arn("iam", format_args!("user/{user}")))
}

impl Identity {
    pub fn of(inventory: &Inventory) -> Identity {
        let mut identity = Identity::default();
        for (scope, key) in inventory.of_type::<AccessKey>() {
            let user = (scope.clone(), key.user_name.clone());
            identity.keys.entry(user).or_default().push(key.access_key_id.clone());
        }
        for (scope, user) in inventory.of_type::<User>() {
            for group in &user.group_list {
                identity.members.entry((scope.clone(), group.clone())).or_default().push(user.user_name.clone());
            }
        }
        for (scope, report) in inventory.of_type::<CredentialReport>() {
            identity.reports.insert(scope.clone(), report.as_of());
            identity.add_reported(inventory, scope, report);
        }
        identity
    }

    /// What only the report tells of.
    fn add_reported(&mut self, inventory: &Inventory, scope: &Scope, report: &CredentialReport) {
        let keys_are_listed = inventory.why_incomplete(scope, KEYS).is_none();
        for (user, row) in &report.rows {
            let known = Known::of(inventory, scope, report, user);
            let has_list = keys_are_listed || self.keys.contains_key(&(scope.clone(), user.clone()));
            if user == ROOT_ROW || !has_list {
                for slot in
                    (0..row.access_keys.len()).filter(|slot| row.access_keys.get(*slot).is_some_and(ReportKey::exists))
                {
                    let id = format!("{user}/access_key_{}", slot + 1);
                    let key =
                        ReportedAccessKey { id, user_name: user.clone(), slot, row: row.clone(), known: known.clone() };
                    self.reported_keys.push((scope.clone(), key));
                }
            }
            if user != ROOT_ROW && inventory.get::<User>(scope, user).is_none() {
                let user = ReportedUser { user_name: user.clone(), row: row.clone(), known };
                self.reported_users.push((scope.clone(), user));
            }
        }
    }

    /// The users of a group, sorted.
    pub fn members(&self, scope: &Scope, group: &str) -> &[String] {
        self.members.get(&(scope.clone(), group.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The keys of a user, by id.
    pub fn keys<'i>(&self, inventory: &'i Inventory, scope: &Scope, user: &str) -> Vec<&'i AccessKey> {
        let ids = self.keys.get(&(scope.clone(), user.to_owned())).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| inventory.get::<AccessKey>(scope, id)).collect()
    }
}

impl<'m> Context<'m> {
    /// The account's credential report.
    ///
    /// # Errors
    /// Why there is none.
    pub fn credential_report(&self) -> Result<&'m CredentialReport, Missing> {
        let report = self.model.inventory.in_scope::<CredentialReport>(&self.scope.account_wide()).next();
        report.ok_or_else(|| match self.require(REPORT) {
            Err(missing) => missing,
            Ok(()) => Missing::because("the inventory holds no credential report"),
        })
    }

    /// A user's row in it.
    ///
    /// # Errors
    /// Why there is none: also because the user is younger than the report, or its row could not be read.
    pub fn report_row(&self, user: &str) -> Result<&'m CredentialReportRow, Missing> {
        let report = self.credential_report()?;
        report.rows.get(user).ok_or_else(|| match self.require(REPORT) {
            Err(missing) => missing,
            Ok(()) => {
                let of = report.generated_time.map_or_else(String::new, |time| format!(" of {time}"));
                Missing::because(format!("the credential report{of} does not have `{user}`"))
            }
        })
    }

    /// The time that ages of credentials count to: the report's, unless the
    /// user forces another; the inventory's where there is no report.
    ///
    /// # Errors
    /// Nothing says when the report was made.
    pub fn credentials_as_of(&self) -> Result<Timestamp, Missing> {
        let forced = self.model.now != self.model.inventory.provenance.taken_at;
        match self.model.identity().reports.get(&self.scope.account_wide()) {
            _ if forced => Ok(self.model.now),
            None => Ok(self.model.now),
            Some(Some(time)) => Ok(*time),
            Some(None) => Err(Missing::because(
                "nothing says when the credential report was made, which its ages count to; `import describe --report-time` says it",
            )),
        }
    }

    /// Whole days from a time to [`Context::credentials_as_of`]; none are negative,
    /// since a credential can be younger than the report.
    ///
    /// # Errors
    /// Nothing says when the report was made.
    pub fn credential_age(&self, time: Timestamp) -> Result<i64, Missing> {
        let days = (self.credentials_as_of()?.as_second() - time.as_second()).div_euclid(86_400);
        Ok(days.max(0))
    }

    /// As [`Context::credential_age`], as a fact.
    pub fn credential_days(&self, time: Timestamp) -> Value {
        Value::known(self.credential_age(time))
    }

    /// Whether an account is one of the user's own.
    ///
    /// # Errors
    /// It is none that is known, and the organization's list of accounts is not complete.
    pub fn is_own_account(&self, account: &str) -> Result<bool, Missing> {
        if account == self.scope.account.as_str() {
            return Ok(true);
        }
        if let Some(known) = self.model.network().is_own_account(self.model.inventory, account) {
            return Ok(known);
        }
        match self.organization() {
            // An account in no organization has no siblings that could be told from strangers.
            Ok(None) => Ok(false),
            Ok(Some(_)) => Err(self.accounts_unknown(account)),
            Err(missing) => Err(missing),
        }
    }

    fn accounts_unknown(&self, account: &str) -> Missing {
        const LIST: &str = "organizations:ListAccounts";
        let asked = self.model.network().account_list();
        let scope = asked.map_or_else(|| self.scope.account_wide(), Scope::clone);
        match self.require_in(&scope, LIST) {
            Err(missing) => missing,
            Ok(()) => Missing::because(format!("whether {account} belongs to the organization is not known")),
        }
    }

    /// The account's organization; none if it is in none.
    ///
    /// # Errors
    /// The account was not told.
    pub fn organization(&self) -> Result<Option<&'m Organization>, Missing> {
        let organization = self.model.inventory.in_scope::<Organization>(&self.scope.account_wide()).next();
        match organization {
            Some(organization) => Ok(Some(organization)),
            None => self.require("organizations:DescribeOrganization").map(|()| None),
        }
    }
}

/// A flag of the report; one that it does not tell is unknown.
pub fn flag(flag: crate::resource::iam::ReportFlag) -> Value {
    use crate::resource::iam::ReportFlag;
    match flag {
        ReportFlag::True => Value::Bool(true),
        ReportFlag::False => Value::Bool(false),
        ReportFlag::NotSupported => Value::Unknown(Missing::because("the credential report says `not_supported`")),
        ReportFlag::Unreadable => Value::Unknown(unreadable()),
    }
}

/// Of a cell of the report that is not there, or is not what it should be; the gap of the report says which.
pub fn unreadable() -> Missing {
    Missing::because("the credential report has no such column, or something else in it")
}
