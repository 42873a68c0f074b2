//! What is behind an interface: whether it answers anybody.

use crate::inventory::Missing;
use crate::resource::ec2::{NetworkInterface, NetworkInterfaceAttachment};

use super::{Node, Topology};

/// What is behind an interface.
#[derive(Debug, Clone, PartialEq)]
pub enum Host {
    /// It runs, or is a service of which nothing says that it does not.
    Awake,
    /// Why it answers nobody.
    Asleep(String),
    Unknown(Missing),
}

const INSTANCES: &str = "ec2:DescribeInstances";

impl<'i> Topology<'i> {
    /// What is behind an interface, and what had to be assumed to say so.
    pub fn host(&self, interface: Node<'i, NetworkInterface>) -> (Host, Option<String>) {
        let id = &interface.value.network_interface_id;
        let Some(attachment) = &interface.value.attachment else {
            let idle = interface.value.status.as_deref() == Some("available");
            let host = if idle { Host::Asleep(format!("{id} is attached to nothing")) } else { Host::Awake };
            return (host, None);
        };
        let Some(instance_id) = attachment.instance_id.as_deref() else { return (Host::Awake, None) };
        match self.instance_of(interface) {
            Some(instance) => match instance.value.state.as_ref().and_then(|state| state.name.as_deref()) {
                Some(state @ ("stopped" | "stopping" | "terminated" | "shutting-down")) => {
                    (Host::Asleep(format!("{instance_id} is {state}")), None)
                }
                _ => (Host::Awake, None),
            },
            None if self.nobody_asked(interface.scope, INSTANCES) => {
                (Host::Awake, Some(format!("{instance_id} was not read and counts as running")))
            }
            None if interface.value.requester_managed != Some(true)
                && attachment.is_of_other_account(interface.scope.account.as_str()) =>
            {
                (Host::Unknown(Missing::because(format!("the account of {instance_id} was not read"))), None)
            }
            // A service's own instance is in nobody's list.
            None => (self.require(interface.scope, INSTANCES).err().map_or(Host::Awake, Host::Unknown), None),
        }
    }
}

impl NetworkInterfaceAttachment {
    /// Whether it is to an instance of another account than this one. Services' own are of `amazon-aws` and the like.
    fn is_of_other_account(&self, account: &str) -> bool {
        let owner = self.instance_owner_id.as_deref();
        owner.is_some_and(|owner| owner != account && owner.bytes().all(|digit| digit.is_ascii_digit()))
    }
}
