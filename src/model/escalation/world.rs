//! Everything that methods ask an inventory about, found once: principals with what they are able to do at all, and
//! of each account its groups, policies, instances and credentials.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use crate::arn::{AccountId, Scope};
use crate::inventory::{Cell, Gap, Inventory, Missing};
use crate::model::permission::{GroupId, Permissions, PrincipalId};
use crate::resource::Tag;
use crate::resource::ec2::Instance;
use crate::resource::iam::{
    AUTHORIZATION, AccessKey, AttachedPolicy, CredentialReport, Group, InstanceProfile, ManagedPolicy, ReportFlag,
    Role, User,
};
use crate::resource::organizations::{DelegatedAdministrator, Organization};

use super::ability::{Abilities, Meanings};
use super::actions::Place;

/// What is known of a model's principals.
pub struct World<'m> {
    pub permissions: &'m Permissions,
    /// Users and roles, in the order of their ids.
    pub actors: Vec<Actor<'m>>,
    pub homes: Vec<Home<'m>>,
    /// Accounts of which not every user and role was listed, with the reason.
    pub unlisted: Vec<(Scope, Missing)>,
    by_unique_id: HashMap<&'m str, usize>,
}

/// A user or a role.
pub struct Actor<'m> {
    pub id: PrincipalId,
    pub arn: &'m str,
    /// Its account's place among the homes.
    pub home: usize,
    pub body: Body<'m>,
    /// What its policies allow at all, before any Deny and bound.
    pub abilities: Abilities,
    /// Whether it is of another account than the one that is looked at: somebody to become, whose own ways are not told.
    pub is_foreign: bool,
}

/// Whose ways are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Reach<'a> {
    /// Those of everybody, and between all accounts.
    All,
    /// Those of one account, and to what roles of others lie beside it.
    From(&'a AccountId),
}

#[derive(Clone, Copy)]
pub enum Body<'m> {
    User(&'m User),
    Role(&'m Role),
}

/// An account.
pub struct Home<'m> {
    pub scope: Scope,
    /// Its part of the actors.
    pub actors: Range<usize>,
    pub groups: Vec<Team<'m>>,
    /// Customer managed policies by ARN.
    pub policies: BTreeMap<&'m str, &'m ManagedPolicy>,
    pub machines: Vec<Machine<'m>>,
    /// Whether all instances were read, in every region that was looked at.
    pub machines_read: bool,
    /// Names of the roles that an instance profile hands out.
    pub profiled: BTreeSet<&'m str>,
    /// Whether it may be the account that Identity Center is ruled from.
    pub may_rule_identity_center: bool,
    /// The regions that were looked at, or one that there is.
    pub regions: Vec<String>,
    /// Whether all instance profiles were read.
    pub profiles_read: bool,
    /// Whether the list of access keys was read.
    pub keys_read: bool,
    pub credentials: BTreeMap<&'m str, Credentials>,
}

pub struct Team<'m> {
    pub id: Option<GroupId>,
    pub group: &'m Group,
}

/// An instance with a role.
pub struct Machine<'m> {
    pub arn: String,
    pub role: &'m str,
    pub is_running: bool,
    pub tags: &'m [Tag],
}

/// What a user can sign in with, as far as it was read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Credentials {
    pub keys: usize,
    pub password: Option<bool>,
    pub mfa: Option<bool>,
}

impl<'m> World<'m> {
    pub fn of(permissions: &'m Permissions, inventory: &'m Inventory, reach: Reach<'_>) -> World<'m> {
        let is_foreign = |account: &AccountId| matches!(reach, Reach::From(own) if own != account);
        let mut bodies: BTreeMap<PrincipalId, (Scope, Body<'m>)> = BTreeMap::new();
        for (scope, user) in inventory.of_type::<User>() {
            if let Some(id) = permissions.find(user.arn.as_str()) {
                bodies.insert(id, (scope.account_wide(), Body::User(user)));
            }
        }
        for (scope, role) in inventory.of_type::<Role>() {
            if let Some(id) = permissions.find(role.arn.as_str()) {
                bodies.insert(id, (scope.account_wide(), Body::Role(role)));
            }
        }
        let mut masks: Vec<Option<Abilities>> = vec![None; permissions.count_documents()];
        let mut meanings = Meanings::default();
        let (mut actors, mut homes): (Vec<Actor<'m>>, Vec<Home<'m>>) = (Vec::new(), Vec::new());
        for (id, (scope, body)) in bodies {
            if homes.last().is_none_or(|home| home.scope != scope) {
                homes.push(Home::of(permissions, inventory, scope, actors.len()));
            }
            let mut abilities = Abilities::default();
            for number in permissions.document_numbers(id) {
                let of = || permissions.document(number).map(|one| meanings.of(one)).unwrap_or_default();
                let mask = masks.get_mut(number).map(|mask| *mask.get_or_insert_with(of));
                abilities = abilities.and_also(mask.unwrap_or_default());
            }
            let is_foreign = homes.last().is_some_and(|home| is_foreign(home.account()));
            actors.push(Actor { id, arn: body.arn(), home: homes.len() - 1, body, abilities, is_foreign });
            if let Some(home) = homes.last_mut() {
                home.actors.end = actors.len();
            }
        }
        let by_unique_id =
            actors.iter().enumerate().filter_map(|(index, actor)| Some((actor.body.unique_id()?, index))).collect();
        World { permissions, actors, homes, unlisted: unlisted(inventory), by_unique_id }
    }

    /// The place of a principal among the actors.
    pub fn index(&self, id: PrincipalId) -> Option<usize> {
        self.actors.binary_search_by_key(&id, |actor| actor.id).ok()
    }

    /// The place of an ARN among the actors.
    pub fn find(&self, arn: &str) -> Option<usize> {
        self.index(self.permissions.find(arn)?)
    }

    /// The place of an account among the homes.
    pub fn home_of(&self, account: &str) -> Option<usize> {
        self.homes.binary_search_by(|home| home.scope.account.as_str().cmp(account)).ok()
    }

    /// A user or role by the id that AWS keeps in place of its ARN.
    pub fn by_unique_id(&self, id: &str) -> Option<usize> {
        self.by_unique_id.get(id).copied()
    }

    pub fn home(&self, actor: &Actor<'_>) -> &Home<'m> {
        // INVARIANT: an actor's home is one of this world's.
        &self.homes[actor.home]
    }
}

impl<'m> Body<'m> {
    pub fn arn(self) -> &'m str {
        match self {
            Body::User(user) => user.arn.as_str(),
            Body::Role(role) => role.arn.as_str(),
        }
    }

    pub fn name(self) -> &'m str {
        match self {
            Body::User(user) => &user.user_name,
            Body::Role(role) => &role.role_name,
        }
    }

    pub fn unique_id(self) -> Option<&'m str> {
        match self {
            Body::User(user) => user.user_id.as_deref(),
            Body::Role(role) => role.role_id.as_deref(),
        }
    }

    pub fn is_user(self) -> bool {
        matches!(self, Body::User(_))
    }

    pub fn path(self) -> &'m str {
        let path = match self {
            Body::User(user) => user.path.as_deref(),
            Body::Role(role) => role.path.as_deref(),
        };
        path.unwrap_or("/")
    }

    /// Whether AWS keeps the account from changing it: service-linked roles, and those of Identity Center.
    pub fn is_protected(self) -> bool {
        let reserved = ["/aws-service-role/", "/aws-reserved/"].iter().any(|path| self.path().starts_with(path));
        // An inventory may lack the path; the ARN holds it too.
        let by_arn = [":role/aws-service-role/", ":role/aws-reserved/"].iter().any(|path| self.arn().contains(path));
        !self.is_user() && (reserved || by_arn)
    }

    /// Whether only a service of AWS acts as it.
    pub fn is_service_linked(self) -> bool {
        !self.is_user()
            && (self.path().starts_with("/aws-service-role/") || self.arn().contains(":role/aws-service-role/"))
    }

    pub fn attached(self) -> &'m [AttachedPolicy] {
        match self {
            Body::User(user) => &user.attached_managed_policies,
            Body::Role(role) => &role.attached_managed_policies,
        }
    }

    /// The ARN of its permissions boundary.
    pub fn boundary(self) -> Option<&'m str> {
        let boundary = match self {
            Body::User(user) => user.permissions_boundary.as_ref(),
            Body::Role(role) => role.permissions_boundary.as_ref(),
        };
        boundary.map(|boundary| boundary.permissions_boundary_arn.as_str())
    }
}

impl<'m> Home<'m> {
    fn of(permissions: &'m Permissions, inventory: &'m Inventory, scope: Scope, first: usize) -> Home<'m> {
        let wide = scope.account_wide();
        let groups = inventory.in_scope::<Group>(&wide);
        let groups = groups.map(|group| Team { id: permissions.find_group(group.arn.as_str()), group });
        let policies = inventory.in_scope::<ManagedPolicy>(&wide).map(|policy| (policy.arn.as_str(), policy));
        let own = inventory.ledger.scopes().filter(|other| other.account == scope.account && !other.region.is_global());
        let mut regions: Vec<String> = own.map(|scope| scope.region.as_str().to_owned()).collect();
        if regions.is_empty() {
            regions.push(default_region(&scope).to_owned());
        }
        Home {
            actors: first..first,
            groups: groups.collect(),
            policies: policies.collect(),
            machines: machines(inventory, &wide),
            machines_read: machines_read(inventory, &wide),
            profiled: inventory
                .in_scope::<InstanceProfile>(&wide)
                .flat_map(|one| &one.roles)
                .map(String::as_str)
                .collect(),
            may_rule_identity_center: may_rule_identity_center(inventory, &wide),
            regions,
            profiles_read: inventory.why_incomplete(&wide, "iam:ListInstanceProfiles").is_none(),
            keys_read: inventory.why_incomplete(&wide, "iam:ListAccessKeys").is_none(),
            credentials: credentials(inventory, &wide),
            scope,
        }
    }

    pub fn account(&self) -> &AccountId {
        &self.scope.account
    }

    /// The first region.
    pub fn place(&self) -> Place<'_> {
        let region = self.regions.first().map_or("", String::as_str);
        Place { partition: self.scope.partition.as_str(), account: self.scope.account.as_str(), region }
    }

    /// The other regions.
    pub fn other_places(&self) -> impl Iterator<Item = Place<'_>> {
        self.regions.iter().skip(1).map(|region| Place { region, ..self.place() })
    }

    /// The ARN of a policy that AWS wrote.
    pub fn aws_policy(&self, name: &str) -> String {
        format!("arn:{}:iam::aws:policy/{name}", self.scope.partition)
    }
}

fn unlisted(inventory: &Inventory) -> Vec<(Scope, Missing)> {
    let of = |(scope, gap): (&Scope, &Gap)| {
        let why = format!("not every user and role of {} was listed ({AUTHORIZATION} {gap})", scope.account);
        let cell = Cell { scope: scope.clone(), operation: AUTHORIZATION.to_owned() };
        (scope.clone(), Missing { why, cells: [cell].into() })
    };
    inventory.unlisted_accounts().map(of).collect()
}

fn default_region(scope: &Scope) -> &'static str {
    match scope.partition.as_str() {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

fn machines_read(inventory: &Inventory, wide: &Scope) -> bool {
    let mut regions =
        inventory.ledger.scopes().filter(|scope| scope.account == wide.account && !scope.region.is_global()).peekable();
    regions.peek().is_some() && regions.all(|scope| inventory.why_incomplete(scope, "ec2:DescribeInstances").is_none())
}

/// The organization's management account, and members that it delegated that to. Permission sets are nobody else's.
fn may_rule_identity_center(inventory: &Inventory, wide: &Scope) -> bool {
    let account = wide.account.as_str();
    let rules = |one: &DelegatedAdministrator| {
        let services = one.delegated_services.as_deref();
        services.is_none_or(|all| all.iter().any(|service| service.service_principal == "sso.amazonaws.com"))
    };
    let delegated = inventory.of_type::<DelegatedAdministrator>().any(|(_, one)| one.id == account && rules(one));
    match inventory.in_scope::<Organization>(wide).next() {
        Some(organization) => delegated || organization.master_account_id.as_deref().is_none_or(|id| id == account),
        None => inventory.why_incomplete(wide, "organizations:DescribeOrganization").is_some(),
    }
}

fn machines<'m>(inventory: &'m Inventory, wide: &Scope) -> Vec<Machine<'m>> {
    let profiles: BTreeMap<&str, &str> = inventory
        .in_scope::<InstanceProfile>(wide)
        .filter_map(|profile| Some((profile.arn.as_str(), profile.roles.first()?.as_str())))
        .collect();
    let mut machines = Vec::new();
    if profiles.is_empty() {
        return machines;
    }
    for (scope, instance) in inventory.of_type::<Instance>().filter(|(scope, _)| scope.account == wide.account) {
        let profile = instance.iam_instance_profile.as_ref().and_then(|profile| profile.arn.as_deref());
        let state = instance.state.as_ref().and_then(|state| state.name.as_deref());
        let is_gone = matches!(state, Some("terminated" | "shutting-down"));
        if let Some(role) = profile.and_then(|arn| profiles.get(arn)).filter(|_| !is_gone) {
            machines.push(Machine {
                arn: scope.arn("ec2", format_args!("instance/{}", instance.instance_id)).as_str().to_owned(),
                role,
                is_running: !matches!(state, Some("stopped" | "stopping")),
                tags: &instance.tags,
            });
        }
    }
    machines
}

fn credentials<'m>(inventory: &'m Inventory, wide: &Scope) -> BTreeMap<&'m str, Credentials> {
    let mut all: BTreeMap<&str, Credentials> = BTreeMap::new();
    for key in inventory.in_scope::<AccessKey>(wide) {
        all.entry(key.user_name.as_str()).or_default().keys += 1;
    }
    for report in inventory.in_scope::<CredentialReport>(wide) {
        for (name, row) in &report.rows {
            let credentials = all.entry(name.as_str()).or_default();
            let told = |flag: ReportFlag| match flag {
                ReportFlag::True => Some(true),
                ReportFlag::False => Some(false),
                ReportFlag::NotSupported | ReportFlag::Unreadable => None,
            };
            credentials.password = told(row.password_enabled);
            credentials.mfa = told(row.mfa_active);
            // A slot with a date holds a key, active or not.
            let slots =
                row.access_keys.iter().filter(|key| key.active == ReportFlag::True || key.last_rotated.at().is_some());
            credentials.keys = credentials.keys.max(slots.count());
        }
    }
    all
}
