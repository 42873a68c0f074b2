//! What answers about a whole account are, and which operation printed them.

use serde_json::Value;

use crate::arn::Scope;
use crate::inventory::{Gap, Outcome, Reason};
use crate::resource::ResourceType::{self, self as T};

use super::{Answers, Out};
use crate::import::cells::Seen;
use crate::import::read::Answered;
use crate::import::text::Section;

/// What a key of an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum Kind {
    // -- the authorization details
    UserDetail,
    GroupDetail,
    RoleDetail,
    PolicyDetail,
    // -- the rest of IAM
    CredentialReport,
    AccountSummary,
    PasswordPolicy,
    AccessKey,
    KeyLastUsed,
    AccountAlias,
    VirtualMfaDevice,
    ServerCertificate,
    SamlProvider,
    OidcProvider,
    OidcDetail,
    InstanceProfile,
    // -- what people ask for one by one instead of the details
    User,
    Group,
    Role,
    GroupOfUser,
    GroupMember,
    InlineNames,
    InlinePolicy,
    Attached,
    Policy,
    PolicyVersion,
    // -- Organizations
    Organization,
    OrganizationAccount,
    AccountForParent,
    Root,
    Unit,
    Parent,
    Child,
    OrganizationPolicy,
    PolicyForTarget,
    PolicyDescription,
    Target,
    DelegatedAdministrator,
    DelegatedService,
}

pub(super) const AUTHORIZATION: &str = "iam:GetAccountAuthorizationDetails";
pub(super) const REPORT: &str = "iam:GetCredentialReport";
pub(super) const ACCOUNTS: &str = "organizations:ListAccounts";

/// The types of which an import holds what it finds in answers about accounts.
const TYPES: &[ResourceType] = &[
    T::User,
    T::Group,
    T::Role,
    T::ManagedPolicy,
    T::AwsManagedPolicy,
    T::InstanceProfile,
    T::AccessKey,
    T::CredentialReport,
    T::AccountSummary,
    T::AccountPasswordPolicy,
    T::AccountAlias,
    T::VirtualMfaDevice,
    T::ServerCertificate,
    T::SamlProvider,
    T::OidcProvider,
    T::Organization,
    T::OrganizationRoot,
    T::OrganizationalUnit,
    T::OrganizationAccount,
    T::OrganizationPolicy,
    T::DelegatedAdministrator,
];

pub(in crate::import) fn types() -> impl Iterator<Item = ResourceType> {
    TYPES.iter().copied()
}

/// Whether AWS answers an operation once per account.
pub(in crate::import) fn is_global(operation: &str) -> bool {
    operation.starts_with("iam:") || operation.starts_with("organizations:")
}

/// Keys of answers about accounts; some are of other services too.
const KEYS: &[&str] = &[
    "AccessKeyLastUsed",
    "AccessKeyMetadata",
    "AccountAliases",
    "Accounts",
    "AttachedPolicies",
    "Children",
    "ClientIDList",
    "Content",
    "DelegatedAdministrators",
    "DelegatedServices",
    "Group",
    "GroupDetailList",
    "Groups",
    "InstanceProfile",
    "InstanceProfiles",
    "OpenIDConnectProviderList",
    "Organization",
    "OrganizationalUnit",
    "OrganizationalUnits",
    "Parents",
    "PasswordPolicy",
    "Policies",
    "Policy",
    "PolicyDocument",
    "PolicyNames",
    "PolicyVersion",
    "Role",
    "RoleDetailList",
    "Roles",
    "Roots",
    "SAMLProviderList",
    "ServerCertificateMetadataList",
    "SummaryMap",
    "Targets",
    "ThumbprintList",
    "User",
    "UserDetailList",
    "Users",
    "Versions",
    "VirtualMFADevices",
];

pub(in crate::import) fn knows(key: &str) -> bool {
    KEYS.binary_search(&key).is_ok()
}

/// What is around a key.
pub(in crate::import) struct Around<'a> {
    /// The other keys of the answer.
    pub(in crate::import) sections: &'a [Section<'a>],
    pub(in crate::import) beside: &'a [(String, Value)],
    /// The names of the file and of its folders.
    pub(in crate::import) names: &'a [String],
}

impl Around<'_> {
    fn has(&self, key: &str) -> bool {
        self.sections.iter().any(|section| section.key == key) || self.beside.iter().any(|(name, _)| name == key)
    }

    fn is_details(&self) -> bool {
        ["UserDetailList", "RoleDetailList", "GroupDetailList"].iter().any(|key| self.has(key))
    }

    /// Whether the file's or a folder's name has one of these in it.
    fn named(&self, words: &[&str]) -> bool {
        self.names.iter().any(|name| {
            let name = name.to_ascii_lowercase();
            words.iter().any(|word| name.contains(word))
        })
    }
}

impl Kind {
    /// What a key holds, by its first item and what is around it; none if it is of something else.
    pub(in crate::import) fn of(key: &str, first: Option<&Value>, around: &Around<'_>) -> Option<Kind> {
        let has = |name: &str| first.is_some_and(|value| value.get(name).is_some());
        let is = |name: &str, text: &str| {
            first.is_some_and(|value| value[name].as_str().is_some_and(|v| v.starts_with(text)))
        };
        let is_empty = first.is_none();
        let iam = |name: &str| {
            has(name)
                && is("Arn", "arn:")
                && first.is_some_and(|v| v["Arn"].as_str().is_some_and(|arn| arn.contains(":iam:")))
        };
        let when = |kind: Kind, is_it: bool| is_it.then_some(kind);
        match key {
            "UserDetailList" => Some(Kind::UserDetail),
            "GroupDetailList" => Some(Kind::GroupDetail),
            "RoleDetailList" => Some(Kind::RoleDetail),
            "Content" => when(Kind::CredentialReport, around.has("GeneratedTime") || around.has("ReportFormat")),
            "SummaryMap" => Some(Kind::AccountSummary),
            "PasswordPolicy" => when(Kind::PasswordPolicy, has("RequireSymbols") || has("MinimumPasswordLength")),
            "AccessKeyMetadata" => Some(Kind::AccessKey),
            "AccessKeyLastUsed" => Some(Kind::KeyLastUsed),
            "AccountAliases" => Some(Kind::AccountAlias),
            "VirtualMFADevices" => Some(Kind::VirtualMfaDevice),
            "ServerCertificateMetadataList" => Some(Kind::ServerCertificate),
            "SAMLProviderList" => Some(Kind::SamlProvider),
            "OpenIDConnectProviderList" => Some(Kind::OidcProvider),
            "ClientIDList" | "ThumbprintList" => when(Kind::OidcDetail, around.has("Url")),
            "InstanceProfiles" | "InstanceProfile" => {
                when(Kind::InstanceProfile, is_empty || iam("InstanceProfileName"))
            }
            "Policies" | "Policy" => Kind::of_policies(key, first, around),
            "PolicyVersion" => when(Kind::PolicyVersion, has("VersionId")),
            "Versions" => when(Kind::PolicyVersion, has("VersionId") && has("IsDefaultVersion")),
            "PolicyNames" => when(Kind::InlineNames, around.named(&["role", "user", "group"])),
            "AttachedPolicies" => when(Kind::Attached, is_empty || has("PolicyArn")),
            "PolicyDocument" => {
                let of = ["UserName", "GroupName", "RoleName"].iter().any(|name| around.has(name));
                when(Kind::InlinePolicy, of && around.has("PolicyName"))
            }
            "Users" if around.has("Group") => Some(Kind::GroupMember),
            "Users" | "User" => when(Kind::User, iam("UserName")),
            "Roles" | "Role" => when(Kind::Role, iam("RoleName")),
            "Groups" if around.named(&["for-user", "for_user"]) => {
                when(Kind::GroupOfUser, is_empty || iam("GroupName"))
            }
            "Groups" | "Group" => when(Kind::Group, iam("GroupName")),
            "Organization" => when(Kind::Organization, has("MasterAccountArn") || is("Id", "o-")),
            "Accounts" if around.named(&["for-parent", "for_parent"]) => Some(Kind::AccountForParent),
            "Accounts" => when(Kind::OrganizationAccount, is_empty || has("Id") && is("Arn", "arn:")),
            "Roots" => when(Kind::Root, is_empty || is("Id", "r-")),
            "OrganizationalUnits" | "OrganizationalUnit" => when(Kind::Unit, is_empty || is("Id", "ou-")),
            "Parents" => when(Kind::Parent, has("Id") && has("Type")),
            "Children" => when(Kind::Child, has("Id") && has("Type")),
            "Targets" => when(Kind::Target, has("TargetId") || is_empty && around.named(&["policy"])),
            "DelegatedAdministrators" => Some(Kind::DelegatedAdministrator),
            "DelegatedServices" => Some(Kind::DelegatedService),
            _ => None,
        }
    }

    fn of_policies(key: &str, first: Option<&Value>, around: &Around<'_>) -> Option<Kind> {
        let has = |name: &str| first.is_some_and(|value| value.get(name).is_some());
        let for_target = || around.named(&["for-target", "for_target"]);
        match first {
            _ if key == "Policies" && around.is_details() => Some(Kind::PolicyDetail),
            None if for_target() => Some(Kind::PolicyForTarget),
            None if around.named(&["organization"]) => Some(Kind::OrganizationPolicy),
            None => around.named(&["list-policies", "list_policies", "iam"]).then_some(Kind::Policy),
            Some(_) if has("PolicyVersionList") => Some(Kind::PolicyDetail),
            Some(_) if has("PolicySummary") => Some(Kind::PolicyDescription),
            Some(_) if has("PolicyId") && has("PolicyName") => Some(Kind::Policy),
            Some(_) if has("AwsManaged") && has("Id") => {
                Some(if for_target() { Kind::PolicyForTarget } else { Kind::OrganizationPolicy })
            }
            Some(_) => None,
        }
    }

    /// The operation whose answer it is a part of, as in the ledger.
    pub(in crate::import) fn operation(self) -> &'static str {
        match self {
            Kind::UserDetail
            | Kind::GroupDetail
            | Kind::RoleDetail
            | Kind::PolicyDetail
            | Kind::User
            | Kind::Group
            | Kind::Role
            | Kind::GroupOfUser
            | Kind::GroupMember
            | Kind::InlineNames
            | Kind::InlinePolicy
            | Kind::Attached => AUTHORIZATION,
            Kind::CredentialReport => REPORT,
            Kind::AccountSummary => "iam:GetAccountSummary",
            Kind::PasswordPolicy => "iam:GetAccountPasswordPolicy",
            Kind::AccessKey | Kind::KeyLastUsed => "iam:ListAccessKeys",
            Kind::AccountAlias => "iam:ListAccountAliases",
            Kind::VirtualMfaDevice => "iam:ListVirtualMFADevices",
            Kind::ServerCertificate => "iam:ListServerCertificates",
            Kind::SamlProvider => "iam:ListSAMLProviders",
            Kind::OidcProvider => "iam:ListOpenIDConnectProviders",
            Kind::OidcDetail => "iam:GetOpenIDConnectProvider",
            Kind::InstanceProfile => "iam:ListInstanceProfiles",
            Kind::Policy => "iam:ListPolicies",
            Kind::PolicyVersion => "iam:GetPolicyVersion",
            Kind::Organization => "organizations:DescribeOrganization",
            Kind::OrganizationAccount => ACCOUNTS,
            Kind::AccountForParent | Kind::Parent | Kind::Child => "organizations:ListAccountsForParent",
            Kind::Root => "organizations:ListRoots",
            Kind::Unit => "organizations:ListOrganizationalUnitsForParent",
            Kind::OrganizationPolicy => "organizations:ListPolicies",
            Kind::PolicyDescription => "organizations:DescribePolicy",
            Kind::PolicyForTarget | Kind::Target => "organizations:ListTargetsForPolicy",
            Kind::DelegatedAdministrator => "organizations:ListDelegatedAdministrators",
            Kind::DelegatedService => "organizations:ListDelegatedServicesForAccount",
        }
    }

    pub(super) fn is_detail(self) -> bool {
        matches!(self, Kind::UserDetail | Kind::GroupDetail | Kind::RoleDetail | Kind::PolicyDetail)
    }

    pub(in crate::import) fn is_of_organization(self) -> bool {
        self.operation().starts_with("organizations:")
    }

    /// The type of what its items are, each by itself.
    fn list(self) -> Option<ResourceType> {
        match self {
            Kind::AccountSummary => Some(T::AccountSummary),
            Kind::PasswordPolicy => Some(T::AccountPasswordPolicy),
            Kind::AccountAlias => Some(T::AccountAlias),
            Kind::VirtualMfaDevice => Some(T::VirtualMfaDevice),
            Kind::ServerCertificate => Some(T::ServerCertificate),
            Kind::SamlProvider => Some(T::SamlProvider),
            Kind::InstanceProfile => Some(T::InstanceProfile),
            _ => None,
        }
    }
}

const LISTS: &[Kind] = &[
    Kind::AccountSummary,
    Kind::PasswordPolicy,
    Kind::AccountAlias,
    Kind::VirtualMfaDevice,
    Kind::ServerCertificate,
    Kind::SamlProvider,
    Kind::InstanceProfile,
];

/// Counts the answers that are complete by being there.
pub(super) fn count_pages(scope: &Scope, answers: &Answers, seen: &mut Seen) {
    let whole = [Kind::OidcProvider, Kind::Root, Kind::OrganizationAccount, Kind::DelegatedAdministrator];
    for kind in LISTS.iter().chain(&whole) {
        for page in answers.pages(*kind) {
            // One profile of `get-instance-profile` is no list of them.
            if *kind == Kind::InstanceProfile && page.is_single {
                continue;
            }
            let answered =
                Answered { operation: kind.operation(), of: None, has_more: page.has_more, leaves_out: None };
            seen.answered(scope, &answered);
        }
    }
}

/// Adds what is listed kind by kind.
pub(super) fn add_lists(scope: &Scope, answers: &Answers, out: &mut Out<'_>) {
    for kind in LISTS {
        let Some(of) = kind.list() else { continue };
        for item in answers.of(*kind) {
            let mut value = item.value.clone();
            match kind {
                Kind::AccountAlias => value = serde_json::json!({ "AccountAlias": value }),
                Kind::InstanceProfile => role_names(&mut value),
                Kind::VirtualMfaDevice => user_arn(&mut value),
                _ => {}
            }
            out.keep(scope, of, kind.operation(), item, value);
        }
    }
    providers(scope, answers, out);
}

/// Of the roles in an instance profile, their names.
pub(super) fn role_names(profile: &mut Value) {
    if let Some(Value::Array(roles)) = profile.get_mut("Roles") {
        for role in roles.iter_mut() {
            if let Some(name) = role.get("RoleName") {
                *role = name.clone();
            }
        }
        roles.sort_by_key(Value::to_string);
    }
}

fn user_arn(device: &mut Value) {
    let arn = device.get("User").and_then(|user| user.get("Arn")).cloned();
    if let (Some(arn), Value::Object(members)) = (arn, device) {
        members.insert("UserArn".to_owned(), arn);
    }
}

/// Providers of OpenID Connect, with what another call tells of each: its answer does not say whose it is.
fn providers(scope: &Scope, answers: &Answers, out: &mut Out<'_>) {
    const DETAIL: &str = "iam:GetOpenIDConnectProvider";
    let mut without = std::collections::BTreeSet::new();
    for item in answers.of(Kind::OidcProvider) {
        let mut value = item.value.clone();
        let arn = item.text("Arn").unwrap_or_default().to_owned();
        // The provider's name in an ARN is its address.
        let url = arn.split_once(":oidc-provider/").map_or("", |(_, url)| url);
        let is_it = |beside: &std::collections::BTreeMap<String, Value>| {
            let said = beside.get("Url").and_then(Value::as_str).unwrap_or_default();
            !url.is_empty() && said.trim_start_matches("https://") == url
        };
        let is_told = answers.pages(Kind::OidcDetail).iter().any(|page| is_it(&page.beside));
        match &mut value {
            Value::Object(members) if is_told => {
                members.insert("Url".to_owned(), Value::String(url.to_owned()));
                for name in ["ClientIDList", "ThumbprintList"] {
                    let items = answers.of(Kind::OidcDetail).iter();
                    let its = items.filter(|item| item.key == name && is_it(&item.beside));
                    let mut texts: Vec<Value> = its.map(|item| item.value.clone()).collect();
                    texts.sort_by_key(Value::to_string);
                    members.insert(name.to_owned(), Value::Array(texts));
                }
            }
            _ => _ = without.insert(arn),
        }
        out.keep(scope, T::OidcProvider, Kind::OidcProvider.operation(), item, value);
    }
    let is_listed = answers.pages(Kind::OidcProvider).iter().any(|page| !page.has_more);
    let outcome = if is_listed && without.is_empty() {
        Outcome::Complete
    } else {
        let of = if without.is_empty() { String::new() } else { format!(" of {}", super::some_of(&without)) };
        let message = format!("{}{of}", crate::import::cells::NOT_THERE);
        Outcome::Gap(Gap { reason: Reason::NotImported, message, partial: answers.has(Kind::OidcDetail) })
    };
    out.seen.decide(scope, DETAIL, outcome);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted() {
        assert!(KEYS.is_sorted());
    }

    #[test]
    fn every_operation_of_every_type_is_told_by_some_answer() {
        // What is derived: having a report made is of no answer's keys.
        let derived = ["iam:GenerateCredentialReport"];
        let told: Vec<&str> = (0..).map_while(kind_at).map(Kind::operation).collect();
        for operation in TYPES.iter().flat_map(|of| of.operations()) {
            assert!(told.contains(operation) || derived.contains(operation), "{operation}");
        }
        assert!(TYPES.iter().all(|of| of.is_global()));
    }

    fn kind_at(index: usize) -> Option<Kind> {
        [
            Kind::UserDetail,
            Kind::CredentialReport,
            Kind::AccountSummary,
            Kind::PasswordPolicy,
            Kind::AccessKey,
            Kind::AccountAlias,
            Kind::VirtualMfaDevice,
            Kind::ServerCertificate,
            Kind::SamlProvider,
            Kind::OidcProvider,
            Kind::OidcDetail,
            Kind::InstanceProfile,
            Kind::Policy,
            Kind::PolicyVersion,
            Kind::Organization,
            Kind::OrganizationAccount,
            Kind::AccountForParent,
            Kind::Root,
            Kind::Unit,
            Kind::OrganizationPolicy,
            Kind::PolicyDescription,
            Kind::Target,
            Kind::DelegatedAdministrator,
            Kind::DelegatedService,
        ]
        .get(index)
        .copied()
    }
}
