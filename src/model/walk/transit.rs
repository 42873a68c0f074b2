//! Through transit gateways: in by an attachment of the sender's zone, and out into another VPC.

use crate::inventory::Missing;
use crate::model::topology::{Node, Transit};
use crate::resource::ec2::{Subnet, TransitGatewayAttachment, Vpc};

use super::flow::{Flow, Halt};
use super::step::{Decision, Gate, Step};

impl<'i> Flow<'_, 'i> {
    pub(super) fn through_transit(&mut self, from: Node<'i, Subnet>, vpc: Node<'i, Vpc>, id: &str) -> Halt<'i> {
        let attachment = match self.topology.attachment_of(vpc, id) {
            Ok(Some(attachment)) => attachment,
            Ok(None) => {
                let why = format!("transit gateway {id} is not attached to {}", vpc.value.vpc_id);
                return self.halt(Step::new(Gate::TransitGateway, id, Decision::Deny), why);
            }
            Err(missing) => return self.lost(Gate::TransitGateway, id, missing),
        };
        let name = attachment.value.transit_gateway_attachment_id.as_str();
        let (landings, unseen) = match self.topology.landings(attachment) {
            Ok(landings) => landings,
            Err(missing) => return self.lost(Gate::TransitGateway, name, missing),
        };
        if let Err(halt) = self.family(attachment) {
            return halt;
        }
        let Some(landing) = landings.into_iter().find(|one| one.value.zone() == from.value.zone()) else {
            if let Some(missing) = unseen {
                return self.lost(Gate::TransitGateway, name, missing);
            }
            let zone = from.value.zone().unwrap_or("its zone");
            let why = format!("{name} has no subnet in {zone}, so nothing there reaches transit gateway {id}");
            return self.halt(Step::new(Gate::TransitGateway, name, Decision::Deny), why);
        };
        // In the subnet of the attachment both directions of its ACL are asked on the way in, elsewhere the inward one.
        if let Err(halt) = self.acl(landing, false) {
            return halt;
        }
        self.transit(attachment, from.value.zone())
    }

    fn transit(&mut self, from: Node<'i, TransitGatewayAttachment>, zone: Option<&str>) -> Halt<'i> {
        if let Err(halt) = self.hop() {
            return halt;
        }
        let gateway = from.value.transit_gateway_id.as_deref().unwrap_or("a transit gateway");
        let (to, table, destination) = match self.topology.transit_route(from, self.dst) {
            Transit::To { attachment, table, destination } => (attachment, table, destination),
            Transit::Blocked { table, why } => {
                let step = Step::new(Gate::TransitGatewayRoute, table.unwrap_or(gateway), Decision::Deny);
                return self.halt(step, format!("transit gateway {gateway}: {why}"));
            }
            Transit::Unknown(missing) => return self.lost(Gate::TransitGatewayRoute, gateway, missing),
        };
        let name = to.value.transit_gateway_attachment_id.as_str();
        let step = Step::new(Gate::TransitGatewayRoute, table, Decision::Pass);
        self.steps.push(step.rule(format!("{destination} -> {name}")));
        match to.value.resource_type.as_deref() {
            Some("vpc") => {}
            Some("peering" | "tgw-peering") => {
                let Some(other) = self.topology.other_end(to) else {
                    return self.elsewhere(Gate::TransitGateway, name, "a transit gateway that was not read");
                };
                self.identities.clear();
                return self.transit(other, None);
            }
            _ => return self.elsewhere(Gate::TransitGateway, name, "a network outside of AWS"),
        }
        if !(self.topology.references_cross(from) && self.topology.references_cross(to)) {
            self.identities.clear();
        }
        if let Err(halt) = self.family(to) {
            return halt;
        }
        self.in_transit = true;
        let (landings, unseen) = match self.topology.landings(to) {
            Ok(landings) => landings,
            Err(missing) => return self.lost(Gate::TransitGateway, name, missing),
        };
        let near = landings.iter().copied().find(|one| zone.is_some() && one.value.zone() == zone);
        match (near, unseen) {
            (Some(landing), _) => self.leave_subnet(landing),
            (None, Some(missing)) => self.lost(Gate::TransitGateway, name, missing),
            (None, None) => self.land_anywhere(name, &landings),
        }
    }

    /// Without a subnet in the sender's zone AWS takes any of the attachment's. If it matters which, that is not known.
    fn land_anywhere(&mut self, attachment: &str, landings: &[Node<'i, Subnet>]) -> Halt<'i> {
        let Some((first, others)) = landings.split_first() else {
            return self.elsewhere(Gate::TransitGateway, attachment, "subnets that were not seen");
        };
        let before = self.clone();
        let halt = self.leave_subnet(*first);
        for landing in others {
            let mut other = before.clone();
            let ends = other.leave_subnet(*landing);
            // What was in doubt before a gate that is closed does not matter.
            let is_over = matches!(halt, Halt::Blocked(_) | Halt::Unknown(_));
            let is_same = other.missing == self.missing && other.translators.len() == self.translators.len();
            if !ends.is_like(&halt) || !(is_over || is_same) {
                *self = before;
                let why = format!("AWS picks among the subnets of {attachment}, and they differ");
                return self.lost(Gate::TransitGateway, attachment, Missing::because(why));
            }
            // An answer gets back either way; most surely to a port that is open on both.
            let both = self.ports.intersection(&other.ports);
            if !both.is_empty() {
                self.ports = both;
            }
        }
        halt
    }

    /// Whether an attachment to a VPC takes the packet's family.
    fn family(&mut self, attachment: Node<'i, TransitGatewayAttachment>) -> Result<(), Halt<'i>> {
        let id = attachment.value.transit_gateway_attachment_id.as_str();
        match self.topology.takes_family(attachment, self.dst) {
            Ok(true) => Ok(()),
            Ok(false) => {
                let step = Step::new(Gate::TransitGateway, id, Decision::Deny);
                Err(self.halt(step, format!("{id} does not support IPv6")))
            }
            Err(missing) => {
                self.unsure(Gate::TransitGateway, id, missing);
                Ok(())
            }
        }
    }
}
