//! Route 53: hosted zones, and of public ones the records that give addresses.

use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// A domain whose names Route 53 answers for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HostedZone {
    /// As AWS gives it: `/hostedzone/Z..`.
    pub id: String,
    /// With a dot at its end.
    pub name: Option<String>,
    pub config: Option<HostedZoneConfig>,
    pub resource_record_set_count: Option<i64>,
    /// From `ListResourceRecordSets`, those of the types `A` and `AAAA` with addresses of their own, and nothing else of
    /// them. None for a private zone, which is not asked for them, and if they were not read to the end.
    pub resource_record_sets: Option<Vec<AddressRecord>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HostedZoneConfig {
    /// Whether only VPCs get answers.
    pub private_zone: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddressRecord {
    pub name: String,
    /// `A` or `AAAA`.
    pub r#type: String,
    /// What tells records of one name and type apart that clients get by turns, by place and so on.
    pub set_identifier: Option<String>,
    #[serde(default)]
    pub addresses: Vec<String>,
}

impl HostedZone {
    /// None if AWS does not say.
    pub fn is_private(&self) -> Option<bool> {
        self.config.as_ref().map(|config| config.private_zone)
    }
}

impl AwsResource for HostedZone {
    const TYPE: &'static str = "AWS::Route53::HostedZone";
    const OPERATIONS: &'static [&'static str] = &["route53:ListHostedZones", "route53:ListResourceRecordSets"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        self.id.strip_prefix("/hostedzone/").unwrap_or(&self.id)
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let text = format!("arn:{}:route53:::hostedzone/{}", scope.partition.as_str(), self.id());
        text.parse().unwrap_or_else(|_| scope.arn("route53", format_args!("hostedzone/{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}
