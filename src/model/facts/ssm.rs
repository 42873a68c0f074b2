//! Facts of Systems Manager: whom documents are shared with, and which machines it manages.

use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::ec2::Instance;
use crate::resource::ssm::{Document, ManagedInstance};

const PERMISSION: &str = "ssm:DescribeDocumentPermission";
const INSTANCES: &str = "ssm:DescribeInstanceInformation";

const SHARES: &[Field] = &[
    Field { name: "account", kind: Kind::Text, doc: "the account" },
    Field {
        name: "is_own",
        kind: Kind::Bool,
        doc: "whether it is the document's own, one of the organization, or one that was looked at",
    },
];

facts! { Document {
    "name": Kind::Text, "its name", |document, _| document.name.as_str();
    "document_type": Kind::Text, "what it is for: `Command`, `Automation`, `Session` and so on",
        |document, _| Value::optional(document.document_type.as_deref());
    "is_public": Kind::Bool, "whether every account may read and run it", uses ["ssm:DescribeDocumentPermission"],
        |document, context| context.field(PERMISSION, document.account_ids.as_deref().map(is_public));
    "shares": Kind::List(SHARES), "the accounts that it is shared with by their ids",
        uses ["ssm:DescribeDocumentPermission", "organizations:ListAccounts"],
        |document, context| context.field(PERMISSION, document.account_ids.as_deref().map(|ids| shares(ids, context)));
}}

facts! { ManagedInstance {
    "name": Kind::Text, "the name that it registered with; instances of EC2 have none here",
        |one, _| Value::optional(one.name.as_deref().filter(|name| !name.is_empty()));
    "ping_status": Kind::Text, "whether its agent is heard: `Online`, `ConnectionLost` or `Inactive`",
        |one, _| Value::optional(one.ping_status.as_deref());
    "is_ec2": Kind::Bool, "whether it is an instance of EC2, and no machine of somebody's own",
        |one, _| Value::optional(one.resource_type.as_deref().map(|of| of == "EC2Instance"));
    "platform": Kind::Text, "`Linux`, `Windows` or `MacOS`", |one, _| Value::optional(one.platform_type.as_deref());
    "agent_version": Kind::Text, "the version of its agent", |one, _| Value::optional(one.agent_version.as_deref());
}}

fn is_everybody(id: &str) -> bool {
    id.eq_ignore_ascii_case("all")
}

fn is_public(ids: &[String]) -> bool {
    ids.iter().any(|id| is_everybody(id))
}

fn shares(ids: &[String], context: &Context<'_>) -> Vec<Record> {
    let accounts = ids.iter().filter(|id| !is_everybody(id));
    let record = |id: &String| Record::new(SHARES, [id.as_str().into(), Value::known(context.is_own_account(id))]);
    accounts.map(record).collect()
}

fn registered<'m>(instance: &Instance, context: &Context<'m>) -> Option<&'m ManagedInstance> {
    context.model.inventory.get::<ManagedInstance>(context.scope, &instance.instance_id)
}

/// Whether an instance of EC2 registered. One that is in the list did, be the list whole or not.
pub(super) fn is_managed(instance: &Instance, context: &Context<'_>) -> Value {
    match (registered(instance, context), context.require(INSTANCES)) {
        (Some(_), _) => true.into(),
        (None, Err(missing)) => Value::Unknown(missing),
        (None, Ok(())) => false.into(),
    }
}

/// Absent where it did not register.
pub(super) fn ping_status(instance: &Instance, context: &Context<'_>) -> Value {
    context.field(INSTANCES, registered(instance, context).and_then(|one| one.ping_status.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::Scope;
    use crate::inventory::{Account, Cell, Gap, Inventory, Outcome, Provenance, Reason};
    use crate::model::Model;
    use crate::model::facts::{table, value};
    use crate::resource::{Resource, ResourceType};
    use serde_json::{Value as Json, json};

    /// A document and an instance, with machines of which the list is `denied` or not.
    fn fact(of: ResourceType, fields: Json, machines: &[Json], denied: &[&str], name: &str) -> Value {
        let partition = crate::arn::Partition::Aws;
        let scope = Scope { partition, account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
        let taken_at = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut inventory = Inventory::new(Provenance {
            tool_version: "test".into(),
            taken_at,
            caller: None,
            source: "test".into(),
            is_import: false,
        });
        let account =
            Account { partition, id: scope.account.clone(), name: None, organizational_unit: Some("o-1/r-1/".into()) };
        inventory.accounts.insert(scope.account.clone(), account);
        for all in ResourceType::ALL {
            let place = if all.is_global() { scope.account_wide() } else { scope.clone() };
            for operation in all.operations() {
                let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: true };
                let outcome = if denied.contains(operation) { Outcome::Gap(gap) } else { Outcome::Complete };
                inventory.ledger.record(Cell { scope: place.clone(), operation: (*operation).to_owned() }, outcome);
            }
        }
        for machine in machines {
            let machine = Resource::deserialize_as(ResourceType::ManagedInstance, machine.clone()).unwrap();
            inventory.insert(scope.clone(), machine);
        }
        inventory.insert(scope.clone(), Resource::deserialize_as(of, fields).unwrap());
        let model = Model::new(&inventory, taken_at);
        let index = table(of).iter().position(|field| field.name == name).unwrap();
        let (_, subject) = model.subjects(of).next().unwrap();
        value(&model, &scope, subject, index)
    }

    #[test]
    fn a_document_is_public_if_all_is_among_its_accounts() {
        let of = |ids: Json, denied: &[&str], name| {
            fact(ResourceType::Document, json!({"Name": "patch", "AccountIds": ids}), &[], denied, name)
        };
        for everybody in ["all", "All"] {
            assert_eq!(of(json!(["999988887777", everybody]), &[], "is_public"), true.into());
        }
        assert_eq!(of(json!(["999988887777"]), &[], "is_public"), false.into());
        assert_eq!(of(json!([]), &[], "is_public"), false.into());
        assert!(matches!(of(json!(null), &[PERMISSION], "is_public"), Value::Unknown(_)));
        let shared = |ids: Json, denied: &[&str]| match of(ids, denied, "shares") {
            Value::List(all) => all.iter().map(|one| one.values().to_vec()).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        // The own account counts as its own; everybody is no account.
        assert_eq!(
            shared(json!(["111122223333", "999988887777", "all"]), &[]),
            [["111122223333".into(), true.into()], ["999988887777".into(), false.into()]] as [[Value; 2]; 2]
        );
        let unlisted =
            shared(json!(["999988887777"]), &["organizations:DescribeOrganization", "organizations:ListAccounts"]);
        assert!(matches!(unlisted[0][1], Value::Unknown(_)));
    }

    #[test]
    fn an_instance_is_managed_if_it_registered() {
        let machine =
            |id: &str, ping: &str| json!({"InstanceId": id, "PingStatus": ping, "ResourceType": "EC2Instance"});
        let of = |machines: &[Json], denied: &[&str], name| {
            fact(ResourceType::Instance, json!({"InstanceId": "i-1"}), machines, denied, name)
        };
        let (own, other) = (machine("i-1", "ConnectionLost"), machine("i-2", "Online"));
        assert_eq!(of(&[own.clone(), other.clone()], &[], "ssm_managed"), true.into());
        assert_eq!(of(std::slice::from_ref(&own), &[], "ssm_ping_status"), "ConnectionLost".into());
        assert_eq!(of(std::slice::from_ref(&other), &[], "ssm_managed"), false.into());
        assert_eq!(of(std::slice::from_ref(&other), &[], "ssm_ping_status"), Value::Absent);
        // A list that ends too soon says who is in it, and of nobody that he is not.
        assert_eq!(of(&[own], &[INSTANCES], "ssm_managed"), true.into());
        assert!(matches!(of(std::slice::from_ref(&other), &[INSTANCES], "ssm_managed"), Value::Unknown(_)));
        assert!(matches!(of(&[other], &[INSTANCES], "ssm_ping_status"), Value::Unknown(_)));
    }
}
