//! From a request to its reply, without any network.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::HeaderMap;
use serde_json::{Value, json};

use crate::call::{Call, Caller, Params, Scope, request_id};
use crate::cell::Cell;
use crate::error::{ApiError, Reply, content_type};
use crate::faults::{Fault, FaultState, Faults, Subject};
use crate::hash::{hash, word};
use crate::latency::{self, Latency};
use crate::limits::Buckets;
use crate::org::Organization;
use crate::page::PageFault;
use crate::service::{OPERATIONS, Protocol, Service};
use crate::stats::{Asked, Counters, Regions, Stats, UnderWay};
use crate::xml::Xml;
use crate::{broken, cbor, ec2, elb, iam, json, rds, route53, s3, sts};

/// Everything a request needs, shared by all connections.
pub struct Sim {
    pub org: Organization,
    pub counters: Arc<Counters>,
    regions: Regions,
    faults: FaultState,
    latency_ms: u64,
    latency: Vec<Latency>,
    huge_bytes: usize,
    buckets: Buckets,
    /// How large the last reply of each operation was, for room to write the next.
    rooms: Vec<AtomicUsize>,
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
    /// Reset instead of a reply.
    Reset,
    /// Headers and half of the body, then reset.
    ResetAfterHeaders,
    /// Headers and nothing else.
    Stall,
    /// The body bit by bit.
    Slow,
    /// Half of the body in chunks, and no last chunk.
    Unfinished,
}

/// What comes of a request.
pub struct Answer {
    pub reply: Reply,
    pub wire: Wire,
    pub delay: Duration,
    /// Kept until the reply is sent.
    pub under_way: Option<UnderWay>,
}

/// A request as far as it was understood; errors take their shape from it.
struct Understood<'a> {
    asked: Asked<'a>,
    service: Option<Service>,
    protocol: Protocol,
    under_way: Option<UnderWay>,
    delay: Duration,
}

impl Sim {
    pub fn new(org: Organization, faults: Faults) -> Sim {
        let regions = Regions::new(&org);
        Sim {
            faults: FaultState::new(faults.rules, org.seed),
            latency_ms: faults.latency_ms,
            latency: faults.latency,
            huge_bytes: faults.huge_bytes.unwrap_or(HUGE),
            counters: Arc::new(Counters::new(&org, &regions)),
            buckets: Buckets::new(faults.limits),
            rooms: OPERATIONS.iter().map(|_| AtomicUsize::new(SMALL)).collect(),
            regions,
            org,
        }
    }

    /// What was called so far, by one account or by all.
    pub fn stats(&self, account: Option<&str>) -> Stats {
        let (calls, accounts) = self.counters.calls(&self.org, &self.regions, account);
        let (mut buckets, highest) = self.buckets.report(|account, region| {
            let id = if account == u32::MAX { "*".to_owned() } else { self.org.account_id(account) };
            (id, self.regions.name(region).to_owned())
        });
        buckets.retain(|used| account.is_none_or(|id| id == used.account));
        Stats { total: calls.iter().map(|count| count.calls).sum(), calls, buckets, highest, accounts }
    }

    /// Answers a request and counts it.
    pub fn answer(&self, request: &Request) -> Answer {
        let mut seen = Understood {
            asked: Asked { account: None, region: None, region_name: "-", operation: None },
            service: None,
            protocol: guess_protocol(request),
            under_way: None,
            delay: Duration::from_millis(self.latency_ms),
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
        self.counters.count(&seen.asked, status, &self.org);
        Answer { reply, wire, delay: seen.delay, under_way: seen.under_way }
    }

    fn understand<'r>(&'r self, request: &Request<'r>, seen: &mut Understood<'r>) -> Result<(Reply, Wire), ApiError> {
        let headers = request.headers;
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let scope = header("authorization")
            .and_then(Scope::from_header)
            .ok_or_else(|| ApiError::new(403, "MissingAuthenticationToken", "Missing Authentication Token"))?;
        let service = Service::from_scope(scope.service, request.path, request.body)
            .ok_or_else(|| ApiError::unknown_action(seen.protocol, scope.service))?;
        let protocol = service.protocol();
        seen.service = Some(service);
        seen.protocol = protocol;

        let (name, params) = read_parameters(service, request, header("x-amz-target"))?;
        let operation = service.operation(&name).ok_or_else(|| ApiError::unknown_action(protocol, &name))?;
        let action = operation.name;
        seen.asked.operation = Some(operation);

        let token = header("x-amz-security-token");
        seen.asked.region_name = scope.region;
        seen.asked.region = self.regions.index(scope.region);
        let caller = Caller::from_key(&self.org, protocol, scope.key, token)?;
        let account = caller.account;
        seen.asked.account = Some(account);
        seen.under_way = Some(self.counters.begin(account));
        let region = seen.asked.region.map(usize::from).filter(|index| *index < self.org.regions.len());
        let region = match region {
            // A global service has no region, whichever one its client signs for.
            _ if service.is_global(action) => 0,
            Some(region) => region,
            // STS and `DescribeRegions` also answer where nothing else runs:
            // that is where a scan starts.
            None if scope.region == "us-east-1" && starts(service, action) => 0,
            None => return Err(ApiError::region_disabled(service)),
        };
        let digest = hash(digest(request.body), &[word(request.path), word(request.query)]);
        let mut call = Call {
            org: &self.org,
            cell: Cell { org: &self.org, account, region },
            service,
            action,
            params,
            caller,
            digest,
            page_fault: None,
            items: std::cell::Cell::new(0),
            room: std::cell::Cell::new(SMALL),
        };

        let paged = call.params.text("MaxResults").is_some() || call.params.any("Filter.");
        if !self.buckets.take(account, seen.asked.region.unwrap_or(u16::MAX), operation, paged) {
            return Err(ApiError::throttled(protocol));
        }
        let fault = self.faults.pick(&Subject {
            account: &|| self.org.account_id(account),
            region: scope.region,
            service: service.name(),
            action,
            request: call.word(),
        });
        if fault == Some(Fault::SlowHeaders) {
            seen.delay += SLOW_HEADERS;
        }
        let room = self.rooms.get(usize::from(operation.index));
        call.room.set(room.map_or(SMALL, |room| room.load(Ordering::Relaxed)));
        let found = self.with_fault(&mut call, fault);
        if let (Some(room), Ok((reply, _))) = (room, &found) {
            room.store((reply.body.len() + SMALL / 4).min(LARGEST_ROOM), Ordering::Relaxed);
        }
        if let Some(latency) = self.latency.iter().find(|of| of.matches(service.name(), scope.region)) {
            let attempt = header("amz-sdk-request").map_or(0, word);
            let state = latency::state(self.org.seed, call.word(), attempt);
            seen.delay += Duration::from_micros(latency.draw(state, call.items.get()));
        }
        found
    }

    fn with_fault(&self, call: &mut Call, fault: Option<Fault>) -> Result<(Reply, Wire), ApiError> {
        let protocol = call.service.protocol();
        let denied =
            |call: &Call, by_scp| ApiError::denied(call.service, call.action, &call.caller.arn(call.org), by_scp);
        match fault {
            None => Ok((serve(call)?, Wire::Plain)),
            Some(Fault::Throttle) => Err(ApiError::throttled(protocol)),
            Some(Fault::ServerError) => Err(ApiError::internal(protocol)),
            Some(Fault::AccessDenied) => Err(denied(call, false)),
            Some(Fault::ScpDenied) => Err(denied(call, true)),
            Some(Fault::RegionDisabled) => Err(ApiError::region_disabled(call.service)),
            Some(Fault::ExpiredToken) => Err(ApiError::expired(protocol)),
            Some(Fault::ReportInProgress) => in_progress(call),
            Some(Fault::Reset) => Ok((answered(call), Wire::Reset)),
            Some(Fault::ResetAfterHeaders) => Ok((answered(call), Wire::ResetAfterHeaders)),
            Some(Fault::Stall) => Ok((answered(call), Wire::Stall)),
            Some(Fault::SlowHeaders) => Ok((answered(call), Wire::Plain)),
            Some(Fault::TruncatedChunked) => Ok((answered(call), Wire::Unfinished)),
            Some(Fault::NotUtf8) => {
                let mut reply = answered(call);
                broken::not_utf8(&mut reply.body);
                Ok((reply, Wire::Plain))
            }
            Some(Fault::WrongRoot) => {
                let mut reply = serve(call)?;
                broken::other_root(&mut reply.body, call.action);
                Ok((reply, Wire::Plain))
            }
            Some(Fault::MissingResult) => Ok((broken::nothing(call), Wire::Plain)),
            Some(Fault::SlowBody) => Ok((answered(call), Wire::Slow)),
            Some(Fault::TruncatedXml) => {
                let mut reply = answered(call);
                let end = broken::cut_point(&reply.body);
                reply.body.truncate(end);
                Ok((reply, Wire::Plain))
            }
            Some(Fault::Garbage) => Ok((broken::garbage(), Wire::Plain)),
            Some(Fault::RepeatedToken) => {
                call.page_fault = Some(PageFault::RepeatedToken);
                Ok((serve(call)?, Wire::Plain))
            }
            Some(Fault::EndlessToken) => {
                call.page_fault = Some(PageFault::EndlessToken);
                Ok((serve(call)?, Wire::Plain))
            }
            Some(Fault::EmptyPageWithToken) => {
                call.page_fault = Some(PageFault::EmptyPage);
                Ok((serve(call)?, Wire::Plain))
            }
            Some(Fault::HugePage) => {
                call.page_fault = Some(PageFault::Huge);
                let mut reply = serve(call)?;
                broken::pad(&mut reply.body, self.huge_bytes);
                Ok((reply, Wire::Plain))
            }
        }
    }
}

/// Size of a padded body.
const HUGE: usize = 32 << 20;
/// How long the headers take that take long.
const SLOW_HEADERS: Duration = Duration::from_secs(3);
/// Room for the first reply of an operation.
const SMALL: usize = 2 << 10;
/// A huge page does not make every later one ask for as much.
const LARGEST_ROOM: usize = 1 << 20;

/// A hash of a body.
fn digest(body: &[u8]) -> u64 {
    let mut words = body.chunks_exact(8);
    let state = words.by_ref().fold(body.len() as u64, |state, eight| {
        let word = eight.try_into().map_or(0, u64::from_le_bytes);
        hash(state, &[word])
    });
    words.remainder().iter().fold(state, |state, byte| hash(state, &[u64::from(*byte)]))
}

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
    } else if kind.contains("cbor") {
        Protocol::Cbor
    } else {
        Protocol::Rest
    }
}

/// The name of the operation and its parameters.
fn read_parameters<'r>(
    service: Service,
    request: &Request<'r>,
    target: Option<&'r str>,
) -> Result<(Cow<'r, str>, Params<'r>), ApiError> {
    let protocol = service.protocol();
    let parse_json = || -> Result<Value, ApiError> {
        if request.body.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_slice(request.body)
            .map_err(|_| ApiError::new(400, "SerializationException", "The body is not valid JSON."))
    };
    match protocol {
        Protocol::Ec2 | Protocol::Query => {
            let text =
                std::str::from_utf8(request.body).map_err(|_| ApiError::invalid(protocol, "The body is not UTF-8."))?;
            let mut form = Params::parse_form(text);
            form.extend(Params::parse_form(request.query));
            let name = form.iter().find(|(name, _)| name == "Action").map(|(_, value)| value.clone());
            Ok((name.unwrap_or_default(), Params { form, json: Value::Null }))
        }
        Protocol::Json => {
            let name = target.and_then(|target| target.rsplit('.').next());
            let params = Params { form: Vec::new(), json: parse_json()? };
            Ok((Cow::Borrowed(name.unwrap_or("")), params))
        }
        Protocol::Cbor => {
            let name = request.path.rsplit('/').next().unwrap_or("");
            let json = cbor::decode(request.body)
                .ok_or_else(|| ApiError::new(400, "SerializationException", "The body is not valid CBOR."))?;
            Ok((Cow::Borrowed(name), Params { form: Vec::new(), json }))
        }
        Protocol::RestXml => {
            let asked = format!("{} {}?{}", request.method, request.path, request.query);
            let (name, of) = service
                .route_xml(request.method, request.path, request.query)
                .ok_or_else(|| ApiError::unknown_action(protocol, &asked))?;
            let mut form = Params::parse_form(request.query);
            form.extend(of.map(|of| (Cow::Borrowed("Name"), Cow::Owned(of))));
            Ok((Cow::Borrowed(name), Params { form, json: Value::Null }))
        }
        Protocol::Rest => {
            let asked = format!("{} {}", request.method, request.path);
            let (name, id) = service
                .route(request.method, request.path)
                .ok_or_else(|| ApiError::unknown_action(protocol, &asked))?;
            let mut form = Params::parse_form(request.query);
            let key = if service == Service::Lambda { "FunctionName" } else { "detectorId" };
            form.extend(id.map(|id| (Cow::Borrowed(key), Cow::Owned(id))));
            let mut json = parse_json()?;
            // Security Hub pages in the body under the names of query strings
            // elsewhere; both are found by name.
            if !json.is_object() {
                json = json!({});
            }
            Ok((Cow::Borrowed(name), Params { form, json }))
        }
    }
}

/// As [`serve`], a refusal too as its reply: what goes wrong on the way does so whatever is said.
fn answered(call: &Call) -> Reply {
    serve(call)
        .unwrap_or_else(|error| error.render(call.service.protocol(), call.service.namespace(), &call.request_id()))
}

fn serve(call: &Call) -> Result<Reply, ApiError> {
    let protocol = call.service.protocol();
    let body = match protocol {
        Protocol::Cbor => {
            let body = cbor::encode(&json::serve(call)?);
            return Ok(Reply { status: 200, content_type: content_type(protocol), error_type: None, body });
        }
        Protocol::Ec2 => ec2::serve(call)?,
        Protocol::Query => query_body(call)?,
        Protocol::RestXml if call.service == Service::Route53 => route53::serve(call)?,
        Protocol::RestXml => s3::serve(call)?,
        Protocol::Json | Protocol::Rest => json::serve(call)?.to_string(),
    };
    Ok(Reply { status: 200, content_type: content_type(protocol), error_type: None, body: body.into_bytes() })
}

fn query_body(call: &Call) -> Result<String, ApiError> {
    let mut x = Xml::with_room(call.room.get());
    let name = call.action;
    let namespace = call.service.namespace();
    x.raw(&format!("<{name}Response xmlns=\"{namespace}\"><{name}Result>"));
    match call.service {
        Service::Sts => sts::operation(call, &mut x)?,
        Service::Elb | Service::Elbv2 => elb::operation(call, &mut x)?,
        Service::Rds => rds::operation(call, &mut x)?,
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
            let body = String::from_utf8_lossy(&reply.body).replace(
                "<State>COMPLETE</State>",
                "<State>STARTED</State><Description>No report exists. Starting a new report generation task</Description>",
            );
            reply.body = body.into_bytes();
            Ok((reply, Wire::Plain))
        }
        _ => Ok((serve(call)?, Wire::Plain)),
    }
}
