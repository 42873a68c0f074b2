//! IAM, in the `awsQuery` protocol of 2010-05-08.

mod details;
mod report;
pub mod roles;
pub mod users;

use roles::Access;
use users::Users;

use crate::call::Call;
use crate::clock::{DAY, iso};
use crate::defects::Code;
use crate::error::ApiError;
use crate::hash::word;
use crate::org::Class;
use crate::page::{Limits, Page};
use crate::xml::Xml;

type Outcome = Result<(), ApiError>;

/// Writes the result of an operation.
pub fn operation(call: &Call, x: &mut Xml) -> Outcome {
    match call.action {
        "GetAccountAuthorizationDetails" => details::authorization_details(call, x),
        "GenerateCredentialReport" => {
            x.put("State", "COMPLETE");
            Ok(())
        }
        "GetCredentialReport" => {
            x.put("Content", report::content(&users(call)));
            x.put("ReportFormat", "text/csv");
            x.put("GeneratedTime", iso(call.org.now));
            Ok(())
        }
        "ListAccessKeys" => access_keys(call, x),
        "GetAccountPasswordPolicy" => password_policy(call, x),
        "GetAccountSummary" => summary(call, x),
        "ListVirtualMFADevices" => mfa_devices(call, x),
        "ListSAMLProviders" => saml_providers(call, x),
        "ListOpenIDConnectProviders" => {
            x.items("OpenIDConnectProviderList", "member", oidc_provider(call), |x, arn| {
                x.put("Arn", arn);
            });
            Ok(())
        }
        "GetOpenIDConnectProvider" => get_oidc_provider(call, x),
        "ListServerCertificates" => server_certificates(call, x),
        "ListAccountAliases" => aliases(call, x),
        "ListPolicies" => details::policies(call, x),
        "GetPolicyVersion" => details::policy_version(call, x),
        "ListInstanceProfiles" => details::instance_profiles(call, x),
        "ListOrganizationsFeatures" => organizations_features(call, x),
        name => Err(ApiError::unknown_action(call.service.protocol(), name)),
    }
}

fn users<'a>(call: &Call<'a>) -> Users<'a> {
    Users { org: call.org, account: call.cell.account }
}

fn has(call: &Call, code: Code) -> bool {
    call.org.has(call.cell.account, None, code)
}

/// `IsTruncated` and `Marker`.
fn end_of_page(page: &Page, x: &mut Xml) {
    x.put("IsTruncated", page.next.is_some());
    if let Some(marker) = &page.next {
        x.put("Marker", marker);
    }
}

fn no_such_entity(message: String) -> ApiError {
    ApiError::new(404, "NoSuchEntity", message)
}

/// Root users' credentials are managed from the management account.
fn organizations_features(call: &Call, x: &mut Xml) -> Outcome {
    if call.cell.account > 0 {
        let text = "The request was rejected because the account making the request is not the management account or \
                    delegated administrator account for centralized root access.";
        return Err(ApiError::new(403, "AccountNotManagementOrDelegatedAdministratorException", text));
    }
    x.put("OrganizationId", call.org.org_id());
    x.texts("EnabledFeatures", "member", ["RootCredentialsManagement", "RootSessions"]);
    Ok(())
}

fn access_keys(call: &Call, x: &mut Xml) -> Outcome {
    let name = call.need("UserName")?;
    let users = users(call);
    let Some(user) = users.all().find(|user| user.name == name) else {
        let message = format!("The user with name {name} cannot be found.");
        return Err(no_such_entity(message));
    };
    let keys: Vec<_> = user.keys.iter().enumerate().collect();
    let keys = keys.into_iter().filter_map(|(n, key)| key.map(|key| (n, key)));
    x.items("AccessKeyMetadata", "member", keys, |x, (n, key)| {
        x.put("UserName", name);
        x.put("AccessKeyId", users.key_id(name, n));
        x.put("Status", if key.active { "Active" } else { "Inactive" });
        x.put("CreateDate", iso(key.rotated));
    });
    x.put("IsTruncated", false);
    Ok(())
}

fn password_policy(call: &Call, x: &mut Xml) -> Outcome {
    if has(call, Code::NoPasswordPolicy) {
        let message = format!("The Password Policy with domain name {} cannot be found.", call.account_id());
        return Err(no_such_entity(message));
    }
    let weak = has(call, Code::WeakPasswordPolicy);
    x.node("PasswordPolicy", |x| {
        x.put("MinimumPasswordLength", if weak { 8 } else { 14 });
        x.put("RequireSymbols", !weak);
        x.put("RequireNumbers", true);
        x.put("RequireUppercaseCharacters", !weak);
        x.put("RequireLowercaseCharacters", true);
        x.put("AllowUsersToChangePassword", true);
        x.put("ExpirePasswords", false);
        if !weak {
            x.put("PasswordReusePrevention", 24_u32);
        }
        x.put("HardExpiry", false);
    });
    Ok(())
}

fn summary(call: &Call, x: &mut Xml) -> Outcome {
    let users = users(call);
    let access = Access { org: call.org, account: call.cell.account };
    let root_mfa = u32::from(!has(call, Code::RootNoMfa));
    let devices = users.all().filter(|user| user.mfa).count() as u32 + root_mfa;
    let entries = [
        ("AccountAccessKeysPresent", u32::from(has(call, Code::RootKey))),
        ("AccountMFAEnabled", root_mfa),
        ("AccountPasswordPresent", 1),
        ("AccountSigningCertificatesPresent", 0),
        ("Groups", users.groups().len() as u32),
        ("MFADevices", devices),
        ("MFADevicesInUse", devices),
        ("Policies", access.local_policy_count()),
        ("Roles", access.role_count()),
        ("ServerCertificates", u32::from(has_certificate(call))),
        ("Users", users.count()),
    ];
    x.items("SummaryMap", "entry", entries, |x, (key, value)| {
        x.put("key", key);
        x.put("value", value);
    });
    Ok(())
}

/// Every user with MFA has a virtual device. Root has one too, except in the
/// management account, where it is a hardware key that this list leaves out.
fn mfa_devices(call: &Call, x: &mut Xml) -> Outcome {
    let users = users(call);
    let id = call.account_id();
    let root = call.cell.class() != Class::Management && !has(call, Code::RootNoMfa);
    let mut owners: Vec<Option<String>> = Vec::new();
    if call.params.text("AssignmentStatus") != Some("Unassigned") {
        owners.extend(root.then_some(None));
        owners.extend(users.all().filter(|user| user.mfa).map(|user| Some(user.name)));
    }
    let page = call.page(owners.len() as u32, Limits::sized(100, 1000))?;
    x.items("VirtualMFADevices", "member", page.range.clone(), |x, n| {
        let Some(owner) = owners.get(n as usize) else {
            return;
        };
        let device = owner.as_deref().unwrap_or("root-account-mfa-device");
        x.put("SerialNumber", format!("arn:aws:iam::{id}:mfa/{device}"));
        let enabled = call.org.created(&[word(device), u64::from(users.account)]);
        x.put("EnableDate", iso(enabled));
        x.node("User", |x| match owner {
            None => {
                x.put("UserId", &id);
                x.put("Arn", format!("arn:aws:iam::{id}:root"));
                x.put("CreateDate", iso(enabled));
            }
            Some(name) => {
                x.put("Path", "/");
                x.put("UserName", name);
                x.put("UserId", call.org.unique_id("AIDA", users.account, name));
                x.put("Arn", format!("arn:aws:iam::{id}:user/{name}"));
                x.put("CreateDate", iso(enabled));
            }
        });
    });
    end_of_page(&page, x);
    Ok(())
}

fn saml_providers(call: &Call, x: &mut Xml) -> Outcome {
    let here = (call.cell.class() == Class::Management).then_some(());
    x.items("SAMLProviderList", "member", here, |x, ()| {
        x.put("Arn", format!("arn:aws:iam::{}:saml-provider/workforce", call.account_id()));
        x.put("ValidUntil", iso(call.org.now + 900 * DAY));
        x.put("CreateDate", iso(call.org.created(&[word("saml")])));
    });
    Ok(())
}

const OIDC_HOST: &str = "token.actions.githubusercontent.com";

/// The ARN of the account's OIDC provider, if it has one.
fn oidc_provider(call: &Call) -> Option<String> {
    let here = matches!(call.cell.class(), Class::ShopDev | Class::ShopProd);
    here.then(|| format!("arn:aws:iam::{}:oidc-provider/{OIDC_HOST}", call.account_id()))
}

fn get_oidc_provider(call: &Call, x: &mut Xml) -> Outcome {
    let arn = call.need("OpenIDConnectProviderArn")?;
    if oidc_provider(call).as_deref() != Some(arn) {
        let message = format!("OpenIDConnect Provider not found for arn {arn}");
        return Err(no_such_entity(message));
    }
    x.put("Url", OIDC_HOST);
    x.texts("ClientIDList", "member", ["sts.amazonaws.com"]);
    x.texts("ThumbprintList", "member", ["d89e3bd43d5d909b47a18977aa9d5ce36cee184c"]);
    x.put("CreateDate", iso(call.org.created(&[word("oidc")])));
    Ok(())
}

fn has_certificate(call: &Call) -> bool {
    call.cell.class() == Class::DataProd
}

fn server_certificates(call: &Call, x: &mut Xml) -> Outcome {
    let here = has_certificate(call).then_some(());
    x.items("ServerCertificateMetadataList", "member", here, |x, ()| {
        let name = "data-api";
        x.put("Path", "/");
        x.put("ServerCertificateName", name);
        x.put("ServerCertificateId", call.org.unique_id("ASCA", call.cell.account, name));
        let id = call.account_id();
        x.put("Arn", format!("arn:aws:iam::{id}:server-certificate/{name}"));
        x.put("UploadDate", iso(call.org.now.saturating_sub(165 * DAY)));
        x.put("Expiration", iso(call.org.now + 200 * DAY));
    });
    x.put("IsTruncated", false);
    Ok(())
}

fn aliases(call: &Call, x: &mut Xml) -> Outcome {
    x.texts("AccountAliases", "member", [call.org.account_name(call.cell.account)]);
    x.put("IsTruncated", false);
    Ok(())
}
