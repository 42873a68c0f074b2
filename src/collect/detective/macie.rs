//! Macie: whether the region has it, and whether it looks through buckets by itself.

use aws_sdk_macie2::Client;

use crate::collect::classify::Failure;
use crate::collect::reader::Reader;
use crate::inventory::Outcome;
use crate::resource::detective::{AutomatedDiscovery, MacieSession};

use super::time;

pub async fn collect(reader: &Reader) {
    const SESSION: &str = "macie2:GetMacieSession";
    let macie = reader.macie2();
    let output = match reader.call(SESSION, || macie.get_macie_session().send()).await {
        Ok(output) => output,
        Err(failure) if is_off(&failure) => return reader.record(SESSION, Outcome::Complete),
        Err(failure) => return reader.gap(SESSION, failure.reason, failure.message, false),
    };
    reader.record(SESSION, Outcome::Complete);
    let automated_discovery = discovery(reader, &macie).await;
    reader.insert(MacieSession {
        account_id: reader.scope().account.to_string(),
        status: output.status.map(|of| of.as_str().to_owned()),
        finding_publishing_frequency: output.finding_publishing_frequency.map(|of| of.as_str().to_owned()),
        service_role: output.service_role,
        created_at: time(output.created_at),
        updated_at: time(output.updated_at),
        automated_discovery,
    });
}

async fn discovery(reader: &Reader, macie: &Client) -> Option<AutomatedDiscovery> {
    const OPERATION: &str = "macie2:GetAutomatedDiscoveryConfiguration";
    let output = reader.one(OPERATION, || macie.get_automated_discovery_configuration().send()).await?;
    Some(AutomatedDiscovery {
        status: output.status.map(|of| of.as_str().to_owned()),
        auto_enable_organization_members: output.auto_enable_organization_members.map(|of| of.as_str().to_owned()),
    })
}

/// Whether AWS says that the account has no Macie here.
///
/// INVARIANT: a refusal is never taken for it. Both have the code `AccessDeniedException`, and the words of a refusal
/// hold names that people chose; so the whole message has to be AWS's, and not a part of it.
fn is_off(failure: &Failure) -> bool {
    failure.code.as_deref() == Some("AccessDeniedException")
        && failure.message.trim_end_matches('.') == "AccessDeniedException: Macie is not enabled"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::classify::Retry;
    use crate::inventory::Reason;

    #[test]
    fn a_refusal_is_not_taken_for_off() {
        let said = |code: &str, message: &str| {
            let message = format!("{code}: {message}");
            is_off(&Failure { reason: Reason::AccessDenied, code: Some(code.to_owned()), message, retry: Retry::No })
        };
        assert!(said("AccessDeniedException", "Macie is not enabled"));
        assert!(said("AccessDeniedException", "Macie is not enabled."));
        let role = "arn:aws:sts::111122223333:assumed-role/Macie is not enabled/s";
        for refused in [
            format!("User: {role} is not authorized to perform: macie2:GetMacieSession on resource: *"),
            "User: a is not authorized to perform: macie2:GetMacieSession because Macie is not enabled".to_owned(),
            "Macie is not enabled for you, and you may not ask".to_owned(),
            "no message".to_owned(),
            String::new(),
        ] {
            assert!(!said("AccessDeniedException", &refused), "{refused}");
        }
        assert!(!said("ValidationException", "Macie is not enabled"));
    }
}
