//! What names something that is gone.

use std::collections::BTreeSet;

use crate::arn::Scope;
use crate::iam::Document;
use crate::inventory::{Inventory, Outcome};
use crate::resource::ec2::SecurityGroup;
use crate::resource::{Resource, ResourceType};

use super::Dangling;

/// Rules, routes, trusts and profiles that name what is not there.
pub(super) fn dangling(after: &Inventory) -> Vec<Dangling> {
    let mut out = Vec::new();
    let mut push = |scope: &Scope, of: ResourceType, id: &str, what: String| {
        out.push(Dangling {
            account: scope.account.to_string(),
            region: scope.region.to_string(),
            resource_type: of.name(),
            id: id.to_owned(),
            what,
        });
    };
    let groups: BTreeSet<(&str, &str)> = after
        .of_type::<SecurityGroup>()
        .map(|(scope, group)| (scope.region.as_str(), group.group_id.as_str()))
        .collect();
    for (place, resource) in after.resources() {
        let scope = &place.scope;
        match resource {
            Resource::SecurityGroup(group) => {
                let own = |account: &Option<String>| account.as_deref().is_none_or(|id| id == scope.account.as_str());
                let named = group.pairs().filter(|pair| own(&pair.user_id));
                let gone: BTreeSet<&str> = named
                    .filter_map(|pair| pair.group_id.as_deref())
                    .filter(|id| !groups.contains(&(scope.region.as_str(), *id)))
                    .collect();
                // Where not all groups were read, one that was not seen may be there.
                if is_complete(after, scope, "ec2:DescribeSecurityGroups") {
                    for id in gone {
                        push(scope, place.resource_type, &group.group_id, format!("a rule names {id}, which is gone"));
                    }
                }
            }
            Resource::RouteTable(table) => {
                for route in table.routes.iter().filter(|route| route.state.as_deref() == Some("blackhole")) {
                    let to = route.destination_cidr_block.as_deref().or(route.destination_ipv6_cidr_block.as_deref());
                    let by = route.target().map_or("nothing", |(_, id)| id);
                    let what = format!("the route to {} leads to {by} and is a black hole", to.unwrap_or("a list"));
                    push(scope, place.resource_type, &table.route_table_id, what);
                }
            }
            Resource::Role(role) => {
                let Ok(trust) = role.assume_role_policy_document.document() else {
                    let what = "its trust policy cannot be read, so that whom it names is not known".to_owned();
                    push(scope, place.resource_type, &role.role_name, what);
                    continue;
                };
                for orphan in orphans(trust) {
                    let what = format!("its trust names {orphan}, a principal that is gone");
                    push(scope, place.resource_type, &role.role_name, what);
                }
            }
            Resource::InstanceProfile(profile) if profile.roles.is_empty() => {
                push(scope, place.resource_type, &profile.instance_profile_name, "it hands out no role".to_owned());
            }
            Resource::FlowLog(log) if log.deliver_logs_status.as_deref() == Some("FAILED") => {
                let why = log.deliver_logs_error_message.as_deref().unwrap_or("AWS does not say why");
                push(scope, place.resource_type, &log.flow_log_id, format!("its records do not arrive: {why}"));
            }
            _ => {}
        }
    }
    out
}

/// The unique ids that a trust policy names principals by: AWS shows them where the principal is gone.
fn orphans(trust: &Document) -> BTreeSet<String> {
    let principals = trust.statements.iter().filter_map(|statement| statement.principals.as_ref());
    let values = principals.flat_map(|principals| &principals.of).map(|principal| &principal.value);
    values.filter(|value| value.starts_with("AROA") || value.starts_with("AIDA")).cloned().collect()
}

fn is_complete(after: &Inventory, scope: &Scope, operation: &str) -> bool {
    after.outcome(scope, operation) == Some(&Outcome::Complete)
}
