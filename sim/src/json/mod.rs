//! Services that speak JSON.

mod accelerators;
mod alarms;
mod detect;
mod firewalls;
mod functions;
mod lines;
mod organizations;
mod recording;
mod sensors;
mod systems;
mod web_acls;

pub use recording::OWN_TRAIL;
use serde_json::{Map, Value};
pub use systems::DOCUMENT;

use crate::call::Call;
use crate::error::ApiError;
use crate::page::{Limits, Page};
use crate::service::Service;

type Outcome = Result<Value, ApiError>;

/// The body of a successful reply.
pub fn serve(call: &Call) -> Outcome {
    match call.service {
        Service::Organizations => organizations::operation(call),
        Service::Config => recording::config(call),
        Service::CloudTrail => recording::cloud_trail(call),
        Service::CloudWatch => alarms::operation(call),
        Service::GlobalAccelerator => accelerators::operation(call),
        Service::Lambda => functions::operation(call),
        Service::DirectConnect => lines::operation(call),
        Service::NetworkFirewall => firewalls::operation(call),
        Service::Waf => web_acls::operation(call),
        Service::Ssm => systems::operation(call),
        Service::Inspector2 | Service::Macie2 | Service::Detective => sensors::operation(call),
        _ => detect::operation(call),
    }
}

fn unknown(call: &Call) -> ApiError {
    ApiError::unknown_action(call.service.protocol(), call.action)
}

/// One page of a list of `total` things under `name`.
fn list(call: &Call, name: &str, total: u32, limits: Limits, each: impl FnMut(u32) -> Option<Value>) -> Outcome {
    let page = call.page(total, limits)?;
    let Page { range, next } = page;
    let mut body = Map::new();
    body.insert(name.to_owned(), range.filter_map(each).collect());
    if let Some(token) = next {
        let key = match call.service {
            Service::GuardDuty | Service::AccessAnalyzer | Service::DirectConnect | Service::Inspector2 => "nextToken",
            Service::Lambda | Service::Waf => "NextMarker",
            _ => "NextToken",
        };
        body.insert(key.to_owned(), token.into());
    }
    Ok(Value::Object(body))
}
