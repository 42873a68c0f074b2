//! Facts of load balancers and accelerators.

mod accelerator;
mod classic;
mod load_balancer;
mod target_group;
mod tls;

#[cfg(test)]
mod tests;

use crate::inventory::Missing;
use crate::model::Value;
use crate::net::PortSet;

/// Texts without those that are absent, sorted, each once.
fn texts<'a>(of: impl IntoIterator<Item = Option<&'a str>>) -> Vec<String> {
    let mut texts: Vec<String> = of.into_iter().flatten().map(str::to_owned).collect();
    texts.sort();
    texts.dedup();
    texts
}

/// Port ranges, both ends in them, as a set; unknown if a number is no port.
fn ports(ranges: impl IntoIterator<Item = (i32, i32)>) -> Value {
    let port = |number: i32| {
        u16::try_from(number).map_err(|_| Missing::because(format!("the answer gives {number}, which is no port")))
    };
    let ranges: Result<Vec<(u16, u16)>, Missing> =
        ranges.into_iter().map(|(from, to)| Ok((port(from)?, port(to)?))).collect();
    Value::known(ranges.map(PortSet::from_ranges))
}

/// What a scheme says; a load balancer whose scheme is not given has no side that it faces.
fn faces_internet(scheme: Option<&str>) -> Value {
    Value::optional(scheme.map(|scheme| scheme == "internet-facing"))
}
