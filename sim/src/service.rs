//! The services, their protocols, and the operations that are simulated.

use std::sync::LazyLock;

/// How a service puts requests and replies on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Form in, XML out with `<item>` lists.
    Ec2,
    /// Form in, XML out with `<member>` lists.
    Query,
    /// `X-Amz-Target` and JSON.
    Json,
    /// Path, query string and JSON.
    Rest,
    /// Path, query string and XML, as S3 speaks it.
    RestXml,
    /// The operation in the path, and JSON in its binary form.
    Cbor,
}

/// A simulated service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    Ec2,
    Iam,
    Sts,
    Organizations,
    Config,
    CloudTrail,
    CloudWatch,
    DirectConnect,
    GuardDuty,
    SecurityHub,
    AccessAnalyzer,
    Account,
    /// Elastic Load Balancing of the first generation.
    Elb,
    /// Elastic Load Balancing of the second generation.
    Elbv2,
    GlobalAccelerator,
    Lambda,
    NetworkFirewall,
    Rds,
    Route53,
    S3,
    /// The control plane of S3.
    S3Control,
    /// AWS WAF, the second.
    Waf,
    /// Systems Manager.
    Ssm,
    Inspector2,
    Macie2,
    Detective,
}

use Service::{
    AccessAnalyzer, Account, CloudTrail, CloudWatch, Config, Detective, DirectConnect, Ec2, Elb, Elbv2,
    GlobalAccelerator, GuardDuty, Iam, Inspector2, Lambda, Macie2, NetworkFirewall, Organizations, Rds, Route53, S3,
    S3Control, SecurityHub, Ssm, Sts, Waf,
};

const SERVICES: [Service; 26] = [
    Ec2,
    Iam,
    Sts,
    Organizations,
    Config,
    CloudTrail,
    CloudWatch,
    DirectConnect,
    GuardDuty,
    SecurityHub,
    AccessAnalyzer,
    Account,
    Elb,
    Elbv2,
    GlobalAccelerator,
    Lambda,
    NetworkFirewall,
    Rds,
    Route53,
    S3,
    S3Control,
    Waf,
    Ssm,
    Inspector2,
    Macie2,
    Detective,
];

/// The version of the first generation's API, by which requests tell it from the second's.
const ELB_VERSION: &[u8] = b"Version=2012-06-01";
/// Where every path of S3's control plane begins.
const CONTROL: &str = "/v20180820/";

impl Service {
    /// The service with this name in the credential scope of a signature. Where two
    /// share one, they tell themselves by the version in the body, or by the path.
    pub fn from_scope(name: &str, path: &str, body: &[u8]) -> Option<Service> {
        let service = SERVICES.into_iter().find(|service| service.scope() == name)?;
        let first = body.windows(ELB_VERSION.len()).any(|bytes| bytes == ELB_VERSION);
        Some(match service {
            Elb if !first => Elbv2,
            S3 if path.starts_with(CONTROL) => S3Control,
            _ => service,
        })
    }

    /// The prefix of its actions in policies.
    pub fn prefix(self) -> &'static str {
        if self == CloudWatch { self.name() } else { self.scope() }
    }

    /// The name in the credential scope.
    pub fn scope(self) -> &'static str {
        match self {
            Elb | Elbv2 => "elasticloadbalancing",
            S3 | S3Control => "s3",
            CloudWatch => "monitoring",
            _ => self.name(),
        }
    }

    /// The name in counts and rules, which no two have in common.
    pub fn name(self) -> &'static str {
        match self {
            Ec2 => "ec2",
            Iam => "iam",
            Sts => "sts",
            Organizations => "organizations",
            Config => "config",
            CloudTrail => "cloudtrail",
            CloudWatch => "cloudwatch",
            DirectConnect => "directconnect",
            GuardDuty => "guardduty",
            SecurityHub => "securityhub",
            AccessAnalyzer => "access-analyzer",
            Account => "account",
            Elb => "elb",
            Elbv2 => "elbv2",
            GlobalAccelerator => "globalaccelerator",
            Lambda => "lambda",
            NetworkFirewall => "network-firewall",
            Rds => "rds",
            Route53 => "route53",
            S3 => "s3",
            S3Control => "s3control",
            Waf => "wafv2",
            Ssm => "ssm",
            Inspector2 => "inspector2",
            Macie2 => "macie2",
            Detective => "detective",
        }
    }

    pub fn protocol(self) -> Protocol {
        match self {
            Ec2 => Protocol::Ec2,
            Iam | Sts | Elb | Elbv2 | Rds => Protocol::Query,
            Organizations | Config | CloudTrail | DirectConnect | GlobalAccelerator | NetworkFirewall | Ssm | Waf => {
                Protocol::Json
            }
            GuardDuty | SecurityHub | AccessAnalyzer | Account | Lambda | Inspector2 | Macie2 | Detective => {
                Protocol::Rest
            }
            Route53 | S3 | S3Control => Protocol::RestXml,
            CloudWatch => Protocol::Cbor,
        }
    }

    /// Whether the service answers in one region for the whole account, at least to this operation.
    pub fn is_global(self, action: &str) -> bool {
        matches!(self, Iam | Organizations | Account | GlobalAccelerator | Route53)
            || self == S3Control && matches!(action, "GetPublicAccessBlock" | "ListMultiRegionAccessPoints")
    }

    /// The XML namespace of replies.
    pub fn namespace(self) -> &'static str {
        match self {
            Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
            Elb => "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/",
            Elbv2 => "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
            Rds => "http://rds.amazonaws.com/doc/2014-10-31/",
            Route53 => "https://route53.amazonaws.com/doc/2013-04-01/",
            S3 => "http://s3.amazonaws.com/doc/2006-03-01/",
            S3Control => "http://awss3control.amazonaws.com/doc/2018-08-20/",
            _ => "http://ec2.amazonaws.com/doc/2016-11-15/",
        }
    }

    /// The operation with this name.
    pub fn operation(self, name: &str) -> Option<Operation> {
        OPERATIONS.iter().find(|known| known.service == self && known.name == name).copied()
    }

    /// Every simulated operation of every service, as `service:Operation`.
    pub fn operations() -> impl Iterator<Item = String> {
        OPERATIONS.iter().map(|of| format!("{}:{}", of.service.name(), of.name))
    }

    /// Every simulated operation of the service.
    fn actions(self) -> &'static [&'static str] {
        match self {
            Ec2 => EC2,
            Iam => IAM,
            Sts => &["GetCallerIdentity", "AssumeRole"],
            Organizations => ORGANIZATIONS,
            Config => CONFIG,
            CloudTrail => &["DescribeTrails", "ListTrails", "GetTrailStatus", "GetEventSelectors"],
            CloudWatch => &["DescribeAlarms"],
            DirectConnect => &["DescribeConnections", "DescribeVirtualInterfaces"],
            GuardDuty => {
                &["ListDetectors", "GetDetector", "DescribeOrganizationConfiguration", "GetFindingsStatistics"]
            }
            SecurityHub => &["DescribeHub", "GetEnabledStandards", "DescribeOrganizationConfiguration"],
            AccessAnalyzer => &["ListAnalyzers", "GetFindingsStatistics"],
            Account => &["GetContactInformation", "GetAlternateContact"],
            Elb => &["DescribeLoadBalancers", "DescribeLoadBalancerAttributes", "DescribeLoadBalancerPolicies"],
            Elbv2 => ELBV2,
            GlobalAccelerator => &["ListAccelerators", "ListListeners", "ListEndpointGroups"],
            Lambda => &["ListFunctions", "GetPolicy", "ListFunctionUrlConfigs", "ListLayers"],
            NetworkFirewall => {
                &["ListFirewalls", "DescribeFirewall", "DescribeFirewallPolicy", "DescribeLoggingConfiguration"]
            }
            Rds => &[
                "DescribeDBInstances",
                "DescribeDBSnapshots",
                "DescribeDBSnapshotAttributes",
                "DescribeDBClusterSnapshots",
                "DescribeDBClusterSnapshotAttributes",
            ],
            Waf => &["ListWebACLs", "ListResourcesForWebACL"],
            Route53 => &["ListHostedZones", "ListResourceRecordSets"],
            S3 => BUCKETS,
            S3Control => &["GetAccessPoint", "GetPublicAccessBlock", "ListAccessPoints", "ListMultiRegionAccessPoints"],
            Ssm => &["ListDocuments", "DescribeDocumentPermission", "DescribeInstanceInformation"],
            Inspector2 => &["BatchGetAccountStatus", "ListFindingAggregations"],
            Macie2 => &["GetMacieSession", "GetAutomatedDiscoveryConfiguration"],
            Detective => &["ListGraphs"],
        }
    }

    /// The operation of S3 or Route 53 that a request is for, and the bucket, access point or zone that it is about.
    pub fn route_xml(self, method: &str, path: &str, query: &str) -> Option<(&'static str, Option<String>)> {
        let (rest, asks) = match self {
            S3Control => (path.strip_prefix(CONTROL)?, ""),
            Route53 => (path.strip_prefix("/2013-04-01/")?, ""),
            // A call about a bucket says what it asks for in the query.
            _ => (path, query.split('&').find(|part| !part.contains('=')).unwrap_or_default()),
        };
        let segments: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        match (self, method, segments.as_slice(), asks) {
            (S3Control, "GET", ["configuration", "publicAccessBlock"], _) => Some(("GetPublicAccessBlock", None)),
            (S3Control, "GET", ["accesspoint"], _) => Some(("ListAccessPoints", None)),
            (S3Control, "GET", ["accesspoint", name], _) => Some(("GetAccessPoint", Some((*name).to_owned()))),
            (S3Control, "GET", ["mrap", "instances"], _) => Some(("ListMultiRegionAccessPoints", None)),
            (Route53, "GET", ["hostedzone"], _) => Some(("ListHostedZones", None)),
            (Route53, "GET", ["hostedzone", id, "rrset"], _) => {
                Some(("ListResourceRecordSets", Some((*id).to_owned())))
            }
            (S3, "GET", [], _) => Some(("ListBuckets", None)),
            (S3, "GET", [bucket], asks) => {
                let (_, action) = SUBRESOURCES.iter().find(|(name, _)| *name == asks)?;
                Some((action, Some((*bucket).to_owned())))
            }
            _ => None,
        }
    }

    /// The operation at a path of a REST service, and the path segment that is
    /// a parameter.
    pub fn route(self, method: &str, path: &str) -> Option<(&'static str, Option<String>)> {
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let plain = |action| Some((action, None));
        match (self, method, segments.as_slice()) {
            (GuardDuty, "GET", ["detector"]) => plain("ListDetectors"),
            (GuardDuty, "GET", ["detector", id]) => Some(("GetDetector", Some((*id).to_owned()))),
            (GuardDuty, "GET", ["detector", id, "admin"]) => {
                Some(("DescribeOrganizationConfiguration", Some((*id).to_owned())))
            }
            (GuardDuty, "POST", ["detector", id, "findings", "statistics"]) => {
                Some(("GetFindingsStatistics", Some((*id).to_owned())))
            }
            (SecurityHub, "GET", ["organization", "configuration"]) => plain("DescribeOrganizationConfiguration"),
            (AccessAnalyzer, "POST", ["analyzer", "findings", "statistics"]) => plain("GetFindingsStatistics"),
            (SecurityHub, "GET", ["accounts"]) => plain("DescribeHub"),
            (SecurityHub, "POST", ["standards", "get"]) => plain("GetEnabledStandards"),
            (AccessAnalyzer, "GET", ["analyzer"]) => plain("ListAnalyzers"),
            (Lambda, "GET", ["2015-03-31", "functions"]) => plain("ListFunctions"),
            (Lambda, "GET", ["2015-03-31", "functions", name, "policy"]) => {
                Some(("GetPolicy", Some((*name).to_owned())))
            }
            (Lambda, "GET", ["2021-10-31", "functions", name, "urls"]) => {
                Some(("ListFunctionUrlConfigs", Some((*name).to_owned())))
            }
            (Lambda, "GET", ["2018-10-31", "layers"]) => plain("ListLayers"),
            (Inspector2, "POST", ["status", "batch", "get"]) => plain("BatchGetAccountStatus"),
            (Inspector2, "POST", ["findings", "aggregation", "list"]) => plain("ListFindingAggregations"),
            (Macie2, "GET", ["macie"]) => plain("GetMacieSession"),
            (Macie2, "GET", ["automated-discovery", "configuration"]) => plain("GetAutomatedDiscoveryConfiguration"),
            (Detective, "POST", ["graphs", "list"]) => plain("ListGraphs"),
            (Account, "POST", ["getContactInformation"]) => plain("GetContactInformation"),
            (Account, "POST", ["getAlternateContact"]) => plain("GetAlternateContact"),
            _ => None,
        }
    }
}

/// An operation that is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    pub service: Service,
    pub name: &'static str,
    /// Its place in [`OPERATIONS`].
    pub index: u16,
}

/// Every simulated operation of every service.
pub static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let names = SERVICES.into_iter().flat_map(|service| service.actions().iter().map(move |name| (service, *name)));
    (0..).zip(names).map(|(index, (service, name))| Operation { service, name, index }).collect()
});

const EC2: &[&str] = &[
    "DescribeRegions",
    "DescribeVpcs",
    "DescribeVpcAttribute",
    "DescribeSubnets",
    "DescribeRouteTables",
    "DescribeNetworkAcls",
    "DescribeSecurityGroups",
    "DescribeNetworkInterfaces",
    "DescribeInternetGateways",
    "DescribeEgressOnlyInternetGateways",
    "DescribeCarrierGateways",
    "DescribeNatGateways",
    "DescribeAddresses",
    "DescribeVpcPeeringConnections",
    "DescribeVpcEndpoints",
    "DescribeVpcEndpointServiceConfigurations",
    "DescribeVpcEndpointServicePermissions",
    "DescribeCustomerGateways",
    "DescribeVpnGateways",
    "DescribeVpnConnections",
    "DescribeTransitGateways",
    "DescribeTransitGatewayAttachments",
    "DescribeTransitGatewayVpcAttachments",
    "DescribeTransitGatewayPeeringAttachments",
    "DescribeTransitGatewayRouteTables",
    "GetTransitGatewayRouteTableAssociations",
    "GetTransitGatewayRouteTablePropagations",
    "SearchTransitGatewayRoutes",
    "DescribeManagedPrefixLists",
    "GetManagedPrefixListEntries",
    "DescribeFlowLogs",
    "DescribeDhcpOptions",
    "DescribeInstances",
    "DescribeImages",
    "DescribeVolumes",
    "DescribeSnapshots",
    "DescribeLaunchTemplates",
    "DescribeLaunchTemplateVersions",
    "DescribeClientVpnEndpoints",
    "DescribeVpcBlockPublicAccessOptions",
    "DescribeVpcBlockPublicAccessExclusions",
    "GetEbsEncryptionByDefault",
    "GetSnapshotBlockPublicAccessState",
    "GetImageBlockPublicAccessState",
    "GetInstanceMetadataDefaults",
    "GetSerialConsoleAccessStatus",
];

const IAM: &[&str] = &[
    "GetAccountAuthorizationDetails",
    "GenerateCredentialReport",
    "GetCredentialReport",
    "ListAccessKeys",
    "GetAccountPasswordPolicy",
    "GetAccountSummary",
    "ListVirtualMFADevices",
    "ListSAMLProviders",
    "ListOpenIDConnectProviders",
    "GetOpenIDConnectProvider",
    "ListServerCertificates",
    "ListAccountAliases",
    "ListPolicies",
    "GetPolicyVersion",
    "ListInstanceProfiles",
    "ListOrganizationsFeatures",
];

const BUCKETS: &[&str] = &[
    "ListBuckets",
    "GetBucketAcl",
    "GetBucketLogging",
    "GetBucketOwnershipControls",
    "GetBucketPolicy",
    "GetBucketVersioning",
    "GetPublicAccessBlock",
];

/// What a query asks of a bucket.
const SUBRESOURCES: [(&str, &str); 6] = [
    ("acl", "GetBucketAcl"),
    ("logging", "GetBucketLogging"),
    ("ownershipControls", "GetBucketOwnershipControls"),
    ("policy", "GetBucketPolicy"),
    ("publicAccessBlock", "GetPublicAccessBlock"),
    ("versioning", "GetBucketVersioning"),
];

const ELBV2: &[&str] = &[
    "DescribeLoadBalancers",
    "DescribeLoadBalancerAttributes",
    "DescribeListeners",
    "DescribeRules",
    "DescribeTargetGroups",
    "DescribeTargetGroupAttributes",
    "DescribeTargetHealth",
];

const ORGANIZATIONS: &[&str] = &[
    "DescribeOrganization",
    "ListRoots",
    "ListAccounts",
    "ListOrganizationalUnitsForParent",
    "ListAccountsForParent",
    "ListPolicies",
    "DescribePolicy",
    "ListTargetsForPolicy",
    "ListDelegatedAdministrators",
    "ListDelegatedServicesForAccount",
    "ListTagsForResource",
];

const CONFIG: &[&str] = &[
    "DescribeConfigurationRecorders",
    "DescribeConfigurationRecorderStatus",
    "DescribeDeliveryChannels",
    "DescribeDeliveryChannelStatus",
    "GetComplianceSummaryByConfigRule",
    "DescribeConfigurationAggregators",
];
