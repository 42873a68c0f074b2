//! The organization: its accounts to scan, and its tree and policies.
//!
//! Every account says whether it is in an organization; the rest is asked for
//! in the caller's account alone, which must be the management account or a
//! delegated administrator to be answered.

mod contacts;
mod policies;
mod targets;
mod tree;

use std::sync::OnceLock;

use aws_sdk_organizations::Client;
use tokio::sync::OnceCell;

use crate::arn::Arn;
use crate::inventory::Outcome;
use crate::resource::organizations::{DelegatedAdministrator, DelegatedService, Organization, OrganizationAccount};

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
    /// The organization, which is the same from each of those accounts.
    described: OnceCell<Organization>,
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

/// The accounts that the organization lists are its members, and all get the same answer: the first one's counts.
async fn describe(reader: &Reader, client: &Client) {
    let known = &reader.account.shared.organization;
    let scope = reader.scope();
    let is_member = |accounts: &Vec<OrganizationAccount>| accounts.iter().any(|a| a.id == scope.account.as_str());
    if known.accounts.get().is_some_and(is_member) {
        let read = known.described.get_or_try_init(async || described(reader, client).await.ok_or(())).await;
        if let Ok(organization) = read {
            reader.record(DESCRIBE, Outcome::Complete);
            reader.insert(organization.clone());
        }
    } else if let Some(organization) = described(reader, client).await {
        reader.insert(organization);
    }
}

async fn described(reader: &Reader, client: &Client) -> Option<Organization> {
    const OPERATION: &str = DESCRIBE;
    let output = reader.one_or(OPERATION, IN_NONE, || client.describe_organization().send()).await?;
    let organization = output.organization.and_then(|organization| {
        Some(Organization {
            id: organization.id?,
            arn: organization.arn.as_deref().and_then(parse)?,
            feature_set: organization.feature_set.map(|set| set.as_str().to_owned()),
            master_account_id: organization.master_account_id,
        })
    });
    if organization.is_none() {
        reader.malformed(OPERATION, "an organization without an id or an ARN");
    }
    organization
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
