//! The network of one account in one region, as arithmetic.
//!
//! Every regular VPC has the same plan: three availability zones; public,
//! private and data subnets in each; one public route table, one private table
//! per zone behind a NAT gateway, one data table. So the n-th subnet (or table,
//! group, interface) of a cell is found by division and nothing is stored.
//! Planted resources come after the regular ones.

use crate::defects::Code;
use crate::hash::{hash, push_hex, word};
use crate::org::{Class, Organization};

/// Availability zones per region.
pub const ZONES: u32 = 3;
/// Subnets of a regular VPC: public 0-2, private 3-5, data 6-8.
pub const SUBNETS: u32 = 9;
/// Route tables of a regular VPC: main, public, private 2-4, data.
pub const TABLES: u32 = 6;
/// NACLs of a regular VPC: default (data subnets), public, private.
pub const NACLS: u32 = 3;
/// Groups of a regular VPC before the service groups.
pub const GROUPS: u32 = 6;
/// Interfaces of a regular VPC before those of instances: NAT, load balancer,
/// endpoint and database, one each per zone.
pub const FIXED_INTERFACES: u32 = 12;
/// The role name of an interface by its index divided by [`ZONES`].
pub const INTERFACE_ROLES: [&str; 4] = ["nat", "lb", "endpoint", "db"];
/// The account at the other end of the planted foreign peering.
pub const FOREIGN_ACCOUNT: &str = "999988887777";

/// Names of the groups that every VPC has, by index.
pub const GROUP_NAMES: [&str; 6] = ["default", "lb", "app", "db", "endpoints", "admin"];

/// One account in one region.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    pub org: &'a Organization,
    pub account: u32,
    pub region: usize,
}

/// A VPC of a cell: a regular one, or the default VPC, which has a plan of its
/// own (three public subnets, one table, one NACL, one group, one gateway).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Vpc {
    Regular(u32),
    Default,
}

impl Vpc {
    /// The number used in ids.
    pub fn number(self) -> u64 {
        match self {
            Vpc::Regular(index) => u64::from(index),
            Vpc::Default => 1 << 32,
        }
    }
}

impl<'a> Cell<'a> {
    pub fn class(&self) -> Class {
        self.org.class(self.account)
    }

    pub fn owner(&self) -> String {
        self.org.account_id(self.account)
    }

    pub fn region_name(&self) -> &'a str {
        self.org.regions.get(self.region).map_or("us-east-1", String::as_str)
    }

    pub fn zone(&self, zone: u32) -> String {
        let letter = ["a", "b", "c"][(zone % ZONES) as usize];
        format!("{}{letter}", self.region_name())
    }

    /// `use1-az1` for the first zone of `us-east-1`.
    pub fn zone_id(&self, zone: u32) -> String {
        let short: String = self
            .region_name()
            .split('-')
            .enumerate()
            .map(|(n, part)| if n == 0 { part } else { part.get(..1).unwrap_or("") })
            .collect();
        format!("{short}-az{}", zone % ZONES + 1)
    }

    pub fn has(&self, code: Code) -> bool {
        self.org.has(self.account, Some(self.region), code)
    }

    /// The hash of something in this cell.
    pub fn hash(&self, kind: &str, index: u64) -> u64 {
        hash(self.org.seed, &[word(kind), u64::from(self.account), self.region as u64, index])
    }

    /// A resource id such as `vpc-0123456789abcdef0`.
    pub fn id(&self, prefix: &str, index: u64) -> String {
        let mut id = String::with_capacity(prefix.len() + 18);
        id.push_str(prefix);
        id.push_str("-0");
        push_hex(&mut id, self.hash(prefix, index), 16);
        id
    }

    /// A resource id inside a VPC.
    pub fn vpc_part(&self, prefix: &str, vpc: Vpc, index: u32) -> String {
        self.id(prefix, (vpc.number() << 20) + u64::from(index) + (1 << 60))
    }

    pub fn created(&self, kind: &str, index: u64) -> u64 {
        self.org.created(&[self.hash(kind, index)])
    }

    pub fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region_name(), self.owner())
    }

    /// How many regular VPCs there are.
    pub fn regular_vpcs(&self) -> u32 {
        match self.class() {
            Class::Management => 0,
            Class::Security => u32::from(self.region == 0),
            Class::ShopProd | Class::DataProd => self.org.size.vpcs + u32::from(self.region == 0),
            Class::ShopDev | Class::Sandbox => self.org.size.vpcs,
        }
    }

    /// All VPCs, the default VPC last.
    pub fn vpcs(&self) -> impl Iterator<Item = Vpc> + use<> {
        let default = self.has(Code::VpcDefaultPresent);
        (0..self.regular_vpcs()).map(Vpc::Regular).chain(default.then_some(Vpc::Default))
    }

    /// Whether there is any network here.
    pub fn has_network(&self) -> bool {
        self.vpcs().next().is_some()
    }

    pub fn vpc_id(&self, vpc: Vpc) -> String {
        self.id("vpc", vpc.number())
    }

    /// The second octet of a VPC's range. Neighbouring accounts, which are
    /// peered, never have the same.
    pub fn octet(&self, vpc: Vpc) -> u32 {
        let Vpc::Regular(index) = vpc else { return 31 };
        let per_region = self.org.size.vpcs + 1;
        let per_account = per_region * self.org.regions.len() as u32;
        (self.account * per_account + self.region as u32 * per_region + index) % 256
    }

    pub fn vpc_cidr(&self, vpc: Vpc) -> String {
        match vpc {
            Vpc::Regular(_) => format!("10.{}.0.0/16", self.octet(vpc)),
            Vpc::Default => "172.31.0.0/16".to_owned(),
        }
    }

    pub fn subnet_cidr(&self, vpc: Vpc, subnet: u32) -> String {
        match vpc {
            Vpc::Regular(_) => format!("10.{}.{}.0/20", self.octet(vpc), subnet * 16),
            Vpc::Default => format!("172.31.{}.0/20", subnet * 16),
        }
    }

    /// The n-th host address of a subnet.
    pub fn host(&self, vpc: Vpc, subnet: u32, n: u32) -> String {
        let n = n + 10;
        format!("10.{}.{}.{}", self.octet(vpc), subnet * 16 + n / 250 % 16, n % 250 + 4)
    }

    pub fn public_address(&self, kind: &str, index: u64) -> String {
        let h = self.hash(kind, index);
        let first = [3, 13, 18, 34, 52, 54][(h % 6) as usize];
        format!("{first}.{}.{}.{}", h >> 8 & 0x3f | 0x40, h >> 16 & 0xff, h >> 24 & 0xff)
    }

    pub fn subnet_id(&self, vpc: Vpc, subnet: u32) -> String {
        self.vpc_part("subnet", vpc, subnet)
    }

    pub fn table_id(&self, vpc: Vpc, table: u32) -> String {
        self.vpc_part("rtb", vpc, table)
    }

    pub fn nacl_id(&self, vpc: Vpc, nacl: u32) -> String {
        self.vpc_part("acl", vpc, nacl)
    }

    pub fn group_id(&self, vpc: Vpc, group: u32) -> String {
        self.vpc_part("sg", vpc, group)
    }

    pub fn interface_id(&self, vpc: Vpc, interface: u32) -> String {
        self.vpc_part("eni", vpc, interface)
    }

    pub fn gateway_id(&self, vpc: Vpc) -> String {
        self.vpc_part("igw", vpc, 0)
    }

    pub fn nat_id(&self, vpc: Vpc, zone: u32) -> String {
        self.vpc_part("nat", vpc, zone)
    }

    pub fn allocation_id(&self, vpc: Vpc, zone: u32) -> String {
        self.vpc_part("eipalloc", vpc, zone)
    }

    pub fn instance_id(&self, vpc: Vpc, instance: u32) -> String {
        self.vpc_part("i", vpc, instance)
    }

    pub fn endpoint_id(&self, vpc: Vpc, endpoint: u32) -> String {
        self.vpc_part("vpce", vpc, endpoint)
    }

    /// Instances per regular VPC.
    pub fn instances(&self) -> u32 {
        self.org.size_of(self.account).instances * ZONES
    }

    /// Groups per regular VPC.
    pub fn groups(&self) -> u32 {
        GROUPS + self.org.size_of(self.account).groups
    }

    /// Interfaces per regular VPC.
    pub fn interfaces(&self) -> u32 {
        FIXED_INTERFACES + self.instances()
    }

    pub fn has_ipv6(&self) -> bool {
        self.class() == Class::ShopProd
    }

    pub fn ipv6_cidr(&self, vpc: Vpc) -> String {
        format!("2600:1f18:{:x}:{:x}00::/56", 0x1000 + self.account % 0xefff, self.octet(vpc))
    }

    /// The account whose first VPC in this region is peered with ours: accounts
    /// go in pairs, so that both sides say the same.
    pub fn peer(&self) -> Option<Cell<'a>> {
        let mine = self.account.checked_sub(2)?;
        let account = (mine ^ 1) + 2;
        (account < self.org.accounts && self.org.size.vpcs > 0).then_some(Cell { account, ..*self })
    }

    /// The id of the peering with [`Cell::peer`], the same from both sides.
    pub fn peering_id(&self) -> String {
        let low = self.account.checked_sub(2).map_or(0, |n| (n & !1) + 2);
        Cell { account: low, ..*self }.id("pcx", 0)
    }

    /// The groups planted in the first VPC.
    pub fn planted_groups(&self) -> Vec<Code> {
        PLANTED_GROUPS.iter().copied().filter(|code| self.has(*code)).collect()
    }

    /// The id of a planted group.
    pub fn planted_group_id(&self, code: Code) -> String {
        self.id("sg", (1 << 62) + code as u64)
    }

    /// Whether the instance in the public subnet is here.
    pub fn has_bastion(&self) -> bool {
        self.has(Code::Ec2SshExposed) && self.regular_vpcs() > 0
    }

    pub fn bastion_id(&self) -> String {
        self.id("i", 1 << 61)
    }

    pub fn bastion_interface_id(&self) -> String {
        self.id("eni", 1 << 61)
    }
}

/// Defects that are a security group of their own.
pub const PLANTED_GROUPS: &[Code] = &[
    Code::SgSshV4,
    Code::SgSshV6,
    Code::SgSshSplit,
    Code::SgSshSplitRules,
    Code::SgSshPrefixList,
    Code::SgAllOpen,
    Code::SgRdpRange,
    Code::SgDbOpen,
    Code::SgUnused,
];
