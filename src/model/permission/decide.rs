//! One question against all policies that bear on it.

use crate::arn::AccountId;
use crate::iam::{Answer, Caller, Compiled, Effect, Found, PolicyKind, Request, RequestContext, Truth, Weighed};

use super::decision::{Decision, Side, Trusted, named_in};
use super::known::Known;
use super::thing::{OwnPolicy, Thing};
use super::{Account, Boundary, GroupId, Level, Permissions, Principal, PrincipalId, PrincipalKind, Trust};

/// The services whose resources a resource control policy bounds, as AWS documents them.
const UNDER_RESOURCE_CONTROL: [&str; 7] = ["s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "aoss"];

/// A change that is supposed before a question is asked, to see what it would bring.
#[derive(Debug, Clone, Copy, Default)]
pub struct Supposing<'p> {
    /// The principal's permissions boundary is gone.
    pub without_boundary: bool,
    /// A managed policy, by ARN, says this instead.
    pub replaced: Option<(&'p str, &'p Compiled)>,
    /// It has one more policy, by this name.
    pub added: Option<(&'p str, &'p Compiled)>,
    /// It is a member of one more group.
    pub member_of: Option<GroupId>,
    /// The role that is taken on trusts it by its own ARN (its session's, for a role), and says nothing else.
    pub trusts_caller: bool,
    /// It has these tags, and the user or role that is acted on those: keys, and values if not any.
    pub tagged: &'p [(String, Option<String>)],
    pub target_tagged: &'p [(String, Option<String>)],
    /// The role that is taken on is none that was read: only what is on the principal's side is asked.
    pub is_unlisted: bool,
}

impl Permissions {
    /// Whether a principal may do an action on a resource: `*` for actions that have none.
    ///
    /// What the inventory knows of the principal, of a user or role as the resource, of the organization and of the
    /// time is filled in; `context` adds to it and goes before it.
    pub fn can(&self, who: PrincipalId, action: &str, resource: &str, context: &RequestContext) -> Answer<'_> {
        self.can_supposing(who, Supposing::default(), action, resource, context)
    }

    /// As [`Permissions::can`], after a change that is supposed.
    pub fn can_supposing<'p>(
        &'p self,
        who: PrincipalId,
        supposing: Supposing<'p>,
        action: &str,
        resource: &str,
        context: &RequestContext,
    ) -> Answer<'p> {
        self.can_as(self.principal(who), supposing, action, resource, context)
    }

    /// As [`Permissions::can_supposing`], of somebody who need not be one of the inventory's principals
    /// (see [`Permissions::newcomer`]).
    pub fn can_as<'p>(
        &'p self,
        principal: &'p Principal,
        supposing: Supposing<'p>,
        action: &str,
        resource: &str,
        context: &RequestContext,
    ) -> Answer<'p> {
        self.decide(principal, supposing, (action, resource), None, context, true)
    }

    /// As [`Permissions::can_supposing`], without saying why not: an answer that may allow it, or none.
    pub fn may_supposing<'p>(
        &'p self,
        who: PrincipalId,
        supposing: Supposing<'p>,
        action: &str,
        resource: &str,
        context: &RequestContext,
    ) -> Option<Answer<'p>> {
        let answer = self.decide(self.principal(who), supposing, (action, resource), None, context, false);
        answer.may.then_some(answer)
    }

    /// As [`Permissions::can`], with what the resource's own policy says (see [`Thing::of`]). Where that was not read,
    /// nothing is certain that it could change; that it could allow what nothing else does is for the caller to tell.
    pub fn can_on<'p>(
        &'p self,
        who: PrincipalId,
        action: &str,
        resource: &str,
        thing: Option<&'p Thing>,
        context: &RequestContext,
    ) -> Answer<'p> {
        self.decide(self.principal(who), Supposing::default(), (action, resource), thing, context, true)
    }

    fn decide<'p>(
        &'p self,
        principal: &'p Principal,
        supposing: Supposing<'p>,
        (action, resource): (&str, &str),
        thing: Option<&'p Thing>,
        context: &RequestContext,
        says_why: bool,
    ) -> Answer<'p> {
        let account = self.account_of(principal);
        let caller = self.caller(principal);
        let named = resource_account(resource);
        if let Some(why) = impossible(principal, account, action, named) {
            return Answer::lacking(why);
        }
        let target = self.find(resource).filter(|_| !supposing.is_unlisted).map(|target| self.principal(target));
        let owner = match thing {
            Some(thing) => thing.account.as_ref().map(AccountId::as_str),
            None => Some(named.unwrap_or(account.id.as_str())),
        };
        let known = Known {
            permissions: self,
            principal: Some(principal),
            caller,
            action,
            resource,
            owner,
            target,
            given: context,
            tagged: supposing.tagged,
            target_tagged: supposing.target_tagged,
        };
        let own = Request { action, resource, facts: &known, caller: None };
        let foreign = Request { caller: Some(caller), ..own };

        let identity = self.identity(principal, supposing, &own);
        // Most questions end here: only a policy of the resource itself could allow what no policy of the principal does.
        if !says_why && thing.is_none() && !assumes(action) && identity.allows() == Truth::False {
            return Answer::lacking("");
        }
        let boundary = self.boundary(principal, supposing, &own);
        let bounds = if principal.is_service_linked() { &[][..] } else { &account.service_control };
        let service_control = self.service_control(bounds, &own);
        let mut denials: Vec<Found<'p>> = Vec::new();
        denials.extend(&identity.weighed.deny);
        denials.extend(&boundary.weighed.deny);
        for level in &service_control {
            denials.extend(&level.1.weighed.deny);
        }
        if !supposing.is_unlisted {
            self.resource_control(owner, target, &foreign, &mut denials);
        }
        let named = match thing.map(|thing| (thing, &thing.policy)) {
            Some((thing, OwnPolicy::Document(document))) => named_in(&thing.arn, document, &foreign),
            _ => Trusted::default(),
        };
        denials.extend(&named.deny);
        let trusted = match target {
            Some(role) if assumes(action) && role.kind == PrincipalKind::Role && !supposing.trusts_caller => {
                let trusted = self.trusted(role, &foreign);
                denials.extend(&trusted.deny);
                Some((role, trusted))
            }
            _ => None,
        };
        if let Some(answer) = denied(&denials) {
            return answer;
        }

        let mut decision = Decision::new(&known);
        for (target, level) in &service_control {
            if level.allows() == Truth::False {
                return Answer::lacking(format!("no service control policy of {target} allows it"));
            }
            decision.bounded_by(level);
        }
        let crosses = owner.is_some_and(|owner| owner != account.id.as_str() && owner != "aws");
        let lacks = boundary_lacks(&boundary, principal, self);
        let is_no_role = || resource.contains(":role/") && owner.is_some_and(|owner| self.is_no_role(owner));
        let why = match (&trusted, thing) {
            (None, _) if supposing.trusts_caller && assumes(action) => None,
            (Some((role, trusted)), _) => decision.assume(role, trusted, &identity, &boundary, crosses, lacks),
            (None, _) if assumes(action) && is_no_role() => Some("there is no such role".to_owned()),
            (None, Some(thing)) => decision.act_on(thing, &named, &identity, &boundary, crosses, lacks),
            (None, None) => {
                decision.act(&identity, &boundary, lacks);
                if let Some(why) = unread_resource_policy(action, resource, crosses) {
                    decision.unknown(why);
                }
                decision.lacking()
            }
        };
        if let Some(why) = why {
            return Answer::lacking(why);
        }
        decision.finish(&denials)
    }

    /// Whether someone who is none of the inventory's principals may take a role on, for all that its trust policy and
    /// the organization's resource control policies say: a service, somebody that a provider vouches for, or somebody of
    /// another account, whose own policies are taken to allow it.
    pub fn can_be_assumed_by(
        &self,
        caller: Caller<'_>,
        role: PrincipalId,
        action: &str,
        context: &RequestContext,
    ) -> Answer<'_> {
        let target = self.principal(role);
        let account = self.account_of(target);
        let resource = &*target.arn;
        let known = Known {
            permissions: self,
            principal: None,
            caller,
            action,
            resource,
            owner: Some(account.id.as_str()),
            target: Some(target),
            given: context,
            tagged: &[],
            target_tagged: &[],
        };
        let request = Request { action, resource, facts: &known, caller: Some(caller) };
        let mut denials = Vec::new();
        self.resource_control(Some(account.id.as_str()), Some(target), &request, &mut denials);
        let trusted = self.trusted(target, &request);
        denials.extend(&trusted.deny);
        if let Some(answer) = denied(&denials) {
            return answer;
        }
        let mut decision = Decision::new(&known);
        let best = trusted.ways.iter().max_by_key(|(naming, found)| (found.applied.truth, *naming));
        match (best, &target.trust) {
            (Some((_, found)), _) => decision.allowed_by(found),
            (None, Trust::Unreadable(why)) => {
                decision.unknown(format!("the trust policy of {resource} cannot be read: {why}"))
            }
            (None, _) => return Answer::lacking("the trust policy does not name the caller"),
        }
        decision.finish(&denials)
    }

    /// Whether a service of AWS such as `lambda.amazonaws.com` may take a role on, on behalf of the role's own account.
    pub fn can_service_assume(&self, service: &str, role: PrincipalId) -> Answer<'_> {
        let account = self.account(role).as_str();
        let context = RequestContext::new().with("aws:SourceAccount", account);
        self.can_be_assumed_by(Caller::Service(service), role, "sts:AssumeRole", &context)
    }

    /// How a principal appears to `Principal` elements.
    pub fn caller<'p>(&'p self, principal: &'p Principal) -> Caller<'p> {
        let account = self.account_of(principal).id.as_str();
        let id = principal.unique_id.as_deref();
        match principal.kind {
            PrincipalKind::Root => Caller::Root { account },
            PrincipalKind::User => Caller::User { arn: &principal.arn, account, id },
            PrincipalKind::Role => Caller::Session { role_arn: &principal.arn, account, id },
        }
    }

    fn identity<'p>(&'p self, principal: &'p Principal, supposing: Supposing<'p>, request: &Request<'_>) -> Side<'p> {
        let mut side = Side { open: principal.kind == PrincipalKind::Root, ..Side::default() };
        let more = supposing.member_of.map_or(&[][..], |group| &self.group(group).policies);
        for (policy, document) in self.numbered(&principal.policies).chain(self.numbered(more)) {
            let document = match supposing.replaced {
                Some((arn, other)) if policy.arn.as_deref() == Some(arn) => other,
                _ => document,
            };
            side.weighed.add(PolicyKind::Identity, &policy.name, document, request);
        }
        if let Some((name, document)) = supposing.added {
            side.weighed.add(PolicyKind::Identity, name, document, request);
        }
        side
    }

    fn boundary<'p>(&'p self, principal: &'p Principal, supposing: Supposing<'p>, request: &Request<'_>) -> Side<'p> {
        let mut side = Side::default();
        match &principal.boundary {
            _ if supposing.without_boundary => side.open = true,
            Boundary::None => side.open = true,
            Boundary::Unread(arn) => side.unread = Some(format!("the permissions boundary {arn} was not read")),
            Boundary::Policy(number) => {
                let (policy, document) = self.policy(*number);
                let document = match supposing.replaced {
                    Some((arn, other)) if policy.arn.as_deref() == Some(arn) => other,
                    _ => document,
                };
                side.weighed.add(PolicyKind::Boundary, &policy.name, document, request);
            }
        }
        side
    }

    fn service_control<'p>(&'p self, levels: &'p [Level], request: &Request<'_>) -> Vec<(&'p str, Side<'p>)> {
        let one = |level: &'p Level| {
            // What was not read is named beside the answer and does not count against it.
            let mut side = Side { open: level.is_partial, ..Side::default() };
            for (policy, document) in self.numbered(&level.policies) {
                side.weighed.add(PolicyKind::ServiceControl, &policy.name, document, request);
            }
            (&*level.target, side)
        };
        levels.iter().map(one).collect()
    }

    /// Resource control policies can only deny: AWS's own, which allows all, cannot be taken off.
    fn resource_control<'p>(
        &'p self,
        owner: Option<&str>,
        target: Option<&Principal>,
        request: &Request<'_>,
        denials: &mut Vec<Found<'p>>,
    ) {
        let service = request.action.split(':').next().unwrap_or_default();
        if !UNDER_RESOURCE_CONTROL.iter().any(|known| known.eq_ignore_ascii_case(service))
            || target.is_some_and(Principal::is_service_linked)
        {
            return;
        }
        let Some(account) = owner.and_then(|owner| self.account_by_id(owner)) else { return };
        let mut weighed = Weighed::default();
        for (policy, document) in account.resource_control.iter().flat_map(|level| self.numbered(&level.policies)) {
            weighed.add(PolicyKind::ResourceControl, &policy.name, document, request);
        }
        denials.extend(weighed.deny);
    }

    fn trusted<'p>(&'p self, role: &'p Principal, request: &Request<'_>) -> Trusted<'p> {
        match role.trust {
            Trust::Document(number) => named_in(&role.arn, &self.documents[number as usize], request),
            Trust::None | Trust::Unreadable(_) => Trusted::default(),
        }
    }

    /// Whether all roles of the account were read.
    fn is_no_role(&self, account: &str) -> bool {
        self.account_by_id(account).is_some_and(|account| account.is_complete)
    }
}

fn denied<'p>(denials: &[Found<'p>]) -> Option<Answer<'p>> {
    let found = denials.iter().find(|found| found.applied.truth.must())?;
    let deciding = vec![found.deciding(Effect::Deny)];
    Some(Answer { may: false, must: false, deciding, conditions: Vec::new(), lacking: None })
}

fn boundary_lacks(boundary: &Side<'_>, principal: &Principal, permissions: &Permissions) -> Option<String> {
    if boundary.allows() != Truth::False {
        return None;
    }
    let name = match &principal.boundary {
        Boundary::Policy(number) => permissions.policy(*number).0.name(),
        Boundary::None | Boundary::Unread(_) => "",
    };
    Some(format!("the permissions boundary `{name}` does not allow it"))
}

/// Whether the action takes a role on in its caller's own name.
fn assumes(action: &str) -> bool {
    ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"].iter().any(|one| one.eq_ignore_ascii_case(action))
}

/// The account field of an ARN, if it names one.
fn resource_account(resource: &str) -> Option<&str> {
    let mut rest = resource;
    for _ in 0..4 {
        let colon = rest.bytes().position(|byte| byte == b':')?;
        rest = rest.get(colon + 1..)?;
    }
    let end = rest.bytes().position(|byte| byte == b':').unwrap_or(rest.len());
    rest.get(..end).filter(|account| !account.is_empty() && !account.bytes().any(|byte| matches!(byte, b'*' | b'?')))
}

/// What AWS refuses whatever policies say.
fn impossible(principal: &Principal, account: &Account, action: &str, named: Option<&str>) -> Option<&'static str> {
    let (service, name) = action.split_once(':').unwrap_or((action, ""));
    if service.eq_ignore_ascii_case("iam") {
        let reads = ["get", "list", "generate", "simulate"];
        let begins = |verb: &str| name.get(..verb.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(verb));
        let reading = reads.iter().any(|verb| begins(verb));
        match named {
            Some("aws") if !reading => return Some("AWS's own policies cannot be changed"),
            Some(other) if other != "aws" && other != account.id.as_str() => {
                return Some("IAM's actions reach no other account than the principal's own");
            }
            _ => {}
        }
    }
    if principal.kind == PrincipalKind::Root && assumes(action) {
        return Some("a root user can take no role on");
    }
    None
}

/// Why a policy of the resource that was not read may decide.
fn unread_resource_policy(action: &str, resource: &str, crosses: bool) -> Option<String> {
    let by_key = resource.contains(":key/") && action.to_ascii_lowercase().starts_with("kms:");
    if assumes(action) {
        Some(format!("the trust policy of {} was not read", if resource == "*" { "the role" } else { resource }))
    } else if crosses {
        Some(format!("what the owner of {resource} allows other accounts was not read"))
    } else if by_key {
        Some(format!("the key policy of {resource} was not read"))
    } else {
        None
    }
}
