//! AWS WAF: where an account has load balancers, one web ACL stands before all that take HTTP from the internet.

use serde_json::{Value, json};

use super::{Outcome, list, unknown};
use crate::balancers::{self, Balancer};
use crate::call::{Call, request_id};
use crate::cell::Cell;
use crate::error::ApiError;
use crate::page::Limits;

const PAGE: Limits = Limits::sized(100, 100);
const NAME: &str = "web";

pub fn operation(call: &Call) -> Outcome {
    let cell = &call.cell;
    if call.need("Scope").is_ok_and(|scope| scope != "REGIONAL") {
        return Err(ApiError::not_simulated(call.service.protocol(), "web ACLs of CloudFront"));
    }
    let total = u32::from(cell.regular_vpcs() > 0);
    match call.action {
        "ListWebACLs" => list(call, "WebACLs", total, PAGE, |_| Some(acl(cell))),
        "ListResourcesForWebACL" => {
            if total == 0 || call.need("WebACLArn")? != arn(cell) {
                let message = "AWS WAF couldn't perform the operation because your resource doesn't exist.";
                return Err(ApiError::new(400, "WAFNonexistentItemException", message));
            }
            let web = balancers::all(cell).into_iter().filter(|of| of.is_application());
            let arns: Vec<String> = web.map(|of: Balancer| of.arn(cell)).collect();
            Ok(json!({"ResourceArns": arns}))
        }
        _ => Err(unknown(call)),
    }
}

fn id(cell: &Cell) -> String {
    request_id(cell.hash("web-acl", 0))
}

fn arn(cell: &Cell) -> String {
    cell.arn("wafv2", &format!("regional/webacl/{NAME}/{}", id(cell)))
}

fn acl(cell: &Cell) -> Value {
    json!({
        "Name": NAME,
        "Id": id(cell),
        "Description": "",
        "LockToken": request_id(cell.hash("web-acl-token", 0)),
        "ARN": arn(cell),
    })
}
