use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// What gathers the configuration of other accounts and regions in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfigurationAggregator {
    pub configuration_aggregator_name: String,
    pub configuration_aggregator_arn: Option<String>,
    /// Accounts that are named one by one.
    #[serde(default)]
    pub account_aggregation_sources: Vec<AccountAggregationSource>,
    /// The organization that its account is in or rules.
    pub organization_aggregation_source: Option<OrganizationAggregationSource>,
    pub created_by: Option<String>,
    pub creation_time: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountAggregationSource {
    pub account_ids: Vec<String>,
    #[serde(default)]
    pub all_aws_regions: bool,
    #[serde(default)]
    pub aws_regions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationAggregationSource {
    pub role_arn: String,
    #[serde(default)]
    pub all_aws_regions: bool,
    #[serde(default)]
    pub aws_regions: Vec<String>,
}

impl AwsResource for ConfigurationAggregator {
    const TYPE: &'static str = "AWS::Config::ConfigurationAggregator";
    const OPERATIONS: &'static [&'static str] = &["config:DescribeConfigurationAggregators"];

    fn id(&self) -> &str {
        &self.configuration_aggregator_name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.configuration_aggregator_arn.as_deref().and_then(|arn| arn.parse().ok());
        let made = || scope.arn("config", format_args!("config-aggregator/{}", self.configuration_aggregator_name));
        given.unwrap_or_else(made)
    }
    fn name(&self) -> Option<&str> {
        Some(&self.configuration_aggregator_name)
    }
}
