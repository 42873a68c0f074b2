//! What one account's judgement has to know of the others: which accounts there
//! are, how their cells ended, and the few resources that others speak of.
//!
//! | kept | because |
//! |---|---|
//! | what describes the organization | it is read in one account and true of all |
//! | of each trail the copy that stands for it | an organization's trail shows in every member |
//! | analyzers of an organization | they cover every member |
//! | which security groups name another account's group | that one is in use because of them |
//! | what is in a VPC that is not known to be the account's own | subnets, logs and interfaces of a shared VPC are seen from several accounts; what the internet reaches hangs on its network ACLs, tables, gateways and balancers |
//! | buckets that trails may deliver to, and what an account blocks of all of its own | a trail's bucket is mostly in an account for logs |
//! | public addresses that an account holds | another account's names may lead to them |
//! | accelerators | they may lead to another account's interfaces |
//! | of each of AWS's policies one copy with its document | what it says is the same for all, and an account may not be allowed to read it |
//! | of each prefix list one copy with its entries | an account may see a list and not be allowed to read it |
//!
//! What an owner has in a VPC that it shares is kept on a second look
//! ([`Surroundings::note_owner`]): on the first nobody knows yet that it is shared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use compact_str::CompactString;

use crate::arn::{AccountId, Region, Scope};
use crate::net::IpSet;
use crate::resource::balancing::{ClassicLoadBalancer, LoadBalancer, TargetGroup};
use crate::resource::detective::Trail;
use crate::resource::ec2::{Instance, NetworkInterface, SecurityGroup, Subnet, Vpc};
use crate::resource::iam::AUTHORIZATION;
use crate::resource::{Resource, ResourceType, Typed};

use super::lookup::Lookup;
use super::{Account, Gap, Inventory, Ledger, Outcome, held};

pub(super) const LIST_ACCOUNTS: &str = "organizations:ListAccounts";

/// A VPC, by its region and id.
type VpcKey = (Region, String);

/// What is known of a whole organization while its accounts are judged one by one.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    pub accounts: BTreeMap<AccountId, Account>,
    pub ledger: Ledger,
    /// Resources in all accounts, by type.
    pub numbers: BTreeMap<ResourceType, usize>,
    kept: BTreeMap<ResourceType, BTreeMap<(Scope, String), Resource>>,
    /// Whose each VPC is.
    homes: BTreeMap<VpcKey, AccountId>,
    /// The VPCs that other accounts than their owner use.
    shared: BTreeSet<VpcKey>,
    /// Prefix lists that an account sees and could not read, by region and id; and whose they are.
    unread_lists: BTreeSet<(Region, String)>,
    list_owners: BTreeSet<AccountId>,
    /// Where the organization's accounts were listed, and how that ended.
    lists: BTreeMap<Scope, Outcome>,
    /// Accounts of which not every user and role could be listed.
    unlisted: BTreeMap<Scope, Gap>,
    /// By region, a security group and another whose rules name it. An organization has ten thousand groups that name
    /// those of a few accounts, and nobody wants to know more of them.
    references: BTreeMap<Region, BTreeSet<(CompactString, CompactString)>>,
    /// The public addresses and blocks that accounts hold; and the set of them, which is made when first asked for.
    held: BTreeSet<String>,
    held_set: OnceLock<IpSet>,
    /// Made when first asked for.
    lookup: OnceLock<Lookup>,
    /// Of each trail's ARN, the place of the copy that is kept.
    trails: BTreeMap<String, Scope>,
}

impl Surroundings {
    /// Adds what others have to know of an account.
    pub fn note(&mut self, part: &Inventory) {
        self.accounts.extend(part.accounts.iter().map(|(id, account)| (id.clone(), account.clone())));
        self.ledger.absorb(&part.ledger);
        let lists = part.ledger.outcomes_of(LIST_ACCOUNTS);
        self.lists.extend(lists.map(|(scope, outcome)| (scope.clone(), outcome.clone())));
        self.unlisted.extend(part.ledger.gaps_of(AUTHORIZATION).map(|(scope, gap)| (scope.clone(), gap.clone())));
        let own = self.note_vpcs(part);
        self.held_set = OnceLock::new();
        for (key, resource) in part.resources() {
            self.held.extend(held::by(resource).into_iter().map(str::to_owned));
            *self.numbers.entry(key.resource_type).or_default() += 1;
            let scope = &key.scope;
            let elsewhere = |owner: &Option<String>| owner.as_deref().is_some_and(|id| id != scope.account.as_str());
            // What is not known to be in a VPC of its own may be in another's.
            let inside = |vpc: &Option<String>| vpc.is_some() && !is_in(&own, scope, vpc.as_deref());
            let keep = match resource {
                Resource::Trail(trail) => {
                    self.keep_trail(scope, trail);
                    false
                }
                Resource::Analyzer(analyzer) => analyzer.r#type == "ORGANIZATION",
                Resource::SecurityGroup(group) => {
                    let keep = elsewhere(&group.owner_id) || inside(&group.vpc_id);
                    if keep || group.pairs().any(|pair| pair.user_id.as_deref() != Some(scope.account.as_str())) {
                        self.note_references(scope, group);
                    }
                    keep
                }
                Resource::Vpc(vpc) => elsewhere(&vpc.owner_id),
                Resource::Subnet(subnet) => elsewhere(&subnet.owner_id) || inside(&subnet.vpc_id),
                Resource::NetworkAcl(acl) => elsewhere(&acl.owner_id) || inside(&acl.vpc_id),
                Resource::Instance(instance) => inside(&instance.vpc_id),
                Resource::LoadBalancer(balancer) => inside(&balancer.vpc_id),
                Resource::ClassicLoadBalancer(balancer) => inside(&balancer.vpc_id),
                Resource::TargetGroup(group) => inside(&group.vpc_id),
                Resource::Accelerator(_) | Resource::AccountPublicAccessBlock(_) => true,
                Resource::Bucket(bucket) => bucket.may_take_trails(),
                Resource::RouteTable(table) => elsewhere(&table.owner_id) || inside(&table.vpc_id),
                Resource::InternetGateway(gateway) => elsewhere(&gateway.owner_id),
                Resource::NetworkInterface(interface) => elsewhere(&interface.owner_id) || inside(&interface.vpc_id),
                Resource::FlowLog(log) => log.resource_id.as_deref().is_some_and(|id| !within(part, &own, scope, id)),
                Resource::AwsManagedPolicy(policy) => {
                    policy.document.is_some()
                        && self.is_first_copy(ResourceType::AwsManagedPolicy, scope, policy.arn.as_str())
                }
                Resource::PrefixList(list) => {
                    // Its owner's own copy is kept if another account turns out to want it.
                    let foreign = elsewhere(&list.owner_id);
                    if list.entries.is_none() && foreign {
                        self.unread_lists.insert((scope.region.clone(), list.prefix_list_id.clone()));
                        self.list_owners.extend(list.owner_id.as_deref().and_then(|owner| owner.parse().ok()));
                    }
                    let usable = list.entries.is_some() && (foreign || list.owner_id.is_none());
                    usable && self.is_first_copy(ResourceType::PrefixList, scope, &list.prefix_list_id)
                }
                other => other.resource_type().is_organization_wide(),
            };
            if keep {
                self.keep(scope, resource);
            }
        }
    }

    /// The accounts that own VPCs which others use, and so need a second look.
    pub fn owners(&self) -> impl Iterator<Item = &AccountId> {
        let of_vpcs = self.shared.iter().filter_map(|vpc| self.homes.get(vpc));
        let owners: BTreeSet<&AccountId> = of_vpcs.chain(&self.list_owners).collect();
        owners.into_iter()
    }

    /// Adds what an owner has in the VPCs that others use.
    pub fn note_owner(&mut self, part: &Inventory) {
        let shared = self.shared.clone();
        let owner = part.accounts.keys().next();
        // The regions in which it has a VPC that others use.
        let own = self.shared.iter().filter(|vpc| self.homes.get(vpc) == owner);
        let shares: BTreeSet<Region> = own.map(|(region, _)| region.clone()).collect();
        for (key, resource) in part.resources() {
            let scope = &key.scope;
            let inside = |vpc: &Option<String>| is_in(&shared, scope, vpc.as_deref());
            let keep = match resource {
                Resource::SecurityGroup(group) => {
                    // Participants may see the groups that its own name there.
                    if inside(&group.vpc_id) {
                        self.note_references(scope, group);
                    }
                    inside(&group.vpc_id)
                }
                Resource::Vpc(vpc) => is_in(&shared, scope, Some(&vpc.vpc_id)),
                Resource::NetworkAcl(acl) => inside(&acl.vpc_id),
                Resource::Instance(instance) => inside(&instance.vpc_id),
                Resource::LoadBalancer(balancer) => inside(&balancer.vpc_id),
                Resource::ClassicLoadBalancer(balancer) => inside(&balancer.vpc_id),
                Resource::TargetGroup(group) => inside(&group.vpc_id),
                Resource::VpcBlockPublicAccessOptions(_) | Resource::VpcBlockPublicAccessExclusion(_) => {
                    shares.contains(&scope.region)
                }
                Resource::Subnet(subnet) => inside(&subnet.vpc_id),
                Resource::RouteTable(table) => inside(&table.vpc_id),
                Resource::InternetGateway(gateway) => {
                    gateway.attached_vpcs().any(|vpc| is_in(&shared, scope, Some(vpc)))
                }
                Resource::NetworkInterface(interface) => inside(&interface.vpc_id),
                Resource::FlowLog(log) => log.resource_id.as_deref().is_some_and(|id| within(part, &shared, scope, id)),
                Resource::PrefixList(list) => {
                    let key = (scope.region.clone(), list.prefix_list_id.clone());
                    list.entries.is_some() && self.unread_lists.contains(&key)
                }
                _ => false,
            };
            if keep {
                self.keep(scope, resource);
            }
        }
    }

    /// Notes whose each VPC is, and which VPCs are used by others than their owner; gives the account's own.
    fn note_vpcs(&mut self, part: &Inventory) -> BTreeSet<VpcKey> {
        let mut own = BTreeSet::new();
        for (scope, vpc) in part.of_type::<Vpc>() {
            let key = (scope.region.clone(), vpc.vpc_id.clone());
            if vpc.owner_id.as_deref().is_none_or(|owner| owner == scope.account.as_str()) {
                self.homes.insert(key.clone(), scope.account.clone());
                own.insert(key);
            } else {
                self.note_foreign(vpc.owner_id.as_deref(), key);
            }
        }
        for (scope, subnet) in part.of_type::<Subnet>() {
            if let Some(vpc) = &subnet.vpc_id
                && subnet.owner_id.as_deref().is_some_and(|owner| owner != scope.account.as_str())
            {
                self.note_foreign(subnet.owner_id.as_deref(), (scope.region.clone(), vpc.clone()));
            }
        }
        // Whatever it has in a VPC that is not its own, somebody shares that VPC.
        let interfaces = part.of_type().map(|(scope, one): (_, &NetworkInterface)| (scope, &one.vpc_id));
        let groups = part.of_type().map(|(scope, one): (_, &SecurityGroup)| (scope, &one.vpc_id));
        let instances = part.of_type().map(|(scope, one): (_, &Instance)| (scope, &one.vpc_id));
        let balancers = part.of_type().map(|(scope, one): (_, &LoadBalancer)| (scope, &one.vpc_id));
        let classic = part.of_type().map(|(scope, one): (_, &ClassicLoadBalancer)| (scope, &one.vpc_id));
        let targets = part.of_type().map(|(scope, one): (_, &TargetGroup)| (scope, &one.vpc_id));
        let all = interfaces.chain(groups).chain(instances).chain(balancers).chain(classic).chain(targets);
        for (scope, vpc) in all {
            let key = vpc.clone().map(|vpc| (scope.region.clone(), vpc));
            if let Some(key) = key.filter(|key| !own.contains(key)) {
                self.note_foreign(None, key);
            }
        }
        own
    }

    /// Notes which groups a group names.
    fn note_references(&mut self, scope: &Scope, group: &SecurityGroup) {
        let here = self.references.entry(scope.region.clone()).or_default();
        here.extend(group.named_groups().map(|named| (named.into(), group.group_id.as_str().into())));
    }

    /// The security groups whose rules name a group of a region.
    pub(super) fn references(&self, region: &Region, group: &str) -> impl Iterator<Item = &str> {
        let of = CompactString::from(group);
        let here = self.references.get(region).into_iter();
        let those = here.flat_map(move |here| {
            let of = of.clone();
            here.range((of.clone(), CompactString::default())..).take_while(move |(named, _)| *named == of)
        });
        those.map(|(_, by)| by.as_str())
    }

    fn note_foreign(&mut self, owner: Option<&str>, vpc: VpcKey) {
        if let Some(owner) = owner.and_then(|owner| owner.parse().ok()) {
            self.homes.insert(vpc.clone(), owner);
        }
        self.shared.insert(vpc);
    }

    /// Of the copies of a trail the one stands for it that its owner has at home, then
    /// its owner's, then one at home, then the first.
    fn keep_trail(&mut self, scope: &Scope, trail: &Trail) {
        let rank = |scope: &Scope| {
            let owner = trail.trail_arn.split(':').nth(4) == Some(scope.account.as_str());
            (!owner, trail.home_region.as_deref() != Some(scope.region.as_str()), scope.clone())
        };
        if let Some(before) = self.trails.get(&trail.trail_arn) {
            if rank(before) <= rank(scope) {
                return;
            }
            if let Some(copies) = self.kept.get_mut(&ResourceType::Trail) {
                copies.remove(&(before.clone(), trail.trail_arn.clone()));
            }
        }
        self.trails.insert(trail.trail_arn.clone(), scope.clone());
        self.keep(scope, &trail.clone().into());
    }

    /// Whether no other account's copy is kept, or only one that comes later; that one goes.
    fn is_first_copy(&mut self, of: ResourceType, scope: &Scope, id: &str) -> bool {
        let kept = self.kept.entry(of).or_default();
        let before = kept.keys().find(|(place, kept)| kept == id && place.region == scope.region).cloned();
        match before {
            Some((place, _)) if place <= *scope => false,
            Some(later) => {
                kept.remove(&later);
                true
            }
            None => true,
        }
    }

    fn keep(&mut self, scope: &Scope, resource: &Resource) {
        self.lookup = OnceLock::new();
        let kept = self.kept.entry(resource.resource_type()).or_default();
        kept.insert((scope.clone(), resource.id().to_owned()), resource.clone());
    }

    pub(super) fn held_addresses(&self) -> IpSet {
        self.held_set.get_or_init(|| held::set(self.held.iter().map(String::as_str))).clone()
    }

    pub(super) fn lookup(&self) -> &Lookup {
        self.lookup.get_or_init(|| Lookup::of(self.of_type()))
    }

    /// Resources in all accounts together.
    pub fn len(&self) -> usize {
        self.numbers.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn of_type<R: Typed>(&self) -> impl Iterator<Item = (&Scope, &R)> {
        let kept = self.kept.get(&R::RESOURCE_TYPE).into_iter().flatten();
        kept.filter_map(|((scope, _), resource)| Some((scope, R::of(resource)?)))
    }

    pub(super) fn get<R: Typed>(&self, scope: &Scope, id: &str) -> Option<&R> {
        self.kept.get(&R::RESOURCE_TYPE)?.get(&(scope.clone(), id.to_owned())).and_then(R::of)
    }

    /// Where the organization's accounts were listed, and how that ended.
    pub(super) fn unlisted_accounts(&self) -> impl Iterator<Item = (&Scope, &Gap)> {
        self.unlisted.iter()
    }

    pub(super) fn account_lists(&self) -> impl Iterator<Item = (&Scope, &Outcome)> {
        self.lists.iter()
    }
}

fn is_in(vpcs: &BTreeSet<VpcKey>, scope: &Scope, vpc: Option<&str>) -> bool {
    vpc.is_some_and(|vpc| !vpcs.is_empty() && vpcs.contains(&(scope.region.clone(), vpc.to_owned())))
}

/// Whether a VPC, or the subnet or interface of one, is among these.
fn within(part: &Inventory, vpcs: &BTreeSet<VpcKey>, scope: &Scope, id: &str) -> bool {
    let subnet = || part.get::<Subnet>(scope, id).and_then(|subnet| subnet.vpc_id.as_deref());
    let interface = || part.get::<NetworkInterface>(scope, id).and_then(|interface| interface.vpc_id.as_deref());
    !vpcs.is_empty()
        && (is_in(vpcs, scope, Some(id)) || is_in(vpcs, scope, subnet()) || is_in(vpcs, scope, interface()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn part() -> Inventory {
        Inventory::new(crate::inventory::Provenance {
            tool_version: String::new(),
            taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            caller: None,
            source: String::new(),
            is_import: false,
        })
    }

    fn group(region: &str, id: &str, names: &[(&str, Option<&str>)]) -> (Scope, Resource) {
        let pairs: Vec<_> = names.iter().map(|(id, user)| json!({ "GroupId": id, "UserId": user })).collect();
        let group = json!({
            "GroupId": id, "GroupName": id, "OwnerId": "111122223333",
            "IpPermissions": [{ "IpProtocol": "-1", "UserIdGroupPairs": pairs }],
        });
        let scope = Scope {
            partition: crate::arn::Partition::Aws,
            account: "111122223333".parse().unwrap(),
            region: region.parse().unwrap(),
        };
        (scope, serde_json::from_value::<SecurityGroup>(group).unwrap().into())
    }

    #[test]
    fn who_names_the_group_of_another_account_is_remembered_and_nothing_else_of_it() {
        let (own, foreign) = (Some("111122223333"), Some("444455556666"));
        let mut part = part();
        for (scope, resource) in [
            group("eu-west-1", "sg-1", &[("sg-a", foreign), ("sg-b", own)]),
            group("eu-west-1", "sg-2", &[("sg-a", foreign), ("sg-a", foreign)]),
            // Whose the named group is, AWS did not say.
            group("eu-west-1", "sg-3", &[("sg-c", None)]),
            group("eu-west-1", "sg-4", &[("sg-a", own), ("sg-4", own)]),
            group("us-east-1", "sg-5", &[("sg-a", foreign)]),
        ] {
            part.insert(scope, resource);
        }
        let mut around = Surroundings::default();
        around.note(&part);
        let naming = |region: &str, id: &str| -> Vec<String> {
            around.references(&region.parse().unwrap(), id).map(str::to_owned).collect()
        };
        assert_eq!(naming("eu-west-1", "sg-a"), ["sg-1", "sg-2"]);
        assert_eq!(naming("us-east-1", "sg-a"), ["sg-5"]);
        assert_eq!(naming("eu-west-1", "sg-c"), ["sg-3"]);
        assert!(naming("eu-west-1", "sg-4").is_empty() && naming("eu-central-1", "sg-a").is_empty());
        assert_eq!(around.of_type::<SecurityGroup>().count(), 0);
    }
}
