//! The load balancers of an account in a region, as arithmetic: what their
//! services say of them and what their interfaces do.
//!
//! Every regular VPC has an application load balancer before its instances. The
//! data platform has an internal network load balancer before its database, the
//! shop's development one of the first generation, and the sandbox a target
//! group that no load balancer uses.

use crate::cell::{Cell, FIXED_INTERFACES, Vpc, ZONES};
use crate::ec2::team;
use crate::org::Class;

/// A load balancer of the second generation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Balancer {
    /// Before the instances of a VPC, open to the internet.
    Web(Vpc),
    /// Before the data platform's database, for its endpoint service.
    DataApi,
}

/// A target group.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Of(Balancer),
    /// No load balancer uses it.
    Retired,
}

/// The port that the instances of web load balancers listen on.
pub const APP_PORT: u32 = 8080;
/// The port of the database.
pub const DATA_PORT: u32 = 5432;
const ACCELERATOR: &str = "global_accelerator_managed";
/// The name of the load balancer of the first generation.
pub const LEGACY: &str = "legacy";

/// Those of a cell.
pub fn all(cell: &Cell) -> Vec<Balancer> {
    let web = (0..cell.regular_vpcs()).map(|index| Balancer::Web(Vpc::Regular(index)));
    web.chain(has_data_api(cell).then_some(Balancer::DataApi)).collect()
}

/// The target groups of a cell.
pub fn groups(cell: &Cell) -> Vec<Group> {
    let retired = cell.class() == Class::Sandbox && cell.region == 0 && cell.regular_vpcs() > 0;
    all(cell).into_iter().map(Group::Of).chain(retired.then_some(Group::Retired)).collect()
}

/// Whether the account offers its data through endpoints here.
pub fn has_data_api(cell: &Cell) -> bool {
    cell.class() == Class::DataProd && cell.region == 0 && cell.regular_vpcs() > 0
}

/// Whether there is a load balancer of the first generation, in the first VPC.
pub fn has_legacy(cell: &Cell) -> bool {
    cell.class() == Class::ShopDev && cell.region == 0 && cell.regular_vpcs() > 0
}

/// Whether an accelerator leads to the first load balancer here.
pub fn has_accelerator(cell: &Cell) -> bool {
    cell.class() == Class::ShopProd && cell.region == 0 && cell.regular_vpcs() > 0
}

impl Balancer {
    pub fn vpc(self) -> Vpc {
        match self {
            Balancer::Web(vpc) => vpc,
            Balancer::DataApi => Vpc::Regular(0),
        }
    }

    pub fn is_application(self) -> bool {
        matches!(self, Balancer::Web(_))
    }

    pub fn name(self, cell: &Cell) -> String {
        match self {
            Balancer::Web(vpc) => format!("{}-{}-web", team(cell), vpc.number()),
            Balancer::DataApi => "data-api".to_owned(),
        }
    }

    /// `app/NAME/ID`, as in its ARN and in the descriptions of its interfaces.
    pub fn path(self, cell: &Cell) -> String {
        let kind = if self.is_application() { "app" } else { "net" };
        format!("{kind}/{}/{:016x}", self.name(cell), self.word(cell, "lb"))
    }

    pub fn arn(self, cell: &Cell) -> String {
        cell.arn("elasticloadbalancing", &format!("loadbalancer/{}", self.path(cell)))
    }

    pub fn dns_name(self, cell: &Cell) -> String {
        let side = if self.is_application() { "" } else { "internal-" };
        let number = self.word(cell, "lb-dns") % 1_000_000_000;
        format!("{side}{}-{number}.{}.elb.amazonaws.com", self.name(cell), cell.region_name())
    }

    /// The ports that it listens on.
    pub fn ports(self) -> &'static [u32] {
        match self {
            Balancer::Web(_) => &[80, 443],
            Balancer::DataApi => &[DATA_PORT],
        }
    }

    pub fn listener_arn(self, cell: &Cell, port: u32) -> String {
        let id = self.word(cell, "listener") ^ u64::from(port);
        cell.arn("elasticloadbalancing", &format!("listener/{}/{id:016x}", self.path(cell)))
    }

    /// The first of its subnets: one in each zone.
    pub fn first_subnet(self) -> u32 {
        if self.is_application() { 0 } else { ZONES }
    }

    pub fn word(self, cell: &Cell, what: &str) -> u64 {
        let number = match self {
            Balancer::Web(vpc) => vpc.number(),
            Balancer::DataApi => 1 << 40,
        };
        cell.hash(what, number)
    }
}

impl Group {
    pub fn name(self, cell: &Cell) -> String {
        match self {
            Group::Of(balancer) => format!("{}-targets", balancer.name(cell)),
            Group::Retired => "retired".to_owned(),
        }
    }

    pub fn arn(self, cell: &Cell) -> String {
        let id = match self {
            Group::Of(balancer) => balancer.word(cell, "tg"),
            Group::Retired => cell.hash("tg", 1 << 41),
        };
        cell.arn("elasticloadbalancing", &format!("targetgroup/{}/{id:016x}", self.name(cell)))
    }

    /// The id and the port of each target, and its zone.
    pub fn targets(self, cell: &Cell) -> Vec<(String, u32, String)> {
        match self {
            Group::Of(Balancer::Web(vpc)) => {
                let instance = |k| (cell.instance_id(vpc, k), APP_PORT, cell.zone(k));
                (0..cell.instances()).map(instance).collect()
            }
            // The addresses of the database's interfaces.
            Group::Of(Balancer::DataApi) => {
                let vpc = Vpc::Regular(0);
                (0..ZONES).map(|zone| (cell.host(vpc, 2 * ZONES + zone, 0), DATA_PORT, cell.zone(zone))).collect()
            }
            Group::Retired => Vec::new(),
        }
    }
}

/// An interface of a load balancer, or before one, that not every VPC has.
pub struct ExtraInterface {
    pub id: String,
    pub kind: &'static str,
    pub about: String,
    pub requester: &'static str,
    pub subnet: u32,
    pub address: String,
    /// The index of its group in the VPC.
    pub group: Option<u32>,
    pub number: u32,
}

/// Interfaces of load balancers beside the fixed ones of every VPC; in the first VPC.
pub fn extra_interfaces(cell: &Cell) -> Vec<ExtraInterface> {
    let vpc = Vpc::Regular(0);
    let mut all = Vec::new();
    let mut add = |kind: &'static str, about: String, first_subnet: u32, host: u32, group: Option<u32>| {
        let requester = if kind == ACCELERATOR { "amazon-aws" } else { "amazon-elb" };
        all.extend((0..ZONES).map(|zone| {
            let number = FIXED_INTERFACES + (1 << 16) + host * ZONES + zone;
            ExtraInterface {
                id: cell.interface_id(vpc, number),
                kind,
                about: about.clone(),
                requester,
                subnet: first_subnet + zone,
                address: cell.host(vpc, first_subnet + zone, host),
                group,
                number,
            }
        }));
    };
    if has_data_api(cell) {
        add("network_load_balancer", format!("ELB {}", Balancer::DataApi.path(cell)), ZONES, 2, None);
    }
    if has_legacy(cell) {
        add("interface", format!("ELB {LEGACY}"), ZONES, 3, Some(1));
    }
    // One in each subnet of a load balancer that keeps its clients' addresses.
    if has_accelerator(cell) {
        add(ACCELERATOR, "AWS Global Accelerator".to_owned(), 0, 4, None);
    }
    all
}
