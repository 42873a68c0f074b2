//! From the SDK's errors to reasons: what went wrong, and whether to try again.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::date_time::{DateTime, Format};
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

impl Failure {
    /// The user stopped the scan.
    pub fn interrupted() -> Failure {
        let message = "the scan was interrupted".to_owned();
        Failure { reason: Reason::Interrupted, code: None, message, retry: Retry::No }
    }
}

/// Whether another try can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    No,
    /// A fault that passes.
    Soon,
    /// No answer in time; many in a row are no fault that passes.
    Late,
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
const DENIED: [&str; 9] = [
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    // Security Hub, where the account may not ask; that it has no hub is the collector's to tell.
    "InvalidAccessException",
    // CloudTrail, of another account's trail.
    "OperationNotPermittedException",
    // Organizations, where a service that it asks says no.
    "AccessDeniedForDependencyException",
];
const EXPIRED: [&str; 4] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
/// Credentials that are no good anywhere: whether the region is on does not matter.
const BAD_CREDENTIALS: [&str; 10] = [
    "SignatureDoesNotMatch",
    "InvalidSignature",
    "InvalidSignatureException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestTimeTooSkewed",
    "PendingVerification",
    "Blocked",
];
/// Credentials that work elsewhere and are refused here: the region is not enabled.
const REGION_OFF: [&str; 8] = [
    "OptInRequired",
    "AuthFailure",
    "RegionDisabledException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "UnrecognizedClient",
    // S3's words for the same.
    "InvalidAccessKeyId",
    "InvalidToken",
];
const UNKNOWN_OPERATION: [&str; 9] = [
    "InvalidAction",
    "UnknownOperationException",
    "UnknownOperation",
    "UnsupportedOperation",
    "UnsupportedOperationException",
    "NotImplemented",
    "InternalFailure.NotImplemented",
    "UnsupportedCommandException",
    "UnsupportedAPIEndpointException",
];
const SERVER_FAULT: [&str; 12] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
    "ServiceException",
    "ServiceFailure",
    "InternalException",
    "RequestTimeout",
    "RequestTimeoutException",
];

/// Says what an SDK error means.
pub fn classify<E>(error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let failure = |reason, retry| Failure { reason, code: None, message: chain(error), retry };
    match error {
        SdkError::TimeoutError(_) => failure(Reason::TimedOut, Retry::Late),
        // Credentials are asked for while a request is made.
        SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) if no_credentials(error).is_some() => {
            let message = no_credentials(error).map(|cause| one_line(&cause)).unwrap_or_default();
            Failure { message, ..failure(Reason::NoCredentials, Retry::No) }
        }
        // Refused on this side, as by `ReadOnly`.
        SdkError::ConstructionFailure(_) => failure(Reason::Rejected, Retry::No),
        SdkError::DispatchFailure(dispatch) => match dispatch.as_connector_error() {
            Some(connector) if connector.is_user() => failure(Reason::Rejected, Retry::No),
            Some(connector) if connector.is_timeout() => failure(Reason::TimedOut, Retry::Late),
            // With it a connection that AWS closed just as it was used again.
            _ => failure(Reason::TimedOut, Retry::Soon),
        },
        SdkError::ResponseError(response) => {
            let failure = without_code(response.raw(), chain(error));
            // Its body ended before its time: what the refusal is may be told the next time.
            let is_cut = failure.reason == Reason::Malformed;
            if is_cut { Failure { retry: Retry::Soon, ..failure } } else { failure }
        }
        SdkError::ServiceError(service) => of_service(service.err(), service.raw(), chain(error)),
        _ => failure(Reason::Malformed, Retry::No),
    }
}

fn of_service<E: ProvideErrorMetadata>(error: &E, raw: &HttpResponse, chain: String) -> Failure {
    let Some(code) = error.code() else { return without_code(raw, chain) };
    // EC2 once said whose fault it was in the code itself.
    let code = code.strip_prefix("Client.").or_else(|| code.strip_prefix("Server.")).unwrap_or(code);
    let status = raw.status().as_u16();
    let said = error.message().unwrap_or("no message");
    // Said anywhere in the text, which may be longer than what is kept of it.
    let by_scp = said.contains("service control policy") || said.contains("resource control policy");
    let is = |codes: &[&str]| codes.contains(&code);
    let (reason, retry) = if is(&THROTTLED) || code.starts_with("Throttl") {
        (Reason::Throttled, Retry::Slower(retry_after(raw)))
    } else if is(&EXPIRED) {
        (Reason::NoCredentials, Retry::Reauthenticate)
    } else if is(&DENIED) {
        (if by_scp { Reason::DeniedByScp } else { Reason::AccessDenied }, Retry::No)
    } else if is(&BAD_CREDENTIALS) {
        (Reason::NoCredentials, Retry::No)
    } else if is(&REGION_OFF) {
        (Reason::RegionDisabled, Retry::No)
    } else if is(&UNKNOWN_OPERATION) {
        (Reason::Unsupported, Retry::No)
    } else if is(&SERVER_FAULT) || status >= 500 {
        (Reason::ServerError, Retry::Soon)
    } else {
        (Reason::Rejected, Retry::No)
    };
    Failure { reason, code: Some(code.to_owned()), message: format!("{code}: {}", one_line(said)), retry }
}

/// What an answer means that is neither a result nor an error in AWS's own
/// form: a page of some server on the way, of an endpoint that is not AWS, or
/// an answer that is cut short.
fn without_code(raw: &HttpResponse, chain: String) -> Failure {
    let status = raw.status().as_u16();
    let (reason, message, retry) = match html(raw) {
        // A page of status 500 is a server without such an operation; a gateway that is
        // overloaded answers in HTML too, with a status of its own, and gets over it.
        Some(message) if status == 500 => (Reason::Unsupported, message, Retry::No),
        _ if status >= 500 => (Reason::ServerError, format!("HTTP status {status}"), Retry::Soon),
        _ if status == 429 => (Reason::Throttled, format!("HTTP status {status}"), Retry::Slower(retry_after(raw))),
        Some(message) => (Reason::Unsupported, message, Retry::No),
        // What was cut short once may be whole the next time.
        None if raw.status().is_success() => (Reason::Malformed, chain, Retry::Soon),
        // So may a refusal in AWS's form that is cut short before it says which.
        None => {
            let begins = raw.body().bytes().and_then(|body| body.trim_ascii_start().first());
            let retry = if matches!(begins, Some(b'{' | b'<')) { Retry::Soon } else { Retry::No };
            (Reason::Malformed, format!("HTTP status {status}: {chain}"), retry)
        }
    };
    Failure { reason, code: None, message, retry }
}

/// How long AWS asks to wait: `x-amz-retry-after`, in milliseconds, or HTTP's own header, in seconds or as a date.
/// What neither can be is as if it were not there.
fn retry_after(raw: &HttpResponse) -> Option<Duration> {
    let of_aws = raw.headers().get("x-amz-retry-after").and_then(|text| text.trim().parse().ok());
    of_aws.map(Duration::from_millis).or_else(|| of_http(raw.headers().get("retry-after")?, SystemTime::now()))
}

fn of_http(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::from_str(text, Format::HttpDate).ok()?;
    // A date that has passed asks for no wait.
    Some(SystemTime::try_from(date).ok()?.duration_since(now).unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    fn response(status: u16, body: &'static str) -> HttpResponse {
        HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
    }

    fn of_code(status: u16, code: &str, message: &str) -> Failure {
        let error = ErrorMetadata::builder().code(code).message(message).build();
        classify(&SdkError::service_error(error, response(status, "")))
    }

    #[track_caller]
    fn check(status: u16, codes: &[&str], reason: Reason, retry: Retry) {
        for code in codes {
            let failure = of_code(status, code, "said");
            assert_eq!((failure.reason, failure.retry), (reason, retry), "{code}");
        }
    }

    #[test]
    fn codes_of_every_protocol() {
        let slower = Retry::Slower(None);
        check(503, &["RequestLimitExceeded", "Client.RequestLimitExceeded", "SlowDown"], Reason::Throttled, slower);
        check(400, &["Throttling", "ThrottlingException", "LimitExceededException"], Reason::Throttled, slower);
        check(429, &["TooManyRequestsException", "ThrottledException"], Reason::Throttled, slower);
        check(403, &["UnauthorizedOperation", "Client.UnauthorizedOperation"], Reason::AccessDenied, Retry::No);
        check(400, &["AccessDeniedException", "OperationNotPermittedException"], Reason::AccessDenied, Retry::No);
        check(401, &["InvalidAccessException"], Reason::AccessDenied, Retry::No);
        check(400, &["RequestExpired"], Reason::NoCredentials, Retry::Reauthenticate);
        check(403, &["ExpiredToken", "ExpiredTokenException"], Reason::NoCredentials, Retry::Reauthenticate);
        check(401, &["AuthFailure", "OptInRequired"], Reason::RegionDisabled, Retry::No);
        check(403, &["InvalidClientTokenId", "UnrecognizedClientException"], Reason::RegionDisabled, Retry::No);
        check(403, &["InvalidAccessKeyId"], Reason::RegionDisabled, Retry::No);
        check(403, &["SignatureDoesNotMatch", "InvalidSignatureException"], Reason::NoCredentials, Retry::No);
        check(400, &["InvalidAction", "UnknownOperationException"], Reason::Unsupported, Retry::No);
        check(
            500,
            &["InternalError", "ServiceFailure", "InternalServerErrorException"],
            Reason::ServerError,
            Retry::Soon,
        );
        check(400, &["RequestTimeout", "RequestTimeoutException"], Reason::ServerError, Retry::Soon);
        check(503, &["SomethingNew"], Reason::ServerError, Retry::Soon);
        check(400, &["SomethingNew", "ValidationError", "NoSuchEntity"], Reason::Rejected, Retry::No);
    }

    #[test]
    fn an_organizations_policy_is_told_wherever_the_message_says_so() {
        let long = format!("User: arn:aws:sts::111122223333:assumed-role/{}/s is not authorized", "r".repeat(400));
        for said in ["with an explicit deny in a service control policy", "in a resource control policy: arn:aws:x"] {
            for start in ["", &long] {
                let failure = of_code(403, "UnauthorizedOperation", &format!("{start} {said}"));
                assert_eq!(failure.reason, Reason::DeniedByScp, "{said}");
                assert!(failure.message.chars().count() < 400);
            }
        }
        assert_eq!(of_code(403, "AccessDenied", "no identity-based policy allows it").reason, Reason::AccessDenied);
    }

    #[test]
    fn answers_that_are_no_answer_of_aws() {
        const PAGE: &str = " <!DOCTYPE html><html>";
        for (status, body, reason, retry) in [
            (200, PAGE, Reason::Unsupported, Retry::No),
            (403, PAGE, Reason::Unsupported, Retry::No),
            (500, PAGE, Reason::Unsupported, Retry::No),
            (503, PAGE, Reason::ServerError, Retry::Soon),
            (500, "{}", Reason::ServerError, Retry::Soon),
            (502, "", Reason::ServerError, Retry::Soon),
            (429, PAGE, Reason::Throttled, Retry::Slower(None)),
            (200, "{\"a\": [", Reason::Malformed, Retry::Soon),
            (404, "what", Reason::Malformed, Retry::No),
            (400, "{\"__type\": \"Acc", Reason::Malformed, Retry::Soon),
            (400, "<ErrorResponse><Error><Co", Reason::Malformed, Retry::Soon),
        ] {
            let nameless = ErrorMetadata::builder().build();
            let failure = classify(&SdkError::service_error(nameless, response(status, body)));
            assert_eq!((failure.reason, failure.retry), (reason, retry), "{status} {body}");
            let unread: SdkError<ErrorMetadata, HttpResponse> =
                SdkError::response_error("cut short", response(status, body));
            let unread = classify(&unread);
            assert_eq!(unread.reason, reason, "{status} {body}");
            assert!(reason != Reason::Malformed || unread.retry == Retry::Soon, "{status} {body}");
        }
    }

    #[test]
    fn requests_that_were_never_made() {
        let none = CredentialsError::provider_error("cannot assume the role");
        let failure = classify(&SdkError::<ErrorMetadata, HttpResponse>::construction_failure(none));
        assert_eq!((failure.reason, failure.retry), (Reason::NoCredentials, Retry::No));
        let refused =
            classify(&SdkError::<ErrorMetadata, HttpResponse>::construction_failure("refused: ec2:CreateVpc"));
        assert_eq!((refused.reason, refused.retry), (Reason::Rejected, Retry::No));
        let late = classify(&SdkError::<ErrorMetadata, HttpResponse>::timeout_error("late"));
        assert_eq!((late.reason, late.retry), (Reason::TimedOut, Retry::Late));
        for (error, retry) in [
            (ConnectorError::timeout("connect".into()), Retry::Late),
            (ConnectorError::io("connection closed before message completed".into()), Retry::Soon),
            (ConnectorError::other("connection closed before message completed".into(), None), Retry::Soon),
        ] {
            let failure = classify(&SdkError::<ErrorMetadata, HttpResponse>::dispatch_failure(error));
            assert_eq!((failure.reason, failure.retry), (Reason::TimedOut, retry));
        }
    }

    #[test]
    fn aws_says_how_long_to_wait() {
        let mut raw = response(503, "");
        raw.headers_mut().insert("x-amz-retry-after", "1500");
        let error = ErrorMetadata::builder().code("RequestLimitExceeded").build();
        let failure = classify(&SdkError::service_error(error, raw));
        assert_eq!(failure.retry, Retry::Slower(Some(Duration::from_millis(1500))));
    }

    #[test]
    fn a_server_on_the_way_says_how_long_to_wait() {
        let said = |headers: &[(&'static str, &'static str)]| {
            let mut raw = response(429, "");
            headers.iter().for_each(|(name, value)| drop(raw.headers_mut().insert(*name, *value)));
            let unread: SdkError<ErrorMetadata, HttpResponse> = SdkError::response_error("", raw);
            match classify(&unread).retry {
                Retry::Slower(asked) => asked,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(said(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(said(&[("retry-after", "7"), ("x-amz-retry-after", "20")]), Some(Duration::from_millis(20)));
        assert_eq!(said(&[("retry-after", "7"), ("x-amz-retry-after", "soon")]), Some(Duration::from_secs(7)));
        assert_eq!(said(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), Some(Duration::ZERO));
        for nothing in ["soon", "-1", "", "99999999999999999999"] {
            assert_eq!(said(&[("retry-after", nothing)]), None, "{nothing}");
        }
        let (date, now) = ("Sun, 06 Nov 1994 08:49:37 GMT", SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770));
        assert_eq!(of_http(date, now), Some(Duration::from_secs(7)));
    }
}
