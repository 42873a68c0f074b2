//! Whose credentials these are, and where a scan with them would go: what can
//! be told with a handful of calls.

use std::sync::Arc;

use aws_credential_types::credential_feature::AwsCredentialFeature;

use crate::arn::{AccountId, Arn, Region};
use crate::config::targets::Targets;
use crate::inventory::{Account, Provenance};

use super::reader::Shared;
use super::scan::{CollectError, reference_regions, select_accounts};
use super::session::{Base, Environment};

/// Where a scan would go.
#[derive(Debug, Clone)]
pub struct Survey {
    pub caller: Arn,
    pub account: AccountId,
    /// Where the SDK found the credentials; none if it does not tell.
    pub source: Option<&'static str>,
    pub accounts: Vec<Account>,
    /// The regions that the caller's own account has enabled and that are selected.
    pub regions: Vec<Region>,
}

/// Asks who this is, lists the accounts if they are the organization's, and the caller's own regions.
///
/// # Errors
/// What would keep a scan from beginning.
pub async fn survey(targets: &Targets, environment: &Environment, shared: Arc<Shared>) -> Result<Survey, CollectError> {
    let load = Box::pin(Base::load(environment, &shared));
    let base = shared.unless_stopped(load).await.ok_or(CollectError::Interrupted)??;
    let source = base.credentials.get().await.ok().and_then(|credentials| {
        let features = credentials.get_property::<Vec<AwsCredentialFeature>>()?;
        features.iter().find_map(source)
    });
    let mut nothing = Provenance {
        tool_version: String::new(),
        taken_at: jiff::Timestamp::UNIX_EPOCH,
        caller: None,
        source: String::new(),
        is_import: false,
    };
    let accounts = select_accounts(targets, &base, &shared, &mut nothing).await?;
    let mut regions = reference_regions(&base, &shared).await;
    regions.retain(|region| targets.regions.selects(region.as_str()));
    Ok(Survey {
        caller: base.caller.clone(),
        account: base.account.clone(),
        source,
        accounts: accounts.into_values().collect(),
        regions,
    })
}

fn source(feature: &AwsCredentialFeature) -> Option<&'static str> {
    Some(match feature {
        AwsCredentialFeature::CredentialsEnvVars => "environment variables",
        AwsCredentialFeature::CredentialsProfile => "a profile",
        AwsCredentialFeature::CredentialsProfileSourceProfile => "a profile with a source profile",
        AwsCredentialFeature::CredentialsProfileProcess | AwsCredentialFeature::CredentialsProcess => {
            "a credential process"
        }
        AwsCredentialFeature::CredentialsProfileSso | AwsCredentialFeature::CredentialsSso => {
            "IAM Identity Center (SSO)"
        }
        AwsCredentialFeature::CredentialsEnvVarsStsWebIdToken
        | AwsCredentialFeature::CredentialsProfileStsWebIdToken
        | AwsCredentialFeature::CredentialsStsAssumeRoleWebId => "a web identity token",
        AwsCredentialFeature::CredentialsHttp => "the container's credentials",
        AwsCredentialFeature::CredentialsImds => "the instance's role",
        AwsCredentialFeature::CredentialsStsAssumeRole => "an assumed role",
        _ => return None,
    })
}
