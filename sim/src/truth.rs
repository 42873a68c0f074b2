//! Ground truth: where each planted defect is, from the functions that the
//! pages are made of.

use serde::Serialize;

use crate::cell::{Cell, Vpc, ZONES};
use crate::defects::{Code, Place};
use crate::ec2;
use crate::iam::roles;
use crate::iam::users::{EMPTY_GROUP, PLANTED_USERS};
use crate::json::{DOCUMENT, OWN_TRAIL};
use crate::org::Organization;

/// A defect that is really there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Planted {
    /// The account id.
    pub account: String,
    /// The region, or `global`.
    pub region: String,
    /// A resource id; the name of a user, role, policy or group; for settings
    /// of an account in a region, the account id.
    pub resource: String,
    /// Such as `SG_SSH_V4`.
    pub code: &'static str,
}

impl Organization {
    /// Every planted defect and what follows from it, sorted.
    ///
    /// It is not every finding that a scanner may report: opinions differ on
    /// what is a defect. But everything in it is one.
    pub fn truth(&self) -> Vec<Planted> {
        let mut truth: Vec<Planted> = (0..self.accounts).flat_map(|account| self.account_truth(account)).collect();
        truth.sort();
        truth.dedup();
        truth
    }

    fn account_truth(&self, account: u32) -> Vec<Planted> {
        let id = self.account_id(account);
        let entry = |region: &str, resource: String, code: Code| Planted {
            account: id.clone(),
            region: region.to_owned(),
            resource,
            code: code.name(),
        };
        let mut found = Vec::new();
        for (place, code) in self.planted(account) {
            match place {
                Place::Global => {
                    for (resource, code) in self.global(account, code) {
                        found.push(entry("global", resource, code));
                    }
                }
                Place::Region(_) | Place::EveryRegion => {}
            }
        }
        // Organizations makes this role, so it is nobody's mistake and yet an
        // administrator.
        if account > 0 && self.defects {
            found.push(entry("global", roles::ORG_ROLE.to_owned(), Code::AdminStar));
        }
        for (region, name) in self.regions.iter().enumerate() {
            let cell = Cell { org: self, account, region };
            for code in Code::ALL.iter().filter(|code| cell.has(**code)) {
                for (resource, code) in regional(&cell, *code) {
                    found.push(entry(name, resource, code));
                }
            }
            if self.defects {
                let attached = cell.vpcs().map(|vpc| cell.gateway_id(vpc));
                found.extend(attached.map(|id| entry(name, id, Code::IgwAttached)));
            }
            let uncovered = !self.org_trail && self.has(account, None, Code::TrailStopped);
            if uncovered {
                found.push(entry(name, id.clone(), Code::TrailNone));
            }
        }
        found
    }

    /// The account-wide resources that have a defect, with the defects that
    /// follow.
    fn global(&self, account: u32, code: Code) -> Vec<(String, Code)> {
        let user = PLANTED_USERS.iter().find(|(planted, _)| *planted == code);
        if let Some((_, name)) = user {
            let follows: &[Code] = match code {
                Code::KeyNeverUsed => &[Code::KeyOld, Code::KeyStale],
                Code::KeyStale => &[Code::KeyOld],
                _ => &[],
            };
            return [code].iter().chain(follows).map(|code| ((*name).to_owned(), *code)).collect();
        }
        let names: Vec<String> = match code {
            Code::RootNoMfa | Code::RootKey => vec!["<root_account>".to_owned()],
            Code::AdminStar => vec![roles::ADMIN_POLICY.to_owned(), roles::ADMIN_ROLE.to_owned()],
            Code::TrustWildcard => vec![roles::PUBLIC_ROLE.to_owned()],
            Code::TrustExternal => vec![roles::VENDOR_ROLE.to_owned()],
            Code::RoleStale => vec![roles::STALE_ROLE.to_owned()],
            Code::PolicyUnattached => vec![roles::LOOSE_POLICY.to_owned()],
            Code::GroupEmpty => vec![EMPTY_GROUP.to_owned()],
            Code::TrailStopped => vec![OWN_TRAIL.to_owned()],
            _ => vec![self.account_id(account)],
        };
        names.into_iter().map(|name| (name, code)).collect()
    }
}

/// The regional resources that have a defect, with the defects that follow.
fn regional(cell: &Cell, code: Code) -> Vec<(String, Code)> {
    let first = Vpc::Regular(0);
    let networked = cell.regular_vpcs() > 0;
    let resource = match code {
        Code::SgSshV4
        | Code::SgSshV6
        | Code::SgSshSplit
        | Code::SgSshSplitRules
        | Code::SgSshPrefixList
        | Code::SgAllOpen
        | Code::SgRdpRange
        | Code::SgDbOpen
        | Code::SgUnused => networked.then(|| cell.planted_group_id(code)),
        Code::SgDefaultRules => networked.then(|| cell.group_id(first, 0)),
        Code::NaclSshOpen | Code::NaclDenyShadowed => networked.then(|| cell.nacl_id(first, 1)),
        Code::SubnetAutoPublicIp => networked.then(|| cell.subnet_id(first, 0)),
        Code::RtPeeringWide => (networked && cell.peer().is_some()).then(|| cell.table_id(first, 2)),
        Code::VpcNoFlowLog => networked.then(|| cell.vpc_id(first)),
        Code::VpceOpenPolicy => networked.then(|| ec2::open_endpoint(cell)),
        Code::PeeringForeign => networked.then(|| ec2::foreign_peering_id(cell)),
        Code::Ec2SshExposed => networked.then(|| cell.bastion_id()),
        Code::Ec2Imdsv1 => (networked && cell.instances() > 0).then(|| cell.instance_id(first, 0)),
        Code::EbsUnencrypted if networked && cell.instances() > 0 => {
            return vec![(ec2::plain_volume_id(cell), code), (ec2::first_snapshot_id(cell), code)];
        }
        Code::EbsUnencrypted => None,
        Code::EbsSnapshotPublic if networked && cell.instances() > 0 => {
            // What anyone may restore is not encrypted either, and so is what it was made of.
            let (volume, snapshot) = (ec2::plain_volume_id(cell), ec2::first_snapshot_id(cell));
            return vec![(snapshot.clone(), code), (snapshot, Code::EbsUnencrypted), (volume, Code::EbsUnencrypted)];
        }
        Code::EbsSnapshotPublic => None,
        Code::AmiPublic => networked.then(|| ec2::image_id(cell)),
        Code::TemplateImdsv1 => networked.then(|| ec2::template_id(cell, 0)),
        Code::SsmDocumentPublic => networked.then(|| DOCUMENT.to_owned()),
        Code::ClientVpnNoLog => networked.then(|| ec2::client_vpn_id(cell)),
        Code::IgwDetached => Some(ec2::detached_id(cell)),
        Code::EipUnassociated => Some(ec2::spare_id(cell)),
        Code::CgwUnused => Some(ec2::idle_customer_gateway(cell)),
        Code::VpcDefaultPresent => {
            let vpc = Vpc::Default;
            let mut found = vec![
                (cell.vpc_id(vpc), code),
                (cell.vpc_id(vpc), Code::VpcNoFlowLog),
                (cell.group_id(vpc, 0), Code::SgDefaultRules),
                (cell.nacl_id(vpc, 0), Code::NaclSshOpen),
            ];
            found.extend((0..ZONES).map(|zone| (cell.subnet_id(vpc, zone), Code::SubnetAutoPublicIp)));
            return found;
        }
        _ => Some(cell.owner()),
    };
    resource.map(|resource| (resource, code)).into_iter().collect()
}
