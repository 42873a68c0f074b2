//! Lambda: functions, each with its policy and its URLs, which AWS tells for one function at a time; and layers.

use aws_sdk_lambda::Client;

use crate::collect::mirror::{Mirror, insert, listed_of, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::resource::lambda::{Function, FunctionPolicy, FunctionUrlConfig, Layer};

pub async fn collect(reader: &Reader) {
    let lambda = &reader.lambda();
    together!(functions(reader, lambda), layers(reader, lambda)).await;
}

async fn layers(reader: &Reader, lambda: &Client) {
    let layers = reader
        .pages(
            "lambda:ListLayers",
            |marker| lambda.list_layers().max_items(50).set_marker(marker).send(),
            |page| (page.layers.unwrap_or_default(), page.next_marker),
        )
        .await;
    insert::<Layer, _>(reader, layers);
}

async fn functions(reader: &Reader, lambda: &Client) {
    let functions = reader
        .pages(
            "lambda:ListFunctions",
            |marker| lambda.list_functions().max_items(50).set_marker(marker).send(),
            |page| (page.functions.unwrap_or_default(), page.next_marker),
        )
        .await;
    let functions = resources::<Function, _>(reader, functions);
    futures::future::join_all(functions.into_iter().map(async |mut function| {
        let name = &function.function_name;
        let (policy, urls) = tokio::join!(policy(reader, lambda, name), urls(reader, lambda, name));
        (function.function_policy, function.function_url_configs) = (policy, urls);
        reader.insert(function);
    }))
    .await;
}

async fn policy(reader: &Reader, lambda: &Client, function: &str) -> Option<FunctionPolicy> {
    let call = || lambda.get_policy().function_name(function).send();
    let answer = reader.one_or_none("lambda:GetPolicy", &["ResourceNotFoundException"], call).await?;
    Some(FunctionPolicy { policy: Mirror::mirror(answer.and_then(|answer| answer.policy)) })
}

async fn urls(reader: &Reader, lambda: &Client, function: &str) -> Option<Vec<FunctionUrlConfig>> {
    let urls = reader
        .all_pages(
            "lambda:ListFunctionUrlConfigs",
            |marker| lambda.list_function_url_configs().function_name(function).max_items(50).set_marker(marker).send(),
            |page| (page.function_url_configs, page.next_marker),
        )
        .await?;
    Some(Mirror::mirror(Some(urls)))
}

listed_of! { [aws_sdk_lambda, lambda] FunctionConfiguration => Function by [function_name] { function_arn, runtime, role, package_type, vpc_config } later { function_policy, function_url_configs } }
listed_of! { [aws_sdk_lambda, lambda] LayersListItem => Layer by [layer_name] { layer_arn, latest_matching_version } }
mirror_of! { [aws_sdk_lambda, lambda]
    LayerVersionsListItem => LayerVersion { version, created_date, compatible_runtimes, compatible_architectures }
    VpcConfigResponse => FunctionVpcConfig { vpc_id, subnet_ids, security_group_ids }
    Cors => FunctionUrlCors { allow_credentials, allow_origins, allow_methods, allow_headers }
}

impl Mirror<aws_sdk_lambda::types::FunctionUrlConfig> for FunctionUrlConfig {
    fn mirror(of: aws_sdk_lambda::types::FunctionUrlConfig) -> FunctionUrlConfig {
        FunctionUrlConfig {
            function_url: Some(of.function_url),
            function_arn: Some(of.function_arn),
            auth_type: Some(of.auth_type.as_str().to_owned()),
            cors: Mirror::mirror(of.cors),
        }
    }
}
