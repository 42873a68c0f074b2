//! Load balancers by the interfaces of their nodes, and their targets' interfaces.

use std::net::IpAddr;

use crate::inventory::Missing;
use crate::resource::balancing::{ClassicLoadBalancer, LoadBalancer, TargetGroup};
use crate::resource::ec2::NetworkInterface;

use super::{Node, Placed, Topology};

/// A load balancer of either generation.
#[derive(Clone, Copy)]
pub enum Balancer<'i> {
    Current(Node<'i, LoadBalancer>),
    Classic(Node<'i, ClassicLoadBalancer>),
}

/// Beginning of the description that Elastic Load Balancing gives its nodes' interfaces.
const NODE: &str = "ELB ";

impl<'i> Topology<'i> {
    /// The load balancer that an interface is a node of.
    ///
    /// # Errors
    /// It is one's node, and the balancer was not read.
    pub fn balancer_of(&self, interface: Node<'i, NetworkInterface>) -> Result<Option<Balancer<'i>>, Missing> {
        let Some(name) = interface.value.description.as_deref().and_then(|text| text.strip_prefix(NODE)) else {
            return Ok(None);
        };
        let current = self.balancers.get(&(interface.region(), name)).copied().map(Balancer::Current);
        let owner = interface.value.owner_id.as_deref().unwrap_or(interface.scope.account.as_str());
        let classic = || self.classic_balancers.get(&(interface.region(), owner, name)).copied().map(Balancer::Classic);
        if let Some(found) = current.or_else(classic) {
            return Ok(Some(found));
        }
        let operation = if name.contains('/') { "elbv2:DescribeLoadBalancers" } else { "elb:DescribeLoadBalancers" };
        self.require(interface.scope, operation)?;
        Err(Missing::because(format!("load balancer {name} could not be seen")))
    }

    /// Every load balancer, by region and name.
    pub fn balancers(&self) -> impl Iterator<Item = Balancer<'i>> {
        let current = self.balancers.values().copied().map(Balancer::Current);
        current.chain(self.classic_balancers.values().copied().map(Balancer::Classic))
    }

    /// The nodes of the balancer that has this name, ARN or DNS name.
    pub fn balancer_nodes(&self, name: &str) -> impl Iterator<Item = Node<'i, NetworkInterface>> {
        let is_meant = move |interface: &Node<'i, NetworkInterface>| match self.balancer_of(*interface) {
            Ok(Some(Balancer::Current(one))) => {
                one.value.load_balancer_arn == name
                    || one.value.load_balancer_name.as_deref() == Some(name)
                    || one.value.dns_name.as_deref().is_some_and(|dns| dns.eq_ignore_ascii_case(name))
            }
            Ok(Some(Balancer::Classic(one))) => {
                one.value.load_balancer_name == name
                    || one.value.dns_name.as_deref().is_some_and(|dns| dns.eq_ignore_ascii_case(name))
            }
            _ => false,
        };
        self.interfaces().filter(is_meant)
    }

    pub fn target_group(&self, region: &str, arn: &str) -> Option<Node<'i, TargetGroup>> {
        super::get(&self.target_groups, region, arn)
    }

    /// The primary interface of an instance.
    pub fn primary_interface(&self, region: &str, instance: &str) -> Option<Node<'i, NetworkInterface>> {
        self.primary_of_instance.get(&(region, instance)).copied()
    }

    /// Where a target of a group is: at its instance's primary interface, at its address, or at the nodes of the
    /// application load balancer that it is.
    pub fn placed_targets(&self, group: Node<'i, TargetGroup>, id: &str) -> Vec<Placed<'i>> {
        let region = group.region();
        let primary = |interface: Node<'i, NetworkInterface>| {
            interface.value.pairs().next().map(|(address, _)| Placed { interface, address })
        };
        match group.value.target_type.as_deref() {
            Some("instance") => self.primary_interface(region, id).and_then(primary).into_iter().collect(),
            Some("ip") => {
                let Ok(address) = id.parse::<IpAddr>() else { return Vec::new() };
                let vpc = group.value.vpc_id.as_deref();
                let near = vpc.and_then(|vpc| self.inside(region, vpc, address));
                let near = near.map(|interface| Placed { interface, address });
                near.or_else(|| self.everywhere_inside(address).next()).into_iter().collect()
            }
            Some("alb") => self.balancer_nodes(id).filter_map(primary).collect(),
            _ => Vec::new(),
        }
    }
}

/// The name in a balancer's ARN that its nodes' descriptions repeat: `net/NAME/ID`.
pub(super) fn name_in_arn(arn: &str) -> &str {
    arn.split_once("loadbalancer/").map_or(arn, |(_, name)| name)
}
