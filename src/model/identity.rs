//! Relations between IAM's resources, and the questions of whose account is whose.
//!
//! NOTE: it holds ids and no references, as [`Network`](crate::model::Network) does.
//!
//! Limitations and known gaps: an account that left the organization during
//! the scan counts as a member; accounts of another organization are strangers,
//! even if the same people own both.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::arn::Scope;
use crate::inventory::{Inventory, Missing};
use crate::model::{Context, Value};
use crate::resource::iam::{AccessKey, CredentialReport, CredentialReportRow, User};
use crate::resource::organizations::Organization;

const REPORT: &str = "iam:GetCredentialReport";

/// By scope and name.
type Relation = BTreeMap<(Scope, String), Vec<String>>;

/// The relations of an inventory's users.
#[derive(Debug, Default)]
pub struct Identity {
    /// By user: ids of access keys.
    keys: Relation,
    /// By group: names of users.
    members: Relation,
    /// By account: the time that its credential report speaks of.
    reports: BTreeMap<Scope, Timestamp>,
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
        identity.reports =
            inventory.of_type::<CredentialReport>().map(|(scope, report)| (scope.clone(), report.as_of())).collect();
        identity
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
                Missing::because(format!("the credential report of {} does not have `{user}`", report.generated_time))
            }
        })
    }

    /// The time that ages of credentials count to: the report's, unless the
    /// user forces another; the inventory's where there is no report.
    pub fn credentials_as_of(&self) -> Timestamp {
        let forced = self.model.now != self.model.inventory.provenance.taken_at;
        match self.model.identity().reports.get(&self.scope.account_wide()) {
            Some(time) if !forced => *time,
            _ => self.model.now,
        }
    }

    /// Whole days from a time to [`Context::credentials_as_of`]; none are negative,
    /// since a credential can be younger than the report.
    pub fn credential_days(&self, time: Timestamp) -> i64 {
        let days = (self.credentials_as_of().as_second() - time.as_second()).div_euclid(86_400);
        days.max(0)
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
    }
}
