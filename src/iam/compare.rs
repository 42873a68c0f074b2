//! One value of a policy against one of the request.

use std::net::IpAddr;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;

use super::context::Facts;
use super::operator::{Comparison, Order};
use super::template::{Template, Text};
use super::{Truth, Version};

/// Whether a value of the request is what a value of the policy asks for, without negation.
///
/// A value that is none of its kind (a number that is none) makes the policy's
/// side unknown, since AWS does not say what it makes of it; on the request's
/// side, nothing equals it.
pub fn compare(comparison: Comparison, wanted: &str, version: Version, given: Text<'_>, facts: &dyn Facts) -> Truth {
    match comparison {
        Comparison::StringEquals => string(wanted, version, false, given, facts),
        Comparison::StringLike => string(wanted, version, true, given, facts),
        Comparison::StringEqualsIgnoreCase => {
            let lower = given.known.to_ascii_lowercase();
            let given = Text { known: &lower, open: given.open };
            match Template::new(wanted, version, false, facts) {
                Some(template) => template.lowered().matches(given),
                None => Truth::False,
            }
        }
        Comparison::Arn => match Template::new(wanted, version, true, facts) {
            Some(template) => arn(&template, given),
            None => Truth::False,
        },
        // Only texts have values of which the beginning is known.
        _ if given.open => Truth::Unknown,
        Comparison::Numeric(order) => ordered(order, number(wanted), number(given.known)),
        Comparison::Date(order) => ordered(order, time(wanted), time(given.known)),
        Comparison::Bool => wanted.eq_ignore_ascii_case(given.known).into(),
        Comparison::Binary => (wanted.trim_end_matches('=') == given.known.trim_end_matches('=')).into(),
        Comparison::IpAddress => match (wanted.parse::<Block>(), given.known.parse::<IpAddr>()) {
            (Ok(block), Ok(address)) => block.holds(address).into(),
            (Err(_), _) => Truth::Unknown,
            (_, Err(_)) => Truth::False,
        },
        // Whether the key is there is not a matter of its values.
        Comparison::Null => Truth::Unknown,
    }
}

fn string(wanted: &str, version: Version, wildcards: bool, given: Text<'_>, facts: &dyn Facts) -> Truth {
    match Template::new(wanted, version, wildcards, facts) {
        Some(template) => template.matches(given),
        None => Truth::False,
    }
}

/// Each of the six parts of an ARN is compared for itself.
fn arn(wanted: &Template, given: Text<'_>) -> Truth {
    const PARTS: usize = 6;
    if wanted.is_open() {
        return Truth::True;
    }
    let wanted_parts = wanted.split(PARTS);
    let given_parts: Vec<&str> = given.known.splitn(PARTS, ':').collect();
    if wanted_parts.len() < PARTS {
        // No ARN: AWS does not say whether `arn:aws:iam::*` stands for all that begin so.
        return match wanted.matches(given) {
            Truth::False => Truth::False,
            _ if wanted.ends_open() => Truth::Unknown,
            other => other,
        };
    }
    if given_parts.len() < PARTS && !given.open {
        return Truth::False;
    }
    let last = given_parts.len() - 1;
    let parts = wanted_parts.iter().zip(0..).map(|(part, at)| match given_parts.get(at) {
        Some(known) => part.matches(Text { known, open: given.open && at == last }),
        None => Truth::Unknown,
    });
    Truth::all(parts)
}

fn ordered<T: PartialOrd>(order: Order, wanted: Option<T>, given: Option<T>) -> Truth {
    match (wanted, given) {
        (Some(wanted), Some(given)) => given.partial_cmp(&wanted).map_or(Truth::Unknown, |of| order.holds(of).into()),
        (None, _) => Truth::Unknown,
        (_, None) => Truth::False,
    }
}

fn number(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    number.is_finite().then_some(number)
}

/// A time in ISO 8601, also without hours, or in seconds since 1970.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = Timestamp::from_str(text) {
        return Some(time);
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return Timestamp::from_second(seconds).ok();
    }
    if let Some(minutes) = text.strip_suffix('Z').filter(|rest| rest.matches(':').count() == 1) {
        return Timestamp::from_str(&format!("{minutes}:00Z")).ok();
    }
    let date = Date::from_str(text).ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Addresses with a common beginning.
struct Block {
    address: IpAddr,
    /// Bits that count.
    length: u32,
}

impl FromStr for Block {
    type Err = ();

    fn from_str(text: &str) -> Result<Block, ()> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse().map_err(drop)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(drop)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let length = length.unwrap_or(longest);
        if length <= longest { Ok(Block { address, length }) } else { Err(()) }
    }
}

impl Block {
    fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(block), IpAddr::V4(one)) => {
                let differing = block.to_bits() ^ one.to_bits();
                self.length == 0 || differing >> (32 - self.length) == 0
            }
            (IpAddr::V6(block), IpAddr::V6(one)) => {
                let differing = block.to_bits() ^ one.to_bits();
                self.length == 0 || differing >> (128 - self.length) == 0
            }
            _ => false,
        }
    }
}
