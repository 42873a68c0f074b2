//! The credential report: AWS makes it in the background, and keeps it for four hours.

use std::time::Duration;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::ReportStateType;
use tokio::time::Instant;

use crate::collect::classify::Failure;
use crate::collect::convert::timestamp;
use crate::collect::reader::Reader;
use crate::inventory::{Outcome, Reason};
use crate::resource::iam::CredentialReport;

const GENERATE: &str = "iam:GenerateCredentialReport";
const GET: &str = "iam:GetCredentialReport";

/// How long AWS may take to make it.
const PATIENCE: Duration = Duration::from_secs(60);
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(4);

/// There is none to get yet, or no more: it must be made again.
const NOT_THERE: [&str; 3] = ["ReportNotPresent", "ReportExpired", "ReportInProgress"];
/// A report is being made, or was made too often: the one that exists can be had.
const BUSY: &str = "LimitExceeded";

/// Has it made, waits for it and reads it; none if that failed.
pub async fn collect(reader: &Reader, iam: &Client) -> Option<CredentialReport> {
    let patience = PATIENCE.min(reader.account.shared.limits.call_timeout);
    let deadline = Instant::now() + patience;
    let mut wait = FIRST_WAIT;
    loop {
        let made = match reader.call(GENERATE, || iam.generate_credential_report().send()).await {
            Ok(output) => {
                reader.record(GENERATE, Outcome::Complete);
                output.state == Some(ReportStateType::Complete)
            }
            Err(failure) if failure.code.as_deref() == Some(BUSY) => {
                reader.record(GENERATE, Outcome::Complete);
                true
            }
            // Who may not have it made may still read one that somebody else had made.
            Err(failure) => {
                reader.gap(GENERATE, failure.reason, failure.message, false);
                return match get(reader, iam).await {
                    Got::Report(report) => report,
                    Got::NotYet(failure) => {
                        reader.gap(GET, failure.reason, failure.message, false);
                        None
                    }
                };
            }
        };
        if made && let Got::Report(report) = get(reader, iam).await {
            return report;
        }
        if Instant::now() + wait > deadline {
            let why = format!("AWS did not make the report within {} s", patience.as_secs());
            reader.gap(GET, Reason::TimedOut, why, false);
            return None;
        }
        reader.pause(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

enum Got {
    /// None if it could not be read; the ledger says why.
    Report(Option<CredentialReport>),
    NotYet(Failure),
}

async fn get(reader: &Reader, iam: &Client) -> Got {
    let output = match reader.call(GET, || iam.get_credential_report().send()).await {
        Ok(output) => output,
        Err(failure) if failure.code.as_deref().is_some_and(|code| NOT_THERE.contains(&code)) => {
            return Got::NotYet(failure);
        }
        Err(failure) => {
            reader.gap(GET, failure.reason, failure.message, false);
            return Got::Report(None);
        }
    };
    let malformed = |why: String| {
        reader.gap(GET, Reason::Malformed, why, false);
        Got::Report(None)
    };
    let (Some(content), Some(time)) = (output.content, timestamp(output.generated_time)) else {
        return malformed("the credential report has no content or no time".to_owned());
    };
    match CredentialReport::parse(content.as_ref(), time) {
        Ok((report, mistakes)) => {
            reader.record(GET, Outcome::Complete);
            for mistake in mistakes {
                reader.malformed(GET, mistake);
            }
            Got::Report(Some(report))
        }
        Err(error) => malformed(error.to_string()),
    }
}
