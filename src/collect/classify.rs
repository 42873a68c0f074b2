//! From the SDK's errors to reasons: what went wrong, and whether to try again.

use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::inventory::Reason;

/// Why a call failed.
#[derive(Debug, Clone)]
pub struct Failure {
    pub reason: Reason,
    /// AWS's error code, if it gave one.
    pub code: Option<String>,
    /// One line.
    pub message: String,
    pub retry: Retry,
}

/// Whether another try can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    No,
    /// A fault that passes.
    Soon,
    /// Too fast; AWS may say how long to wait.
    Slower(Option<Duration>),
    /// With new credentials.
    Reauthenticate,
}

const THROTTLED: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "SlowDown",
    "PriorRequestNotComplete",
    "TransactionInProgressException",
    "EC2ThrottledException",
];
const DENIED: [&str; 7] = [
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "Client.UnauthorizedOperation",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
];
const EXPIRED: [&str; 4] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
/// Credentials that work elsewhere and are refused here: the region is not enabled.
const REGION_OFF: [&str; 6] = [
    "OptInRequired",
    "AuthFailure",
    "RegionDisabledException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "UnrecognizedClient",
];
const UNKNOWN_OPERATION: [&str; 8] = [
    "InvalidAction",
    "UnknownOperationException",
    "UnknownOperation",
    "UnsupportedOperation",
    "UnsupportedOperationException",
    "NotImplemented",
    "InternalFailure.NotImplemented",
    "UnsupportedCommandException",
];
const SERVER_FAULT: [&str; 8] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
    "ServiceException",
];

/// Says what an SDK error means.
pub fn classify<E>(error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let failure = |reason, retry| Failure { reason, code: None, message: chain(error), retry };
    match error {
        SdkError::ConstructionFailure(_) => failure(Reason::NoCredentials, Retry::No),
        SdkError::TimeoutError(_) => failure(Reason::TimedOut, Retry::Soon),
        // Credentials are asked for while a request is dispatched.
        SdkError::DispatchFailure(_) if no_credentials(error).is_some() => {
            let message = no_credentials(error).map(|cause| one_line(&cause)).unwrap_or_default();
            Failure { message, ..failure(Reason::NoCredentials, Retry::No) }
        }
        SdkError::DispatchFailure(dispatch) => match dispatch.as_connector_error() {
            Some(connector) if connector.is_user() => failure(Reason::Rejected, Retry::No),
            _ => failure(Reason::TimedOut, Retry::Soon),
        },
        SdkError::ResponseError(response) => match html(response.raw()) {
            Some(message) => Failure { message, ..failure(Reason::Unsupported, Retry::No) },
            None => failure(Reason::Malformed, Retry::Soon),
        },
        SdkError::ServiceError(service) => of_service(service.err(), service.raw(), chain(error)),
        _ => failure(Reason::Malformed, Retry::No),
    }
}

fn of_service<E: ProvideErrorMetadata>(error: &E, raw: &HttpResponse, chain: String) -> Failure {
    let status = raw.status().as_u16();
    let Some(code) = error.code() else {
        // No error in AWS's own form: a page of some server on the way, or of an endpoint that is not AWS.
        return match html(raw) {
            Some(message) => Failure { reason: Reason::Unsupported, code: None, message, retry: Retry::No },
            None if status >= 500 => Failure {
                reason: Reason::ServerError,
                code: None,
                message: format!("HTTP status {status}"),
                retry: Retry::Soon,
            },
            None if status == 429 => Failure {
                reason: Reason::Throttled,
                code: None,
                message: format!("HTTP status {status}"),
                retry: Retry::Slower(None),
            },
            None => Failure {
                reason: Reason::Malformed,
                code: None,
                message: format!("HTTP status {status}: {chain}"),
                retry: Retry::No,
            },
        };
    };
    let said = one_line(error.message().unwrap_or("no message"));
    let by_scp = said.contains("service control policy") || said.contains("resource control policy");
    let is = |codes: &[&str]| codes.contains(&code);
    let (reason, retry) = if is(&THROTTLED) || code.starts_with("Throttl") {
        (Reason::Throttled, Retry::Slower(retry_after(raw)))
    } else if is(&EXPIRED) {
        (Reason::NoCredentials, Retry::Reauthenticate)
    } else if is(&DENIED) {
        (if by_scp { Reason::DeniedByScp } else { Reason::AccessDenied }, Retry::No)
    } else if is(&REGION_OFF) {
        (Reason::RegionDisabled, Retry::No)
    } else if is(&UNKNOWN_OPERATION) {
        (Reason::Unsupported, Retry::No)
    } else if is(&SERVER_FAULT) || status >= 500 {
        (Reason::ServerError, Retry::Soon)
    } else {
        (Reason::Rejected, Retry::No)
    };
    Failure { reason, code: Some(code.to_owned()), message: format!("{code}: {said}"), retry }
}

/// How long AWS asks to wait (`x-amz-retry-after`, in milliseconds).
fn retry_after(raw: &HttpResponse) -> Option<Duration> {
    raw.headers().get("x-amz-retry-after")?.parse().ok().map(Duration::from_millis)
}

/// An answer in HTML is no AWS API's; the first words of its title.
fn html(raw: &HttpResponse) -> Option<String> {
    let body = String::from_utf8_lossy(raw.body().bytes()?);
    let start: String = body.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    (start.starts_with("<!doctype html") || start.starts_with("<html"))
        .then(|| format!("the endpoint answered with an HTML page (HTTP status {})", raw.status().as_u16()))
}

/// What the credentials provider said, if it is the cause.
fn no_credentials(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.find(|cause| cause.is::<CredentialsError>()).map(|cause| cause.source().unwrap_or(cause).to_string())
}

/// An error and its causes, each said once.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in std::iter::successors(Some(error), |error| error.source()) {
        let text = cause.to_string();
        if !said.iter().any(|before| before.contains(&text)) {
            said.push(text);
        }
    }
    one_line(&said.join(": "))
}

/// The text in one line of at most 300 characters.
fn one_line(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match joined.char_indices().nth(300) {
        Some((at, _)) => format!("{}...", &joined[..at]),
        None => joined,
    }
}
