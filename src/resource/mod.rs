//! What AWS has, as AWS names it: one struct per resource type, its fields in
//! AWS's own names, and the API operations that read it.
//!
//! [`for_each_resource!`] is the one list of types. The enum, the snapshot's
//! format, the fact tables and the permissions are all made from it.

pub mod balancing;
pub mod cloudwatch;
pub mod detective;
pub mod direct_connect;
pub mod ec2;
pub mod iam;
pub mod lambda;
pub mod network_firewall;
pub mod organizations;
pub mod rds;
pub mod route53;
pub mod s3;
pub mod ssm;
pub mod waf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

use crate::arn::{Arn, Scope};

/// One type of resource.
pub trait AwsResource: Serialize + DeserializeOwned + Clone + PartialEq + fmt::Debug + 'static {
    /// The CloudFormation name, or one in its manner where CloudFormation has none.
    const TYPE: &'static str;
    /// The operations that read it, as IAM actions but for [`iam_action`]. The first is the listing:
    /// where that one is complete, a resource that was not seen does not exist.
    const OPERATIONS: &'static [&'static str];
    /// Whether AWS keeps it once per account and not in each region.
    const GLOBAL: bool = false;
    /// Whether it describes the whole organization, and is asked for in the caller's account alone.
    const ORGANIZATION: bool = false;

    /// What tells it from others of its type in the same account and region.
    fn id(&self) -> &str;
    fn arn(&self, scope: &Scope) -> Arn;
    /// The name that people know it by, where it has one.
    fn name(&self) -> Option<&str> {
        None
    }
    fn tags(&self) -> &[Tag] {
        &[]
    }
}

/// A key and value that its owner put on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// The `Name` tag's value.
pub fn name_tag(tags: &[Tag]) -> Option<&str> {
    tags.iter().find(|tag| tag.key == "Name").map(|tag| tag.value.as_str())
}

/// Calls a macro with every type: its variant, then its path.
#[macro_export]
macro_rules! for_each_resource {
    ($callback:ident) => {
        $callback! {
            // -- network (ec2)
            Vpc => $crate::resource::ec2::Vpc,
            Subnet => $crate::resource::ec2::Subnet,
            RouteTable => $crate::resource::ec2::RouteTable,
            NetworkAcl => $crate::resource::ec2::NetworkAcl,
            SecurityGroup => $crate::resource::ec2::SecurityGroup,
            NetworkInterface => $crate::resource::ec2::NetworkInterface,
            InternetGateway => $crate::resource::ec2::InternetGateway,
            EgressOnlyInternetGateway => $crate::resource::ec2::EgressOnlyInternetGateway,
            CarrierGateway => $crate::resource::ec2::CarrierGateway,
            NatGateway => $crate::resource::ec2::NatGateway,
            Address => $crate::resource::ec2::Address,
            VpcPeeringConnection => $crate::resource::ec2::VpcPeeringConnection,
            VpcEndpoint => $crate::resource::ec2::VpcEndpoint,
            VpcEndpointService => $crate::resource::ec2::VpcEndpointService,
            CustomerGateway => $crate::resource::ec2::CustomerGateway,
            VpnGateway => $crate::resource::ec2::VpnGateway,
            VpnConnection => $crate::resource::ec2::VpnConnection,
            TransitGateway => $crate::resource::ec2::TransitGateway,
            TransitGatewayAttachment => $crate::resource::ec2::TransitGatewayAttachment,
            TransitGatewayRouteTable => $crate::resource::ec2::TransitGatewayRouteTable,
            PrefixList => $crate::resource::ec2::PrefixList,
            FlowLog => $crate::resource::ec2::FlowLog,
            DhcpOptions => $crate::resource::ec2::DhcpOptions,
            Instance => $crate::resource::ec2::Instance,
            Image => $crate::resource::ec2::Image,
            Volume => $crate::resource::ec2::Volume,
            Snapshot => $crate::resource::ec2::Snapshot,
            LaunchTemplate => $crate::resource::ec2::LaunchTemplate,
            ClientVpnEndpoint => $crate::resource::ec2::ClientVpnEndpoint,
            VpcBlockPublicAccessOptions => $crate::resource::ec2::VpcBlockPublicAccessOptions,
            VpcBlockPublicAccessExclusion => $crate::resource::ec2::VpcBlockPublicAccessExclusion,
            AccountSettings => $crate::resource::ec2::AccountSettings,

            // -- load balancers and accelerators
            LoadBalancer => $crate::resource::balancing::LoadBalancer,
            TargetGroup => $crate::resource::balancing::TargetGroup,
            ClassicLoadBalancer => $crate::resource::balancing::ClassicLoadBalancer,
            Accelerator => $crate::resource::balancing::Accelerator,

            // -- what stands at the edge of networks
            Firewall => $crate::resource::network_firewall::Firewall,
            WebAcl => $crate::resource::waf::WebAcl,
            Alarm => $crate::resource::cloudwatch::Alarm,
            Connection => $crate::resource::direct_connect::Connection,
            VirtualInterface => $crate::resource::direct_connect::VirtualInterface,
            HostedZone => $crate::resource::route53::HostedZone,

            // -- IAM
            User => $crate::resource::iam::User,
            Group => $crate::resource::iam::Group,
            Role => $crate::resource::iam::Role,
            ManagedPolicy => $crate::resource::iam::ManagedPolicy,
            AwsManagedPolicy => $crate::resource::iam::AwsManagedPolicy,
            InstanceProfile => $crate::resource::iam::InstanceProfile,
            AccessKey => $crate::resource::iam::AccessKey,
            CredentialReport => $crate::resource::iam::CredentialReport,
            AccountSummary => $crate::resource::iam::AccountSummary,
            AccountPasswordPolicy => $crate::resource::iam::AccountPasswordPolicy,
            AccountAlias => $crate::resource::iam::AccountAlias,
            VirtualMfaDevice => $crate::resource::iam::VirtualMfaDevice,
            ServerCertificate => $crate::resource::iam::ServerCertificate,
            SamlProvider => $crate::resource::iam::SamlProvider,
            OidcProvider => $crate::resource::iam::OidcProvider,
            OrganizationsFeatures => $crate::resource::iam::OrganizationsFeatures,

            // -- Organizations and the account itself
            Organization => $crate::resource::organizations::Organization,
            OrganizationRoot => $crate::resource::organizations::OrganizationRoot,
            OrganizationalUnit => $crate::resource::organizations::OrganizationalUnit,
            OrganizationAccount => $crate::resource::organizations::OrganizationAccount,
            OrganizationPolicy => $crate::resource::organizations::OrganizationPolicy,
            DelegatedAdministrator => $crate::resource::organizations::DelegatedAdministrator,
            ContactInformation => $crate::resource::organizations::ContactInformation,
            AlternateContact => $crate::resource::organizations::AlternateContact,

            // -- functions
            Function => $crate::resource::lambda::Function,
            Layer => $crate::resource::lambda::Layer,

            // -- Systems Manager
            Document => $crate::resource::ssm::Document,
            ManagedInstance => $crate::resource::ssm::ManagedInstance,

            // -- databases
            DbInstance => $crate::resource::rds::DbInstance,
            DbSnapshot => $crate::resource::rds::DbSnapshot,
            DbClusterSnapshot => $crate::resource::rds::DbClusterSnapshot,

            // -- storage
            Bucket => $crate::resource::s3::Bucket,
            AccessPoint => $crate::resource::s3::AccessPoint,
            MultiRegionAccessPoint => $crate::resource::s3::MultiRegionAccessPoint,
            AccountPublicAccessBlock => $crate::resource::s3::AccountPublicAccessBlock,

            // -- services that watch
            ConfigurationRecorder => $crate::resource::detective::ConfigurationRecorder,
            DeliveryChannel => $crate::resource::detective::DeliveryChannel,
            ConfigurationAggregator => $crate::resource::detective::ConfigurationAggregator,
            ComplianceSummary => $crate::resource::detective::ComplianceSummary,
            Trail => $crate::resource::detective::Trail,
            Detector => $crate::resource::detective::Detector,
            Hub => $crate::resource::detective::Hub,
            Analyzer => $crate::resource::detective::Analyzer,
            InspectorStatus => $crate::resource::detective::InspectorStatus,
            MacieSession => $crate::resource::detective::MacieSession,
            BehaviorGraph => $crate::resource::detective::BehaviorGraph,
        }
    };
}

macro_rules! define_resource {
    ($($variant:ident => $path:path,)*) => {
        /// A resource of any type. In boxes: the largest has thirty times the size of the smallest, and an
        /// inventory holds thousands of each account.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Resource {
            $($variant(Box<$path>),)*
        }

        /// A type of resource, in the order of the list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ResourceType {
            $($variant,)*
            /// What the model adds for each account that was looked at.
            Account,
            /// What the model adds for each account and region that was looked at.
            Region,
            /// What the model adds for each user of a credential report that IAM's list of users does not have.
            ReportedUser,
            /// What the model adds for each key of a credential report that no list of keys has.
            ReportedAccessKey,
        }

        impl ResourceType {
            pub const ALL: &'static [ResourceType] = &[
                $(ResourceType::$variant,)*
                ResourceType::Account,
                ResourceType::Region,
                ResourceType::ReportedUser,
                ResourceType::ReportedAccessKey,
            ];

            /// The CloudFormation name, or one in its manner.
            pub fn name(self) -> &'static str {
                match self {
                    $(ResourceType::$variant => <$path as AwsResource>::TYPE,)*
                    ResourceType::Account => "AWS::::Account",
                    ResourceType::Region => "AWS::::Region",
                    ResourceType::ReportedUser => "AWS::IAM::ReportedUser",
                    ResourceType::ReportedAccessKey => "AWS::IAM::ReportedAccessKey",
                }
            }

            /// The operations that read it, the listing first; none for what the model makes of the ledger alone.
            pub fn operations(self) -> &'static [&'static str] {
                match self {
                    $(ResourceType::$variant => <$path as AwsResource>::OPERATIONS,)*
                    ResourceType::Account | ResourceType::Region => &[],
                    ResourceType::ReportedUser | ResourceType::ReportedAccessKey => {
                        <iam::CredentialReport as AwsResource>::OPERATIONS
                    }
                }
            }

            /// Whether AWS keeps it once per account.
            pub fn is_global(self) -> bool {
                match self {
                    $(ResourceType::$variant => <$path as AwsResource>::GLOBAL,)*
                    ResourceType::Account | ResourceType::ReportedUser | ResourceType::ReportedAccessKey => true,
                    ResourceType::Region => false,
                }
            }
        }

        impl ResourceType {
            /// Whether it describes the whole organization: only the caller's account is
            /// asked for it, and a scan that did not go there never meant to read it.
            pub fn is_organization_wide(self) -> bool {
                match self {
                    $(ResourceType::$variant => <$path as AwsResource>::ORGANIZATION,)*
                    _ => false,
                }
            }
        }

        impl Resource {
            pub fn resource_type(&self) -> ResourceType {
                match self { $(Resource::$variant(_) => ResourceType::$variant,)* }
            }
            pub fn id(&self) -> &str {
                match self { $(Resource::$variant(r) => r.id(),)* }
            }
            pub fn arn(&self, scope: &Scope) -> Arn {
                match self { $(Resource::$variant(r) => r.arn(scope),)* }
            }
            pub fn name(&self) -> Option<&str> {
                match self { $(Resource::$variant(r) => r.name(),)* }
            }
            pub fn tags(&self) -> &[Tag] {
                match self { $(Resource::$variant(r) => r.tags(),)* }
            }
            /// Reads a resource of a type, in AWS's field names.
            ///
            /// # Errors
            /// A field is missing or of another kind, or the model makes this type itself.
            pub fn deserialize_as<'de, D>(of: ResourceType, input: D) -> Result<Resource, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                match of {
                    $(ResourceType::$variant => <$path>::deserialize(input).map(Resource::from),)*
                    _ => {
                        Err(serde::de::Error::custom("the model makes this type; a snapshot does not hold it"))
                    }
                }
            }
        }

        impl Serialize for Resource {
            /// In AWS's field names, without the type.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Resource::$variant(r) => r.serialize(serializer),)* }
            }
        }

        $(
            impl From<$path> for Resource {
                fn from(resource: $path) -> Resource {
                    Resource::$variant(Box::new(resource))
                }
            }
            impl Typed for $path {
                const RESOURCE_TYPE: ResourceType = ResourceType::$variant;
                fn of(resource: &Resource) -> Option<&Self> {
                    match resource {
                        Resource::$variant(r) => Some(r),
                        _ => None,
                    }
                }
            }
        )*
    };
}
for_each_resource!(define_resource);

/// A concrete type that a [`Resource`] may hold.
pub trait Typed: AwsResource {
    const RESOURCE_TYPE: ResourceType;
    /// The concrete value, if it is of this type.
    fn of(resource: &Resource) -> Option<&Self>;
}

impl ResourceType {
    pub fn from_name(name: &str) -> Option<ResourceType> {
        ResourceType::ALL.iter().copied().find(|t| t.name() == name)
    }

    /// The operation that lists it: where that one is complete, an unseen resource does not exist.
    pub fn listing(self) -> Option<&'static str> {
        self.operations().first().copied()
    }
}

/// The IAM action that allows an operation.
///
/// The two have the same name, but for two services. IAM knows both generations of Elastic Load Balancing by one name,
/// and a ledger has to tell `DescribeLoadBalancers` of the one from that of the other. S3's actions have names of
/// their own, and those of its control plane go by `s3` too.
pub fn iam_action(operation: &str) -> Cow<'_, str> {
    match operation.split_once(':') {
        Some(("s3", "ListBuckets")) => Cow::Borrowed("s3:ListAllMyBuckets"),
        Some(("s3", "GetPublicAccessBlock")) => Cow::Borrowed("s3:GetBucketPublicAccessBlock"),
        Some(("s3control", "GetPublicAccessBlock")) => Cow::Borrowed("s3:GetAccountPublicAccessBlock"),
        Some(("s3control", name)) => Cow::Owned(format!("s3:{name}")),
        Some(("elb" | "elbv2", name)) => Cow::Owned(format!("elasticloadbalancing:{name}")),
        _ => Cow::Borrowed(operation),
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
