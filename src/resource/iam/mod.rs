//! IAM: users, groups, roles, policies, credentials.

mod access_key;
mod account;
mod credential_report;
mod device;
mod organizations_features;
mod policy;
mod principal;
mod provider;

pub use access_key::{AccessKey, AccessKeyLastUsed};
pub use account::{AccountAlias, AccountPasswordPolicy, AccountSummary};
pub use credential_report::{
    CredentialReport, CredentialReportRow, ROOT_ROW, ReportError, ReportFlag, ReportKey, ReportTime,
};
pub use device::{ServerCertificate, VirtualMfaDevice};
pub use organizations_features::OrganizationsFeatures;
pub use policy::{AwsManagedPolicy, ManagedPolicy, PolicyVersion};
pub use principal::{
    AttachedPermissionsBoundary, AttachedPolicy, Group, InlinePolicy, InstanceProfile, Role, RoleLastUsed, User,
};
pub use provider::{OidcProvider, SamlProvider};

/// The one call that lists users, groups, roles and customer policies with all that is on them.
pub const AUTHORIZATION: &str = "iam:GetAccountAuthorizationDetails";
