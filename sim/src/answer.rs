//! From a request to its reply, without any network.

use hyper::HeaderMap;
use serde_json::{Value, json};

use crate::call::{Call, Caller, Params, Scope, request_id};
use crate::cell::Cell;
use crate::error::{ApiError, Reply, content_type};
use crate::faults::{Fault, FaultState, Faults, Subject};
use crate::hash::{hash, word};
use crate::limits::Buckets;
use crate::org::Organization;
use crate::page::PageFault;
use crate::service::{Protocol, Service};
use crate::stats::Counters;
use crate::xml::Xml;
use crate::{ec2, iam, json, sts};

/// Everything a request needs, shared by all connections.
pub struct Sim {
    pub org: Organization,
    pub latency_ms: u64,
    pub counters: Counters,
    faults: FaultState,
    buckets: Option<Buckets>,
}

/// An HTTP request, read completely.
pub struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// How the reply is put on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    Plain,
    Reset,
    Stall,
    Slow,
}

/// A request as far as it was understood; errors take their shape from it.
struct Understood {
    account: String,
    region: String,
    service: Option<Service>,
    action: &'static str,
    protocol: Protocol,
}

impl Sim {
    pub fn new(org: Organization, faults: Faults) -> Sim {
        Sim {
            faults: FaultState::new(faults.rules, org.seed),
            latency_ms: faults.latency_ms,
            counters: Counters::new(),
            buckets: faults.limits.then(Buckets::new),
            org,
        }
    }

    /// Answers a request and counts it.
    pub fn answer(&self, request: &Request) -> (Reply, Wire) {
        let mut seen = Understood {
            account: "-".to_owned(),
            region: "-".to_owned(),
            service: None,
            action: "-",
            protocol: guess_protocol(request),
        };
        let (reply, wire) = match self.understand(request, &mut seen) {
            Ok(found) => found,
            Err(error) => {
                let namespace = seen.service.unwrap_or(Service::Ec2).namespace();
                let id = request_id(hash(self.org.seed, &[word(error.code), word(request.path)]));
                (error.render(seen.protocol, namespace, &id), Wire::Plain)
            }
        };
        let status = if wire == Wire::Reset { 0 } else { reply.status };
        let service = seen.service.map_or("-", Service::scope);
        self.counters.count(&seen.account, &seen.region, service, seen.action, status);
        (reply, wire)
    }

    fn understand(&self, request: &Request, seen: &mut Understood) -> Result<(Reply, Wire), ApiError> {
        let header = |name: &str| request.headers.get(name).and_then(|v| v.to_str().ok());
        let scope = header("authorization")
            .and_then(Scope::from_header)
            .ok_or_else(|| ApiError::new(403, "MissingAuthenticationToken", "Missing Authentication Token"))?;
        let service = Service::from_scope(&scope.service)
            .ok_or_else(|| ApiError::unknown_action(seen.protocol, &scope.service))?;
        let protocol = service.protocol();
        seen.service = Some(service);
        seen.protocol = protocol;

        let (name, params) = read_parameters(service, request, header("x-amz-target"))?;
        let action = service.action(&name).ok_or_else(|| ApiError::unknown_action(protocol, &name))?;
        seen.action = action;

        let token = header("x-amz-security-token");
        let region = self.org.regions.iter().position(|name| *name == scope.region);
        seen.region.clone_from(&scope.region);
        let caller = Caller::from_key(&self.org, protocol, &scope.key, token)?;
        let account = caller.account;
        seen.account = self.org.account_id(account);
        let region = match region {
            // A global service has no region, whichever one its client signs for.
            _ if service.is_global() => 0,
            Some(region) => region,
            // STS and `DescribeRegions` also answer where nothing else runs:
            // that is where a scan starts.
            None if scope.region == "us-east-1" && starts(service, action) => 0,
            None => return Err(ApiError::region_disabled(service)),
        };
        let mut call = Call {
            org: &self.org,
            cell: Cell { org: &self.org, account, region },
            service,
            action,
            params,
            caller,
            page_fault: None,
        };

        let paged = call.params.text("MaxResults").is_some();
        if let Some(buckets) = &self.buckets
            && !buckets.take(account, &scope.region, service, action, paged)
        {
            return Err(ApiError::throttled(protocol));
        }
        let fault = self.faults.pick(&Subject {
            account: &seen.account,
            region: &scope.region,
            service: service.scope(),
            action,
            request: &|| word(&format!("{:?}", call.params)),
        });
        self.with_fault(&mut call, fault)
    }

    fn with_fault(&self, call: &mut Call, fault: Option<Fault>) -> Result<(Reply, Wire), ApiError> {
        let protocol = call.service.protocol();
        let denied = |by_scp| ApiError::denied(call.service, call.action, &call.caller, by_scp);
        match fault {
            None => Ok((serve(call)?, Wire::Plain)),
            Some(Fault::Throttle) => Err(ApiError::throttled(protocol)),
            Some(Fault::ServerError) => Err(ApiError::internal(protocol)),
            Some(Fault::AccessDenied) => Err(denied(false)),
            Some(Fault::ScpDenied) => Err(denied(true)),
            Some(Fault::RegionDisabled) => Err(ApiError::region_disabled(call.service)),
            Some(Fault::ExpiredToken) => Err(ApiError::expired(protocol)),
            Some(Fault::ReportInProgress) => in_progress(call),
            Some(Fault::Reset) => Ok((serve(call)?, Wire::Reset)),
            Some(Fault::Stall) => Ok((serve(call)?, Wire::Stall)),
            Some(Fault::SlowBody) => Ok((serve(call)?, Wire::Slow)),
            Some(Fault::TruncatedXml) => {
                let mut reply = serve(call)?;
                let end = cut_point(&reply.body);
                reply.body.truncate(end);
                Ok((reply, Wire::Plain))
            }
            Some(Fault::Garbage) => Ok((garbage(), Wire::Plain)),
            Some(Fault::RepeatedToken) => {
                call.page_fault = Some(PageFault::RepeatedToken);
                Ok((serve(call)?, Wire::Plain))
            }
            Some(Fault::EmptyPageWithToken) => {
                call.page_fault = Some(PageFault::EmptyPage);
                Ok((serve(call)?, Wire::Plain))
            }
            Some(Fault::HugePage) => {
                call.page_fault = Some(PageFault::Huge);
                let mut reply = serve(call)?;
                pad(&mut reply.body, HUGE);
                Ok((reply, Wire::Plain))
            }
        }
    }
}

/// Size of a padded body.
const HUGE: usize = 32 << 20;

/// Operations that a scan starts with, before it knows the regions.
fn starts(service: Service, action: &str) -> bool {
    service == Service::Sts || action == "DescribeRegions"
}

/// The protocol of a service that is not simulated, so that even its error has
/// a shape its client can read.
fn guess_protocol(request: &Request) -> Protocol {
    let kind = request.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or("");
    if kind.contains("x-www-form-urlencoded") {
        Protocol::Query
    } else if kind.contains("x-amz-json") {
        Protocol::Json
    } else {
        Protocol::Rest
    }
}

/// The name of the operation and its parameters.
fn read_parameters(service: Service, request: &Request, target: Option<&str>) -> Result<(String, Params), ApiError> {
    let protocol = service.protocol();
    let text = || String::from_utf8_lossy(request.body);
    let parse_json = || -> Result<Value, ApiError> {
        if request.body.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_slice(request.body)
            .map_err(|_| ApiError::new(400, "SerializationException", "The body is not valid JSON."))
    };
    match protocol {
        Protocol::Ec2 | Protocol::Query => {
            let mut form = Params::parse_form(&text());
            form.extend(Params::parse_form(request.query));
            let params = Params { form, json: Value::Null };
            let name = params.text("Action").unwrap_or("").to_owned();
            Ok((name, params))
        }
        Protocol::Json => {
            let name = target.and_then(|target| target.rsplit('.').next());
            let params = Params { form: Vec::new(), json: parse_json()? };
            Ok((name.unwrap_or("").to_owned(), params))
        }
        Protocol::Rest => {
            let asked = format!("{} {}", request.method, request.path);
            let (name, id) = service
                .route(request.method, request.path)
                .ok_or_else(|| ApiError::unknown_action(protocol, &asked))?;
            let mut form = Params::parse_form(request.query);
            form.extend(id.map(|id| ("detectorId".to_owned(), id)));
            let mut json = parse_json()?;
            // Security Hub pages in the body under the names of query strings
            // elsewhere; both are found by name.
            if !json.is_object() {
                json = json!({});
            }
            Ok((name.to_owned(), Params { form, json }))
        }
    }
}

fn serve(call: &Call) -> Result<Reply, ApiError> {
    let protocol = call.service.protocol();
    let body = match protocol {
        Protocol::Ec2 => ec2::serve(call)?,
        Protocol::Query => query_body(call)?,
        Protocol::Json | Protocol::Rest => json::serve(call)?.to_string(),
    };
    Ok(Reply { status: 200, content_type: content_type(protocol), error_type: None, body })
}

fn query_body(call: &Call) -> Result<String, ApiError> {
    let mut x = Xml::default();
    let name = call.action;
    let namespace = call.service.namespace();
    x.raw(&format!("<{name}Response xmlns=\"{namespace}\"><{name}Result>"));
    match call.service {
        Service::Sts => sts::operation(call, &mut x)?,
        _ => iam::operation(call, &mut x)?,
    }
    x.raw(&format!("</{name}Result>"));
    x.node("ResponseMetadata", |x| x.put("RequestId", call.request_id()));
    x.raw(&format!("</{name}Response>"));
    Ok(x.finish())
}

fn in_progress(call: &Call) -> Result<(Reply, Wire), ApiError> {
    match call.action {
        "GetCredentialReport" => Err(ApiError::new(404, "ReportInProgress", "Credential report is being generated.")),
        "GenerateCredentialReport" => {
            let mut reply = serve(call)?;
            reply.body = reply.body.replace(
                "<State>COMPLETE</State>",
                "<State>STARTED</State><Description>No report exists. Starting a new report generation task</Description>",
            );
            Ok((reply, Wire::Plain))
        }
        _ => Ok((serve(call)?, Wire::Plain)),
    }
}

fn garbage() -> Reply {
    Reply {
        status: 200,
        content_type: "text/html",
        error_type: None,
        body: "<html><head><title>Sign in</title></head><body><p>Sign in to use this network.</p></body></html>"
            .to_owned(),
    }
}

/// Where to cut a body: after a whole list element near the middle, so that
/// what is left looks like a shorter list to a lenient parser; else in the
/// middle.
fn cut_point(body: &str) -> usize {
    let mut middle = body.len() / 2;
    while !body.is_char_boundary(middle) {
        middle -= 1;
    }
    let (before, after) = body.split_at(middle);
    for end in ["</item>", "</member>"] {
        if let Some(at) = before.rfind(end) {
            return at + end.len();
        }
        if let Some(at) = after.find(end) {
            return middle + at + end.len();
        }
    }
    middle
}

/// Adds white space before the last character (`>` or `}`).
fn pad(body: &mut String, size: usize) {
    let missing = size.saturating_sub(body.len());
    // Inside the closing tag of XML and before the closing brace of JSON, white
    // space means nothing.
    let at = body.len().saturating_sub(1);
    body.insert_str(at, &" ".repeat(missing));
}
