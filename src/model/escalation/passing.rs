//! Services: a role that is handed to one, and what already runs with one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::iam::{Caller, PrincipalKind, RequestContext};

use super::ability::Abilities;
use super::access::Access;
use super::methods::{self, Method, Way};
use super::path::Hop;
use super::scout::{Scout, Who};
use super::world::{Actor, Body};

pub const PASS: &str = "iam:PassRole";
const COGNITO: &str = "cognito-identity.amazonaws.com";

/// The service principals of the methods.
static SERVICES: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| methods::all().flat_map(|method| method.services()).copied().collect());

/// Methods with the abilities that they take.
type Able = LazyLock<Vec<(&'static Method, Abilities)>>;

static PASSING: Able = LazyLock::new(|| with_abilities(methods::passing()));
static RUNNING: Able = LazyLock::new(|| with_abilities(methods::running()));

fn with_abilities(methods: impl Iterator<Item = &'static Method>) -> Vec<(&'static Method, Abilities)> {
    methods.map(|method| (method, Abilities::these(method.actions))).collect()
}

/// The methods that hand over a role of which a principal has all abilities.
pub fn able_to_pass(abilities: Abilities) -> impl Iterator<Item = &'static Method> {
    PASSING.iter().filter(move |(_, all)| abilities.contains(all)).map(|(method, _)| *method)
}

/// A method whose calls a principal may make, but for handing over the role.
#[derive(Debug, Clone)]
pub struct Means {
    pub method: &'static Method,
    pub hops: Vec<Hop>,
}

impl<'m> Scout<'m> {
    /// Hands the role to a service and makes the service use it.
    pub fn by_passing(&self, by: usize, to: usize) -> Option<Access> {
        let target = self.actor(to);
        let Body::Role(role) = target.body else { return None };
        if !self.actor(by).abilities.has(PASS)
            || role.path.as_deref().is_some_and(|path| path.starts_with("/aws-service-role/"))
        {
            return None;
        }
        let mut best: Option<Access> = None;
        for means in self.passing(by) {
            let Way::Pass(services) = means.method.way else { continue };
            if best.as_ref().is_some_and(|best| best.hops.len() <= means.hops.len() + 1) {
                continue;
            }
            let Some(service) = services.iter().find_map(|service| self.trusts(to, service)) else { continue };
            let context = RequestContext::new().with("iam:PassedToService", service);
            let Some(pass) = self.ask(Who::as_is(by), PASS, target.arn, &context) else { continue };
            let mut needs: Vec<String> =
                means.method.needs.map(|need| format!("there is {need}")).into_iter().collect();
            let mut hops = vec![pass];
            if service.starts_with("ec2.") && role.instance_profile_list.is_empty() && !self.has_profile(target) {
                // An instance has no role but by a profile.
                match self.ask_new(Who::as_is(by), &["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"]) {
                    Some(profile) => hops.splice(0..0, profile).for_each(drop),
                    None if self.world.home(target).profiles_read => continue,
                    None => needs.push(format!("{} is in an instance profile, which was not read", target.arn)),
                }
            }
            hops.extend(means.hops.iter().cloned());
            let is_better = best.as_ref().is_none_or(|best| hops.len() < best.hops.len());
            if is_better {
                best =
                    Some(Access { hops, method: Some(means.method.id), needs, title: means.method.title.to_owned() });
            }
        }
        best
    }

    fn has_profile(&self, role: &Actor<'_>) -> bool {
        self.world.home(role).profiled.contains(role.body.name())
    }

    /// What a principal may do with a role that it may hand over; found once.
    pub fn passing(&self, by: usize) -> &[Means] {
        let Some(known) = self.means.get(by) else { return &[] };
        known.get_or_init(|| {
            let abilities = self.actor(by).abilities;
            able_to_pass(abilities)
                .filter_map(|method| {
                    let calls: Vec<&str> = method.actions.iter().copied().filter(|action| *action != PASS).collect();
                    Some(Means { method, hops: self.ask_new(Who::as_is(by), &calls)? })
                })
                .collect()
        })
    }

    /// With how few calls a principal can make a service use a role; none if it cannot.
    pub fn fewest_calls_passing(&self, by: usize) -> Option<usize> {
        self.passing(by).iter().map(|means| means.hops.len() + 1).min()
    }

    /// What a principal may do to things of services that have a role, and that no inventory holds.
    pub fn running(&self, by: usize) -> Vec<Means> {
        let actor = self.actor(by);
        let home = self.world.home(actor);
        let able = RUNNING.iter().filter(|(_, all)| actor.abilities.contains(all)).map(|(method, _)| *method);
        // Where all instances were read, `access` knows each of them.
        let open = able.filter(|method| method.needs.is_some() || !home.machines_read);
        open.filter_map(|method| Some(Means { method, hops: self.ask_new(Who::as_is(by), method.actions)? })).collect()
    }

    /// The roles of a home that let a service take them on, in order, with the name that they know it by.
    pub fn served(&self, home: usize, service: &str) -> &[(usize, String)] {
        let Some(known) = self.served.get(home) else { return &[] };
        let all = known.get_or_init(|| {
            let mut served: BTreeMap<&'static str, Vec<(usize, String)>> = BTreeMap::new();
            for role in self.world.homes.get(home).map_or(0..0, |home| home.actors.clone()) {
                for service in self.named_services(role) {
                    if let Some(name) = self.ask_trust(role, service) {
                        served.entry(service).or_default().push((role, name));
                    }
                }
            }
            served
        });
        all.get(service).map_or(&[], Vec::as_slice)
    }

    /// Whether a role lets some service of the methods take it on.
    pub fn is_served(&self, role: usize) -> bool {
        let home = self.actor(role).home;
        let Some(known) = self.is_served.get(home) else { return false };
        let all = known.get_or_init(|| {
            let lists = SERVICES.iter().map(|service| self.served(home, service));
            lists.flatten().map(|(role, _)| *role).collect()
        });
        all.contains(&role)
    }

    /// Whether a role lets a service take it on: the name that it knows it by.
    fn trusts(&self, role: usize, service: &str) -> Option<&str> {
        let served = self.served(self.actor(role).home, service);
        let at = served.binary_search_by_key(&role, |(role, _)| *role).ok()?;
        served.get(at).map(|(_, name)| name.as_str())
    }

    /// The services of the methods that a trust policy may mean.
    fn named_services(&self, role: usize) -> BTreeSet<&'static str> {
        let mut named = BTreeSet::new();
        let Some(trust) = self.world.permissions.trust(self.actor(role).id) else { return named };
        for statement in &trust.document().statements {
            let Some(principals) = &statement.principals else { continue };
            let open = principals.all_but || principals.of.iter().any(|one| one.kind == PrincipalKind::Anyone);
            named.extend(SERVICES.iter().copied().filter(|service| {
                open || principals.of.iter().any(|one| {
                    let value = one.value.strip_suffix(".cn").unwrap_or(&one.value);
                    one.kind != PrincipalKind::Aws && value.eq_ignore_ascii_case(service)
                })
            }));
        }
        named
    }

    fn ask_trust(&self, role: usize, service: &str) -> Option<String> {
        let id = self.actor(role).id;
        let permissions = self.world.permissions;
        if service == COGNITO {
            let caller = Caller::Federated(COGNITO);
            let answer =
                permissions.can_be_assumed_by(caller, id, "sts:AssumeRoleWithWebIdentity", &RequestContext::new());
            return answer.may.then(|| service.to_owned());
        }
        [service.to_owned(), format!("{service}.cn")]
            .into_iter()
            .find(|name| permissions.can_service_assume(name, id).may)
    }

    /// The calls by which Identity Center's permission sets would be changed.
    pub fn identity_center(&self, by: usize) -> Option<Means> {
        let actor = self.actor(by);
        if !self.world.home(actor).may_rule_identity_center {
            return None;
        }
        let able = methods::all()
            .filter(|method| method.way == Way::IdentityCenter && actor.abilities.has_all(method.actions));
        // A permission set that the principal signs in by is changed only by somebody who does.
        let signs_in = actor.arn.contains(":role/aws-reserved/sso.amazonaws.com/");
        let mut open: Vec<&'static Method> = able.collect();
        open.sort_by_key(|method| (!signs_in, method.actions.len()));
        open.into_iter().find_map(|method| Some(Means { method, hops: self.ask_new(Who::as_is(by), method.actions)? }))
    }
}
