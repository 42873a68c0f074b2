//! To which targets a node of a load balancer hands what comes to it.
//!
//! NOTE: what is set on balancers and target groups decides, and where that was refused it is not known who gets
//! anything. Gates are not asked here.

use crate::inventory::Missing;
use crate::resource::balancing::{ClassicLoadBalancer, LoadBalancer, TargetGroup, TargetHealthDescription};

use super::{Node, Placed, Topology};

const CROSSES: &str = "load_balancing.cross_zone.enabled";
const KEEPS_CLIENT: &str = "preserve_client_ip.enabled";
const LEAST: &str = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count";
const LEAST_PERCENT: &str = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage";

/// A target, as one node hands connections to it.
#[derive(Clone)]
pub struct Handed<'i> {
    pub placed: Placed<'i>,
    pub port: u16,
    /// Whether it sees the client's address, if that is of its family.
    pub keeps_client: bool,
    /// What is missing to know whether it is handed anything.
    pub doubt: Option<Missing>,
    /// What is missing to know how: nothing about the way to it is certain then.
    pub unread: Option<Missing>,
}

/// All targets of a group that a node hands connections to.
#[derive(Default)]
pub struct Serving<'i> {
    pub targets: Vec<Handed<'i>>,
    /// Targets of which no interface was seen.
    pub unseen: Vec<&'i str>,
    /// What had to be taken for granted.
    pub assumptions: Vec<String>,
}

/// A target within a node's reach.
struct Reached<'i> {
    described: &'i TargetHealthDescription,
    placed: Placed<'i>,
    doubt: Option<Missing>,
}

impl Reached<'_> {
    fn is_healthy(&self) -> bool {
        state(self.described) != Some("unhealthy")
    }
}

impl<'i> Topology<'i> {
    /// What a node in a zone hands to the targets of a group; none if the node's zone is not known.
    pub fn serving(
        &self,
        balancer: Node<'i, LoadBalancer>,
        group: Node<'i, TargetGroup>,
        zone: Option<&str>,
    ) -> Serving<'i> {
        let mut serving = Serving::default();
        let unread = self.unread_attributes(group, &mut serving.assumptions);
        let crosses = self.crosses(balancer, group, unread.as_ref(), &mut serving.assumptions);
        let mut reached = Vec::new();
        let described = group.value.target_health_descriptions.iter().flatten();
        for one in described.filter(|one| takes_connections(one)) {
            let Some(target) = &one.target else { continue };
            let Some(id) = target.id.as_deref() else { continue };
            let placed = self.placed_targets(group, id);
            if placed.is_empty() {
                serving.unseen.push(id);
            }
            let everywhere = target.availability_zone.as_deref() == Some("all");
            for placed in placed {
                let doubt = match &crosses {
                    _ if everywhere || self.is_near(placed, zone) => None,
                    Ok(true) => None,
                    Ok(false) => continue,
                    Err(missing) => Some(missing.clone()),
                };
                reached.push(Reached { described: one, placed, doubt });
            }
        }
        let sick = if fails_open(group.value, &reached) { Ok(true) } else { sick_ones(&reached, unread.as_ref()) };
        let is_network = balancer.value.r#type.as_deref() == Some("network");
        for one in reached {
            let doubt = match &sick {
                _ if one.is_healthy() => one.doubt,
                Ok(true) => one.doubt,
                Ok(false) => continue,
                Err(missing) => Some(missing.clone()),
            };
            let port = one.described.target.as_ref().and_then(|target| target.port).or(group.value.port);
            let Some(port) = port.and_then(|port| u16::try_from(port).ok()) else { continue };
            serving.targets.push(Handed {
                placed: one.placed,
                port,
                keeps_client: is_network && keeps_client(group.value),
                doubt,
                unread: unread.clone(),
            });
        }
        serving
    }

    /// The instances that a node of a classic balancer speaks to, all of them on one port.
    pub fn serving_classic(
        &self,
        balancer: Node<'i, ClassicLoadBalancer>,
        port: u16,
        zone: Option<&str>,
    ) -> Vec<Handed<'i>> {
        let region = balancer.region();
        let crosses = match &balancer.value.load_balancer_attributes {
            Some(attributes) => Ok(attributes.cross_zone_load_balancing.as_ref().is_some_and(|one| one.enabled)),
            None => {
                let name = &balancer.value.load_balancer_name;
                let unseen = || Missing::because(format!("the attributes of load balancer {name} could not be seen"));
                Err(self.require(balancer.scope, "elb:DescribeLoadBalancerAttributes").err().unwrap_or_else(unseen))
            }
        };
        let enabled = balancer.value.subnets.iter().map(|id| self.subnet(region, id)?.value.zone());
        let enabled: Option<Vec<&str>> = enabled.collect();
        let mut all = Vec::new();
        for id in balancer.value.instances.iter().filter_map(|one| one.instance_id.as_deref()) {
            let Some(interface) = self.primary_interface(region, id) else { continue };
            let Some((address, _)) = interface.value.pairs().next() else { continue };
            let placed = Placed { interface, address };
            // An instance in a zone that is not the balancer's gets nothing.
            if enabled.as_ref().is_some_and(|zones| !zones.iter().any(|zone| self.is_near(placed, Some(*zone)))) {
                continue;
            }
            let doubt = match &crosses {
                _ if self.is_near(placed, zone) => None,
                Ok(true) => None,
                Ok(false) => continue,
                Err(missing) => Some(missing.clone()),
            };
            all.push(Handed { placed, port, keeps_client: false, doubt, unread: None });
        }
        all
    }

    /// Whether a target is in a zone, as far as both are known.
    fn is_near(&self, placed: Placed<'i>, zone: Option<&str>) -> bool {
        let id = placed.interface.value.subnet_id.as_deref();
        let subnet = id.and_then(|id| self.subnet(placed.interface.region(), id));
        match (subnet.and_then(|subnet| subnet.value.zone()), zone) {
            (Some(there), Some(here)) => there == here,
            _ => true,
        }
    }

    /// What is missing where a group's attributes were refused. Where there was nobody to ask they are AWS's own.
    fn unread_attributes(&self, group: Node<'i, TargetGroup>, assumptions: &mut Vec<String>) -> Option<Missing> {
        const READ: &str = "elbv2:DescribeTargetGroupAttributes";
        if group.value.attributes.is_some() {
            return None;
        }
        let missing = self.require(group.scope, READ).err().filter(|_| !self.nobody_asked(group.scope, READ));
        if missing.is_none() {
            let name = group.value.target_group_name.as_deref().unwrap_or(&group.value.target_group_arn);
            assumptions.push(format!("target group {name} has AWS's default attributes"));
        }
        missing
    }

    /// Whether a node hands to targets in other zones. Application load balancers do if nothing else is set.
    fn crosses(
        &self,
        balancer: Node<'i, LoadBalancer>,
        group: Node<'i, TargetGroup>,
        unread: Option<&Missing>,
        assumptions: &mut Vec<String>,
    ) -> Result<bool, Missing> {
        const READ: &str = "elbv2:DescribeLoadBalancerAttributes";
        match group.value.attribute(CROSSES) {
            Some("true") => return Ok(true),
            Some("false") => return Ok(false),
            _ => {}
        }
        if let Some(missing) = unread {
            return Err(missing.clone());
        }
        if balancer.value.r#type.as_deref() == Some("application") {
            return Ok(true);
        }
        if balancer.value.attributes.is_none() {
            let missing = self.require(balancer.scope, READ).err();
            if let Some(missing) = missing.filter(|_| !self.nobody_asked(balancer.scope, READ)) {
                return Err(missing);
            }
            let name = balancer.value.load_balancer_name.as_deref().unwrap_or(&balancer.value.load_balancer_arn);
            assumptions.push(format!("load balancer {name} has AWS's default attributes"));
        }
        Ok(balancer.value.attribute(CROSSES) == Some("true"))
    }
}

fn state(one: &TargetHealthDescription) -> Option<&str> {
    one.target_health.as_ref()?.state.as_deref()
}

fn takes_connections(one: &TargetHealthDescription) -> bool {
    !matches!(state(one), Some("unused" | "draining" | "unhealthy.draining"))
}

/// Whether targets see the client's address.
fn keeps_client(group: &TargetGroup) -> bool {
    match group.attribute(KEEPS_CLIENT) {
        Some("true") => true,
        Some("false") => false,
        _ => group.target_type.as_deref() != Some("ip") || !matches!(group.protocol.as_deref(), Some("TCP" | "TLS")),
    }
}

/// Whether too few targets are healthy, so that all of them get connections.
fn fails_open(group: &TargetGroup, reached: &[Reached<'_>]) -> bool {
    let number = |key: &str| group.attribute(key).and_then(|text| text.parse::<usize>().ok());
    let healthy = reached.iter().filter(|one| one.is_healthy()).count();
    let certain = reached.iter().filter(|one| one.is_healthy() && one.doubt.is_none()).count();
    let few = healthy < number(LEAST).unwrap_or(1);
    // Who may not be within reach is no part of the percentage.
    let share = certain == healthy
        && healthy.saturating_mul(100) < number(LEAST_PERCENT).unwrap_or(0).saturating_mul(reached.len());
    few || share
}

/// Whether the unhealthy ones get connections where enough seem healthy: not, if that is known.
fn sick_ones(reached: &[Reached<'_>], unread: Option<&Missing>) -> Result<bool, Missing> {
    let in_doubt = reached.iter().find_map(|one| one.doubt.as_ref());
    unread.or(in_doubt).map_or(Ok(false), |missing| Err(missing.clone()))
}
