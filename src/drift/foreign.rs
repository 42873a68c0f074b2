//! What one account's resources name of another's: a group of a peered VPC, the VPC at the other end of a peering,
//! a network that another account attached to a transit gateway.

use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::arn::{AccountId, Region};
use crate::inventory::Inventory;
use crate::resource::{Resource, ResourceType};

use super::Names;
use super::pairs::pair;

/// The accounts of a snapshot, and labels of what is named from another account than its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Foreign {
    accounts: BTreeSet<AccountId>,
    labels: HashMap<Region, HashMap<String, String>>,
}

/// A region and an id in it.
type Wanted = BTreeSet<(Region, String)>;

/// What accounts of one snapshot name of each other, found by reading each once.
#[derive(Debug, Clone, Default)]
pub struct References {
    wanted: Wanted,
    /// Whose each thing is that can be named, by a digest of its region and id: there are hundreds of thousands.
    homes: HashMap<u64, AccountId>,
}

impl References {
    /// Reads one account.
    pub fn note(&mut self, account: &AccountId, part: &Inventory) {
        self.wanted.append(&mut wanted(part));
        for (place, _) in part.resources().filter(|(place, _)| can_be_named(place.resource_type)) {
            // Of a shared VPC the first account's view serves.
            self.homes.entry(digest(&place.scope.region, &place.id)).or_insert_with(|| account.clone());
        }
    }

    /// Adds what was read of another account; of a thing that both saw the earlier view serves.
    pub fn absorb(&mut self, mut other: References) {
        self.wanted.append(&mut other.wanted);
        // In no order: of each key there is one.
        other.homes.into_iter().for_each(|(thing, home)| {
            self.homes.entry(thing).or_insert(home);
        });
    }

    /// The accounts of which something is named elsewhere.
    pub fn owners(&self) -> BTreeSet<AccountId> {
        self.wanted.iter().filter_map(|(region, id)| self.homes.get(&digest(region, id))).cloned().collect()
    }
}

fn digest(region: &Region, id: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    (region.as_str(), id).hash(&mut hasher);
    hasher.finish()
}

/// Keeps what other accounts name of this one, under the names that both sides give it.
pub fn note_owner(
    foreign: [&mut Foreign; 2],
    references: [&References; 2],
    account: &AccountId,
    parts: [&Inventory; 2],
) {
    let empty = || Arc::new(Foreign::default());
    let pairs = pair(parts[0], parts[1], [empty(), empty()]);
    for (((foreign, references), part), names) in foreign.into_iter().zip(references).zip(parts).zip(&pairs.names) {
        foreign.note(account, part, names, &references.wanted);
    }
}

impl Foreign {
    /// Of a snapshot that holds these accounts.
    pub fn of(accounts: impl IntoIterator<Item = AccountId>) -> Foreign {
        Foreign { accounts: accounts.into_iter().collect(), labels: HashMap::new() }
    }

    /// Whether the snapshot holds an account.
    pub fn holds(&self, account: &str) -> bool {
        self.accounts.iter().any(|one| one.as_str() == account)
    }

    pub(super) fn label(&self, region: &Region, id: &str) -> Option<&str> {
        self.labels.get(region)?.get(id).map(String::as_str)
    }

    /// Keeps what is wanted of an account, under the names that it has there.
    fn note(&mut self, account: &AccountId, part: &Inventory, names: &Names, wanted: &Wanted) {
        for (place, _) in part.resources().filter(|(place, _)| can_be_named(place.resource_type)) {
            let region = &place.scope.region;
            if !wanted.contains(&(region.clone(), place.id.clone())) {
                continue;
            }
            if let Some((kind, key)) = names.label(region, &place.id).and_then(|label| label.split_once(':')) {
                let label = format!("{kind}:{account}/{key}");
                self.labels.entry(region.clone()).or_default().insert(place.id.clone(), label);
            }
        }
    }
}

/// Whether other accounts name resources of this type by their id.
fn can_be_named(of: ResourceType) -> bool {
    matches!(of, ResourceType::SecurityGroup | ResourceType::Vpc | ResourceType::VpnConnection)
}

/// The ids that an account's resources name and that are another's.
fn wanted(part: &Inventory) -> Wanted {
    let mut out = BTreeSet::new();
    for (place, resource) in part.resources() {
        let (own, region) = (place.scope.account.as_str(), &place.scope.region);
        let mut want = |region: &Region, id: Option<&String>| {
            out.extend(id.map(|id| (region.clone(), id.clone())));
        };
        match resource {
            Resource::SecurityGroup(group) => {
                for pair in group.pairs().filter(|pair| pair.user_id.as_deref().is_some_and(|of| of != own)) {
                    want(region, pair.group_id.as_ref());
                }
            }
            Resource::VpcPeeringConnection(peering) => {
                for side in [&peering.requester_vpc_info, &peering.accepter_vpc_info].into_iter().flatten() {
                    let there = side.region.as_deref().and_then(|name| name.parse().ok());
                    if side.owner_id.as_deref() != Some(own) || there.as_ref().is_some_and(|there| there != region) {
                        want(&there.unwrap_or_else(|| region.clone()), side.vpc_id.as_ref());
                    }
                }
            }
            Resource::TransitGatewayAttachment(one) if one.resource_owner_id.as_deref() != Some(own) => {
                want(region, one.resource_id.as_ref());
            }
            _ => {}
        }
    }
    out
}
