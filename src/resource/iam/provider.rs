use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag};

/// An identity provider that signs people in by SAML.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SamlProvider {
    pub arn: Arn,
    /// When its metadata ends.
    pub valid_until: Option<Timestamp>,
    pub create_date: Option<Timestamp>,
}

/// An identity provider whose tokens (OpenID Connect) roles may trust.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OidcProvider {
    pub arn: Arn,
    /// Without its scheme; none if it was not read, as the rest.
    pub url: Option<String>,
    /// The audiences that it issues tokens for.
    #[serde(rename = "ClientIDList")]
    pub client_id_list: Option<Vec<String>>,
    pub thumbprint_list: Option<Vec<String>>,
    pub create_date: Option<Timestamp>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl AwsResource for SamlProvider {
    const TYPE: &'static str = "AWS::IAM::SAMLProvider";
    const OPERATIONS: &'static [&'static str] = &["iam:ListSAMLProviders"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        self.arn.as_str()
    }
    fn arn(&self, _: &Scope) -> Arn {
        self.arn.clone()
    }
}

impl AwsResource for OidcProvider {
    const TYPE: &'static str = "AWS::IAM::OIDCProvider";
    const OPERATIONS: &'static [&'static str] = &["iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        self.arn.as_str()
    }
    fn arn(&self, _: &Scope) -> Arn {
        self.arn.clone()
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
