//! EC2: networks, their gates, and what sits in them.

mod security_group;
mod vpc;

pub use security_group::{IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroup, UserIdGroupPair};
pub use vpc::{CidrBlockAssociation, Vpc};
