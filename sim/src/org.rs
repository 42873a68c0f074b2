//! The simulated organization: how large it is and what its accounts are.

use crate::clock::{DAY, unix_now};
use crate::hash::{BASE32, LOWER, hash, letters, push_decimal, word};

/// Everything the simulation is computed from.
///
/// [`Organization::default`] is the demo organization. Two equal values give
/// equal pages, whichever process serves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Another seed gives another organization of the same shape.
    pub seed: u64,
    /// A later epoch is the same organization after some changes.
    pub epoch: u64,
    /// How many accounts; the first is the management account, the second the
    /// security account, the others are workloads.
    pub accounts: u32,
    /// The enabled regions. The first is the home region.
    pub regions: Vec<String>,
    /// How much is in each account.
    pub size: Size,
    /// Unix seconds that ages (keys, passwords, last use) are counted from.
    ///
    /// The default is the last midnight UTC, so that a key planted as 400 days
    /// old is 400 days old whenever the demo runs. Creation dates of everything
    /// else are fixed.
    pub now: u64,
    /// The only role name that `AssumeRole` accepts.
    pub audit_role: String,
    /// If set, `AssumeRole` must carry this external id.
    pub external_id: Option<String>,
    /// Life of the credentials that `AssumeRole` returns.
    pub credential_seconds: u64,
    /// One trail of the management account for all accounts, instead of one
    /// trail in each account.
    pub org_trail: bool,
    /// Whether `ListAccounts` says where in the organization an account lies. AWS does, other endpoints do not.
    pub places: bool,
    /// Whether accounts are of different sizes: three of ten are tiny, a few are huge, the rest is as `size` says.
    pub mixed: bool,
    /// Whether defects are planted. Off gives an organization without any.
    pub defects: bool,
}

/// How much is in one account. Counts are per region unless they say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// VPCs in each region of a workload account (production accounts have one
    /// more in the home region).
    pub vpcs: u32,
    /// Security groups per VPC besides the six that every VPC has.
    pub groups: u32,
    /// Instances per private subnet; a VPC has three private subnets.
    pub instances: u32,
    /// IAM users per account, besides the planted ones.
    pub users: u32,
    /// IAM roles per account, besides the standard ones.
    pub roles: u32,
    /// Customer managed policies per account, besides the standard ones.
    pub policies: u32,
}

impl Default for Size {
    fn default() -> Self {
        Size { vpcs: 1, groups: 2, instances: 2, users: 4, roles: 6, policies: 3 }
    }
}

impl Default for Organization {
    fn default() -> Self {
        Organization {
            seed: 7,
            epoch: 0,
            accounts: 6,
            regions: ["us-east-1", "eu-west-1", "eu-central-1"].map(String::from).to_vec(),
            size: Size::default(),
            now: unix_now() / DAY * DAY,
            audit_role: "DriftlineAudit".to_owned(),
            external_id: None,
            credential_seconds: 3600,
            org_trail: false,
            places: true,
            mixed: false,
            defects: true,
        }
    }
}

/// What an account is for. It decides what is in it and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Pays the bills and owns the organization. No networks.
    Management,
    /// Delegated administrator of the detective services.
    Security,
    /// Production of the shop.
    ShopProd,
    /// Production of the data platform.
    DataProd,
    /// Development of the shop.
    ShopDev,
    /// Where everyone tries things.
    Sandbox,
}

impl Class {
    /// The account name of the first account of the class.
    pub fn name(self) -> &'static str {
        match self {
            Class::Management => "tidewater-management",
            Class::Security => "tidewater-security",
            Class::ShopProd => "tidewater-shop-prod",
            Class::DataProd => "tidewater-data-prod",
            Class::ShopDev => "tidewater-shop-dev",
            Class::Sandbox => "tidewater-sandbox",
        }
    }
}

/// How many times as much as in others is in a huge account.
const HUGE: u32 = 50;

/// Distance between account ids, so that they do not look consecutive.
const ACCOUNT_STEP: u64 = 7_340_033;
/// Regions that exist and that the organization has not opted in to.
pub const NOT_OPTED_IN: [&str; 3] = ["af-south-1", "ap-east-1", "me-south-1"];

/// Commercial regions in the order in which [`Organization::first_regions`]
/// takes them: the demo's, the others that are on in every account, and then
/// those that an account opts in to.
pub const REGIONS: [&str; 30] = [
    "us-east-1",
    "eu-west-1",
    "eu-central-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-north-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "mx-central-1",
    "ap-southeast-7",
];

impl Organization {
    /// The account ids in the order of `ListAccounts`; the first is the
    /// management account.
    pub fn account_ids(&self) -> Vec<String> {
        (0..self.accounts).map(|index| self.account_id(index)).collect()
    }

    /// The access key id and secret of an operator in the management account.
    /// Any secret works: signatures are not verified.
    pub fn operator_credentials(&self) -> (String, String) {
        let key = format!("AKIA{}DEMO", self.account_id(0));
        (key, "simulated-secret-that-nothing-verifies".to_owned())
    }

    /// The same organization in the first `count` of AWS's commercial regions
    /// (at most 30), those that are on in every account first.
    #[must_use]
    pub fn first_regions(mut self, count: usize) -> Organization {
        self.regions = REGIONS.iter().take(count.max(1)).map(|name| (*name).to_owned()).collect();
        self
    }

    pub(crate) fn account_id(&self, index: u32) -> String {
        let mut id = String::with_capacity(12);
        push_decimal(&mut id, self.first_account() + u64::from(index) * ACCOUNT_STEP, 12);
        id
    }

    pub(crate) fn account_index(&self, id: &str) -> Option<u32> {
        if id.len() != 12 {
            return None;
        }
        let offset = id.parse::<u64>().ok()?.checked_sub(self.first_account())?;
        if offset % ACCOUNT_STEP != 0 {
            return None;
        }
        u32::try_from(offset / ACCOUNT_STEP).ok().filter(|index| *index < self.accounts)
    }

    fn first_account(&self) -> u64 {
        210_000_000_000 + hash(self.seed, &[word("account")]) % 5_000_000_000
    }

    /// How much is in an account. Every account has its VPCs, whatever its size: they are in pairs.
    pub(crate) fn size_of(&self, account: u32) -> Size {
        let size = &self.size;
        if !self.mixed {
            return size.clone();
        }
        match hash(self.seed, &[word("size"), u64::from(account)]) % 40 {
            0..12 => Size { vpcs: size.vpcs, groups: 0, instances: 0, users: 0, roles: 0, policies: 0 },
            12 => Size {
                vpcs: size.vpcs,
                groups: size.groups * HUGE,
                instances: size.instances * HUGE,
                users: size.users * HUGE,
                roles: size.roles * HUGE,
                policies: size.policies * HUGE,
            },
            _ => size.clone(),
        }
    }

    pub(crate) fn class(&self, account: u32) -> Class {
        match account {
            0 => Class::Management,
            1 => Class::Security,
            n => match (n - 2) % 4 {
                0 => Class::ShopProd,
                1 => Class::DataProd,
                2 => Class::ShopDev,
                _ => Class::Sandbox,
            },
        }
    }

    pub(crate) fn account_name(&self, account: u32) -> String {
        let name = self.class(account).name();
        if account < 6 { name.to_owned() } else { format!("{name}-{:04}", (account - 2) / 4) }
    }

    pub(crate) fn account_email(&self, account: u32) -> String {
        format!("aws+{}@tidewater.example", self.account_name(account))
    }

    /// The home region: where trails live.
    pub(crate) fn home(&self) -> &str {
        self.regions.first().map_or("us-east-1", String::as_str)
    }

    pub(crate) fn org_id(&self) -> String {
        format!("o-{}", letters(hash(self.seed, &[word("org")]), LOWER, 10))
    }

    /// A stable date for the creation of something, between 2019 and 2024.
    pub(crate) fn created(&self, parts: &[u64]) -> u64 {
        1_546_300_800 + hash(self.seed, parts) % (5 * 365 * DAY)
    }

    /// An IAM unique id such as `AROA...`.
    pub(crate) fn unique_id(&self, prefix: &str, account: u32, name: &str) -> String {
        let state = hash(self.seed, &[u64::from(account), word(prefix), word(name)]);
        format!("{prefix}{}", letters(state, BASE32, 17))
    }

    /// How often the thing named by `key` changed up to this epoch. About 2 %
    /// of all things change in an epoch.
    pub(crate) fn changes(&self, key: u64) -> u64 {
        (1..=self.epoch.min(1_000)).filter(|epoch| hash(self.seed, &[word("epoch"), *epoch, key]) % 100 < 2).count()
            as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_have_twelve_digits_and_lead_back_to_their_index() {
        let org = Organization { accounts: 5_000, ..Organization::default() };
        for index in [0, 1, 17, 4_999] {
            let id = org.account_id(index);
            assert_eq!(id.len(), 12);
            assert_eq!(org.account_index(&id), Some(index));
        }
        assert_eq!(org.account_index(&org.account_id(5_000)), None);
        assert_eq!(org.account_index("000000000000"), None);
    }
}
