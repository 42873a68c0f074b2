//! Which public addresses are held by the accounts that were read, and whether others may be.

use crate::arn::Scope;
use crate::inventory::Missing;
use crate::model::{Context, Model, is_global_operation};
use crate::net::IpSet;

/// What tells which addresses an account holds.
pub const HELD: &[&str] = &[
    "ec2:DescribeAddresses",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "globalaccelerator:ListAccelerators",
];

/// The addresses, and what was not read anywhere that would tell of more.
#[derive(Debug)]
pub struct Held {
    addresses: IpSet,
    missing: Option<Missing>,
}

impl Held {
    pub fn of(model: &Model<'_>) -> Held {
        let all = HELD.iter().flat_map(|operation| {
            let is_place = move |scope: &&Scope| scope.region.is_global() == is_global_operation(operation);
            let places = model.inventory.scopes_around().filter(is_place);
            places.filter_map(move |scope| Context { model, scope }.require_in(scope, operation).err())
        });
        // An organization may have thousands: one is named, and the cells of all.
        let missing = all.fold(None, |all: Option<(Missing, usize)>, one| {
            Some(all.map_or((one.clone(), 0), |(mut first, more)| {
                first.cells.extend(one.cells);
                (first, more + 1)
            }))
        });
        let missing = missing.map(|(mut missing, more)| {
            if more > 0 {
                missing.why = format!("{}, and {more} more", missing.why);
            }
            missing
        });
        Held { addresses: model.inventory.held_addresses(), missing }
    }
}

impl Context<'_> {
    /// Those of the addresses that no account holds.
    ///
    /// # Errors
    /// An account of the organization, or a part of one, was not read: it may hold them.
    pub fn held_by_nobody(&self, addresses: &IpSet) -> Result<IpSet, Missing> {
        let held = self.model.held();
        let rest = addresses.difference(&held.addresses);
        if rest.is_empty() {
            return Ok(rest);
        }
        if let Some(missing) = &held.missing {
            return Err(missing.clone());
        }
        if self.organization()?.is_some()
            && let Some(why) = self.model.network().why_unread(self.model.inventory)
        {
            return Err(Missing::because(why));
        }
        Ok(rest)
    }
}
