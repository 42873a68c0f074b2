//! Whose and where a file is: from what the user says, from the names of folders, from what files say.
//!
//! *Evidence*: accounts and regions that content speaks of. It counts for the file, and where that is silent
//! for its neighbours: first those in its folder, then those around it. Where it contradicts itself nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::arn::{AccountId, Arn, Region};

/// What a file, or a folder with all that is below it, speaks of.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    /// The accounts that `sts get-caller-identity` named.
    callers: BTreeSet<AccountId>,
    /// The owners of what only its owner can list.
    listers: BTreeSet<AccountId>,
    /// The owners of what others may see too.
    owners: BTreeSet<AccountId>,
    regions: BTreeSet<Region>,
}

impl Evidence {
    pub(super) fn absorb(&mut self, other: &Evidence) {
        self.callers.extend(other.callers.iter().cloned());
        self.listers.extend(other.listers.iter().cloned());
        self.owners.extend(other.owners.iter().cloned());
        self.regions.extend(other.regions.iter().cloned());
    }

    pub(super) fn caller(&mut self, account: &Value) {
        self.callers.extend(account_of(account));
    }

    /// Who launched instances: nobody else sees them.
    pub(super) fn lister(&mut self, account: Option<&str>) {
        self.listers.extend(account.and_then(|account| account.parse().ok()));
    }

    /// Takes up what an item says.
    pub(super) fn item(&mut self, item: &Value) {
        if let Some(owner) = item.get("OwnerId") {
            self.owners.extend(account_of(owner));
        }
        self.walk(item);
    }

    fn walk(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            Value::Object(members) => members.iter().for_each(|(key, value)| self.member(key, value)),
            _ => {}
        }
    }

    fn member(&mut self, key: &str, value: &Value) {
        match (key, value) {
            ("AvailabilityZone" | "ZoneName", Value::String(zone)) => self.regions.extend(region_of_zone(zone)),
            ("AvailabilityZones", Value::Array(zones)) if zones.iter().all(Value::is_string) => {
                self.regions.extend(zones.iter().filter_map(|zone| region_of_zone(zone.as_str()?)));
            }
            ("RegionName" | "AwsRegion", Value::String(name)) => self.regions.extend(region(name)),
            ("AwsAccountId", account) => self.listers.extend(account_of(account)),
            ("LoadBalancerArn" | "TargetGroupArn" | "ListenerArn" | "RuleArn", Value::String(arn)) => {
                if let Ok(arn) = arn.parse::<Arn>() {
                    self.listers.extend(arn.account().parse());
                    self.regions.extend(region(arn.region()));
                }
            }
            ("SubnetArn" | "SecurityGroupArn" | "TransitGatewayArn" | "PrefixListArn", Value::String(arn)) => {
                if let Ok(arn) = arn.parse::<Arn>() {
                    self.owners.extend(arn.account().parse());
                    self.regions.extend(region(arn.region()));
                }
            }
            // AWS's own lists are named after the region: com.amazonaws.us-east-1.s3.
            ("PrefixListName", Value::String(name)) => self.regions.extend(name.split('.').filter_map(region)),
            // The other end of a peering may be anywhere.
            ("AccepterVpcInfo" | "RequesterVpcInfo" | "AccepterTgwInfo" | "RequesterTgwInfo", _) => {}
            (_, value) => self.walk(value),
        }
    }
}

fn account_of(value: &Value) -> Option<AccountId> {
    match value {
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A name that has the form of a region's: `us-east-1`, `us-gov-west-1`, `ap-southeast-2`.
pub(super) fn region(text: &str) -> Option<Region> {
    // Ids have the form of words and a number too, but none ends in a direction.
    const DIRECTIONS: &[&str] =
        &["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];
    let parts: Vec<&str> = text.split('-').collect();
    let [area, within @ .., direction, number] = parts.as_slice() else { return None };
    let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_region = matches!(area.len(), 2 | 4)
        && within.len() <= 1
        && within.iter().chain([area]).all(is_word)
        && DIRECTIONS.contains(direction)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_region { text.parse().ok() } else { None }
}

/// `us-east-1a` is in `us-east-1`, and so is the local zone `us-east-1-bos-1a`.
fn region_of_zone(zone: &str) -> Option<Region> {
    let first_digit = zone.find(|c: char| c.is_ascii_digit())?;
    let digits = zone.get(first_digit..)?.bytes().take_while(u8::is_ascii_digit).count();
    region(zone.get(..first_digit + digits)?)
}

/// The words of a folder's or file's name that could be an account or a region.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
}

pub(super) fn account_in_path(path: &[String]) -> Option<AccountId> {
    let in_name = |name: &String| words(name).flat_map(|word| word.split('-')).find_map(|word| word.parse().ok());
    // `prod-111122223333` has it too; an ARN is of a resource, which another account may own.
    path.iter().rev().filter(|name| !name.contains("arn%3A") && !name.contains("arn:")).find_map(in_name)
}

pub(super) fn region_in_path(path: &[String]) -> Option<Region> {
    path.iter().rev().find_map(|name| words(name).find_map(region))
}

/// What is known of files and of the folders around them.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    /// By the folder's path; the root's is empty.
    folders: BTreeMap<Vec<String>, Evidence>,
}

/// Why a file has no place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lost {
    /// Nothing says it.
    Silent,
    /// Several are named.
    Several,
}

impl Neighbours {
    pub(super) fn add(&mut self, path: &[String], evidence: &Evidence) {
        for depth in 0..path.len() {
            self.folders.entry(path.get(..depth).unwrap_or(&[]).to_vec()).or_default().absorb(evidence);
        }
    }

    /// The account that content names: who asked, then the owner of what only the owner sees, then any owner.
    pub(super) fn account(&self, path: &[String], own: &Evidence) -> Result<AccountId, Lost> {
        let ways: [fn(&Evidence) -> &BTreeSet<AccountId>; 3] = [|e| &e.callers, |e| &e.listers, |e| &e.owners];
        let mut lost = Lost::Silent;
        for way in ways {
            match self.nearest(path, own, way) {
                Ok(account) => return Ok(account),
                Err(Lost::Several) => lost = Lost::Several,
                Err(Lost::Silent) => {}
            }
        }
        Err(lost)
    }

    pub(super) fn region(&self, path: &[String], own: &Evidence) -> Result<Region, Lost> {
        self.nearest(path, own, |evidence| &evidence.regions)
    }

    fn nearest<T: Clone + Ord>(
        &self,
        path: &[String],
        own: &Evidence,
        of: impl Fn(&Evidence) -> &BTreeSet<T>,
    ) -> Result<T, Lost> {
        let around = (0..path.len()).rev().filter_map(|depth| self.folders.get(path.get(..depth)?));
        for evidence in std::iter::once(own).chain(around) {
            let named = of(evidence);
            match named.first() {
                Some(only) if named.len() == 1 => return Ok(only.clone()),
                Some(_) => return Err(Lost::Several),
                None => {}
            }
        }
        Err(Lost::Silent)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> Vec<String> {
        text.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn regions_are_told_from_other_names() {
        for name in ["us-east-1", "us-gov-west-1", "ap-southeast-2", "eusc-de-east-1", "us-isob-east-1", "cn-north-1"] {
            assert!(region(name).is_some(), "{name}");
        }
        for name in [
            "vpc-1",
            "us-east",
            "us-east-1a",
            "tgw-rtb-1",
            "describe-vpcs-1",
            "",
            "-",
            "us--1",
            "use1-az1",
            "vpce-svc-1",
        ] {
            assert!(region(name).is_none(), "{name}");
        }
        for (zone, wanted) in [("us-east-1a", "us-east-1"), ("us-west-2-lax-1a", "us-west-2")] {
            assert_eq!(region_of_zone(zone).map(|region| region.to_string()), Some(wanted.to_owned()));
        }
        assert!(region_of_zone("all").is_none() && region_of_zone("é1").is_none());
    }

    #[test]
    fn the_nearest_name_in_the_path_counts() {
        let found = |text: &str| {
            let path = path(text);
            (account_in_path(&path).map(|a| a.to_string()), region_in_path(&path).map(|r| r.to_string()))
        };
        let both = |account: &str, region: &str| (Some(account.to_owned()), Some(region.to_owned()));
        assert_eq!(found("111122223333/us-east-1/Vpcs.json"), both("111122223333", "us-east-1"));
        assert_eq!(found("x/prod-111122223333_eu-west-1_vpcs.json"), both("111122223333", "eu-west-1"));
        assert_eq!(found("999988887777/111122223333/us-east-1/eu-west-1.json"), both("111122223333", "eu-west-1"));
        assert_eq!(found("a/arn%3Aaws%3Asns%3A%3A123456789012%3Ax"), (None, None));
        assert_eq!(found("vpc-0123456789012/1111222233334.json"), (None, None));
    }

    #[test]
    fn who_asked_counts_before_who_owns() {
        let mut neighbours = Neighbours::default();
        let mut owner = Evidence::default();
        owner.item(&json!({ "OwnerId": "999988887777" }));
        let mut caller = Evidence::default();
        caller.caller(&json!("111122223333"));
        neighbours.add(&path("a/eni.json"), &owner);
        assert_eq!(neighbours.account(&path("a/eni.json"), &owner).unwrap().as_str(), "999988887777");
        neighbours.add(&path("a/sts.json"), &caller);
        assert_eq!(neighbours.account(&path("a/eni.json"), &owner).unwrap().as_str(), "111122223333");
        assert_eq!(neighbours.account(&path("b/eni.json"), &Evidence::default()).unwrap().as_str(), "111122223333");
    }

    #[test]
    fn what_contradicts_itself_is_not_guessed() {
        let mut neighbours = Neighbours::default();
        let mut two = Evidence::default();
        two.item(&json!({ "AvailabilityZone": "us-east-1a", "OwnerId": "999988887777" }));
        two.item(&json!({ "AvailabilityZone": "eu-west-1a", "OwnerId": "111122223333" }));
        neighbours.add(&path("a/eni.json"), &two);
        assert_eq!(neighbours.region(&path("a/x.json"), &Evidence::default()), Err(Lost::Several));
        assert_eq!(neighbours.account(&path("a/x.json"), &Evidence::default()), Err(Lost::Several));
        assert_eq!(Neighbours::default().region(&path("x.json"), &Evidence::default()), Err(Lost::Silent));
    }
}
