//! Access: how one principal comes to act as another that exists.

use crate::iam::RequestContext;
use crate::model::permission::Supposing;

use super::path::{Hop, Move};
use super::scout::{Scout, Who};
use super::search::Weight;
use super::world::Body;

/// The calls by which one principal becomes another.
#[derive(Debug, Clone)]
pub struct Access {
    pub hops: Vec<Hop>,
    /// The row that it is, where it is one of a service.
    pub method: Option<&'static str>,
    /// What is believed to be so and is not known.
    pub needs: Vec<String>,
    pub title: String,
}

/// The call that takes a role on.
pub const ASSUME: &str = "sts:AssumeRole";

/// Users can have so many access keys.
const KEYS: usize = 2;

impl Access {
    /// The way by which a role that trusts the principal is taken on.
    pub fn by_assuming(hop: Hop) -> Access {
        Access { hops: vec![hop], method: Some("sts-001"), needs: Vec::new(), title: "Takes a role on".to_owned() }
    }

    pub fn weight(&self) -> Weight {
        (!self.needs.is_empty(), self.hops.len())
    }

    /// As a move to whom it gives access to.
    pub fn into_move(self, becomes: &str) -> Move {
        Move {
            method: self.method.and_then(super::methods::with_id),
            title: self.title,
            hops: self.hops,
            becomes: becomes.to_owned(),
            makes_admin: false,
            needs: self.needs,
        }
    }
}

impl<'m> Scout<'m> {
    /// The way with the fewest calls, and of those the first of this file, that needs nothing but what is there.
    pub fn access(&self, by: usize, to: usize) -> Option<Access> {
        if by == to {
            return None;
        }
        let target = self.actor(to);
        let assuming = if target.body.is_user() { None } else { self.by_assuming(by, to) };
        // One call is as few as there can be.
        assuming.or_else(|| self.access_otherwise(by, to))
    }

    /// As [`Scout::access`], other than by taking a role on that trusts the principal as it is.
    pub fn access_otherwise(&self, by: usize, to: usize) -> Option<Access> {
        let (actor, target) = (self.actor(by), self.actor(to));
        let mut ways = Vec::new();
        match target.body {
            Body::Role(_) => {
                if actor.home == target.home {
                    ways.extend(self.by_trust(by, to));
                    ways.extend(self.by_machine(by, to));
                    ways.extend(self.by_passing(by, to));
                }
            }
            Body::User(_) if actor.home == target.home => {
                ways.extend(self.by_key(by, to));
                ways.extend(self.by_password(by, to));
            }
            Body::User(_) => {}
        }
        // Stable: of ways with equally many calls the first stays. One that takes nothing for granted goes before.
        ways.into_iter().min_by_key(|way| (!way.needs.is_empty(), way.hops.len()))
    }

    pub fn by_assuming(&self, by: usize, to: usize) -> Option<Access> {
        let target = self.actor(to);
        Some(Access::by_assuming(self.ask(Who::as_is(by), ASSUME, target.arn, &RequestContext::new())?))
    }

    /// Makes the role trust the caller; then no identity policy is needed to take it on, and only a Deny is in the way.
    fn by_trust(&self, by: usize, to: usize) -> Option<Access> {
        const UPDATE: &str = "iam:UpdateAssumeRolePolicy";
        let target = self.actor(to);
        if target.body.is_protected() || !self.actor(by).abilities.has(UPDATE) {
            return None;
        }
        let update = self.ask(Who::as_is(by), UPDATE, target.arn, &RequestContext::new())?;
        let trusted = Who { index: by, supposing: Supposing { trusts_caller: true, ..Supposing::default() } };
        let mut assume = self.ask(trusted, ASSUME, target.arn, &RequestContext::new())?;
        assume.statement = "the trust policy that was written".to_owned();
        Some(Access {
            hops: vec![update, assume],
            method: Some("iam-012"),
            needs: Vec::new(),
            title: "Makes a role trust the principal and takes it on".to_owned(),
        })
    }

    fn by_key(&self, by: usize, to: usize) -> Option<Access> {
        const CREATE: &str = "iam:CreateAccessKey";
        let target = self.actor(to);
        if !self.actor(by).abilities.has(CREATE) {
            return None;
        }
        let create = self.ask(Who::as_is(by), CREATE, target.arn, &RequestContext::new())?;
        let home = self.world.home(target);
        let keys = home.credentials.get(target.body.name()).map_or(0, |credentials| credentials.keys);
        let (mut hops, mut method, mut needs) = (vec![create], "iam-002", Vec::new());
        if keys >= KEYS {
            hops.insert(0, self.ask(Who::as_is(by), "iam:DeleteAccessKey", target.arn, &RequestContext::new())?);
            method = "iam-003";
        } else if !home.keys_read && !home.credentials.contains_key(target.body.name()) {
            needs.push(format!("{} has fewer than two access keys, which was not read", target.arn));
        }
        Some(Access { hops, method: Some(method), needs, title: "Makes an access key for another user".to_owned() })
    }

    fn by_password(&self, by: usize, to: usize) -> Option<Access> {
        let target = self.actor(to);
        let credentials = self.world.home(target).credentials.get(target.body.name()).copied().unwrap_or_default();
        let ways = [
            ("iam:CreateLoginProfile", "iam-004", credentials.password != Some(true), "without"),
            ("iam:UpdateLoginProfile", "iam-006", credentials.password != Some(false), "with"),
        ];
        for (action, method, fits, word) in ways {
            if !fits || !self.actor(by).abilities.has(action) {
                continue;
            }
            let Some(hop) = self.ask(Who::as_is(by), action, target.arn, &RequestContext::new()) else { continue };
            let mut needs = Vec::new();
            if credentials.password.is_none() {
                needs.push(format!("{} is {word} a console password, which was not read", target.arn));
            }
            if credentials.mfa == Some(true) {
                needs.push(format!("the MFA device of {} is at hand when it signs in", target.arn));
            }
            let title = super::methods::with_id(method).map_or("", |method| method.title);
            return Some(Access { hops: vec![hop], method: Some(method), needs, title: title.to_owned() });
        }
        None
    }

    /// An instance that has the role.
    fn by_machine(&self, by: usize, to: usize) -> Option<Access> {
        let target = self.actor(to);
        let home = self.world.home(target);
        let machines = home.machines.iter().filter(|machine| machine.role == target.body.name());
        let actor = self.actor(by);
        let mut ways = Vec::new();
        for machine in machines {
            for id in ["ssm-001", "ssm-002", "ec2instanceconnect-003", "ec2-002"] {
                let Some(method) = super::methods::with_id(id) else { continue };
                if !actor.abilities.has_all(method.actions) || id != "ec2-002" && !machine.is_running {
                    continue;
                }
                let hops: Option<Vec<Hop>> = method
                    .actions
                    .iter()
                    .map(|action| self.on_machine(by, action, &machine.arn, machine.tags))
                    .collect();
                let Some(mut hops) = hops else { continue };
                if id == "ssm-002" {
                    let Some(document) = self.document(by, &machine.arn) else { continue };
                    hops.push(document);
                }
                let needs = match id {
                    "ssm-001" | "ssm-002" => vec![format!("Systems Manager's agent runs on {}", machine.arn)],
                    "ec2instanceconnect-003" => vec![format!("{} can be reached by SSH", machine.arn)],
                    _ => Vec::new(),
                };
                ways.push(Access { hops, method: Some(method.id), needs, title: method.title.to_owned() });
            }
        }
        ways.into_iter().min_by_key(|way| (way.hops.len(), way.hops.first().map(|hop| hop.target.clone())))
    }

    fn on_machine(&self, by: usize, action: &str, arn: &str, tags: &[crate::resource::Tag]) -> Option<Hop> {
        if super::actions::template(action) == Some("*") {
            return self.ask(Who::as_is(by), action, "*", &RequestContext::new());
        }
        let context = self.tagged(by, action, tags, &["aws:resourcetag", "ec2:resourcetag", "ssm:resourcetag"]);
        self.ask(Who::as_is(by), action, arn, &context)
    }

    /// `ssm:SendCommand` is asked for on the document as well; those that run a shell are AWS's.
    fn document(&self, by: usize, machine: &str) -> Option<Hop> {
        let region = machine.split(':').nth(3).unwrap_or_default();
        let partition = machine.split(':').nth(1).unwrap_or_default();
        ["AWS-RunShellScript", "AWS-RunPowerShellScript", "AWS-RunRemoteScript"].into_iter().find_map(|name| {
            let document = format!("arn:{partition}:ssm:{region}::document/{name}");
            self.ask(Who::as_is(by), "ssm:SendCommand", &document, &RequestContext::new())
        })
    }
}
