//! Lambda: functions with who may call them, and layers. The environment of functions is not kept, because people put
//! secrets there.

use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::iam::PolicyText;
use crate::resource::AwsResource;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Function {
    pub function_name: String,
    pub function_arn: Option<String>,
    /// Absent for an image.
    pub runtime: Option<String>,
    /// The role that it runs as.
    pub role: Option<String>,
    /// `Zip` or `Image`.
    pub package_type: Option<String>,
    pub vpc_config: Option<FunctionVpcConfig>,
    /// From `GetPolicy`; none if that was not read.
    pub function_policy: Option<FunctionPolicy>,
    /// From `ListFunctionUrlConfigs`; none if that was not read to its end.
    pub function_url_configs: Option<Vec<FunctionUrlConfig>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionVpcConfig {
    pub vpc_id: Option<String>,
    #[serde(default)]
    pub subnet_ids: Vec<String>,
    #[serde(default)]
    pub security_group_ids: Vec<String>,
}

/// The policy of the function itself; versions and aliases may have others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionPolicy {
    /// None if it has none.
    pub policy: Option<PolicyText>,
}

/// An address at which it is called over HTTPS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionUrlConfig {
    pub function_url: Option<String>,
    /// With an alias's name at its end where it is one's.
    pub function_arn: Option<String>,
    /// `AWS_IAM` or `NONE`.
    pub auth_type: Option<String>,
    pub cors: Option<FunctionUrlCors>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionUrlCors {
    pub allow_credentials: Option<bool>,
    #[serde(default)]
    pub allow_origins: Vec<String>,
    #[serde(default)]
    pub allow_methods: Vec<String>,
    #[serde(default)]
    pub allow_headers: Vec<String>,
}

/// Code that functions share, as its latest version is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Layer {
    pub layer_name: String,
    pub layer_arn: Option<String>,
    pub latest_matching_version: Option<LayerVersion>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LayerVersion {
    pub version: i64,
    /// A text in AWS's own answers.
    pub created_date: Option<String>,
    #[serde(default)]
    pub compatible_runtimes: Vec<String>,
    #[serde(default)]
    pub compatible_architectures: Vec<String>,
}

impl AwsResource for Layer {
    const TYPE: &'static str = "AWS::Lambda::Layer";
    const OPERATIONS: &'static [&'static str] = &["lambda:ListLayers"];

    fn id(&self) -> &str {
        &self.layer_name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.layer_arn.as_ref().and_then(|arn| arn.parse().ok());
        given.unwrap_or_else(|| scope.arn("lambda", format_args!("layer:{}", self.layer_name)))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.layer_name)
    }
}

impl AwsResource for Function {
    const TYPE: &'static str = "AWS::Lambda::Function";
    const OPERATIONS: &'static [&'static str] =
        &["lambda:ListFunctions", "lambda:GetPolicy", "lambda:ListFunctionUrlConfigs"];

    fn id(&self) -> &str {
        &self.function_name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.function_arn.as_ref().and_then(|arn| arn.parse().ok());
        given.unwrap_or_else(|| scope.arn("lambda", format_args!("function:{}", self.function_name)))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.function_name)
    }
}
