//! Which accounts and regions a scan reads, and as whom.

use std::collections::BTreeSet;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::arn::{AccountId, Arn, Partition, Region};

/// Everything that says where a scan goes.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    pub accounts: AccountSelection,
    /// Left out whatever selected them.
    pub exclude_accounts: BTreeSet<AccountId>,
    pub regions: RegionSelection,
    /// None reads with the current credentials.
    pub role: Option<RoleSettings>,
}

impl Targets {
    /// A text that is the same for two targets only if they are the same.
    pub fn identity(&self) -> String {
        let Targets { accounts, exclude_accounts, regions, role } = self;
        format!("{accounts:?} {exclude_accounts:?} {:?} {:?} {role:?}", regions.include, regions.exclude)
    }
}

/// The accounts to read.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum AccountSelection {
    /// The one that the current credentials belong to.
    #[default]
    Current,
    Listed(BTreeSet<AccountId>),
    /// Every active account of the organization.
    Organization {
        /// Only accounts below one of these organizational units or roots; empty is no limit.
        organizational_units: Vec<String>,
        /// Only accounts with all of these tags.
        tags: Vec<(String, String)>,
    },
}

/// How driftline enters an account.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleSettings {
    pub role: RoleName,
    /// Roles to assume first, in this order, before the account's own.
    pub via: Vec<Arn>,
    pub external_id: Option<String>,
    /// Shown in the account's CloudTrail.
    pub session_name: String,
    /// Of each session, in seconds: 900 to 43,200; AWS allows no more than 3,600 for a chain.
    pub duration_seconds: i32,
}

impl RoleSettings {
    pub const DEFAULT_SESSION_NAME: &'static str = "driftline";
    pub const DEFAULT_DURATION_SECONDS: i32 = 3_600;

    pub fn new(role: RoleName) -> RoleSettings {
        RoleSettings {
            role,
            via: Vec::new(),
            external_id: None,
            session_name: RoleSettings::DEFAULT_SESSION_NAME.to_owned(),
            duration_seconds: RoleSettings::DEFAULT_DURATION_SECONDS,
        }
    }
}

/// The role of an account: a name (with its path, if it has one) that every
/// account has, or one ARN.
#[derive(Debug, Clone, PartialEq)]
pub enum RoleName {
    Name(String),
    Arn(Arn),
}

impl RoleName {
    /// # Errors
    /// The text starts like an ARN and is none, or has characters that no role name has.
    pub fn parse(text: &str) -> Result<RoleName, String> {
        if text.starts_with("arn:") {
            return text.parse().map(RoleName::Arn).map_err(|error: crate::arn::ArnError| error.to_string());
        }
        let name = text.trim_start_matches('/');
        let valid = |c: char| c.is_ascii_alphanumeric() || "+=,.@-_/".contains(c);
        if name.is_empty() || !name.chars().all(valid) {
            return Err(format!("`{text}` is not a role: a role's name or its ARN is wanted"));
        }
        Ok(RoleName::Name(name.to_owned()))
    }

    pub fn arn_in(&self, partition: Partition, account: &AccountId) -> String {
        match self {
            RoleName::Name(name) => format!("arn:{partition}:iam::{account}:role/{name}"),
            RoleName::Arn(arn) => arn.to_string(),
        }
    }
}

/// Which of an account's enabled regions to read.
#[derive(Debug, Clone)]
pub struct RegionSelection {
    include: Vec<String>,
    exclude: Vec<String>,
    included: GlobSet,
    excluded: GlobSet,
}

impl Default for RegionSelection {
    fn default() -> RegionSelection {
        RegionSelection::all()
    }
}

fn all() -> GlobSet {
    GlobSetBuilder::new()
        .add(Glob::new("*").unwrap_or_else(|_| unreachable!("`*` is a glob")))
        .build()
        .unwrap_or_default()
}

impl RegionSelection {
    fn all() -> RegionSelection {
        let include = vec!["*".to_owned()];
        RegionSelection { include, exclude: Vec::new(), included: all(), excluded: GlobSet::empty() }
    }

    /// Globs over region names; `all` is `*`, and no inclusion is all.
    ///
    /// # Errors
    /// A text that is not a glob.
    pub fn new(include: &[String], exclude: &[String]) -> Result<RegionSelection, String> {
        let set = |globs: &[String]| -> Result<GlobSet, String> {
            let mut builder = GlobSetBuilder::new();
            for glob in globs {
                let glob = if glob == "all" { "*" } else { glob };
                builder.add(
                    Glob::new(glob).map_err(|error| format!("`{glob}` is not a region or a glob: {}", error.kind()))?,
                );
            }
            builder.build().map_err(|error| error.to_string())
        };
        Ok(RegionSelection {
            include: include.to_vec(),
            exclude: exclude.to_vec(),
            included: if include.is_empty() { all() } else { set(include)? },
            excluded: set(exclude)?,
        })
    }

    pub fn selects(&self, region: &str) -> bool {
        self.included.is_match(region) && !self.excluded.is_match(region)
    }

    /// Whether every region is asked for by its full name.
    pub fn all_named(&self) -> bool {
        !self.include.is_empty() && self.include.iter().all(|text| is_name(text))
    }

    /// The regions that are asked for by their full name.
    pub fn named(&self) -> impl Iterator<Item = Region> {
        self.include
            .iter()
            .filter(|text| is_name(text))
            .filter_map(|text| text.parse().ok())
            .filter(|region: &Region| !self.excluded.is_match(region.as_str()))
    }
}

/// Whether the text is one region's name and no glob.
fn is_name(text: &str) -> bool {
    text != "all" && !text.contains(['*', '?', '[', '{'])
}
