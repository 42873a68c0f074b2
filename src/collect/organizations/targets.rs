//! The accounts of the organization that a scan is pointed at.

use aws_sdk_organizations::Client;
use futures::StreamExt;

use crate::arn::{AccountId, Partition};
use crate::collect::reader::Reader;
use crate::inventory::Account;
use crate::resource::organizations::OrganizationAccount;

use super::tree::{ACCOUNTS, CHILDREN, Tree, UNITS, list};
use super::{IN_NONE, PAGE};

/// `ListTagsForResource` answers ten times a second for the whole organization.
const TAGS_AT_ONCE: usize = 8;

/// The active accounts of the organization, below one of the units and with
/// all of the tags if any are given.
///
/// # Errors
/// Why they could not be listed, in one line. A part of them is an error too:
/// an account that is left out by accident would go unchecked in silence.
pub async fn accounts(
    reader: &Reader,
    partition: Partition,
    organizational_units: &[String],
    tags: &[(String, String)],
) -> Result<Vec<Account>, String> {
    let client = reader.organizations();
    for unit in organizational_units {
        if !(unit.starts_with("ou-") || unit.starts_with("r-")) {
            return Err(format!("`{unit}` is not the id of an organizational unit (`ou-..`) or a root (`r-..`)"));
        }
    }
    let mut accounts = list(reader, &client).await;
    complete(reader, ACCOUNTS)?;
    if accounts.is_empty() {
        return Err("these credentials' account is in no organization".to_owned());
    }
    // AWS gives paths with the list; an endpoint that does not is asked for its tree.
    if accounts.iter().all(|account| account.path.is_some()) {
        let _ = reader.account.shared.organization.accounts.set(accounts.clone());
    }
    if accounts.iter().any(|account| account.path.is_none()) {
        let tree = Tree::read(reader, &client).await;
        tree.place(reader, &client, &mut accounts).await;
        // Without units to select by, the paths only inform.
        if !organizational_units.is_empty() {
            complete(reader, UNITS)?;
            complete(reader, CHILDREN)?;
        }
    }
    let below = |account: &OrganizationAccount, unit: &str| {
        account.path.as_deref().is_some_and(|path| path.split('/').any(|place| place == unit))
    };
    for unit in organizational_units {
        if !accounts.iter().any(|account| below(account, unit)) {
            exists(reader, &client, unit).await?;
        }
    }
    accounts.retain(OrganizationAccount::is_active);
    if !organizational_units.is_empty() {
        accounts.retain(|account| organizational_units.iter().any(|unit| below(account, unit)));
    }
    if !tags.is_empty() {
        accounts = tagged(reader, &client, accounts, tags).await?;
    }
    accounts
        .into_iter()
        .map(|account| {
            let id: AccountId = account.id.parse().map_err(|error| format!("{error}"))?;
            Ok(Account { partition, id, name: account.name, organizational_unit: account.path })
        })
        .collect()
}

fn complete(reader: &Reader, operation: &str) -> Result<(), String> {
    match reader.inventory().why_incomplete(reader.scope(), operation) {
        Some(why) => Err(why),
        None => Ok(()),
    }
}

/// Tells a unit without accounts from one that is not there.
async fn exists(reader: &Reader, client: &Client, unit: &str) -> Result<(), String> {
    let answer = reader
        .call(UNITS, || client.list_organizational_units_for_parent().parent_id(unit).max_results(PAGE).send())
        .await;
    match answer {
        Ok(_) => Ok(()),
        Err(failure) => match failure.code.as_deref() {
            Some("ParentNotFoundException" | "InvalidInputException" | "OrganizationalUnitNotFoundException") => {
                Err(format!("the organization has no organizational unit or root `{unit}`"))
            }
            Some(code) if IN_NONE.contains(&code) => Err("these credentials' account is in no organization".to_owned()),
            _ => Err(format!("cannot tell whether `{unit}` exists: {}", failure.message)),
        },
    }
}

/// The accounts that have all of the tags.
async fn tagged(
    reader: &Reader,
    client: &Client,
    accounts: Vec<OrganizationAccount>,
    wanted: &[(String, String)],
) -> Result<Vec<OrganizationAccount>, String> {
    const OPERATION: &str = "organizations:ListTagsForResource";
    let with_tags: Vec<_> = futures::stream::iter(accounts.into_iter().map(async |account| {
        let tags = reader
            .pages(
                OPERATION,
                |token| client.list_tags_for_resource().resource_id(&account.id).set_next_token(token).send(),
                |page| (page.tags.unwrap_or_default(), page.next_token),
            )
            .await;
        (account, tags)
    }))
    .buffered(TAGS_AT_ONCE)
    .collect()
    .await;
    if !with_tags.is_empty() {
        complete(reader, OPERATION)?;
    }
    let matching = with_tags
        .into_iter()
        .filter(|(_, tags)| wanted.iter().all(|(key, value)| tags.iter().any(|t| t.key == *key && t.value == *value)));
    Ok(matching.map(|(account, _)| account).collect())
}
