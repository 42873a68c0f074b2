//! The demo finds what is wrong with its organization.

use std::collections::BTreeSet;

use driftline::catalog::Catalog;
use driftline_sim::Organization;

use crate::support::{Run, driftline};

/// The planted defects, and the checks of which one finds each.
const FOUND_BY: &[(&str, &[&str])] = &[
    ("SG_SSH_V4", &["security-group-admin-port-open"]),
    ("SG_SSH_V6", &["security-group-admin-port-open"]),
    ("SG_SSH_SPLIT", &["security-group-admin-port-open"]),
    ("SG_SSH_SPLIT_RULES", &["security-group-admin-port-open"]),
    ("SG_SSH_PREFIX_LIST", &["security-group-admin-port-open"]),
    ("SG_ALL_OPEN", &["security-group-all-ports-open"]),
    ("SG_RDP_RANGE", &["security-group-admin-port-open"]),
    ("SG_DB_OPEN", &["security-group-database-port-open"]),
    ("SG_UNUSED", &["security-group-unused"]),
    ("SG_DEFAULT_RULES", &["default-security-group-has-rules"]),
    ("NACL_SSH_OPEN", &["network-acl-admin-port-open"]),
    // The deny is dead: the port is open.
    ("NACL_DENY_SHADOWED", &["network-acl-admin-port-open"]),
    ("SUBNET_AUTO_PUBLIC_IP", &["subnet-assigns-public-addresses"]),
    ("RT_PEERING_WIDE", &["route-table-peering-route-broad"]),
    ("IGW_DETACHED", &["internet-gateway-detached"]),
    ("EIP_UNASSOCIATED", &["elastic-ip-unassociated"]),
    ("VPC_NO_FLOW_LOG", &["vpc-without-flow-log"]),
    ("VPC_DEFAULT_PRESENT", &["default-vpc-present"]),
    ("VPCE_OPEN_POLICY", &["vpc-endpoint-policy-open"]),
    ("CGW_UNUSED", &["customer-gateway-unused"]),
    ("PEERING_FOREIGN", &["vpc-peering-outside-organization"]),
    ("EC2_IMDSV1", &["instance-metadata-v1-allowed"]),
    ("EBS_UNENCRYPTED", &["volume-unencrypted", "snapshot-unencrypted"]),
    ("EBS_SNAPSHOT_PUBLIC", &["snapshot-public"]),
    ("AMI_PUBLIC", &["image-public"]),
    ("LT_IMDSV1", &["launch-template-metadata-v1-allowed"]),
    ("CLIENT_VPN_NO_LOG", &["client-vpn-connection-logging-off"]),
    ("SSM_DOCUMENT_PUBLIC", &["ssm-document-public"]),
    ("EBS_ENCRYPTION_DEFAULT_OFF", &["ebs-default-encryption-off"]),
    ("SNAPSHOT_PUBLIC_ACCESS_ALLOWED", &["snapshot-public-access-allowed"]),
    ("IMAGE_PUBLIC_ACCESS_ALLOWED", &["image-public-access-allowed"]),
    ("IAM_ROOT_NO_MFA", &["root-without-mfa"]),
    ("IAM_ROOT_ACCESS_KEY", &["root-access-key"]),
    ("IAM_USER_NO_MFA", &["console-user-without-mfa"]),
    ("IAM_PASSWORD_STALE", &["console-password-unused"]),
    ("IAM_KEY_OLD", &["access-key-not-rotated"]),
    ("IAM_KEY_STALE", &["access-key-unused", "access-key-never-used"]),
    ("IAM_KEY_NEVER_USED", &["access-key-never-used"]),
    ("IAM_KEY_INACTIVE", &["access-key-inactive-kept"]),
    ("IAM_TWO_ACTIVE_KEYS", &["two-active-access-keys"]),
    ("IAM_USER_INLINE", &["inline-policy-on-user"]),
    ("IAM_USER_ATTACHED", &["policy-attached-to-user"]),
    ("IAM_ADMIN_STAR", &["wildcard-admin-policy", "administrator-policy-attached"]),
    ("IAM_TRUST_WILDCARD", &["role-trusts-anyone"]),
    ("IAM_TRUST_EXTERNAL", &["role-trusts-external-account-without-external-id"]),
    ("IAM_ROLE_STALE", &["role-unused"]),
    ("IAM_POLICY_UNATTACHED", &["customer-policy-unattached"]),
    ("IAM_GROUP_EMPTY", &["group-without-members"]),
    ("IAM_NO_PASSWORD_POLICY", &["password-policy-missing"]),
    ("IAM_WEAK_PASSWORD_POLICY", &["password-policy-weak"]),
    ("CT_NOT_LOGGING", &["cloudtrail-trail-stopped"]),
    ("CT_OFF", &["cloudtrail-not-logging-in-region"]),
    ("CONFIG_OFF", &["config-recorder-off"]),
    ("GD_OFF", &["guardduty-off"]),
    ("SH_OFF", &["security-hub-off"]),
    ("AA_OFF", &["access-analyzer-missing"]),
    ("INSPECTOR_OFF", &["inspector-off"]),
    ("MACIE_OFF", &["macie-off"]),
    ("EC2_SSH_EXPOSED", &["internet-reachable-admin-port"]),
    ("ACCOUNT_NO_SECURITY_CONTACT", &["security-contact-missing"]),
];

/// Planted, and no check finds it. This list must shrink: a code that has a
/// check in the catalogue may not be in it.
const WITHOUT_A_CHECK: &[&str] = &[
    // An inventory item and no mistake.
    "IGW_ATTACHED",
];

/// A principal that has a policy of the customer's is told of at the policy, once for all who have it.
const FOUND_THROUGH: &[(&str, &str)] = &[("deployer", "deploy-everything")];

/// The checks for a code that the catalogue has.
fn checks_for(catalog: &Catalog, code: &str) -> Vec<&'static str> {
    let of = FOUND_BY.iter().find(|(of, _)| *of == code).map_or(&[][..], |(_, ids)| ids);
    of.iter().copied().filter(|id| catalog.get(id).is_some()).collect()
}

#[test]
fn the_demo_finds_everything_that_was_planted() {
    let catalog = Catalog::embedded();
    let truth = Organization::default().truth();
    let codes: BTreeSet<&str> = truth.iter().map(|planted| planted.code).collect();
    for code in &codes {
        let checked = !checks_for(&catalog, code).is_empty();
        let listed = WITHOUT_A_CHECK.contains(code);
        assert!(checked || listed, "no check finds {code}: name one in FOUND_BY");
        assert!(!(checked && listed), "{code} has a check now: take it off WITHOUT_A_CHECK");
    }

    let folder = tempfile::tempdir().unwrap();
    let mut command = driftline(folder.path());
    command.args(["demo", "-f", "json"]);
    let run = Run::of(command);
    assert_eq!(run.code, 0, "{}", run.err);
    // Two calls are denied on purpose; nothing else is missing.
    let reasons = run.reasons();
    assert!(reasons.iter().all(|reason| reason == "AccessDenied" || reason == "DeniedByScp"), "{:#?}", run.gaps());
    let json = run.json();
    let fails: Vec<_> =
        json["findings"].as_array().unwrap().iter().filter(|finding| finding["status"] == "fail").collect();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut missed = Vec::new();
    for planted in &truth {
        let ids = checks_for(&catalog, planted.code);
        let found = fails.iter().any(|finding| {
            let resource = &finding["resource"];
            let wanted =
                FOUND_THROUGH.iter().find(|(of, _)| *of == planted.resource).map_or(&*planted.resource, |p| p.1);
            // Settings of an account, or of an account in a region, are planted on the account's id.
            let same = wanted == planted.account
                || wanted == "<root_account>"
                || [&resource["id"], &resource["name"]].iter().any(|name| text(name) == wanted)
                || text(&resource["arn"]).rsplit(['/', ':']).next() == Some(wanted);
            let here = planted.region == "global" || text(&finding["region"]) == planted.region;
            ids.contains(&text(&finding["rule"]).as_str())
                && text(&finding["account"]) == planted.account
                && here
                && same
        });
        if !ids.is_empty() && !found {
            missed.push(planted);
        }
    }
    assert!(missed.is_empty(), "{} of {} are missed: {missed:#?}", missed.len(), truth.len());
}
