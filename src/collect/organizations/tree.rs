//! Roots, organizational units and accounts.

use std::collections::HashMap;

use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::Account;

use crate::collect::convert::timestamp;
use crate::collect::reader::Reader;
use crate::inventory::Outcome;
use crate::resource::organizations::{OrganizationAccount, OrganizationRoot, OrganizationalUnit, PolicyTypeSummary};

use super::{IN_NONE, PAGE, parse};

const ROOTS: &str = "organizations:ListRoots";
pub const UNITS: &str = "organizations:ListOrganizationalUnitsForParent";
pub const ACCOUNTS: &str = "organizations:ListAccounts";
pub const CHILDREN: &str = "organizations:ListAccountsForParent";

pub async fn collect(reader: &Reader, client: &Client) {
    let (tree, mut accounts) = tokio::join!(Tree::read(reader, client), known_or_listed(reader, client));
    if accounts.iter().any(|account| account.path.is_none()) {
        tree.place(reader, client, &mut accounts).await;
    }
    tree.roots.into_iter().for_each(|root| reader.insert(root));
    tree.units.into_iter().for_each(|unit| reader.insert(unit));
    accounts.into_iter().for_each(|account| reader.insert(account));
}

/// The accounts, as they were listed to select those to scan, or listed now.
async fn known_or_listed(reader: &Reader, client: &Client) -> Vec<OrganizationAccount> {
    match reader.account.shared.organization.accounts.get() {
        Some(accounts) => {
            reader.record(ACCOUNTS, Outcome::Complete);
            accounts.clone()
        }
        None => list(reader, client).await,
    }
}

/// Every account of the organization, with its path where AWS gives one.
pub async fn list(reader: &Reader, client: &Client) -> Vec<OrganizationAccount> {
    let accounts = reader
        .pages_or(
            ACCOUNTS,
            IN_NONE,
            |token| client.list_accounts().max_results(PAGE).set_next_token(token).send(),
            |page| (page.accounts.unwrap_or_default(), page.next_token),
        )
        .await;
    let accounts = accounts.into_iter().filter_map(|account| {
        let account = account_of(account);
        if account.is_none() {
            reader.malformed(ACCOUNTS, "an account without an id or an ARN");
        }
        account
    });
    accounts.collect()
}

/// Roots and units; the path of each ends in a slash.
pub struct Tree {
    roots: Vec<OrganizationRoot>,
    units: Vec<OrganizationalUnit>,
    paths: HashMap<String, String>,
}

impl Tree {
    /// Reads the tree level by level; all the parents of a level at once.
    pub async fn read(reader: &Reader, client: &Client) -> Tree {
        let roots = roots(reader, client).await;
        // The organization's id stands in the ARN of its root: arn:aws:organizations::ACCOUNT:root/o-../r-..
        let path = |root: &OrganizationRoot| {
            let organization = root.arn.resource().split('/').nth(1).unwrap_or_default();
            (root.id.clone(), format!("{organization}/{}/", root.id))
        };
        let mut paths: HashMap<String, String> = roots.iter().map(path).collect();
        let mut level: Vec<String> = roots.iter().map(|root| root.id.clone()).collect();
        let mut units: Vec<OrganizationalUnit> = Vec::new();
        if level.is_empty() {
            reader.ends_as(UNITS, ROOTS);
        }
        while !level.is_empty() {
            let below = futures::future::join_all(level.iter().map(|parent| units_of(reader, client, parent))).await;
            let mut next = Vec::new();
            for mut unit in below.into_iter().flatten() {
                // A unit that is its own ancestor would keep us here for ever.
                if paths.contains_key(&unit.id) {
                    reader.malformed(UNITS, format!("{} lies in two places", unit.id));
                    continue;
                }
                let path = format!("{}{}/", paths.get(&unit.parent_id).map_or("", String::as_str), unit.id);
                unit.path = Some(path.clone());
                paths.insert(unit.id.clone(), path);
                next.push(unit.id.clone());
                units.push(unit);
            }
            level = next;
        }
        Tree { roots, units, paths }
    }

    /// Gives each account its place, by asking every root and unit for its accounts.
    pub async fn place(&self, reader: &Reader, client: &Client, accounts: &mut [OrganizationAccount]) {
        if self.paths.is_empty() {
            return reader.ends_as(CHILDREN, ROOTS);
        }
        // Which accounts lie where is only known once the tree itself is.
        let mut parents: Vec<&String> = self.paths.keys().collect();
        parents.sort();
        let children = futures::future::join_all(parents.into_iter().map(async |parent| {
            let accounts = reader
                .pages(
                    CHILDREN,
                    |token| {
                        let call = client.list_accounts_for_parent().parent_id(parent);
                        call.max_results(PAGE).set_next_token(token).send()
                    },
                    |page| (page.accounts.unwrap_or_default(), page.next_token),
                )
                .await;
            (parent, accounts)
        }))
        .await;
        let of_account: HashMap<String, &String> = children
            .into_iter()
            .flat_map(|(parent, accounts)| accounts.into_iter().filter_map(move |account| Some((account.id?, parent))))
            .collect();
        for account in accounts {
            if let Some(parent) = of_account.get(&account.id) {
                account.parent_id = Some((*parent).clone());
                account.path = self.paths.get(*parent).cloned();
            }
        }
    }
}

async fn roots(reader: &Reader, client: &Client) -> Vec<OrganizationRoot> {
    let roots = reader
        .pages_or(
            ROOTS,
            IN_NONE,
            |token| client.list_roots().max_results(PAGE).set_next_token(token).send(),
            |page| (page.roots.unwrap_or_default(), page.next_token),
        )
        .await;
    let root_of = |root: aws_sdk_organizations::types::Root| {
        // A root where none is switched on has an empty list.
        let mut policy_types: Vec<_> = root
            .policy_types?
            .into_iter()
            .filter_map(|of| {
                Some(PolicyTypeSummary {
                    policy_type: of.r#type?.as_str().to_owned(),
                    status: of.status.map(|status| status.as_str().to_owned()),
                })
            })
            .collect();
        policy_types.sort();
        Some(OrganizationRoot {
            id: root.id?,
            arn: root.arn.as_deref().and_then(parse)?,
            name: root.name,
            policy_types,
        })
    };
    let roots = roots.into_iter().filter_map(|root| {
        let root = root_of(root);
        if root.is_none() {
            reader.malformed(ROOTS, "a root without an id, an ARN or its list of policy types");
        }
        root
    });
    roots.collect()
}

async fn units_of(reader: &Reader, client: &Client, parent: &str) -> Vec<OrganizationalUnit> {
    let units = reader
        .pages(
            UNITS,
            |token| {
                let call = client.list_organizational_units_for_parent().parent_id(parent);
                call.max_results(PAGE).set_next_token(token).send()
            },
            |page| (page.organizational_units.unwrap_or_default(), page.next_token),
        )
        .await;
    let units = units.into_iter().filter_map(|unit| {
        let unit = (|| {
            Some(OrganizationalUnit {
                id: unit.id?,
                arn: unit.arn.as_deref().and_then(parse)?,
                name: unit.name,
                parent_id: parent.to_owned(),
                path: None,
            })
        })();
        if unit.is_none() {
            reader.malformed(UNITS, format!("a unit of {parent} without an id or an ARN"));
        }
        unit
    });
    units.collect()
}

fn account_of(account: Account) -> Option<OrganizationAccount> {
    // A path goes down to the account itself: o-../r-../ou-../111122223333/.
    let path = account.paths.unwrap_or_default().into_iter().next();
    let places: Option<Vec<String>> = path.map(|path| {
        let places = path.split('/').filter(|place| place.starts_with("o-") || is_parent(place));
        places.map(str::to_owned).collect()
    });
    let places = places.filter(|places| places.last().is_some_and(|place| is_parent(place)));
    Some(OrganizationAccount {
        id: account.id?,
        arn: account.arn.as_deref().and_then(parse)?,
        name: account.name,
        state: account.state.map(|state| state.as_str().to_owned()),
        status: account.status.map(|status| status.as_str().to_owned()),
        joined_method: account.joined_method.map(|method| method.as_str().to_owned()),
        joined_timestamp: timestamp(account.joined_timestamp),
        parent_id: places.as_ref().and_then(|places| places.last().cloned()),
        path: places.map(|places| places.join("/") + "/"),
    })
}

fn is_parent(id: &str) -> bool {
    id.starts_with("r-") || id.starts_with("ou-")
}
