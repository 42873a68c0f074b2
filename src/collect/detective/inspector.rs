//! Inspector: what the region's scans are switched on for, and how many findings of each severity there are.

use aws_sdk_inspector2::{Client, types as sdk};

use crate::collect::classify::{Failure, Retry};
use crate::collect::reader::Reader;
use crate::inventory::{Outcome, Reason};
use crate::resource::detective::{InspectorResourceState, InspectorSeverityCounts, InspectorState, InspectorStatus};

const STATUS: &str = "inspector2:BatchGetAccountStatus";

pub async fn collect(reader: &Reader) {
    let inspector = reader.inspector2();
    let account = reader.scope().account.as_str();
    let mut status = match status(reader, &inspector, account).await {
        Ok(status) => status,
        Err(failure) => return reader.gap(STATUS, failure.reason, failure.message, false),
    };
    reader.record(STATUS, Outcome::Complete);
    if status.is_on() {
        status.severity_counts = findings(reader, &inspector, account).await;
    }
    reader.insert(status);
}

async fn status(reader: &Reader, inspector: &Client, account: &str) -> Result<InspectorStatus, Failure> {
    let output = reader.call(STATUS, || inspector.batch_get_account_status().account_ids(account).send()).await?;
    let own = output.accounts.into_iter().find(|one| one.account_id == account);
    let Some(own) = own else {
        // What could not be told stands in a list beside the answers.
        let refused = output.failed_accounts.into_iter().flatten().find(|one| one.account_id == account);
        let (reason, message) = match refused {
            Some(refused) if refused.error_code == sdk::ErrorCode::AccessDenied => {
                (Reason::AccessDenied, refused.error_message)
            }
            Some(refused) => (Reason::Rejected, format!("{}: {}", refused.error_code.as_str(), refused.error_message)),
            None => (Reason::Malformed, "the answer does not hold the account that was asked for".to_owned()),
        };
        return Err(Failure { reason, code: None, message, retry: Retry::No });
    };
    Ok(InspectorStatus {
        account_id: own.account_id,
        state: own.state.map(state_of),
        resource_state: own.resource_state.map(|of| InspectorResourceState {
            ec2: of.ec2.map(state_of),
            ecr: of.ecr.map(state_of),
            lambda: of.lambda.map(state_of),
            lambda_code: of.lambda_code.map(state_of),
        }),
        severity_counts: None,
    })
}

/// By one number of AWS's for each severity, and not by a call for each finding. An administrator sees those of its
/// members too, who are asked themselves.
async fn findings(reader: &Reader, inspector: &Client, account: &str) -> Option<InspectorSeverityCounts> {
    const OPERATION: &str = "inspector2:ListFindingAggregations";
    // Both are given: neither can be missing.
    let own = sdk::StringFilter::builder().comparison(sdk::StringComparison::Equals).value(account).build().ok()?;
    let responses = reader
        .all_pages(
            OPERATION,
            |token| {
                let call = inspector.list_finding_aggregations().aggregation_type(sdk::AggregationType::Account);
                call.account_ids(own.clone()).max_results(100).set_next_token(token).send()
            },
            |page| (page.responses.unwrap_or_default(), page.next_token),
        )
        .await?;
    let of_account = |response: &sdk::AggregationResponse| {
        let one = response.as_account_aggregation().ok()?;
        (one.account_id.as_deref() == Some(account)).then(|| one.severity_counts.clone())
    };
    match responses.iter().find_map(of_account) {
        // An account without findings is in no group.
        None if responses.is_empty() => {
            let none = Some(0);
            Some(InspectorSeverityCounts { critical: none, high: none, medium: none, all: none })
        }
        Some(Some(counts)) if counts.critical.is_some() && counts.high.is_some() => Some(InspectorSeverityCounts {
            critical: counts.critical,
            high: counts.high,
            medium: counts.medium,
            all: counts.all,
        }),
        _ => {
            reader.malformed(OPERATION, "no numbers of findings by severity of the account that was asked for");
            None
        }
    }
}

fn state_of(of: sdk::State) -> InspectorState {
    InspectorState { status: Some(of.status.as_str().to_owned()) }
}
