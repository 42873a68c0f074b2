//! Security groups and network ACLs, asked about one packet.
//!
//! NOTE: on purpose not made of packet sets: they are held to this.

use crate::inventory::Missing;
use crate::model::packet_filter::{FilterRule, Protocol};
use crate::model::topology::{Node, Sources};
use crate::net::{PortSet, Verdict};
use crate::resource::ec2::{NetworkAcl, NetworkInterface, SecurityGroup, Subnet};

use super::flow::{Flow, Halt};
use super::step::{Decision, Gate, Step};

impl<'i> Flow<'_, 'i> {
    /// The network ACL of a subnet, which the packet leaves (`egress`) or enters.
    pub(super) fn acl(&mut self, subnet: Node<'i, Subnet>, egress: bool) -> Result<(), Halt<'i>> {
        let gate = if egress { Gate::NetworkAclEgress } else { Gate::NetworkAclIngress };
        let acl = match self.topology.acl_of(subnet) {
            Ok(acl) => acl,
            Err(missing) => {
                self.unsure(gate, &subnet.value.subnet_id, missing);
                return Ok(());
            }
        };
        match self.acl_admits(acl, egress) {
            Ok((ports, rules)) if ports.is_empty() => {
                let rule = rules.last().cloned().unwrap_or_else(|| "no entry matches".to_owned());
                let id = &acl.value.network_acl_id;
                let step = Step::new(gate, id, Decision::Deny).rule(&rule);
                Err(self.halt(step, format!("network ACL {id} denies {} ({rule})", self.shown(egress))))
            }
            Ok((ports, rules)) => {
                self.ports = ports;
                let step = Step::new(gate, &acl.value.network_acl_id, Decision::Allow).rule(rules.join("; "));
                self.steps.push(step);
                Ok(())
            }
            Err(missing) => {
                self.unsure(gate, &acl.value.network_acl_id, missing);
                Ok(())
            }
        }
    }

    /// The ports of the packet that an ACL lets pass, and the entries that decide.
    fn acl_admits(&self, acl: Node<'i, NetworkAcl>, egress: bool) -> Result<(PortSet, Vec<String>), Missing> {
        let address = if egress { self.dst } else { self.src };
        let (mut open, mut undecided, mut by) = (PortSet::default(), self.ports.clone(), Vec::new());
        for rule in self.topology.entries(acl, egress)? {
            let addresses = rule.sources.as_ref().map_err(Clone::clone)?;
            if !is_of(rule.protocol, self.protocol) || !addresses.contains(address) {
                continue;
            }
            let decided = undecided.intersection(&self.relevant(&rule.ports));
            if decided.is_empty() {
                continue;
            }
            by.push(shown_entry(&rule, egress));
            undecided = undecided.difference(&decided);
            if rule.verdict == Verdict::Allow {
                open = open.union(&decided);
            }
            if undecided.is_empty() {
                break;
            }
        }
        Ok((open, by))
    }

    /// The security groups of an interface; a reply meets none.
    pub(super) fn groups(&mut self, interface: Node<'i, NetworkInterface>, egress: bool) -> Result<(), Halt<'i>> {
        if self.is_reply {
            return Ok(());
        }
        let gate = if egress { Gate::SecurityGroupEgress } else { Gate::SecurityGroupIngress };
        let id = &interface.value.network_interface_id;
        if interface.value.groups.is_empty() {
            // Interfaces that services make for themselves may have none, and then filter nothing.
            if interface.value.requester_managed == Some(true) || !interface.value.is_plain() {
                self.steps.push(Step::new(gate, id, Decision::Allow).detail("it has no security group"));
            } else {
                self.unsure(gate, id, Missing::because(format!("the security groups of {id} are not given")));
            }
            return Ok(());
        }
        let (mut admitting, mut names, mut unsure) = (Vec::new(), Vec::new(), None::<Missing>);
        for group in self.topology.groups_of(interface) {
            let found = group.and_then(|group| {
                names.push(group.value.group_id.clone());
                self.group_admits(group, interface, egress)
            });
            match found {
                Ok((rules, missing)) => {
                    admitting.extend(rules);
                    unsure = missing.or(unsure);
                }
                Err(missing) => unsure = Some(missing),
            }
        }
        if let Some((group, _)) = admitting.first().cloned() {
            let rules: Vec<String> = admitting.into_iter().map(|(_, rule)| rule).collect();
            self.steps.push(Step::new(gate, group, Decision::Allow).rule(rules.join("; ")));
            return Ok(());
        }
        match unsure {
            Some(missing) => {
                self.unsure(gate, id, missing);
                Ok(())
            }
            None => {
                let names = names.join(", ");
                let why = format!("no rule of {names} admits {}", self.shown(egress));
                Err(self.halt(Step::new(gate, names, Decision::Deny), why))
            }
        }
    }

    /// The rules of a group that admit the packet, and what is missing to know of others.
    #[expect(clippy::type_complexity, reason = "each admitting rule with its group, and what is missing")]
    fn group_admits(
        &self,
        group: Node<'i, SecurityGroup>,
        interface: Node<'i, NetworkInterface>,
        egress: bool,
    ) -> Result<(Vec<(String, String)>, Option<Missing>), Missing> {
        let address = if egress { self.dst } else { self.src };
        let (mut admitting, mut unsure) = (Vec::new(), None);
        for rule in self.topology.rules(group, egress)? {
            let relevant = self.relevant(&rule.ports);
            if !is_of(rule.protocol, self.protocol) || self.ports.intersection(&relevant).is_empty() {
                continue;
            }
            let holds = match self.topology.sources(group.scope, &rule.peer) {
                Sources::Addresses(addresses) => addresses.contains(address),
                Sources::Group { id, .. } => self.is_member(id, interface, egress),
                Sources::Unknown(missing) => {
                    unsure = Some(missing);
                    false
                }
            };
            if holds {
                admitting.push((group.value.group_id.clone(), rule.id(if egress { "to" } else { "from" })));
            }
        }
        Ok((admitting, unsure))
    }

    /// Whether the packet's other end is a member of a group, in a way that a rule that names the group counts.
    fn is_member(&self, group: &str, interface: Node<'i, NetworkInterface>, egress: bool) -> bool {
        let has = |one: Node<'i, NetworkInterface>| one.value.has_group(group);
        if !egress {
            return self.identities.iter().any(|one| has(*one));
        }
        let Some(vpc) = interface.value.vpc_id.as_deref() else { return false };
        let mut there = self.topology.everywhere_inside(self.dst);
        there.any(|placed| {
            let other = placed.interface;
            let near = other.value.vpc_id.as_deref() == Some(vpc) && other.region() == interface.region();
            has(other) && (near || self.topology.are_peered(interface.region(), vpc, other))
        })
    }

    /// The ports that a rule speaks of; all where the packet's protocol has none.
    fn relevant(&self, ports: &PortSet) -> PortSet {
        if Protocol::has_selector(self.protocol, self.src) { ports.clone() } else { PortSet::all() }
    }

    fn shown(&self, egress: bool) -> String {
        let what = super::probe::shown_traffic(self.protocol, &self.ports, self.is_reply);
        if egress { format!("{what} to {}", self.dst) } else { format!("{what} from {}", self.src) }
    }
}

fn is_of(rule: Protocol, protocol: u8) -> bool {
    rule == Protocol::All || rule == Protocol::Number(protocol)
}

/// An entry as people know it: `rule 100 allow tcp 22 from 10.0.0.0/8`.
fn shown_entry(rule: &FilterRule, egress: bool) -> String {
    let verdict = if rule.verdict == Verdict::Allow { "allow" } else { "deny" };
    let addresses = rule.sources.as_ref().map(ToString::to_string).unwrap_or_default();
    let direction = if egress { "to" } else { "from" };
    let traffic = crate::model::packet_filter::shown(rule.protocol, &rule.ports);
    format!("{} {verdict} {traffic} {direction} {addresses}", rule.id)
}

impl NetworkInterface {
    pub fn has_group(&self, group: &str) -> bool {
        self.groups.iter().any(|one| one.group_id.as_deref() == Some(group))
    }

    /// Whether it is an instance's card or made like one, and not part of a gateway or balancer.
    pub fn is_plain(&self) -> bool {
        matches!(self.interface_type.as_deref(), None | Some("interface" | "efa" | "efa-only" | "trunk" | "branch"))
    }
}
