//! What one side could not read, and what therefore is not compared.

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::Scope;
use crate::inventory::{Inventory, Outcome};
use crate::model::is_global_operation;
use crate::resource::ResourceType;

use super::attributes::Attributes;
use super::comparison::NotChecked;
use super::table::is_compared;

/// Which side could not read something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lacks {
    Old,
    New,
    Both,
}

pub(super) struct Coverage<'i> {
    old: &'i Inventory,
    new: &'i Inventory,
}

impl<'i> Coverage<'i> {
    pub fn of(old: &'i Inventory, new: &'i Inventory) -> Coverage<'i> {
        Coverage { old, new }
    }

    /// Whether a thing of this type that was not seen on the older side was not there.
    pub fn knows_old(&self, scope: &Scope, of: ResourceType) -> bool {
        knows(self.old, scope, of)
    }

    /// Whether a thing of this type that was not seen on the newer side is not there.
    pub fn knows_new(&self, scope: &Scope, of: ResourceType) -> bool {
        knows(self.new, scope, of)
    }

    /// Leaves out of both sides' attributes what one of them did not read.
    pub fn keep_read(&self, scope: &Scope, of: ResourceType, old: &mut Attributes, new: &mut Attributes) {
        for (operation, paths) in details(of) {
            let lost = [self.old, self.new].map(|side| !is_complete(side, scope, operation));
            if lost == [false, false] {
                continue;
            }
            let meant = |path: &str| {
                paths.iter().any(|one| {
                    *one == "*" || path == *one || path.strip_prefix(one).is_some_and(|rest| rest.starts_with('.'))
                })
            };
            let both: BTreeSet<String> = old.keys().chain(new.keys()).filter(|path| meant(path)).cloned().collect();
            for path in both {
                // What was read before the operation failed is there all the same, unless it is a part of a list.
                let partial = is_list(of, &path);
                if partial || (lost[0] && !old.contains_key(&path)) || (lost[1] && !new.contains_key(&path)) {
                    old.remove(&path);
                    new.remove(&path);
                }
            }
        }
    }

    /// Everything that was not compared because of it.
    pub fn not_checked(&self) -> Vec<NotChecked> {
        let mut scopes: BTreeSet<&Scope> = self.old.ledger.scopes().collect();
        scopes.extend(self.new.ledger.scopes());
        let mut readers: BTreeMap<&str, BTreeSet<&'static str>> = BTreeMap::new();
        for of in ResourceType::ALL.iter().filter(|of| is_compared(**of)) {
            for operation in of.operations() {
                readers.entry(operation).or_default().insert(of.name());
            }
        }
        let mut out = Vec::new();
        let [olds, news] = [self.old, self.new].map(|side| side.ledger.scopes().collect::<BTreeSet<&Scope>>());
        for scope in scopes {
            // A region that one side never looked at is one line and not fifty.
            let (has, lacks) = match (olds.contains(scope), news.contains(scope)) {
                (true, false) => ("older", "newer"),
                (false, true) => ("newer", "older"),
                _ => ("", ""),
            };
            if !has.is_empty() {
                out.push(NotChecked {
                    account: scope.account.to_string(),
                    region: scope.region.to_string(),
                    operation: String::new(),
                    resource_types: Vec::new(),
                    why: format!("it was read for the {has} snapshot and not for the {lacks}"),
                });
                continue;
            }
            for (operation, types) in &readers {
                if let Some(why) = self.why_lost(scope, operation) {
                    out.push(NotChecked {
                        account: scope.account.to_string(),
                        region: scope.region.to_string(),
                        operation: (*operation).to_owned(),
                        resource_types: types.iter().copied().collect(),
                        why,
                    });
                }
            }
        }
        out
    }

    /// Why an operation's answers cannot be compared; none if they can, or nobody meant to read them.
    fn why_lost(&self, scope: &Scope, operation: &str) -> Option<String> {
        let (old, new) = (outcome(self.old, scope, operation), outcome(self.new, scope, operation));
        let lacks = match (old, new) {
            (None, None) | (Some(Outcome::Complete), Some(Outcome::Complete)) => return None,
            (Some(Outcome::Complete), _) => Lacks::New,
            (_, Some(Outcome::Complete)) => Lacks::Old,
            _ => Lacks::Both,
        };
        let said = |outcome: Option<&Outcome>| match outcome {
            Some(Outcome::Gap(gap)) => gap.to_string(),
            _ => "it was not read".to_owned(),
        };
        Some(match lacks {
            Lacks::Old => format!("in the older snapshot: {}", said(old)),
            Lacks::New => format!("in the newer snapshot: {}", said(new)),
            Lacks::Both if said(old) == said(new) => format!("in both snapshots: {}", said(old)),
            Lacks::Both => format!("in the older snapshot: {}; in the newer: {}", said(old), said(new)),
        })
    }
}

fn outcome<'i>(inventory: &'i Inventory, scope: &Scope, operation: &str) -> Option<&'i Outcome> {
    inventory.outcome(scope, operation)
}

fn is_complete(inventory: &Inventory, scope: &Scope, operation: &str) -> bool {
    let place = if is_global_operation(operation) { scope.account_wide() } else { scope.clone() };
    inventory.outcome(&place, operation) == Some(&Outcome::Complete)
}

fn knows(inventory: &Inventory, scope: &Scope, of: ResourceType) -> bool {
    of.listing().is_some_and(|listing| is_complete(inventory, scope, listing))
}

/// The attributes that an operation beside the listing fills; `*` is all.
fn details(of: ResourceType) -> &'static [(&'static str, &'static [&'static str])] {
    use ResourceType as T;
    match of {
        T::Vpc => &[
            ("ec2:DescribeVpcAttribute", &["enable_dns_support", "enable_dns_hostnames"]),
            ("ec2:DescribeRouteTables", &["main_route_table"]),
        ],
        T::Subnet => &[("ec2:DescribeRouteTables", &["route_table"]), ("ec2:DescribeNetworkAcls", &["network_acl"])],
        T::VpcEndpointService => &[("ec2:DescribeVpcEndpointServicePermissions", &["allowed_principals"])],
        T::PrefixList => &[("ec2:GetManagedPrefixListEntries", &["addresses"])],
        T::TransitGatewayAttachment => &[
            ("ec2:DescribeTransitGatewayPeeringAttachments", &["peering_attachment"]),
            ("ec2:DescribeTransitGatewayVpcAttachments", &["vpc_attachment"]),
        ],
        T::TransitGatewayRouteTable => &[
            ("ec2:GetTransitGatewayRouteTableAssociations", &["associations"]),
            ("ec2:GetTransitGatewayRouteTablePropagations", &["propagations"]),
            ("ec2:SearchTransitGatewayRoutes", &["routes"]),
        ],
        T::AccountSettings => &[
            ("ec2:GetEbsEncryptionByDefault", &["ebs_encryption_by_default"]),
            ("ec2:GetSnapshotBlockPublicAccessState", &["snapshot_block_public_access"]),
            ("ec2:GetImageBlockPublicAccessState", &["image_block_public_access"]),
            ("ec2:GetInstanceMetadataDefaults", &["instance_metadata_defaults"]),
            ("ec2:GetSerialConsoleAccessStatus", &["serial_console_access"]),
        ],
        T::LoadBalancer => &[
            ("elbv2:DescribeListeners", &["listeners"]),
            ("elbv2:DescribeRules", &["listeners"]),
            ("elbv2:DescribeLoadBalancerAttributes", &["attributes"]),
        ],
        T::ClassicLoadBalancer => &[
            ("elb:DescribeLoadBalancerAttributes", &["load_balancer_attributes"]),
            ("elb:DescribeLoadBalancerPolicies", &["policy_descriptions"]),
        ],
        T::TargetGroup => {
            &[("elbv2:DescribeTargetGroupAttributes", &["attributes"]), ("elbv2:DescribeTargetHealth", &["targets"])]
        }
        T::Accelerator => &[
            ("globalaccelerator:ListEndpointGroups", &["listeners"]),
            ("globalaccelerator:ListListeners", &["listeners"]),
        ],
        T::DbSnapshot => &[("rds:DescribeDBSnapshotAttributes", &["db_snapshot_attributes"])],
        T::DbClusterSnapshot => &[("rds:DescribeDBClusterSnapshotAttributes", &["db_cluster_snapshot_attributes"])],
        T::Firewall => &[
            ("network-firewall:DescribeFirewall", &["firewall", "firewall_policy"]),
            ("network-firewall:DescribeFirewallPolicy", &["firewall_policy"]),
            ("network-firewall:DescribeLoggingConfiguration", &["logging_configuration"]),
        ],
        T::HostedZone => &[("route53:ListResourceRecordSets", &["resource_record_sets"])],
        T::WebAcl => &[("wafv2:ListResourcesForWebACL", &["resource_arns"])],
        T::Function => &[("lambda:GetPolicy", &["policy"]), ("lambda:ListFunctionUrlConfigs", &["urls"])],
        T::Document => &[("ssm:DescribeDocumentPermission", &["account_ids"])],
        T::Bucket => &[
            ("s3:GetBucketAcl", &["acl_grants"]),
            ("s3:GetBucketLogging", &["logging_target", "logging_prefix"]),
            ("s3:GetBucketOwnershipControls", &["object_ownership"]),
            ("s3:GetBucketPolicy", &["policy"]),
            ("s3:GetBucketVersioning", &["versioning", "mfa_delete"]),
            ("s3:GetPublicAccessBlock", &["public_access_block_configuration"]),
        ],
        T::AccessPoint => &[("s3control:GetAccessPoint", &["public_access_block_configuration"])],
        T::AwsManagedPolicy => &[("iam:GetPolicyVersion", &["document"])],
        T::OidcProvider => &[("iam:GetOpenIDConnectProvider", &["*"])],
        T::OrganizationAccount => &[("organizations:ListAccountsForParent", &["parent_id"])],
        T::OrganizationPolicy => &[
            ("organizations:DescribePolicy", &["document", "settings"]),
            ("organizations:ListTargetsForPolicy", &["targets"]),
        ],
        T::DelegatedAdministrator => &[("organizations:ListDelegatedServicesForAccount", &["delegated_services"])],
        T::ConfigurationRecorder => &[("config:DescribeConfigurationRecorderStatus", &["is_recording"])],
        T::Trail => {
            &[("cloudtrail:GetTrailStatus", &["is_logging"]), ("cloudtrail:GetEventSelectors", &["event_selectors"])]
        }
        T::Detector => &[
            ("guardduty:GetDetector", &["*"]),
            ("guardduty:DescribeOrganizationConfiguration", &["organization_configuration"]),
        ],
        T::MacieSession => &[("macie2:GetAutomatedDiscoveryConfiguration", &["automated_discovery"])],
        T::Hub => &[
            ("securityhub:GetEnabledStandards", &["standards"]),
            ("securityhub:DescribeOrganizationConfiguration", &["organization"]),
        ],
        _ => &[],
    }
}

/// Whether an attribute is a list of which a part may be missing without anybody's seeing it.
fn is_list(of: ResourceType, path: &str) -> bool {
    matches!(
        (of, path),
        (ResourceType::LoadBalancer | ResourceType::Accelerator, "listeners")
            | (ResourceType::Hub, "standards")
            | (ResourceType::Function, "urls")
            | (ResourceType::Subnet, "route_table" | "network_acl")
            | (ResourceType::Vpc, "main_route_table")
    )
}
