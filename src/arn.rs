//! Accounts, regions, partitions and ARNs, parsed once.
//!
//! *Scope*: the account and region that a resource, a call or a gap belongs
//! to; things that AWS keeps once per account (IAM, Organizations) have the
//! region [`Region::GLOBAL`].

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// What was wrong with a text that should name something in AWS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    #[error("`{0}` is not an account id: twelve digits are wanted")]
    Account(String),
    #[error("`{0}` is not a region name like `eu-west-1`")]
    Region(String),
    #[error("`{0}` is not an ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE` is wanted")]
    Arn(String),
}

/// A group of regions with its own credentials and ARNs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Partition {
    #[serde(rename = "aws")]
    Aws,
    #[serde(rename = "aws-cn")]
    AwsCn,
    #[serde(rename = "aws-us-gov")]
    AwsUsGov,
    #[serde(rename = "aws-eusc")]
    AwsEusc,
    #[serde(rename = "aws-iso")]
    AwsIso,
    #[serde(rename = "aws-iso-b")]
    AwsIsoB,
}

impl Partition {
    pub const ALL: [Partition; 6] = [
        Partition::Aws,
        Partition::AwsCn,
        Partition::AwsUsGov,
        Partition::AwsEusc,
        Partition::AwsIso,
        Partition::AwsIsoB,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Partition::Aws => "aws",
            Partition::AwsCn => "aws-cn",
            Partition::AwsUsGov => "aws-us-gov",
            Partition::AwsEusc => "aws-eusc",
            Partition::AwsIso => "aws-iso",
            Partition::AwsIsoB => "aws-iso-b",
        }
    }

    /// The regions that every account has unless it asks for more or fewer.
    pub fn default_regions(self) -> &'static [&'static str] {
        match self {
            Partition::Aws => &[
                "ap-northeast-1",
                "ap-northeast-2",
                "ap-northeast-3",
                "ap-south-1",
                "ap-southeast-1",
                "ap-southeast-2",
                "ca-central-1",
                "eu-central-1",
                "eu-north-1",
                "eu-west-1",
                "eu-west-2",
                "eu-west-3",
                "sa-east-1",
                "us-east-1",
                "us-east-2",
                "us-west-1",
                "us-west-2",
            ],
            Partition::AwsCn => &["cn-north-1", "cn-northwest-1"],
            Partition::AwsUsGov => &["us-gov-east-1", "us-gov-west-1"],
            Partition::AwsEusc => &["eusc-de-east-1"],
            Partition::AwsIso => &["us-iso-east-1", "us-iso-west-1"],
            Partition::AwsIsoB => &["us-isob-east-1"],
        }
    }

    /// The partition that a region's name says it is in.
    pub fn of_region(region: &str) -> Partition {
        let starts = |prefix: &str| region.starts_with(prefix);
        if starts("cn-") {
            Partition::AwsCn
        } else if starts("us-gov-") {
            Partition::AwsUsGov
        } else if starts("eusc-") {
            Partition::AwsEusc
        } else if starts("us-isob-") {
            Partition::AwsIsoB
        } else if starts("us-iso-") {
            Partition::AwsIso
        } else {
            Partition::Aws
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Partition {
    type Err = ArnError;
    fn from_str(text: &str) -> Result<Self, ArnError> {
        Partition::ALL.into_iter().find(|p| p.as_str() == text).ok_or_else(|| ArnError::Arn(text.to_owned()))
    }
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $valid:expr, $error:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "CompactString", into = "CompactString")]
        pub struct $name(CompactString);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<CompactString> for $name {
            type Error = ArnError;
            fn try_from(text: CompactString) -> Result<Self, ArnError> {
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) { Ok($name(text)) } else { Err($error(text.into())) }
            }
        }
        impl From<$name> for CompactString {
            fn from(value: $name) -> CompactString {
                value.0
            }
        }
        impl FromStr for $name {
            type Err = ArnError;
            fn from_str(text: &str) -> Result<Self, ArnError> {
                CompactString::from(text).try_into()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

name_type! {
    /// Twelve digits.
    AccountId, |t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit()), ArnError::Account
}

name_type! {
    /// A region's name such as `eu-west-1`, or [`Region::GLOBAL`].
    Region,
    |t| !t.is_empty() && t.len() <= 32 && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
    ArnError::Region
}

impl Region {
    /// Stands in for the region of what AWS keeps once per account.
    pub const GLOBAL: &'static str = "global";

    pub fn global() -> Region {
        Region(CompactString::const_new(Region::GLOBAL))
    }

    pub fn is_global(&self) -> bool {
        self.0 == Region::GLOBAL
    }
}

/// The account and region that something belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    pub partition: Partition,
    pub account: AccountId,
    pub region: Region,
}

impl Scope {
    /// The scope of what this scope's account keeps once.
    pub fn account_wide(&self) -> Scope {
        Scope { region: Region::global(), ..self.clone() }
    }

    /// An ARN in this scope; global services leave the region field empty.
    pub fn arn(&self, service: &str, resource: impl fmt::Display) -> Arn {
        let region = if self.region.is_global() { "" } else { self.region.as_str() };
        Arn(format!("arn:{}:{service}:{region}:{}:{resource}", self.partition, self.account))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.account, self.region)
    }
}

/// An Amazon Resource Name: at least six fields, the last may hold colons.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn(String);

impl Arn {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn field(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or("")
    }

    pub fn partition(&self) -> &str {
        self.field(1)
    }

    pub fn service(&self) -> &str {
        self.field(2)
    }

    pub fn region(&self) -> &str {
        self.field(3)
    }

    /// The account field; empty for S3 and AWS's own resources, `aws` for AWS managed policies.
    pub fn account(&self) -> &str {
        self.field(4)
    }

    pub fn resource(&self) -> &str {
        self.field(5)
    }
}

impl TryFrom<String> for Arn {
    type Error = ArnError;
    fn try_from(text: String) -> Result<Self, ArnError> {
        let mut fields = text.splitn(6, ':');
        let well_formed =
            fields.next() == Some("arn") && fields.clone().count() == 5 && fields.last().is_some_and(|r| !r.is_empty());
        if well_formed { Ok(Arn(text)) } else { Err(ArnError::Arn(text)) }
    }
}

impl From<Arn> for String {
    fn from(value: Arn) -> String {
        value.0
    }
}

impl FromStr for Arn {
    type Err = ArnError;
    fn from_str(text: &str) -> Result<Self, ArnError> {
        text.to_owned().try_into()
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arn_keeps_colons_in_its_resource() {
        let arn: Arn = "arn:aws:sns:eu-west-1:111122223333:topic:sub".parse().unwrap();
        assert_eq!((arn.account(), arn.resource()), ("111122223333", "topic:sub"));
        for bad in ["", "arn:aws", "arn:aws:ec2:eu-west-1:111122223333:", "urn:aws:ec2:eu-west-1:1:x"] {
            assert!(bad.parse::<Arn>().is_err(), "{bad}");
        }
    }

    #[test]
    fn global_scope_leaves_the_region_empty() {
        let scope =
            Scope { partition: Partition::AwsCn, account: "111122223333".parse().unwrap(), region: Region::global() };
        assert_eq!(scope.arn("iam", "user/a").as_str(), "arn:aws-cn:iam::111122223333:user/a");
    }

    #[test]
    fn account_ids_are_twelve_digits() {
        assert!("11112222333".parse::<AccountId>().is_err());
        assert!("11112222333x".parse::<AccountId>().is_err());
        assert!("000000000000".parse::<AccountId>().is_ok());
    }
}
