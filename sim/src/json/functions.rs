//! Lambda: where an account has a network, a function reads what comes into its bucket, has a URL that IAM guards, and
//! shares a layer with those to come.

use serde_json::json;

use super::{Outcome, list, unknown};
use crate::call::{Call, request_id};
use crate::cell::Cell;
use crate::clock::iso_millis;
use crate::error::ApiError;
use crate::hash::{LOWER, letters};
use crate::page::Limits;

const NAME: &str = "intake";
const PAGE: Limits = Limits::sized(50, 10_000);

pub fn operation(call: &Call) -> Outcome {
    let cell = &call.cell;
    let total = u32::from(cell.regular_vpcs() > 0);
    if !matches!(call.action, "ListFunctions" | "ListLayers") && (call.need("FunctionName")? != NAME || total == 0) {
        let message = format!("Function not found: {}", arn(cell));
        return Err(ApiError::new(404, "ResourceNotFoundException", message));
    }
    match call.action {
        "ListFunctions" => list(call, "Functions", total, PAGE, |_| {
            Some(json!({
                "FunctionName": NAME,
                "FunctionArn": arn(cell),
                "Runtime": "python3.13",
                "Role": format!("arn:aws:iam::{}:role/service-role/intake", cell.owner()),
                "Handler": "intake.handle",
                "CodeSize": 4096,
                "Timeout": 30,
                "MemorySize": 256,
                "LastModified": iso_millis(cell.created("function", 0)),
                "Version": "$LATEST",
                "PackageType": "Zip",
                "Architectures": ["arm64"],
            }))
        }),
        "ListLayers" => list(call, "Layers", total, PAGE, |_| {
            let layer = cell.arn("lambda", "layer:intake-libraries");
            Some(json!({
                "LayerName": "intake-libraries",
                "LayerArn": layer,
                "LatestMatchingVersion": {
                    "LayerVersionArn": format!("{layer}:3"),
                    "Version": 3,
                    "CreatedDate": iso_millis(cell.created("layer", 0)),
                    "CompatibleRuntimes": ["python3.13"],
                    "CompatibleArchitectures": ["arm64"],
                },
            }))
        }),
        "GetPolicy" => {
            let policy = json!({"Version": "2012-10-17", "Id": "default", "Statement": [{
                "Sid": "from-the-bucket",
                "Effect": "Allow",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "lambda:InvokeFunction",
                "Resource": arn(cell),
                "Condition": {"StringEquals": {"AWS:SourceAccount": cell.owner()}},
            }]});
            Ok(json!({"Policy": policy.to_string(), "RevisionId": request_id(cell.hash("function-policy", 0))}))
        }
        "ListFunctionUrlConfigs" => list(call, "FunctionUrlConfigs", 1, PAGE, |_| {
            let host = letters(cell.hash("function-url", 0), LOWER, 32);
            let created = iso_millis(cell.created("function-url", 0));
            Some(json!({
                "FunctionUrl": format!("https://{host}.lambda-url.{}.on.aws/", cell.region_name()),
                "FunctionArn": arn(cell),
                "AuthType": "AWS_IAM",
                "CreationTime": created,
                "LastModifiedTime": created,
                "InvokeMode": "BUFFERED",
            }))
        }),
        _ => Err(unknown(call)),
    }
}

fn arn(cell: &Cell) -> String {
    cell.arn("lambda", &format!("function:{NAME}"))
}
