//! Load balancers of both generations, per region, and Global Accelerator, once per account.

mod accelerator;
mod classic;
mod load_balancer;
mod target_group;

pub use accelerator::collect as accelerators;

use super::reader::Reader;

/// Reads the load balancers of one region.
///
/// NOTE: a region without a VPC is asked too. What an account has in subnets that were shared with it stays when
/// they are shared no more, and then no VPC shows.
pub async fn collect(reader: &Reader) {
    let elbv2 = &reader.elbv2();
    together!(classic::collect(reader), load_balancer::collect(reader, elbv2), target_group::collect(reader, elbv2),)
        .await;
}
