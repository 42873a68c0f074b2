//! Facts of EC2's networks.

mod security_group;
mod stub;
mod vpc;
