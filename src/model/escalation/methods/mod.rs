//! The methods: action sets by which permissions become more permissions.
//!
//! *Method*: actions that, all allowed on the right things, give a principal what it did not have. A row says what
//! has to exist for it to be real, and how far it can lead. The ids are those of pathfinding.cloud where it has the
//! same set of actions; the sets that only Prowler lists, and our own, have ids of ours.
//!
//! The steps of IAM itself are worked out from what they do (`elevate`, `access`), not row by row, so that they also
//! combine in ways that no list has; their rows are here to be named. Rows of services are data.

mod core;
mod running;
mod services;

/// How far a principal comes by a method at best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It makes itself an administrator.
    SelfAdmin,
    /// It becomes somebody else, who may be one.
    Other,
}

/// What a method works through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Users, groups, roles and policies that exist.
    Iam,
    /// A user or role that is made for the purpose.
    NewPrincipal,
    /// A role handed to a service that these service principals stand for.
    Pass(&'static [&'static str]),
    /// Something of a service that already has a role which trusts one of these.
    Running(&'static [&'static str]),
    /// Identity Center's permission sets.
    IdentityCenter,
}

/// One row.
#[derive(Debug)]
pub struct Method {
    pub id: &'static str,
    /// IAM actions in AWS's own case; all are needed.
    pub actions: &'static [&'static str],
    pub way: Way,
    pub reach: Reach,
    /// What is done, in a sentence without a full stop.
    pub title: &'static str,
    /// What has to exist for it, beside the permissions.
    pub target: &'static str,
    /// What of that no inventory holds and the method is believed to find, if anything.
    pub needs: Option<&'static str>,
}

impl Method {
    /// The service principals that a role has to trust for it.
    pub fn services(&self) -> &'static [&'static str] {
        match self.way {
            Way::Pass(services) | Way::Running(services) => services,
            Way::Iam | Way::NewPrincipal | Way::IdentityCenter => &[],
        }
    }
}

/// Every method: IAM's own, those that hand over roles, those that use what runs.
pub fn all() -> impl Iterator<Item = &'static Method> {
    core::METHODS.iter().chain(services::METHODS).chain(running::METHODS)
}

/// The methods that hand a role to a service.
pub fn passing() -> impl Iterator<Item = &'static Method> {
    services::METHODS.iter()
}

/// The methods that use what already runs with a role.
pub fn running() -> impl Iterator<Item = &'static Method> {
    running::METHODS.iter()
}

/// The row whose actions are exactly these.
pub fn with_actions(actions: &[&str]) -> Option<&'static Method> {
    all().find(|method| {
        method.actions.len() == actions.len()
            && method.actions.iter().all(|one| actions.iter().any(|other| one.eq_ignore_ascii_case(other)))
    })
}

/// The row of this id.
pub fn with_id(id: &str) -> Option<&'static Method> {
    all().find(|method| method.id == id)
}

/// Shortens the tables.
macro_rules! methods {
    ($($id:literal $actions:tt $way:expr, $reach:ident, $title:literal, $target:literal $(, needs $needs:literal)?;)*) => {
        &[$($crate::model::escalation::methods::Method {
            id: $id,
            actions: &$actions,
            way: $way,
            reach: $crate::model::escalation::methods::Reach::$reach,
            title: $title,
            target: $target,
            needs: methods!(@needs $($needs)?),
        },)*]
    };
    (@needs) => { None };
    (@needs $needs:literal) => { Some($needs) };
}
use methods;

#[cfg(test)]
mod tests;
