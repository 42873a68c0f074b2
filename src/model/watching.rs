//! What the services that watch cover: trails across regions and accounts, analyzers across an organization.

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::{AccountId, Partition, Region, Scope};
use crate::inventory::{Inventory, Missing};
use crate::model::event_selectors::{self, Logged};
use crate::model::{Context, Model};
use crate::resource::detective::{Analyzer, EventSelectors, Trail, TrailStatus};
use crate::resource::s3::Bucket;

pub const DESCRIBE_TRAILS: &str = "cloudtrail:DescribeTrails";
const LIST_BUCKETS: &str = "s3:ListBuckets";
pub const TRAIL_STATUS: &str = "cloudtrail:GetTrailStatus";
pub const EVENT_SELECTORS: &str = "cloudtrail:GetEventSelectors";

/// Where the copies of trails are, and which organizations have an analyzer of their own.
#[derive(Debug, Default)]
pub struct WatchIndex {
    /// Of each account, the place and ARN of every copy of a trail.
    trails: BTreeMap<(Partition, AccountId), Vec<(Scope, String)>>,
    /// Of each trail's ARN, the copy that stands for it.
    primary: BTreeMap<String, Scope>,
    /// By partition and name, the places of buckets that trails may deliver to.
    buckets: BTreeMap<(Partition, String), Scope>,
    /// Organization id and region of each active analyzer of access from outside an organization.
    analyzed: BTreeSet<(String, Region)>,
}

impl WatchIndex {
    pub fn new(inventory: &Inventory) -> WatchIndex {
        let mut index = WatchIndex::default();
        for (scope, trail) in inventory.of_type::<Trail>() {
            let copies = index.trails.entry((scope.partition, scope.account.clone())).or_default();
            copies.push((scope.clone(), trail.trail_arn.clone()));
            let rank = |scope: &Scope| (owner(trail) != Some(scope.account.as_str()), !is_home(trail, scope));
            let primary = index.primary.entry(trail.trail_arn.clone()).or_insert_with(|| scope.clone());
            // In the order of the inventory, the first of equal rank stays.
            if rank(scope) < rank(primary) {
                *primary = scope.clone();
            }
        }
        for (scope, bucket) in inventory.of_type::<Bucket>().filter(|(_, bucket)| bucket.may_take_trails()) {
            index.buckets.insert((scope.partition, bucket.name.clone()), scope.clone());
        }
        for (scope, analyzer) in inventory.of_type::<Analyzer>() {
            if analyzer.r#type == "ORGANIZATION"
                && analyzer.status == "ACTIVE"
                && let Some(organization) = organization(inventory, &scope.account)
            {
                index.analyzed.insert((organization.to_owned(), scope.region.clone()));
            }
        }
        index
    }

    /// Whether this copy of the trail stands for it: its owner's in its home
    /// region or, if that was not read, the first that was.
    pub fn is_primary(&self, scope: &Scope, trail: &Trail) -> bool {
        self.primary.get(&trail.trail_arn) == Some(scope)
    }
}

/// The account that owns a trail: an organization's trail shows in every member.
pub fn owner(trail: &Trail) -> Option<&str> {
    trail.trail_arn.split(':').nth(4).filter(|account| !account.is_empty())
}

pub fn is_home(trail: &Trail, scope: &Scope) -> bool {
    trail.home_region.as_deref() == Some(scope.region.as_str())
}

/// Any of them: true if one is, unknown if none is and one cannot be told.
pub fn any(all: impl IntoIterator<Item = Result<bool, Missing>>) -> Result<bool, Missing> {
    let mut unknown: Option<Missing> = None;
    for one in all {
        match one {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(missing) => {
                unknown = Some(match unknown {
                    Some(before) => before.and(&missing),
                    None => missing,
                });
            }
        }
    }
    unknown.map_or(Ok(false), Err)
}

impl<'m> Context<'m> {
    /// A trail's status, from the copy in its home region.
    ///
    /// # Errors
    /// It was not read there.
    pub fn trail_status(&self, trail: &'m Trail) -> Result<&'m TrailStatus, Missing> {
        self.at_home(trail, TRAIL_STATUS, |copy| copy.trail_status.as_ref())
    }

    /// The bucket that a trail delivers to, and where it is: names of buckets are the whole partition's.
    ///
    /// # Errors
    /// The account has no such bucket, and no other that was read has one that takes trails.
    pub fn trail_bucket(&self, name: &str) -> Result<(&'m Scope, &'m Bucket), Missing> {
        let found = self.model.watching().buckets.get_key_value(&(self.scope.partition, name.to_owned()));
        if let Some(((_, name), scope)) = found
            && let Some(bucket) = self.model.inventory.get::<Bucket>(scope, name)
        {
            return Ok((scope, bucket));
        }
        // One of the account itself is there, though its policy may not let CloudTrail in any more.
        let mut own = self.model.regions_of(self.scope);
        if let Some(found) = own.find_map(|scope| Some((scope, self.model.inventory.get::<Bucket>(scope, name)?))) {
            return Ok(found);
        }
        let unread = self.model.regions_of(self.scope).filter_map(|region| self.require_in(region, LIST_BUCKETS).err());
        match unread.reduce(|all, one| all.and(&one)) {
            Some(missing) => Err(missing),
            None => Err(Missing::because(format!("no account that was read has a bucket {name} that takes trails"))),
        }
    }

    /// Whether a trail is logging.
    ///
    /// # Errors
    /// Its status was not read.
    pub fn trail_is_logging(&self, trail: &'m Trail) -> Result<bool, Missing> {
        let said = self.trail_status(trail)?.is_logging;
        said.ok_or_else(|| Missing::because(format!("{TRAIL_STATUS} does not say whether {} logs", trail.trail_arn)))
    }

    /// The copy of the trail that has its event selectors.
    ///
    /// # Errors
    /// They were not read in its home region.
    pub fn trail_with_selectors(&self, trail: &'m Trail) -> Result<&'m Trail, Missing> {
        let has = |copy: &'m Trail| copy.event_selectors.as_ref().map(|_: &EventSelectors| copy);
        self.at_home(trail, EVENT_SELECTORS, has)
    }

    /// What one call gives of a trail in its home region: from this account's
    /// copy there or, of an organization's trail, from its owner's.
    fn at_home<T>(
        &self,
        trail: &'m Trail,
        operation: &str,
        part: impl Fn(&'m Trail) -> Option<T>,
    ) -> Result<T, Missing> {
        let Some(home) = trail.home_region.as_deref().and_then(|region| region.parse::<Region>().ok()) else {
            return Err(Missing::because(format!("the home region of {} is not known", trail.trail_arn)));
        };
        let here = Scope { region: home, ..self.scope.clone() };
        let owners = owner(trail).and_then(|owner| owner.parse().ok()).map(|account| Scope { account, ..here.clone() });
        for place in [Some(&here), owners.as_ref()].into_iter().flatten() {
            let copy = self.model.inventory.get::<Trail>(place, &trail.trail_arn);
            if let Some(part) = copy.and_then(&part) {
                return Ok(part);
            }
        }
        self.require_in(&here, operation)?;
        Err(Missing::because(format!("{} does not show in its home region {}", trail.trail_arn, here.region)))
    }

    /// The trails that cover this region: those that show here, and the
    /// multi-region trails that show elsewhere in the account.
    fn trails_covering(&self, region: &Scope) -> impl Iterator<Item = &'m Trail> {
        let (model, region) = (self.model, region.clone());
        let copies = model.watching().trails.get(&(region.partition, region.account.clone()));
        let mut seen = BTreeSet::new();
        let covers = move |scope: &Scope, trail: &Trail| {
            let here = *scope == region && (is_home(trail, scope) || trail.is_multi_region_trail != Some(false));
            here || trail.is_multi_region_trail == Some(true)
        };
        copies
            .into_iter()
            .flatten()
            .filter_map(|(scope, arn)| Some((scope, model.inventory.get::<Trail>(scope, arn)?)))
            .filter(move |(scope, trail)| covers(scope, trail) && seen.insert(&trail.trail_arn))
            .map(|(_, trail)| trail)
    }

    /// Whether some trail covers the region, is logging and meets the condition.
    ///
    /// # Errors
    /// None is known to, and one might.
    pub fn some_trail_logs(
        &self,
        region: &Scope,
        condition: impl Fn(&'m Trail) -> Result<bool, Missing>,
    ) -> Result<bool, Missing> {
        let logs = |trail| match condition(trail) {
            Ok(false) => Ok(false),
            Ok(true) => self.trail_is_logging(trail),
            // A trail that is known not to log does not, whatever the rest.
            Err(missing) => self.trail_is_logging(trail).and_then(|logs| if logs { Err(missing) } else { Ok(false) }),
        };
        let unlisted = self.require_in(region, DESCRIBE_TRAILS).map(|()| false);
        any(self.trails_covering(region).map(logs).chain([unlisted]))
    }

    /// Whether some trail covers the region, be it logging or not.
    ///
    /// # Errors
    /// None does, and the trails were not listed to the end.
    pub fn some_trail_exists(&self, region: &Scope) -> Result<bool, Missing> {
        let unlisted = self.require_in(region, DESCRIBE_TRAILS).map(|()| false);
        any(self.trails_covering(region).map(|_| Ok(true)).chain([unlisted]))
    }

    /// Whether trails that are logging in the region log all management events, together.
    ///
    /// # Errors
    /// They are not known to, and might.
    pub fn management_events_logged(&self, region: &Scope) -> Result<bool, Missing> {
        self.logs_both_halves(region, |copy| event_selectors::management_events(copy).map(|events| events.logged))
    }

    fn logs_both_halves(&self, region: &Scope, of: impl Fn(&Trail) -> Option<Logged>) -> Result<bool, Missing> {
        let half = |pick: fn(Logged) -> bool| self.logs_half(region, &of, pick);
        match (half(|logged| logged.reads), half(|logged| logged.writes)) {
            (Ok(false), _) | (_, Ok(false)) => Ok(false),
            (Ok(true), Ok(true)) => Ok(true),
            (Err(a), Err(b)) => Err(a.and(&b)),
            (Err(missing), _) | (_, Err(missing)) => Err(missing),
        }
    }

    /// Whether some trail that logs in the region logs one half of some events.
    fn logs_half(
        &self,
        region: &Scope,
        of: impl Fn(&Trail) -> Option<Logged>,
        pick: fn(Logged) -> bool,
    ) -> Result<bool, Missing> {
        self.some_trail_logs(region, |trail| {
            let copy = self.trail_with_selectors(trail)?;
            Ok(of(copy).is_some_and(pick))
        })
    }

    /// The account's regions in which no trail logs one half of what happens to
    /// the objects of all S3 buckets.
    ///
    /// # Errors
    /// No region is known to be without, and one might be.
    pub fn regions_without_s3_objects(&self, pick: fn(Logged) -> bool) -> Result<Vec<String>, Missing> {
        let (mut without, mut unknown) = (Vec::new(), None::<Missing>);
        for region in self.model.regions_of(self.scope) {
            match self.logs_half(region, event_selectors::s3_object_events, pick) {
                Ok(true) => {}
                Ok(false) => without.push(region.region.to_string()),
                Err(missing) => unknown = Some(unknown.map_or(missing.clone(), |before| before.and(&missing))),
            }
        }
        match unknown {
            Some(missing) if without.is_empty() => Err(missing),
            _ => Ok(without),
        }
    }

    /// Whether some multi-region trail of the account is logging all management events.
    ///
    /// # Errors
    /// None is known to, and one might.
    pub fn multi_region_logging(&self) -> Result<bool, Missing> {
        let account = (self.scope.partition, self.scope.account.clone());
        let copies = self.model.watching().trails.get(&account).into_iter().flatten();
        let trails = copies.filter_map(|(scope, arn)| self.model.inventory.get::<Trail>(scope, arn));
        let logs_all = |trail| {
            let selectors = self
                .trail_with_selectors(trail)
                .map(|copy| event_selectors::management_events(copy).is_some_and(|events| events.logged.all()));
            match (selectors, self.trail_is_logging(trail)) {
                (Ok(false), _) | (_, Ok(false)) => Ok(false),
                (Ok(true), logging) => logging,
                (Err(missing), _) => Err(missing),
            }
        };
        let mut seen = BTreeSet::new();
        let multi = trails.filter(|trail| trail.is_multi_region_trail == Some(true) && seen.insert(&trail.trail_arn));
        // Each region shows every multi-region trail, so one complete list is enough.
        let listed = any(self.model.regions_of(self.scope).map(|r| self.require_in(r, DESCRIBE_TRAILS).map(|()| true)));
        let unlisted = match listed {
            Ok(true) => Ok(false),
            Ok(false) => Err(Missing::because("no region of the account was read")),
            Err(missing) => Err(missing),
        };
        any(multi.map(logs_all).chain([unlisted]))
    }

    /// Whether an active analyzer of this account looks for access from outside, in this region.
    ///
    /// # Errors
    /// None is known, and the analyzers were not listed to the end.
    pub fn has_external_analyzer(&self) -> Result<bool, Missing> {
        let mut own = self.model.inventory.in_scope::<Analyzer>(self.scope);
        let found = own.any(|a| matches!(a.r#type.as_str(), "ACCOUNT" | "ORGANIZATION") && a.status == "ACTIVE");
        any([Ok(found), self.require("access-analyzer:ListAnalyzers").map(|()| false)])
    }

    /// Whether an analyzer of this account's organization, in whichever account that was read, covers this region.
    pub fn has_organization_analyzer(&self) -> bool {
        organization(self.model.inventory, &self.scope.account).is_some_and(|organization| {
            self.model.watching().analyzed.contains(&(organization.to_owned(), self.scope.region.clone()))
        })
    }
}

/// The id of the organization that an account is known to be in: the start of its path of units.
fn organization<'i>(inventory: &'i Inventory, account: &AccountId) -> Option<&'i str> {
    let path = inventory.account(account)?.organizational_unit.as_deref()?;
    path.split('/').find(|part| !part.is_empty()).filter(|id| id.starts_with("o-"))
}

impl Model<'_> {
    /// The regions of an account that were looked at.
    pub fn regions_of(&self, account: &Scope) -> impl Iterator<Item = &Scope> {
        let key = (account.partition, account.account.clone());
        let start = self.regions.partition_point(|(scope, _)| (scope.partition, &scope.account) < (key.0, &key.1));
        let rest = self.regions.get(start..).unwrap_or_default().iter().map(|(scope, _)| scope);
        rest.take_while(move |scope| (scope.partition, &scope.account) == (key.0, &key.1))
    }
}
