//! The calls that a scan makes: what each operation is asked for, how often,
//! and what its answers cannot be without.
//!
//! One table for whoever counts calls before they are made, for the page sizes
//! that estimates rest on, and for the guard that refuses an answer with nothing in it.

/// Where an operation is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Once for the whole scan, with the caller's own credentials.
    Scan,
    /// In the caller's account alone: what it says of the organization.
    Organization,
    /// Once in every account, in the partition's home region.
    Account,
    /// In every region of every account.
    Region,
}

/// What an operation is called for, in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Per {
    /// The place itself.
    Place,
    /// Itself, unless the region has no VPC at all.
    RegionWithVpc,
    /// Each VPC.
    Vpc,
    /// Each endpoint service that the account offers.
    EndpointService,
    /// Each version of a prefix list in a region, once for all accounts.
    PrefixListVersion,
    /// Itself, if a transit gateway is attached to a VPC.
    RegionWithVpcAttachment,
    /// Itself, if transit gateways are peered.
    RegionWithPeeringAttachment,
    /// Itself, if there is a transit gateway, the account's own or one that is shared with it.
    RegionWithTransitGateway,
    /// Itself, and once for every 200 images of others that instances and launch templates name.
    RegionAndForeignImages,
    /// Itself, if there is a launch template.
    RegionWithLaunchTemplate,
    /// Each route table of a transit gateway.
    TransitGatewayRouteTable,
    /// Each firewall of Network Firewall.
    Firewall,
    /// Each policy that a firewall has.
    FirewallPolicy,
    /// Each function.
    Function,
    /// Each snapshot of a database, or of a cluster, that somebody made.
    DbSnapshot,
    /// Each hosted zone that is public.
    PublicZone,
    /// Each web ACL of a region.
    WebAcl,
    /// Each document of Systems Manager that the account owns.
    Document,
    /// Each bucket, where it lies.
    Bucket,
    /// Each access point of S3.
    AccessPoint,
    /// Each load balancer of the first generation.
    ClassicLoadBalancer,
    /// Each load balancer of the first generation of which a listener names a policy.
    ClassicLoadBalancerWithPolicy,
    /// Each load balancer of the second generation.
    LoadBalancer,
    /// Each listener of an application load balancer.
    ApplicationListener,
    /// Each target group that a load balancer uses.
    TargetGroupInUse,
    /// Itself, in the one partition that has accelerators, and access points of several regions.
    PartitionWithAccelerators,
    /// Each accelerator.
    Accelerator,
    /// Each listener of an accelerator.
    AcceleratorListener,
    /// Itself, if there is a configuration recorder.
    RegionWithRecorder,
    /// Itself, if there is a delivery channel.
    RegionWithChannel,
    /// Itself, if Security Hub is on.
    RegionWithHub,
    /// Itself, if Inspector scans anything.
    RegionWithInspector,
    /// Itself, if Macie is on or paused.
    RegionWithMacie,
    /// Each detector of GuardDuty.
    Detector,
    /// Each active analyzer that looks for access from outside.
    ExternalAnalyzer,
    /// Each trail, in its home region, once for all accounts that see it.
    Trail,
    /// Each user that the credential report gives a key, or does not know.
    UserWithKeys,
    /// Each version of an AWS managed policy that is in use, once for all accounts.
    AwsPolicyVersion,
    /// Each OpenID Connect provider.
    OidcProvider,
    /// Each service or resource control policy.
    OrganizationPolicy,
    /// Each root and organizational unit.
    Parent,
    /// Each root and organizational unit, where accounts come without their paths; AWS gives them.
    ParentIfNoPaths,
    /// Each delegated administrator.
    DelegatedAdministrator,
    /// Each account that is entered with a role: all but the caller's own.
    AssumedAccount,
    /// Each active account, if they are selected by tags.
    AccountIfByTag,
}

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// As resource types declare it, such as `ec2:DescribeVpcs`.
    pub name: &'static str,
    pub place: Place,
    pub per: Per,
    /// Calls for each, as long as a list fits its page; the least where AWS decides how many.
    pub calls: u32,
    /// Items on the pages that are asked for; none where the list has no pages, or there is no list.
    pub page: Option<u32>,
    /// What every answer has, be it an empty list: the name of an element or member, or of several of which one
    /// is there, with bars between them; after a slash the name of the answer's root, of which nothing need be in it.
    pub answer: &'static str,
}

impl Operation {
    /// The service, as it stands in the name.
    pub fn service(&self) -> &'static str {
        service(self.name)
    }
}

/// The service of an operation.
pub(super) fn service(action: &'static str) -> &'static str {
    action.split(':').next().unwrap_or(action)
}

/// An entry of the table, by its name.
pub(super) fn operation(name: &str) -> Option<&'static Operation> {
    CATALOGUE.binary_search_by_key(&name, |operation| operation.name).ok().and_then(|at| CATALOGUE.get(at))
}

/// Every operation that a scan may call, sorted by name.
pub fn call_catalogue() -> &'static [Operation] {
    CATALOGUE
}

const fn list(name: &'static str, place: Place, per: Per, page: Option<u32>, answer: &'static str) -> Operation {
    Operation { name, place, per, calls: 1, page, answer }
}

const fn one(name: &'static str, place: Place, per: Per, calls: u32, answer: &'static str) -> Operation {
    Operation { name, place, per, calls, page: None, answer }
}

use Place::{Account, Organization, Region, Scan};

/// Page sizes are the greatest that AWS takes. INVARIANT: sorted by name.
const CATALOGUE: &[Operation] = &[
    one("access-analyzer:GetFindingsStatistics", Region, Per::ExternalAnalyzer, 1, "findingsStatistics"),
    // AWS does not say how large a page may be.
    list("access-analyzer:ListAnalyzers", Region, Per::Place, None, "analyzers"),
    // One for each matter: billing, operations, security.
    one("account:GetAlternateContact", Account, Per::Place, 3, "AlternateContact"),
    one("account:GetContactInformation", Account, Per::Place, 1, "ContactInformation"),
    list("cloudtrail:DescribeTrails", Region, Per::Place, None, "trailList"),
    one("cloudtrail:GetEventSelectors", Region, Per::Trail, 1, "EventSelectors|AdvancedEventSelectors"),
    one("cloudtrail:GetTrailStatus", Region, Per::Trail, 1, "IsLogging"),
    list("cloudwatch:DescribeAlarms", Region, Per::Place, Some(100), "MetricAlarms"),
    list("config:DescribeConfigurationAggregators", Region, Per::Place, Some(100), "ConfigurationAggregators"),
    list(
        "config:DescribeConfigurationRecorderStatus",
        Region,
        Per::RegionWithRecorder,
        None,
        "ConfigurationRecordersStatus",
    ),
    list("config:DescribeConfigurationRecorders", Region, Per::Place, None, "ConfigurationRecorders"),
    list("config:DescribeDeliveryChannelStatus", Region, Per::RegionWithChannel, None, "DeliveryChannelsStatus"),
    list("config:DescribeDeliveryChannels", Region, Per::Place, None, "DeliveryChannels"),
    one("config:GetComplianceSummaryByConfigRule", Region, Per::Place, 1, "ComplianceSummary"),
    list("detective:ListGraphs", Region, Per::Place, Some(200), "GraphList"),
    list("directconnect:DescribeConnections", Region, Per::Place, Some(100), "connections"),
    list("directconnect:DescribeVirtualInterfaces", Region, Per::Place, Some(100), "virtualInterfaces"),
    list("ec2:DescribeAddresses", Region, Per::Place, None, "addressesSet"),
    list("ec2:DescribeCarrierGateways", Region, Per::RegionWithVpc, Some(1000), "carrierGatewaySet"),
    list("ec2:DescribeClientVpnEndpoints", Region, Per::Place, Some(1000), "clientVpnEndpoint"),
    list("ec2:DescribeCustomerGateways", Region, Per::Place, None, "customerGatewaySet"),
    list("ec2:DescribeDhcpOptions", Region, Per::Place, Some(1000), "dhcpOptionsSet"),
    list(
        "ec2:DescribeEgressOnlyInternetGateways",
        Region,
        Per::RegionWithVpc,
        Some(255),
        "egressOnlyInternetGatewaySet",
    ),
    list("ec2:DescribeFlowLogs", Region, Per::Place, Some(1000), "flowLogSet"),
    list("ec2:DescribeImages", Region, Per::RegionAndForeignImages, Some(1000), "imagesSet"),
    // Its pages count instances; the list is of the reservations that hold them.
    list("ec2:DescribeInstances", Region, Per::Place, Some(1000), "reservationSet"),
    list("ec2:DescribeInternetGateways", Region, Per::Place, Some(1000), "internetGatewaySet"),
    list(
        "ec2:DescribeLaunchTemplateVersions",
        Region,
        Per::RegionWithLaunchTemplate,
        Some(200),
        "launchTemplateVersionSet",
    ),
    list("ec2:DescribeLaunchTemplates", Region, Per::Place, Some(200), "launchTemplates"),
    list("ec2:DescribeManagedPrefixLists", Region, Per::Place, Some(100), "prefixListSet"),
    list("ec2:DescribeNatGateways", Region, Per::RegionWithVpc, Some(1000), "natGatewaySet"),
    list("ec2:DescribeNetworkAcls", Region, Per::RegionWithVpc, Some(1000), "networkAclSet"),
    list("ec2:DescribeNetworkInterfaces", Region, Per::Place, Some(1000), "networkInterfaceSet"),
    list("ec2:DescribeRegions", Account, Per::Place, None, "regionInfo"),
    list("ec2:DescribeRouteTables", Region, Per::RegionWithVpc, Some(100), "routeTableSet"),
    list("ec2:DescribeSecurityGroups", Region, Per::Place, Some(1000), "securityGroupInfo"),
    // The account's own, and those of them that anyone may restore.
    Operation { calls: 2, ..list("ec2:DescribeSnapshots", Region, Per::Place, Some(1000), "snapshotSet") },
    list("ec2:DescribeSubnets", Region, Per::RegionWithVpc, Some(1000), "subnetSet"),
    list("ec2:DescribeTransitGatewayAttachments", Region, Per::Place, Some(1000), "transitGatewayAttachments"),
    list(
        "ec2:DescribeTransitGatewayPeeringAttachments",
        Region,
        Per::RegionWithPeeringAttachment,
        Some(1000),
        "transitGatewayPeeringAttachments",
    ),
    list(
        "ec2:DescribeTransitGatewayRouteTables",
        Region,
        Per::RegionWithTransitGateway,
        Some(1000),
        "transitGatewayRouteTables",
    ),
    list(
        "ec2:DescribeTransitGatewayVpcAttachments",
        Region,
        Per::RegionWithVpcAttachment,
        Some(1000),
        "transitGatewayVpcAttachments",
    ),
    list("ec2:DescribeTransitGateways", Region, Per::Place, Some(1000), "transitGatewaySet"),
    list("ec2:DescribeVolumes", Region, Per::Place, Some(1000), "volumeSet"),
    // The two attributes that only this call gives.
    one("ec2:DescribeVpcAttribute", Region, Per::Vpc, 2, "enableDnsSupport|enableDnsHostnames"),
    list(
        "ec2:DescribeVpcBlockPublicAccessExclusions",
        Region,
        Per::Place,
        Some(1000),
        "vpcBlockPublicAccessExclusionSet",
    ),
    one("ec2:DescribeVpcBlockPublicAccessOptions", Region, Per::Place, 1, "vpcBlockPublicAccessOptions"),
    list("ec2:DescribeVpcEndpointServiceConfigurations", Region, Per::Place, Some(1000), "serviceConfigurationSet"),
    list("ec2:DescribeVpcEndpointServicePermissions", Region, Per::EndpointService, Some(1000), "allowedPrincipals"),
    list("ec2:DescribeVpcEndpoints", Region, Per::RegionWithVpc, Some(1000), "vpcEndpointSet"),
    list("ec2:DescribeVpcPeeringConnections", Region, Per::Place, Some(1000), "vpcPeeringConnectionSet"),
    list("ec2:DescribeVpcs", Region, Per::Place, Some(1000), "vpcSet"),
    list("ec2:DescribeVpnConnections", Region, Per::Place, None, "vpnConnectionSet"),
    list("ec2:DescribeVpnGateways", Region, Per::Place, None, "vpnGatewaySet"),
    one("ec2:GetEbsEncryptionByDefault", Region, Per::Place, 1, "ebsEncryptionByDefault"),
    one("ec2:GetImageBlockPublicAccessState", Region, Per::Place, 1, "imageBlockPublicAccessState"),
    one("ec2:GetInstanceMetadataDefaults", Region, Per::Place, 1, "accountLevel"),
    list("ec2:GetManagedPrefixListEntries", Region, Per::PrefixListVersion, Some(100), "entrySet"),
    one("ec2:GetSerialConsoleAccessStatus", Region, Per::Place, 1, "serialConsoleAccessEnabled"),
    one("ec2:GetSnapshotBlockPublicAccessState", Region, Per::Place, 1, "state"),
    list(
        "ec2:GetTransitGatewayRouteTableAssociations",
        Region,
        Per::TransitGatewayRouteTable,
        Some(1000),
        "associations",
    ),
    list(
        "ec2:GetTransitGatewayRouteTablePropagations",
        Region,
        Per::TransitGatewayRouteTable,
        Some(1000),
        "transitGatewayRouteTablePropagations",
    ),
    list("ec2:SearchTransitGatewayRoutes", Region, Per::TransitGatewayRouteTable, Some(1000), "routeSet"),
    one("elb:DescribeLoadBalancerAttributes", Region, Per::ClassicLoadBalancer, 1, "LoadBalancerAttributes"),
    one("elb:DescribeLoadBalancerPolicies", Region, Per::ClassicLoadBalancerWithPolicy, 1, "PolicyDescriptions"),
    list("elb:DescribeLoadBalancers", Region, Per::Place, Some(400), "LoadBalancerDescriptions"),
    list("elbv2:DescribeListeners", Region, Per::LoadBalancer, Some(400), "Listeners"),
    one("elbv2:DescribeLoadBalancerAttributes", Region, Per::LoadBalancer, 1, "Attributes"),
    list("elbv2:DescribeLoadBalancers", Region, Per::Place, Some(400), "LoadBalancers"),
    list("elbv2:DescribeRules", Region, Per::ApplicationListener, Some(400), "Rules"),
    one("elbv2:DescribeTargetGroupAttributes", Region, Per::TargetGroupInUse, 1, "Attributes"),
    list("elbv2:DescribeTargetGroups", Region, Per::Place, Some(400), "TargetGroups"),
    // AWS gives all targets of a group at once.
    list("elbv2:DescribeTargetHealth", Region, Per::TargetGroupInUse, None, "TargetHealthDescriptions"),
    list("globalaccelerator:ListAccelerators", Account, Per::PartitionWithAccelerators, Some(100), "Accelerators"),
    list("globalaccelerator:ListEndpointGroups", Account, Per::AcceleratorListener, Some(100), "EndpointGroups"),
    list("globalaccelerator:ListListeners", Account, Per::Accelerator, Some(100), "Listeners"),
    one("guardduty:DescribeOrganizationConfiguration", Region, Per::Detector, 1, "memberAccountLimitReached"),
    one("guardduty:GetDetector", Region, Per::Detector, 1, "status"),
    one("guardduty:GetFindingsStatistics", Region, Per::Detector, 1, "findingStatistics"),
    list("guardduty:ListDetectors", Region, Per::Place, Some(50), "detectorIds"),
    // AWS says when the report is made; it is asked until then.
    one("iam:GenerateCredentialReport", Account, Per::Place, 1, "State"),
    list(
        "iam:GetAccountAuthorizationDetails",
        Account,
        Per::Place,
        Some(1000),
        "UserDetailList|GroupDetailList|RoleDetailList|Policies",
    ),
    one("iam:GetAccountPasswordPolicy", Account, Per::Place, 1, "PasswordPolicy"),
    one("iam:GetAccountSummary", Account, Per::Place, 1, "SummaryMap"),
    one("iam:GetCredentialReport", Account, Per::Place, 1, "Content"),
    one("iam:GetOpenIDConnectProvider", Account, Per::OidcProvider, 1, "Url"),
    one("iam:GetPolicyVersion", Account, Per::AwsPolicyVersion, 1, "PolicyVersion"),
    list("iam:ListAccessKeys", Account, Per::UserWithKeys, Some(1000), "AccessKeyMetadata"),
    list("iam:ListAccountAliases", Account, Per::Place, Some(1000), "AccountAliases"),
    list("iam:ListInstanceProfiles", Account, Per::Place, Some(1000), "InstanceProfiles"),
    list("iam:ListOpenIDConnectProviders", Account, Per::Place, None, "OpenIDConnectProviderList"),
    one("iam:ListOrganizationsFeatures", Organization, Per::Place, 1, "OrganizationId"),
    list("iam:ListPolicies", Account, Per::Place, Some(1000), "Policies"),
    list("iam:ListSAMLProviders", Account, Per::Place, None, "SAMLProviderList"),
    list("iam:ListServerCertificates", Account, Per::Place, Some(1000), "ServerCertificateMetadataList"),
    list("iam:ListVirtualMFADevices", Account, Per::Place, Some(1000), "VirtualMFADevices"),
    one("inspector2:BatchGetAccountStatus", Region, Per::Place, 1, "accounts"),
    // An account without findings is in no group: the list is there, and empty.
    list("inspector2:ListFindingAggregations", Region, Per::RegionWithInspector, Some(100), "responses"),
    one("lambda:GetPolicy", Region, Per::Function, 1, "Policy"),
    list("lambda:ListFunctionUrlConfigs", Region, Per::Function, Some(50), "FunctionUrlConfigs"),
    // AWS gives no more than fifty, whatever is asked for.
    list("lambda:ListFunctions", Region, Per::Place, Some(50), "Functions"),
    list("lambda:ListLayers", Region, Per::Place, Some(50), "Layers"),
    one("macie2:GetAutomatedDiscoveryConfiguration", Region, Per::RegionWithMacie, 1, "status"),
    one("macie2:GetMacieSession", Region, Per::Place, 1, "status"),
    one("network-firewall:DescribeFirewall", Region, Per::Firewall, 1, "Firewall"),
    one("network-firewall:DescribeFirewallPolicy", Region, Per::FirewallPolicy, 1, "FirewallPolicy"),
    // What it asks for is left out of the answer where there is none.
    one("network-firewall:DescribeLoggingConfiguration", Region, Per::Firewall, 1, "FirewallArn"),
    list("network-firewall:ListFirewalls", Region, Per::Place, Some(100), "Firewalls"),
    one("organizations:DescribeOrganization", Account, Per::Place, 1, "Organization"),
    one("organizations:DescribePolicy", Organization, Per::OrganizationPolicy, 1, "Policy"),
    list("organizations:ListAccounts", Organization, Per::Place, Some(20), "Accounts"),
    list("organizations:ListAccountsForParent", Organization, Per::ParentIfNoPaths, Some(20), "Accounts"),
    list("organizations:ListDelegatedAdministrators", Organization, Per::Place, Some(20), "DelegatedAdministrators"),
    list(
        "organizations:ListDelegatedServicesForAccount",
        Organization,
        Per::DelegatedAdministrator,
        Some(20),
        "DelegatedServices",
    ),
    list("organizations:ListOrganizationalUnitsForParent", Organization, Per::Parent, Some(20), "OrganizationalUnits"),
    // Service control, resource control, tag and AI opt-out policies.
    Operation { calls: 4, ..list("organizations:ListPolicies", Organization, Per::Place, Some(20), "Policies") },
    list("organizations:ListRoots", Organization, Per::Place, Some(20), "Roots"),
    // AWS decides how many are on a page.
    list("organizations:ListTagsForResource", Organization, Per::AccountIfByTag, None, "Tags"),
    list("organizations:ListTargetsForPolicy", Organization, Per::OrganizationPolicy, Some(20), "Targets"),
    one("rds:DescribeDBClusterSnapshotAttributes", Region, Per::DbSnapshot, 1, "DBClusterSnapshotAttributesResult"),
    list("rds:DescribeDBClusterSnapshots", Region, Per::Place, Some(100), "DBClusterSnapshots"),
    list("rds:DescribeDBInstances", Region, Per::Place, Some(100), "DBInstances"),
    one("rds:DescribeDBSnapshotAttributes", Region, Per::DbSnapshot, 1, "DBSnapshotAttributesResult"),
    list("rds:DescribeDBSnapshots", Region, Per::Place, Some(100), "DBSnapshots"),
    list("route53:ListHostedZones", Account, Per::Place, Some(100), "HostedZones"),
    list("route53:ListResourceRecordSets", Account, Per::PublicZone, Some(300), "ResourceRecordSets"),
    // A policy is the answer itself.
    one("s3:GetBucketAcl", Region, Per::Bucket, 1, "AccessControlList"),
    one("s3:GetBucketLogging", Region, Per::Bucket, 1, "/BucketLoggingStatus"),
    one("s3:GetBucketOwnershipControls", Region, Per::Bucket, 1, "Rule"),
    one("s3:GetBucketPolicy", Region, Per::Bucket, 1, "Statement"),
    one("s3:GetBucketVersioning", Region, Per::Bucket, 1, "/VersioningConfiguration"),
    one("s3:GetPublicAccessBlock", Region, Per::Bucket, 1, "RestrictPublicBuckets"),
    list("s3:ListBuckets", Region, Per::Place, Some(1000), "Buckets"),
    one("s3control:GetAccessPoint", Region, Per::AccessPoint, 1, "PublicAccessBlockConfiguration"),
    one("s3control:GetPublicAccessBlock", Account, Per::Place, 1, "RestrictPublicBuckets"),
    list("s3control:ListAccessPoints", Region, Per::Place, Some(1000), "AccessPointList"),
    list("s3control:ListMultiRegionAccessPoints", Account, Per::PartitionWithAccelerators, Some(100), "AccessPoints"),
    one("securityhub:DescribeHub", Region, Per::Place, 1, "HubArn"),
    one("securityhub:DescribeOrganizationConfiguration", Region, Per::RegionWithHub, 1, "AutoEnable"),
    list("securityhub:GetEnabledStandards", Region, Per::RegionWithHub, Some(100), "StandardsSubscriptions"),
    list("ssm:DescribeDocumentPermission", Region, Per::Document, Some(200), "AccountIds"),
    list("ssm:DescribeInstanceInformation", Region, Per::Place, Some(50), "InstanceInformationList"),
    list("ssm:ListDocuments", Region, Per::Place, Some(50), "DocumentIdentifiers"),
    one("sts:AssumeRole", Scan, Per::AssumedAccount, 1, "Credentials"),
    one("sts:GetCallerIdentity", Scan, Per::Place, 1, "Account"),
    one("wafv2:ListResourcesForWebACL", Region, Per::WebAcl, 1, "ResourceArns"),
    list("wafv2:ListWebACLs", Region, Per::Place, Some(100), "WebACLs"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::allowed_operations;

    #[test]
    fn the_table_has_every_operation_once_and_no_other() {
        let names: Vec<&str> = CATALOGUE.iter().map(|operation| operation.name).collect();
        assert_eq!(names, allowed_operations());
    }

    #[test]
    fn entries_are_found_by_name() {
        for entry in CATALOGUE {
            assert_eq!(operation(entry.name), Some(entry));
        }
        assert_eq!(operation("ec2:CreateVpc"), None);
    }
}
