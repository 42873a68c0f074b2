//! Sets of ports 0..=65535.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Intervals;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a port or a port range: `22`, `1024-65535` or `22,80` is wanted")]
pub struct PortSetError(String);

/// A canonical set of ports; written as `22,80,1024-65535`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PortSet(Intervals<u16>);

impl PortSet {
    pub fn all() -> PortSet {
        PortSet(Intervals::all())
    }

    pub fn range(low: u16, high: u16) -> PortSet {
        PortSet(Intervals::from_ranges([(low, high)]))
    }

    pub fn from_ranges(ranges: impl IntoIterator<Item = (u16, u16)>) -> PortSet {
        PortSet(Intervals::from_ranges(ranges))
    }

    pub fn ranges(&self) -> &[(u16, u16)] {
        self.0.ranges()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many ports: 0..=65536.
    pub fn count(&self) -> u32 {
        self.ranges().iter().map(|(low, high)| u32::from(high - low) + 1).sum()
    }

    pub fn contains(&self, port: u16) -> bool {
        self.0.contains(port)
    }

    pub fn union(&self, other: &PortSet) -> PortSet {
        PortSet(self.0.union(&other.0))
    }

    pub fn intersection(&self, other: &PortSet) -> PortSet {
        PortSet(self.0.intersection(&other.0))
    }

    pub fn difference(&self, other: &PortSet) -> PortSet {
        PortSet(self.0.difference(&other.0))
    }

    pub fn is_subset(&self, other: &PortSet) -> bool {
        self.0.is_subset(&other.0)
    }
}

impl FromStr for PortSet {
    type Err = PortSetError;
    fn from_str(text: &str) -> Result<Self, PortSetError> {
        let bad = || PortSetError(text.to_owned());
        if text.is_empty() {
            return Ok(PortSet::default());
        }
        let mut ranges = Vec::new();
        for part in text.split(',') {
            let (low, high) = part.split_once('-').unwrap_or((part, part));
            let (low, high) = (low.trim().parse().map_err(|_| bad())?, high.trim().parse().map_err(|_| bad())?);
            if low > high {
                return Err(bad());
            }
            ranges.push((low, high));
        }
        Ok(PortSet::from_ranges(ranges))
    }
}

impl TryFrom<String> for PortSet {
    type Error = PortSetError;
    fn try_from(text: String) -> Result<Self, PortSetError> {
        text.parse()
    }
}

impl From<PortSet> for String {
    fn from(value: PortSet) -> String {
        value.to_string()
    }
}

impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (low, high)) in self.ranges().iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            if low == high { write!(f, "{comma}{low}")? } else { write!(f, "{comma}{low}-{high}")? }
        }
        Ok(())
    }
}
