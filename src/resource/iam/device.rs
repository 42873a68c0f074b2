use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag};

/// An authenticator program. Its seed is never read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VirtualMfaDevice {
    /// An ARN.
    pub serial_number: Arn,
    /// The ARN of the user whose device it is; none if it is nobody's.
    pub user_arn: Option<Arn>,
    pub enable_date: Option<Timestamp>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// A TLS certificate in IAM's own store, where load balancers can use it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServerCertificate {
    pub server_certificate_name: String,
    pub server_certificate_id: Option<String>,
    pub arn: Arn,
    pub path: Option<String>,
    pub upload_date: Option<Timestamp>,
    pub expiration: Option<Timestamp>,
}

impl AwsResource for VirtualMfaDevice {
    const TYPE: &'static str = "AWS::IAM::VirtualMFADevice";
    const OPERATIONS: &'static [&'static str] = &["iam:ListVirtualMFADevices"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        self.serial_number.as_str()
    }
    fn arn(&self, _: &Scope) -> Arn {
        self.serial_number.clone()
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

impl AwsResource for ServerCertificate {
    const TYPE: &'static str = "AWS::IAM::ServerCertificate";
    const OPERATIONS: &'static [&'static str] = &["iam:ListServerCertificates"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.server_certificate_name
    }
    fn arn(&self, _: &Scope) -> Arn {
        self.arn.clone()
    }
    fn name(&self) -> Option<&str> {
        Some(&self.server_certificate_name)
    }
}
