//! Which actions a scan needs, from what resource types and checks declare.
//!
//! NOTE: an operation is declared by a name of which `resource::iam_action` makes
//! the IAM action that allows it. But for the service's name the two are the same,
//! which is no law of AWS (`s3:ListBuckets` is allowed by `s3:ListAllMyBuckets`);
//! cfn-lint holds the names in the tests.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::cli::PolicyPart;
use crate::resource::{ResourceType, iam_action};

/// How a caller enters the other accounts.
pub(super) const ASSUME: &str = "sts:AssumeRole";

/// What every account is asked: which regions it has. `sts:GetCallerIdentity` is asked for too and
/// needs no permission.
const EVERYWHERE: &[&str] = &["ec2:DescribeRegions"];

/// How a caller finds the accounts of its organization, by unit and by tag.
const ACCOUNTS: &[&str] = &[
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListRoots",
    "organizations:ListTagsForResource",
];

/// What has to be read first, for an operation to know what to ask about.
const FIRST: &[(&str, &str)] = &[
    ("access-analyzer:GetFindingsStatistics", "access-analyzer:ListAnalyzers"),
    ("cloudtrail:GetEventSelectors", "cloudtrail:DescribeTrails"),
    ("cloudtrail:GetTrailStatus", "cloudtrail:DescribeTrails"),
    ("ec2:DescribeVpcAttribute", "ec2:DescribeVpcs"),
    ("ec2:DescribeVpcEndpointServicePermissions", "ec2:DescribeVpcEndpointServiceConfigurations"),
    ("ec2:DescribeTransitGatewayPeeringAttachments", "ec2:DescribeTransitGatewayAttachments"),
    ("ec2:DescribeTransitGatewayVpcAttachments", "ec2:DescribeTransitGatewayAttachments"),
    ("ec2:GetManagedPrefixListEntries", "ec2:DescribeManagedPrefixLists"),
    ("ec2:GetTransitGatewayRouteTableAssociations", "ec2:DescribeTransitGatewayRouteTables"),
    ("ec2:GetTransitGatewayRouteTablePropagations", "ec2:DescribeTransitGatewayRouteTables"),
    ("ec2:SearchTransitGatewayRoutes", "ec2:DescribeTransitGatewayRouteTables"),
    ("elb:DescribeLoadBalancerAttributes", "elb:DescribeLoadBalancers"),
    ("elb:DescribeLoadBalancerPolicies", "elb:DescribeLoadBalancers"),
    ("elbv2:DescribeListeners", "elbv2:DescribeLoadBalancers"),
    ("elbv2:DescribeLoadBalancerAttributes", "elbv2:DescribeLoadBalancers"),
    ("elbv2:DescribeRules", "elbv2:DescribeListeners"),
    ("elbv2:DescribeTargetGroupAttributes", "elbv2:DescribeTargetGroups"),
    ("elbv2:DescribeTargetHealth", "elbv2:DescribeTargetGroups"),
    ("globalaccelerator:ListEndpointGroups", "globalaccelerator:ListListeners"),
    ("globalaccelerator:ListListeners", "globalaccelerator:ListAccelerators"),
    ("guardduty:DescribeOrganizationConfiguration", "guardduty:ListDetectors"),
    ("guardduty:GetDetector", "guardduty:ListDetectors"),
    ("guardduty:GetFindingsStatistics", "guardduty:ListDetectors"),
    ("iam:GetCredentialReport", "iam:GenerateCredentialReport"),
    ("iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"),
    ("iam:GetPolicyVersion", "iam:ListPolicies"),
    ("iam:ListAccessKeys", "iam:GetAccountAuthorizationDetails"),
    ("inspector2:ListFindingAggregations", "inspector2:BatchGetAccountStatus"),
    ("lambda:GetPolicy", "lambda:ListFunctions"),
    ("lambda:ListFunctionUrlConfigs", "lambda:ListFunctions"),
    ("macie2:GetAutomatedDiscoveryConfiguration", "macie2:GetMacieSession"),
    ("network-firewall:DescribeFirewall", "network-firewall:ListFirewalls"),
    ("network-firewall:DescribeFirewallPolicy", "network-firewall:DescribeFirewall"),
    ("network-firewall:DescribeLoggingConfiguration", "network-firewall:ListFirewalls"),
    ("organizations:DescribePolicy", "organizations:ListPolicies"),
    ("organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent"),
    ("organizations:ListDelegatedServicesForAccount", "organizations:ListDelegatedAdministrators"),
    ("organizations:ListOrganizationalUnitsForParent", "organizations:ListRoots"),
    ("organizations:ListTargetsForPolicy", "organizations:ListPolicies"),
    ("rds:DescribeDBClusterSnapshotAttributes", "rds:DescribeDBClusterSnapshots"),
    ("rds:DescribeDBSnapshotAttributes", "rds:DescribeDBSnapshots"),
    ("route53:ListResourceRecordSets", "route53:ListHostedZones"),
    ("s3:GetBucketAcl", "s3:ListBuckets"),
    ("s3:GetBucketLogging", "s3:ListBuckets"),
    ("s3:GetBucketOwnershipControls", "s3:ListBuckets"),
    ("s3:GetBucketPolicy", "s3:ListBuckets"),
    ("s3:GetBucketVersioning", "s3:ListBuckets"),
    ("s3:GetPublicAccessBlock", "s3:ListBuckets"),
    ("s3control:GetAccessPoint", "s3control:ListAccessPoints"),
    ("securityhub:DescribeOrganizationConfiguration", "securityhub:DescribeHub"),
    ("securityhub:GetEnabledStandards", "securityhub:DescribeHub"),
    ("ssm:DescribeDocumentPermission", "ssm:ListDocuments"),
    ("wafv2:ListResourcesForWebACL", "wafv2:ListWebACLs"),
];

/// What a part has to be allowed on everything: for a whole scan, or for the checks of a catalogue.
pub(super) fn of(part: PolicyPart, checks: Option<&Catalog>) -> BTreeSet<Cow<'static, str>> {
    let wanted = |of: &ResourceType| part == PolicyPart::Caller || !of.is_organization_wide();
    let declared: BTreeSet<&str> =
        ResourceType::ALL.iter().filter(|of| wanted(of)).flat_map(|of| of.operations()).copied().collect();
    let mut actions = match checks {
        None => declared,
        Some(catalog) => {
            let mut needed: BTreeSet<&str> = catalog.checks().flat_map(|check| check.operations()).collect();
            // As often as one step leads to another.
            while let Some(first) = first_missing(&needed) {
                needed.insert(first);
            }
            needed.intersection(&declared).copied().collect()
        }
    };
    actions.extend(EVERYWHERE);
    if part == PolicyPart::Caller {
        actions.extend(ACCOUNTS);
    }
    actions.into_iter().map(iam_action).collect()
}

fn first_missing(needed: &BTreeSet<&str>) -> Option<&'static str> {
    let missing = |(asked, first): &&(&str, &str)| needed.contains(asked) && !needed.contains(first);
    FIRST.iter().find(missing).map(|(_, first)| *first)
}
