//! The organization: its accounts to scan, and its tree and policies.
//!
//! Every account says whether it is in an organization; the rest is asked for
//! in the caller's account alone, which must be the management account or a
//! delegated administrator to be answered.

mod contacts;
mod policies;
mod targets;
mod tree;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use aws_sdk_organizations::Client;
use tokio::sync::OnceCell;

use crate::arn::{AccountId, Arn};
use crate::inventory::{Outcome, Reason};
use crate::resource::organizations::{DelegatedAdministrator, DelegatedService, Organization, OrganizationAccount};

use super::classify::{Failure, Retry};
use super::convert::timestamp;
use super::reader::Reader;

pub use targets::accounts;

/// Organizations' lists have at most this many items on a page.
const PAGE: i32 = 20;

/// What AWS says of the organization of an account that is in none.
const IN_NONE: &[&str] = &["AWSOrganizationsNotInUseException"];

/// What selecting the organization's accounts read, which is not asked for again.
#[derive(Default)]
pub struct Known {
    /// The accounts, if they could be read to the end and AWS gives their places.
    accounts: OnceLock<Vec<OrganizationAccount>>,
    /// The scan's accounts, if they are the organization's: all of them are its members.
    members: OnceLock<BTreeSet<AccountId>>,
    /// The organization, as the caller's account is told; none if it is not.
    described: OnceCell<Option<Organization>>,
}

impl Known {
    /// The scan is of these accounts, which the organization lists.
    pub fn are_members(&self, accounts: BTreeSet<AccountId>) {
        let _ = self.members.set(accounts);
    }
}

/// Reads what the account says of itself and, from the caller's own account, the organization.
pub async fn collect(reader: &Reader, is_caller: bool) {
    let client = reader.organizations();
    let organization = async {
        if is_caller {
            tokio::join!(
                tree::collect(reader, &client),
                policies::collect(reader, &client),
                delegated_administrators(reader, &client),
            );
        }
    };
    tokio::join!(describe(reader, &client), contacts::collect(reader), organization);
}

const DESCRIBE: &str = "organizations:DescribeOrganization";

/// All members get the same answer. So the caller's account is asked for it, whichever account comes first, and a
/// member for itself only where that failed.
async fn describe(reader: &Reader, client: &Client) {
    let known = &reader.account.shared.organization;
    let described = if known.members.get().is_some_and(|members| members.contains(&reader.scope().account)) {
        let caller = reader.of_caller();
        let asked = async || ask(&caller, &caller.organizations()).await.ok().flatten();
        known.described.get_or_init(asked).await.clone()
    } else {
        None
    };
    if let Some(organization) = described {
        reader.record(DESCRIBE, Outcome::Complete);
        return reader.insert(organization);
    }
    match ask(reader, client).await {
        Ok(Some(organization)) => {
            reader.record(DESCRIBE, Outcome::Complete);
            reader.insert(organization);
        }
        Ok(None) => reader.record(DESCRIBE, Outcome::Complete),
        Err(failure) => reader.gap(DESCRIBE, failure.reason, failure.message, failure.reason == Reason::Malformed),
    }
}

/// The organization; none if the account is in none.
async fn ask(reader: &Reader, client: &Client) -> Result<Option<Organization>, Failure> {
    let output = match reader.call(DESCRIBE, || client.describe_organization().send()).await {
        Err(failure) if failure.code.as_deref().is_some_and(|code| IN_NONE.contains(&code)) => return Ok(None),
        output => output?,
    };
    let organization = output.organization.and_then(|organization| {
        Some(Organization {
            id: organization.id?,
            arn: organization.arn.as_deref().and_then(parse)?,
            feature_set: organization.feature_set.map(|set| set.as_str().to_owned()),
            master_account_id: organization.master_account_id,
        })
    });
    let message = "an organization without an id or an ARN".to_owned();
    let malformed = Failure { reason: Reason::Malformed, code: None, message, retry: Retry::No };
    organization.map(Some).ok_or(malformed)
}

async fn delegated_administrators(reader: &Reader, client: &Client) {
    const OPERATION: &str = "organizations:ListDelegatedAdministrators";
    let administrators = reader
        .pages_or(
            OPERATION,
            IN_NONE,
            |token| client.list_delegated_administrators().max_results(PAGE).set_next_token(token).send(),
            |page| (page.delegated_administrators.unwrap_or_default(), page.next_token),
        )
        .await;
    futures::future::join_all(administrators.into_iter().map(async |administrator| {
        let (Some(id), Some(arn)) = (administrator.id, administrator.arn.as_deref().and_then(parse)) else {
            return reader.malformed(OPERATION, "a delegated administrator without an id or an ARN");
        };
        let delegated_services = services(reader, client, &id).await;
        reader.insert(DelegatedAdministrator {
            id,
            arn,
            name: administrator.name,
            delegation_enabled_date: timestamp(administrator.delegation_enabled_date),
            delegated_services,
        });
    }))
    .await;
}

async fn services(reader: &Reader, client: &Client, account: &str) -> Option<Vec<DelegatedService>> {
    const OPERATION: &str = "organizations:ListDelegatedServicesForAccount";
    let services = reader
        .all_pages(
            OPERATION,
            |token| {
                client
                    .list_delegated_services_for_account()
                    .account_id(account)
                    .max_results(PAGE)
                    .set_next_token(token)
                    .send()
            },
            |page| (page.delegated_services.unwrap_or_default(), page.next_token),
        )
        .await?;
    let mut services: Vec<_> = services
        .into_iter()
        .filter_map(|service| {
            Some(DelegatedService {
                service_principal: service.service_principal?,
                delegation_enabled_date: timestamp(service.delegation_enabled_date),
            })
        })
        .collect();
    services.sort();
    Some(services)
}

fn parse(text: &str) -> Option<Arn> {
    text.parse().ok()
}
