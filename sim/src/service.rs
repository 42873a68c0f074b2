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
    GuardDuty,
    SecurityHub,
    AccessAnalyzer,
    Account,
    /// Elastic Load Balancing of the first generation.
    Elb,
    /// Elastic Load Balancing of the second generation.
    Elbv2,
    GlobalAccelerator,
}

use Service::{
    AccessAnalyzer, Account, CloudTrail, Config, Ec2, Elb, Elbv2, GlobalAccelerator, GuardDuty, Iam, Organizations,
    SecurityHub, Sts,
};

const SERVICES: [Service; 13] = [
    Ec2,
    Iam,
    Sts,
    Organizations,
    Config,
    CloudTrail,
    GuardDuty,
    SecurityHub,
    AccessAnalyzer,
    Account,
    Elb,
    Elbv2,
    GlobalAccelerator,
];

/// The version of the first generation's API, by which requests tell it from the second's.
const ELB_VERSION: &[u8] = b"Version=2012-06-01";

impl Service {
    /// The service with this name in the credential scope of a signature. Two
    /// share one, and tell themselves by the version in the body.
    pub fn from_scope(name: &str, body: &[u8]) -> Option<Service> {
        let service = SERVICES.into_iter().find(|service| service.scope() == name)?;
        let first = body.windows(ELB_VERSION.len()).any(|bytes| bytes == ELB_VERSION);
        Some(if service == Elb && !first { Elbv2 } else { service })
    }

    /// The name in the credential scope, which is also the prefix of its
    /// actions in policies.
    pub fn scope(self) -> &'static str {
        match self {
            Elb | Elbv2 => "elasticloadbalancing",
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
            GuardDuty => "guardduty",
            SecurityHub => "securityhub",
            AccessAnalyzer => "access-analyzer",
            Account => "account",
            Elb => "elb",
            Elbv2 => "elbv2",
            GlobalAccelerator => "globalaccelerator",
        }
    }

    pub fn protocol(self) -> Protocol {
        match self {
            Ec2 => Protocol::Ec2,
            Iam | Sts | Elb | Elbv2 => Protocol::Query,
            Organizations | Config | CloudTrail | GlobalAccelerator => Protocol::Json,
            GuardDuty | SecurityHub | AccessAnalyzer | Account => Protocol::Rest,
        }
    }

    /// Whether the service answers in one region for the whole account.
    pub fn is_global(self) -> bool {
        matches!(self, Iam | Organizations | Account | GlobalAccelerator)
    }

    /// The XML namespace of replies.
    pub fn namespace(self) -> &'static str {
        match self {
            Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
            Elb => "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/",
            Elbv2 => "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
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
            GuardDuty => &["ListDetectors", "GetDetector"],
            SecurityHub => &["DescribeHub", "GetEnabledStandards"],
            AccessAnalyzer => &["ListAnalyzers"],
            Account => &["GetContactInformation", "GetAlternateContact"],
            Elb => &["DescribeLoadBalancers", "DescribeLoadBalancerAttributes", "DescribeLoadBalancerPolicies"],
            Elbv2 => ELBV2,
            GlobalAccelerator => &["ListAccelerators", "ListListeners", "ListEndpointGroups"],
        }
    }

    /// The operation at a path of a REST service, and the last path segment if
    /// it is a parameter.
    pub fn route(self, method: &str, path: &str) -> Option<(&'static str, Option<String>)> {
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let plain = |action| Some((action, None));
        match (self, method, segments.as_slice()) {
            (GuardDuty, "GET", ["detector"]) => plain("ListDetectors"),
            (GuardDuty, "GET", ["detector", id]) => Some(("GetDetector", Some((*id).to_owned()))),
            (SecurityHub, "GET", ["accounts"]) => plain("DescribeHub"),
            (SecurityHub, "POST", ["standards", "get"]) => plain("GetEnabledStandards"),
            (AccessAnalyzer, "GET", ["analyzer"]) => plain("ListAnalyzers"),
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
];
