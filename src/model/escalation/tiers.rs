//! Who is an administrator, and who would be after a change.
//!
//! *Administrator* (A0): may give permissions to some user or role, and may read and run anything: probes that span
//! services, on things that nobody has named, after every Deny, boundary and organization policy. What policies are
//! called, and `Action: "*"`, decide nothing.
//!
//! Giving permissions has many ways, and one is enough: organizations that forbid users keep administrators. More
//! services are not asked for, since a service that an organization has switched off makes nobody less of an
//! administrator; `organizations:LeaveOrganization` is not, because that is what organizations forbid first.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use crate::iam::{Compiled, RequestContext, Unsettled};
use crate::model::permission::{Principal, Supposing};

use super::ability::Abilities;
use super::actions::{self, Place};
use super::scout::{Scout, Who, statement};
use super::world::Actor;

/// Any one of these, on something new.
pub const GIVING: [&str; 4] =
    ["iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:AttachUserPolicy", "iam:PutUserPolicy"];

/// All of these.
const USING: [&str; 3] = ["ec2:RunInstances", "kms:Decrypt", "s3:GetObject"];

static ABLE_TO_GIVE: LazyLock<Abilities> = LazyLock::new(|| Abilities::these(&GIVING));
static ABLE_TO_USE: LazyLock<Abilities> = LazyLock::new(|| Abilities::these(&USING));

/// Why somebody is an administrator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grounds {
    pub statements: Vec<String>,
    pub conditions: Vec<String>,
}

/// The principal that is asked about.
#[derive(Clone, Copy)]
pub enum Whose<'q> {
    Actor(usize),
    /// One that does not exist yet.
    New(&'q Principal, usize),
}

impl<'m> Scout<'m> {
    /// Whether it may do everything, after a change that is supposed.
    pub fn is_admin(&self, who: Who<'_>) -> Option<Grounds> {
        let actor = self.actor(who.index);
        let supposing = who.supposing;
        let is_changed = supposing.added.is_some() || supposing.replaced.is_some() || supposing.member_of.is_some();
        if !(is_changed || actor.abilities.contains(&ABLE_TO_USE) && actor.abilities.meets(&ABLE_TO_GIVE)) {
            return None;
        }
        self.grounds(Whose::Actor(who.index), supposing)
    }

    /// As [`Scout::is_admin`], of anybody.
    pub fn grounds(&self, whose: Whose<'_>, supposing: Supposing<'_>) -> Option<Grounds> {
        let permissions = self.world.permissions;
        let home = match whose {
            Whose::Actor(index) => self.world.home(self.actor(index)),
            Whose::New(_, home) => self.world.homes.get(home)?,
        };
        let principal = match whose {
            Whose::Actor(index) => permissions.principal(self.actor(index).id),
            Whose::New(principal, _) => principal,
        };
        let context = giving(home.place());
        let may = |action: &str, place: Place<'_>| {
            let resource = actions::resource(action, place);
            let answer = permissions.can_as(principal, supposing, action, &resource, &context);
            answer.may.then_some(answer)
        };
        let (mut statements, mut conditions) = (Vec::new(), Vec::new());
        let mut ask = |action: &str| {
            // One region is enough: organizations close the others.
            let elsewhere = || {
                let is_regional = permissions.asks_for_region(principal);
                is_regional.then(|| home.other_places().find_map(|place| may(action, place))).flatten()
            };
            let Some(answer) = may(action, home.place()).or_else(elsewhere) else { return false };
            let told = statement(&answer);
            if !told.is_empty() && !statements.contains(&told) {
                statements.push(told);
            }
            for one in &answer.conditions {
                // The key is one that does not exist; whose policy it would have is not the question.
                if action == "kms:Decrypt" && matches!(one, Unsettled::Unknown(_)) {
                    continue;
                }
                let told = one.to_string();
                if !conditions.contains(&told) {
                    conditions.push(told);
                }
            }
            true
        };
        if !USING.iter().all(|action| ask(action)) || !GIVING.iter().any(|action| ask(action)) {
            return None;
        }
        Some(Grounds { statements, conditions })
    }

    /// Whether it would be an administrator if some policy of its own allowed it everything: whether nothing holds it back.
    pub fn is_elevated(&self, who: Who<'_>) -> bool {
        let ask = || {
            let supposing = Supposing { added: Some(("", &self.everything)), ..who.supposing };
            self.grounds(Whose::Actor(who.index), supposing).is_some()
        };
        let supposing = who.supposing;
        let is_as_is = !supposing.without_boundary
            && supposing.replaced.is_none()
            && supposing.added.is_none()
            && supposing.member_of.is_none()
            && supposing.tagged.is_empty();
        match self.elevated.get(who.index) {
            Some(known) if is_as_is => *known.get_or_init(ask),
            _ => ask(),
        }
    }

    /// Whether it is an administrator after a change, or makes itself one then.
    pub fn is_strong(&self, who: Who<'_>, depth: usize) -> bool {
        self.is_admin(who).is_some() || depth > 0 && self.edits(who, who, depth - 1).is_some()
    }

    /// Managed policies of the account, and AWS's, that could make an administrator where they are attached: what they
    /// allow gives permissions. AWS's AdministratorAccess, which always exists, is asked for before these.
    pub fn wide(&self, actor: &Actor<'_>) -> &[(String, Compiled)] {
        let Some(known) = self.wide.get(actor.home) else { return &[] };
        known.get_or_init(|| {
            let home = self.world.home(actor);
            let own = home.policies.iter().filter_map(|(arn, policy)| {
                let document = policy.default_version()?.document.document().ok()?;
                Some(((*arn).to_owned(), document.clone()))
            });
            let iam = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}"#;
            let aws = iam.parse().ok().map(|document| (home.aws_policy("IAMFullAccess"), document));
            aws.into_iter()
                .chain(own)
                .filter(|(_, document)| Abilities::of(document).has_any(&GIVING))
                .map(|(arn, document)| (arn, Compiled::new(Arc::new(document))))
                .collect()
        })
    }
}

/// What a request to give permissions says when it asks for the most: AWS's AdministratorAccess, and no boundary.
pub fn giving(place: Place<'_>) -> RequestContext {
    let policy = format!("arn:{}:iam::aws:policy/AdministratorAccess", place.partition);
    RequestContext::new().with("iam:PolicyARN", &policy).without("iam:PermissionsBoundary")
}

/// Texts once each, in order.
pub fn once_each(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.into_iter().filter(|text| seen.insert(text.clone())).collect()
}
