//! Facts of functions: who may call them, and from where.

use crate::iam::Document;
use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::resource_policy::{Action, Asked, Place, Target};
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::AwsResource;
use crate::resource::lambda::{Function, FunctionUrlConfig, Layer};

const POLICY: &str = "lambda:GetPolicy";
const URLS: &str = "lambda:ListFunctionUrlConfigs";

/// What everybody could do with a function, by its policy.
const ACTIONS: &[Action] = &[
    ("lambda:AddPermission", Place::Either),
    ("lambda:DeleteFunction", Place::Either),
    ("lambda:GetFunction", Place::Either),
    ("lambda:GetFunctionConfiguration", Place::Either),
    ("lambda:InvokeFunction", Place::Either),
    ("lambda:InvokeFunctionUrl", Place::Either),
    ("lambda:UpdateFunctionCode", Place::Either),
    ("lambda:UpdateFunctionConfiguration", Place::Either),
];

const FUNCTION_URLS: &[Field] = &[
    Field { name: "url", kind: Kind::Text, doc: "the URL" },
    Field { name: "auth_type", kind: Kind::Text, doc: "`AWS_IAM`, or `NONE` where Lambda asks nobody who they are" },
    Field {
        name: "allowed_origins",
        kind: Kind::Texts,
        doc: "the origins whose pages may read its answers; none without CORS",
    },
    Field { name: "allows_credentials", kind: Kind::Bool, doc: "whether pages of these may send cookies with it" },
];

facts! { Function {
    "name": Kind::Text, "its name", |function, _| Value::optional(Some(function.function_name.as_str()));
    "runtime": Kind::Text, "its runtime, such as `python3.13`; absent for an image", |function, _| Value::optional(function.runtime.as_deref());
    "role": Kind::Text, "the role that it runs as", |function, _| Value::optional(function.role.as_deref());
    "vpc_id": Kind::Text, "the VPC that it is connected to; absent if it is to none",
        |function, _| Value::optional(function.vpc_config.as_ref().and_then(|of| of.vpc_id.as_deref()).filter(|id| !id.is_empty()));
    "public_actions": Kind::Texts, "what the function's own policy lets strangers do, such as `lambda:InvokeFunction`", uses ["lambda:GetPolicy"],
        |function, context| Value::known(public(function, context));
    "urls": Kind::List(FUNCTION_URLS), "the URLs at which it is called", uses ["lambda:ListFunctionUrlConfigs"],
        |function, context| context.field(URLS, function.function_url_configs.as_ref().map(|urls| urls.iter().map(url).collect::<Vec<_>>()));
}}

facts! { Layer {
    "name": Kind::Text, "its name", |layer, _| layer.layer_name.as_str();
    "version": Kind::Int, "the number of its latest version",
        |layer, _| Value::optional(layer.latest_matching_version.as_ref().map(|latest| latest.version));
    "runtimes": Kind::Texts, "the runtimes that its latest version is meant for; none if it does not say",
        |layer, _| layer.latest_matching_version.as_ref().map(|latest| latest.compatible_runtimes.clone()).unwrap_or_default();
}}

fn document<'f>(function: &'f Function, context: &Context<'_>) -> Result<Option<&'f Document>, Missing> {
    let Some(policy) = &function.function_policy else {
        context.require(POLICY)?;
        return Err(Missing::because(format!("{POLICY} gave nothing of {}", function.function_name)));
    };
    let Some(policy) = &policy.policy else { return Ok(None) };
    let unreadable =
        |error| Missing::because(format!("the policy of `{}` cannot be read: {error}", function.function_name));
    policy.document().map(Some).map_err(unreadable)
}

fn public(function: &Function, context: &Context<'_>) -> Result<Vec<String>, Missing> {
    let Some(document) = document(function, context)? else { return Ok(Vec::new()) };
    let arn = function.arn(context.scope);
    let target = Target { arn: arn.as_str(), inside: ':' };
    let open = Asked::new(document, target, context.scope.partition.as_str()).public(ACTIONS);
    Ok(open.into_iter().map(str::to_owned).collect())
}

fn url(of: &FunctionUrlConfig) -> Record {
    let cors = of.cors.as_ref();
    let values = [
        Value::optional(of.function_url.as_deref()),
        match of.auth_type.as_deref() {
            Some(kind) => kind.into(),
            None => Value::Unknown(Missing::because(format!("{URLS} does not say who may call"))),
        },
        cors.map(|cors| cors.allow_origins.clone()).unwrap_or_default().into(),
        cors.is_some_and(|cors| cors.allow_credentials == Some(true)).into(),
    ];
    Record::new(FUNCTION_URLS, values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::Scope;
    use crate::inventory::{Cell, Gap, Inventory, Outcome, Provenance, Reason};
    use crate::model::Model;
    use crate::model::facts::{table, value};
    use crate::resource::{Resource, ResourceType};
    use serde_json::{Value as Json, json};

    fn fact(more: Json, denied: &[&str], name: &str) -> Value {
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
        for operation in Function::OPERATIONS {
            let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
            let outcome = if denied.contains(operation) { Outcome::Gap(gap) } else { Outcome::Complete };
            inventory.ledger.record(Cell { scope: scope.clone(), operation: (*operation).to_owned() }, outcome);
        }
        let mut fields =
            json!({"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        inventory.insert(scope.clone(), Resource::deserialize_as(ResourceType::Function, fields).unwrap());
        let model = Model::new(&inventory, taken_at);
        let index = table(ResourceType::Function).iter().position(|field| field.name == name).unwrap();
        let (_, subject) = model.subjects(ResourceType::Function).next().unwrap();
        value(&model, &scope, subject, index)
    }

    fn policy(principal: Json, condition: Json) -> Json {
        json!({"FunctionPolicy": {"Policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal,
            "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f", "Condition": condition}]}}})
    }

    #[test]
    fn a_policy_is_asked_what_strangers_may() {
        let public = |policy: Json| fact(policy, &[], "public_actions");
        let (open, closed) = (Value::Texts(vec!["lambda:InvokeFunction".to_owned()]), Value::Texts(Vec::new()));
        assert_eq!(public(policy(json!("*"), json!({}))), open);
        assert_eq!(
            public(policy(json!({"AWS": "*"}), json!({"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}))),
            open
        );
        assert_eq!(public(policy(json!("*"), json!({"ArnLike": {"AWS:SourceArn": "arn:aws:sns:*:*:topic"}}))), open);
        for bounded in [
            policy(json!({"AWS": "999988887777"}), json!({})),
            policy(json!({"Service": "s3.amazonaws.com"}), json!({})),
            policy(json!("*"), json!({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}})),
            policy(json!("*"), json!({"StringEquals": {"AWS:SourceAccount": "111122223333"}})),
            json!({"FunctionPolicy": {}}),
        ] {
            assert_eq!(public(bounded.clone()), closed, "{bounded}");
        }
        assert!(matches!(fact(json!({}), &["lambda:GetPolicy"], "public_actions"), Value::Unknown(_)));
        assert!(matches!(public(json!({"FunctionPolicy": {"Policy": "{"}})), Value::Unknown(_)));
    }

    #[test]
    fn urls_say_who_may_call_and_whose_pages_read() {
        let urls = json!({"FunctionUrlConfigs": [{"FunctionUrl": "https://x.lambda-url.eu-west-1.on.aws/", "AuthType": "NONE",
            "Cors": {"AllowOrigins": ["*"], "AllowCredentials": true}}, {"AuthType": "AWS_IAM"}]});
        let Value::List(records) = fact(urls, &[], "urls") else { panic!("no list") };
        let shown: Vec<Vec<String>> =
            records.iter().map(|one| one.values().iter().skip(1).map(ToString::to_string).collect()).collect();
        assert_eq!(shown, [["NONE", "*", "true"], ["AWS_IAM", "", "false"]]);
        assert_eq!(fact(json!({"FunctionUrlConfigs": []}), &[], "urls"), Value::List(Vec::new()));
        assert!(matches!(fact(json!({}), &[URLS], "urls"), Value::Unknown(_)));
    }
}
