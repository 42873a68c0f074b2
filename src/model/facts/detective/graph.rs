//! Facts of Detective's behavior graphs. Members of one see nothing of it, so that only who would administer it is asked.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::organizations::delegated_services;
use crate::model::{Context, Kind, Value};
use crate::resource::detective::BehaviorGraph;

const SERVICE: &str = "detective.amazonaws.com";

facts! { BehaviorGraph {
    "created_at": Kind::Time, "when it was made", |graph, _| Value::optional(graph.created_time);
}}

pub(in crate::model::facts) fn exists(context: &Context<'_>) -> bool {
    context.model.inventory.in_scope::<BehaviorGraph>(context.scope).next().is_some()
}

/// Whether the graph of the account's organization, or its own if it is in none, would be here.
pub(in crate::model::facts) fn is_its_to_have(context: &Context<'_>) -> Result<bool, Missing> {
    let Some(organization) = context.organization()? else { return Ok(true) };
    let is_managed_by = |account: Option<&str>| {
        delegated_services(context, account).map(|all| all.iter().any(|service| service == SERVICE))
    };
    let own = context.scope.account.as_str();
    let rules = organization.master_account_id.as_deref() == Some(own);
    Ok(is_managed_by(Some(own))? || (rules && !is_managed_by(None)?))
}
