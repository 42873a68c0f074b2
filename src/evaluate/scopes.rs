//! Where each type should have been read.

use std::collections::BTreeSet;

use crate::arn::Scope;
use crate::inventory::{self, Cell, Inventory, Ledger, Missing};
use crate::resource::ResourceType;

/// A scope in which a type was not read to its end.
pub(super) struct Unread {
    pub(super) scope: Scope,
    pub(super) missing: Missing,
}

/// The scopes in which not every resource of the type is known to be seen.
///
/// Every account that the ledger speaks of should have its global types read
/// once, and its regional types in each of its regions; that an operation was
/// never tried is as good a reason not to know as that it was denied.
pub(super) fn unread(inventory: &Inventory, of: ResourceType) -> Vec<Unread> {
    let Some(listing) = of.listing() else { return Vec::new() };
    let ledger = &inventory.ledger;
    let all = ledger.scopes();
    let accounts: BTreeSet<Scope> = all.clone().map(|scope| scope.account_wide()).collect();
    let mut out = Vec::new();
    for account in &accounts {
        let regions = || all.clone().filter(|scope| scope.account_wide() == *account && !scope.region.is_global());
        if of.is_global() {
            if asked_in(inventory, account, of, listing) {
                out.extend(gap(ledger, account, listing));
            }
        } else if regions().next().is_none() {
            // Not even the names of its regions are known, or no region was asked for.
            let cell = Cell { scope: account.clone(), operation: listing.to_owned() };
            let why = format!("{listing} was read in no region of the account");
            out.push(Unread { scope: account.clone(), missing: Missing { why, cells: BTreeSet::from([cell]) } });
        } else {
            out.extend(regions().filter_map(|scope| gap(ledger, scope, listing)));
        }
    }
    out
}

/// Whether the account is one that the listing is meant for.
///
/// NOTE: only an organization's management account (or a delegated one) can list the
/// organization. If one account was asked, the others have nothing to add.
fn asked_in(inventory: &Inventory, account: &Scope, of: ResourceType, listing: &str) -> bool {
    let organization_wide = of.is_organization_wide() || listing.starts_with("organizations:");
    !organization_wide || inventory.outcome(account, listing).is_some() || !inventory.was_asked(listing)
}

fn gap(ledger: &Ledger, scope: &Scope, listing: &str) -> Option<Unread> {
    let why = inventory::why_incomplete(listing, ledger.outcome(scope, listing))?;
    let cell = Cell { scope: scope.clone(), operation: listing.to_owned() };
    Some(Unread { scope: scope.clone(), missing: Missing { why, cells: BTreeSet::from([cell]) } })
}
