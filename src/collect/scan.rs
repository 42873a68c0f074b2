//! The whole scan: which accounts, which regions of each, every collector in
//! every cell, all at once within the limits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::arn::{AccountId, Region, Scope};
use crate::config::targets::{AccountSelection, Targets};
use crate::inventory::{Account, Inventory, Outcome, Provenance, Reason};

use super::clients::Clients;
use super::credentials::Credentials;
use super::permits::Experience;
use super::rate::Paces;
use super::reader::{AccountShared, Reader, Shared, operations_of};
use super::recorder::Times;
use super::session::{Base, Environment};
use super::{
    balancing, cloudwatch, detective, direct_connect, ec2, iam, lambda, network_firewall, organizations, rds, route53,
    s3, ssm, waf,
};

/// Why a scan could not begin. Everything later is a gap and no error.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The user has no credentials that the SDK can find.
    #[error(
        "no AWS credentials: {0}. Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, \
         run `aws sso login`, or try `driftline demo`, which needs none"
    )]
    NoCredentials(String),
    /// AWS refuses the credentials.
    #[error("AWS refuses these credentials: {0}")]
    Refused(String),
    /// Nothing answers.
    #[error("cannot reach AWS: {0}")]
    Unreachable(String),
    /// A setting that the SDK or the system cannot use.
    #[error("{0}")]
    Setting(String),
    /// The organization's accounts could not be listed.
    #[error("cannot list the organization's accounts: {0}. Use the management account or a delegated administrator")]
    Organization(String),
    /// The selection leaves no account.
    #[error("no account is selected: {0}")]
    NoAccounts(String),
    /// The user stopped it before it knew what to read.
    #[error("interrupted before anything was read")]
    Interrupted,
}

/// A collection that is about to begin: who asks, and which accounts it is about.
pub struct Scan {
    pub provenance: Provenance,
    pub accounts: BTreeMap<AccountId, Account>,
    targets: Arc<Targets>,
    base: Arc<Base>,
    shared: Arc<Shared>,
}

impl Scan {
    /// Asks whose credentials these are, and for the accounts that the targets name.
    ///
    /// `known` are the accounts of an earlier run of the same targets, which then are not listed again.
    ///
    /// # Errors
    /// Only what keeps a scan from beginning; what fails later is a gap in an account's ledger.
    pub async fn prepare(
        targets: &Targets,
        environment: &Environment,
        shared: Arc<Shared>,
        now: Timestamp,
        known: Option<(Provenance, Vec<Account>)>,
    ) -> Result<Scan, CollectError> {
        let load = Box::pin(Base::load(environment, &shared));
        let base = shared.unless_stopped(load).await.ok_or(CollectError::Interrupted)??;
        let (provenance, accounts) = match known {
            Some((provenance, accounts)) => {
                (provenance, accounts.into_iter().map(|account| (account.id.clone(), account)).collect())
            }
            None => {
                let mut provenance = Provenance {
                    tool_version: env!("CARGO_PKG_VERSION").to_owned(),
                    taken_at: now,
                    caller: Some(base.caller.clone()),
                    source: String::new(),
                    is_import: false,
                };
                let accounts = match select_accounts(targets, &base, &shared, &mut provenance).await {
                    Err(CollectError::Organization(_)) if shared.stopped() => return Err(CollectError::Interrupted),
                    accounts => accounts?,
                };
                (provenance, accounts)
            }
        };
        Ok(Scan { provenance, accounts, targets: Arc::new(targets.clone()), base: Arc::new(base), shared })
    }

    /// Reads every account but those that are done, and hands each over when it was read.
    ///
    /// As many are read at once as the limits allow. One that waits to be handed over counts among them:
    /// whoever is slow to take them slows down the beginning of new ones, and nothing that is under way.
    ///
    /// # Errors
    /// Nobody takes the accounts any more.
    pub async fn run(self, done: &BTreeSet<AccountId>, parts: mpsc::Sender<Inventory>) -> Result<(), CollectError> {
        let Scan { accounts, targets, base, shared, .. } = self;
        shared.progress.accounts.store(accounts.len() as u64, Ordering::Relaxed);
        if matches!(targets.accounts, AccountSelection::Organization { .. }) {
            shared.organization.are_members(accounts.keys().cloned().collect());
        }
        let caller = base_reader(&base, &shared).account;
        shared.progress.accounts_done.store(done.len() as u64, Ordering::Relaxed);
        let reference: Arc<[Region]> = reference_regions(&base, &shared).await.into();
        let mut under_way: JoinSet<bool> = JoinSet::new();
        let at_once = shared.limits.accounts_at_once(accounts.len().saturating_sub(done.len()));
        for account in accounts.into_values().filter(|account| !done.contains(&account.id)) {
            while under_way.len() >= at_once {
                taken(under_way.join_next().await)?;
            }
            let (targets, base, reference) = (Arc::clone(&targets), Arc::clone(&base), Arc::clone(&reference));
            let (shared, parts, caller) = (Arc::clone(&shared), parts.clone(), Arc::clone(&caller));
            under_way.spawn(async move {
                let progress = Arc::clone(&shared.progress);
                let asked = Asked { account, targets: &targets, base: &base, shared: &shared, reference: &reference };
                let read = asked.or_gaps(asked.collect(caller)).await;
                let taken = parts.send(read).await.is_ok();
                progress.accounts_done.fetch_add(1, Ordering::Relaxed);
                taken
            });
        }
        while let Some(ended) = under_way.join_next().await {
            taken(Some(ended))?;
        }
        Ok(())
    }
}

/// Reads everything that the targets name, into memory.
///
/// # Errors
/// Those of [`Scan::prepare`].
pub async fn collect(
    targets: &Targets,
    environment: &Environment,
    shared: Arc<Shared>,
    now: Timestamp,
) -> Result<Inventory, CollectError> {
    let scan = Scan::prepare(targets, environment, shared, now, None).await?;
    let mut inventory = Inventory::new(scan.provenance.clone());
    let (parts, mut read) = mpsc::channel(1);
    let all = async {
        while let Some(part) = read.recv().await {
            inventory.absorb(part);
        }
    };
    let done = BTreeSet::new();
    tokio::join!(scan.run(&done, parts), all).0?;
    Ok(inventory)
}

/// Whether an account's task ended with its handing over.
fn taken(ended: Option<Result<bool, tokio::task::JoinError>>) -> Result<(), CollectError> {
    match ended {
        None | Some(Ok(true)) => Ok(()),
        Some(Ok(false)) => Err(CollectError::Setting("what was read could not be kept".to_owned())),
        // Only what hands an account over can fail here. Half an account must not look like a whole one: the run
        // ends, and what is kept can be gone on with.
        Some(Err(error)) => {
            Err(CollectError::Setting(format!("driftline failed, which is a mistake of its own: {error}")))
        }
    }
}

/// A reader of the caller's own account.
fn base_reader(base: &Base, shared: &Arc<Shared>) -> Reader {
    account_reader(
        Arc::clone(&base.clients),
        Arc::clone(&base.credentials),
        shared,
        Scope { partition: base.partition, account: base.account.clone(), region: Region::global() },
        None,
    )
}

fn account_reader(
    clients: Arc<Clients>,
    credentials: Arc<Credentials>,
    shared: &Arc<Shared>,
    scope: Scope,
    caller: Option<Arc<AccountShared>>,
) -> Reader {
    let nowhere = Provenance {
        tool_version: String::new(),
        taken_at: Timestamp::UNIX_EPOCH,
        caller: None,
        source: String::new(),
        is_import: false,
    };
    let account = AccountShared {
        id: scope.account.clone(),
        // Half of all at the most: one account that hangs must not stop the others.
        in_flight: Semaphore::new(shared.limits.max_in_flight_per_account.min(shared.limits.max_in_flight.div_ceil(2))),
        paces: Paces::default(),
        times: Times::default(),
        experience: Experience::default(),
        shared: Arc::clone(shared),
        clients,
        credentials,
        is_caller: caller.is_none(),
        caller,
        answered: AtomicBool::new(false),
        inventory: Mutex::new(Inventory::new(nowhere)),
    };
    Reader::new(Arc::new(account), scope)
}

pub(super) async fn select_accounts(
    targets: &Targets,
    base: &Base,
    shared: &Arc<Shared>,
    provenance: &mut Provenance,
) -> Result<BTreeMap<AccountId, Account>, CollectError> {
    let bare =
        |id: &AccountId| Account { partition: base.partition, id: id.clone(), name: None, organizational_unit: None };
    let mut accounts: BTreeMap<AccountId, Account> = match &targets.accounts {
        AccountSelection::Current => BTreeMap::from([(base.account.clone(), bare(&base.account))]),
        AccountSelection::Listed(ids) => ids.iter().map(|id| (id.clone(), bare(id))).collect(),
        AccountSelection::Organization { organizational_units, tags } => {
            let reader = base_reader(base, shared);
            organizations::accounts(&reader, base.partition, organizational_units, tags)
                .await
                .map_err(CollectError::Organization)?
                .into_iter()
                .map(|account| (account.id.clone(), account))
                .collect()
        }
    };
    provenance.source = match &targets.accounts {
        AccountSelection::Current => format!("account {}", base.account),
        AccountSelection::Listed(_) => format!("{} listed accounts", accounts.len()),
        AccountSelection::Organization { .. } => format!("organization of {} accounts", accounts.len()),
    };
    if let Some(unknown) = targets.exclude_accounts.iter().find(|id| !accounts.contains_key(*id)) {
        return Err(CollectError::NoAccounts(format!("the excluded account {unknown} is none of the selected ones")));
    }
    accounts.retain(|id, _| !targets.exclude_accounts.contains(id));
    if accounts.is_empty() {
        return Err(CollectError::NoAccounts("every account is excluded".to_owned()));
    }
    Ok(accounts)
}

/// The regions that the caller's own account has enabled: the best guess for an account that cannot be asked.
pub(super) async fn reference_regions(base: &Base, shared: &Arc<Shared>) -> Vec<Region> {
    match ec2::regions(&base_reader(base, shared)).await {
        Ok(regions) => {
            // The caller's own account is not asked twice.
            let _ = shared.regions_of_caller.set(regions.clone());
            regions
        }
        Err(_) => base.partition.default_regions().iter().filter_map(|name| name.parse().ok()).collect(),
    }
}

/// An account that is to be read.
struct Asked<'a> {
    account: Account,
    targets: &'a Targets,
    base: &'a Base,
    shared: &'a Arc<Shared>,
    reference: &'a [Region],
}

impl Asked<'_> {
    fn is_caller(&self) -> bool {
        self.account.id == self.base.account
    }

    fn reader(&self, credentials: Arc<Credentials>, caller: Arc<AccountShared>) -> Reader {
        let scope =
            Scope { partition: self.base.partition, account: self.account.id.clone(), region: Region::global() };
        let caller = Some(caller).filter(|_| !self.is_caller());
        let reader = account_reader(Arc::clone(&self.base.clients), credentials, self.shared, scope, caller);
        reader.inventory().accounts.insert(self.account.id.clone(), self.account.clone());
        reader
    }

    /// What the work gives. If it fails by a mistake of ours, nothing of it is believed: all of the account is a gap,
    /// and the other accounts are read as if nothing had happened.
    async fn or_gaps(&self, work: impl Future<Output = Inventory>) -> Inventory {
        let panic = match std::panic::AssertUnwindSafe(Box::pin(work)).catch_unwind().await {
            Ok(read) => return read,
            Err(panic) => panic,
        };
        let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let said = said.unwrap_or("no message").lines().next().unwrap_or_default();
        let why = format!("driftline failed while it read this account, which is a mistake of its own: {said}");
        let caller = base_reader(self.base, self.shared).account;
        let reader = self.reader(Arc::clone(&self.base.credentials), caller);
        // In which regions it was, nobody knows any more.
        let regions = self.reference.iter().filter(|region| self.targets.regions.selects(region.as_str()));
        reader.gap("ec2:DescribeRegions", Reason::Malformed, &why, true);
        give_up(&reader, regions, Reason::Malformed, &why);
        reader.account.answered.store(true, Ordering::Relaxed);
        finish(&reader)
    }

    async fn collect(&self, caller: Arc<AccountShared>) -> Inventory {
        let Asked { account, targets, base, shared, reference } = self;
        // The caller's own account is read as the caller: a management account has no role for itself.
        let credentials = match &targets.role {
            Some(role) if !self.is_caller() => base.assume(&account.id, role),
            _ => Arc::clone(&base.credentials),
        };
        let reader = self.reader(Arc::clone(&credentials), caller);
        #[cfg(test)]
        tests::fail_if_asked(&account.id);

        let unread = if targets.role.is_none() && !self.is_caller() {
            let why = format!("these credentials are account {}'s; name a role to assume with --role", base.account);
            Some((Reason::NoCredentials, why))
        } else {
            match shared.unless_stopped(credentials.get()).await {
                None => Some((Reason::Interrupted, "the scan was interrupted".to_owned())),
                Some(Err(error)) => Some((Reason::NoCredentials, super::session::in_short(&error))),
                Some(Ok(_)) => None,
            }
        };
        if let Some((reason, why)) = unread {
            give_up(&reader, reference.iter().filter(|r| targets.regions.selects(r.as_str())), reason, &why);
            return finish(&reader);
        }

        let regions = select_regions(&reader, targets, reference).await;
        let cells = reader.operations().len() + regions.len() * operations_of(false, false).len();
        shared.progress.cells.fetch_add(cells as u64, Ordering::Relaxed);
        let global = async {
            together!(
                iam::collect(&reader),
                organizations::collect(&reader, self.is_caller()),
                balancing::accelerators(&reader),
                route53::collect(&reader),
                s3::account(&reader),
            )
            .await;
            reader.settle();
        };
        // Tasks of their own: a single account keeps all cores busy too.
        let mut regional = JoinSet::new();
        for region in regions {
            let reader = reader.at(Scope { region, ..reader.scope().clone() });
            regional.spawn(async move {
                together!(
                    ec2::collect(&reader),
                    balancing::collect(&reader),
                    cloudwatch::collect(&reader),
                    detective::collect(&reader),
                    direct_connect::collect(&reader),
                    lambda::collect(&reader),
                    network_firewall::collect(&reader),
                    rds::collect(&reader),
                    s3::collect(&reader),
                    ssm::collect(&reader),
                    waf::collect(&reader),
                )
                .await;
                reader.settle();
            });
        }
        global.await;
        while let Some(ended) = regional.join_next().await {
            if let Err(error) = ended
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
        finish(&reader)
    }
}

/// The enabled regions that the user selected; one that is named and not enabled stays, and becomes a gap.
async fn select_regions(reader: &Reader, targets: &Targets, reference: &[Region]) -> BTreeSet<Region> {
    let of_caller = reader.account.shared.regions_of_caller.get().filter(|_| reader.account.is_caller);
    let enabled = match of_caller {
        Some(regions) => Ok(regions.clone()),
        None => ec2::regions(reader).await,
    };
    let (enabled, known) = match enabled {
        Ok(enabled) => {
            reader.record("ec2:DescribeRegions", Outcome::Complete);
            (enabled, true)
        }
        // Which others there are does not matter where every region was asked for by its name.
        Err(_) if targets.regions.all_named() => (reference.to_vec(), false),
        Err(failure) => {
            let message = format!("{}; reading the regions that the caller's own account has", failure.message);
            reader.gap("ec2:DescribeRegions", failure.reason, message, true);
            (reference.to_vec(), false)
        }
    };
    let mut selected: BTreeSet<Region> =
        enabled.iter().filter(|r| targets.regions.selects(r.as_str())).cloned().collect();
    for named in targets.regions.named() {
        if selected.contains(&named) || enabled.contains(&named) {
            continue;
        }
        if known {
            let there = reader.at(Scope { region: named.clone(), ..reader.scope().clone() });
            for operation in there.operations() {
                there.gap(operation, Reason::RegionDisabled, "the region is not enabled in this account", false);
            }
        } else {
            selected.insert(named);
        }
    }
    selected
}

/// Records the same gap for all that an account has.
fn give_up<'r>(reader: &Reader, regions: impl Iterator<Item = &'r Region>, reason: Reason, why: &str) {
    for operation in reader.operations() {
        reader.gap(operation, reason, why, false);
    }
    for region in regions {
        let there = reader.at(Scope { region: region.clone(), ..reader.scope().clone() });
        for operation in there.operations() {
            there.gap(operation, reason, why, false);
        }
    }
}

/// Takes what was read. An account in which no call was ever answered has bad
/// credentials, and not every region switched off.
fn finish(reader: &Reader) -> Inventory {
    reader.account.shared.recorder.finished(reader.scope(), &reader.account.times);
    let mut inventory = reader.account.inventory.lock().unwrap_or_else(PoisonError::into_inner);
    if !reader.account.answered.load(Ordering::Relaxed) {
        inventory.ledger.replace_reason(Reason::RegionDisabled, Reason::NoCredentials);
    }
    let empty = Inventory::new(inventory.provenance.clone());
    std::mem::replace(&mut *inventory, empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::{Limits, Progress};
    use crate::config::targets::{RoleName, RoleSettings};
    use driftline_sim::{Faults, Organization, serve};

    /// The account that a test wants to fail.
    static FAILS: Mutex<Option<AccountId>> = Mutex::new(None);

    pub(super) fn fail_if_asked(account: &AccountId) {
        let fails = FAILS.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert!(fails.as_ref() != Some(account), "as a test wants it\nand more");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_account_that_makes_driftline_fail_is_a_gap_and_the_others_are_read() {
        let organization = Organization { accounts: 4, ..Organization::default() }.first_regions(1);
        let (access_key_id, secret_access_key) = organization.operator_credentials();
        let role = RoleSettings::new(RoleName::Name(organization.audit_role.clone()));
        let ids: Vec<AccountId> = organization.account_ids().iter().map(|id| id.parse().unwrap()).collect();
        let server = serve(([127, 0, 0, 1], 0).into(), organization, Faults::default()).await.unwrap();
        let targets = Targets {
            accounts: AccountSelection::Organization { organizational_units: Vec::new(), tags: Vec::new() },
            role: Some(role),
            ..Targets::default()
        };
        let environment = Environment::Fixed { endpoint: server.url(), access_key_id, secret_access_key };
        *FAILS.lock().unwrap() = ids.get(2).cloned();
        let (_open, stop) = tokio::sync::watch::channel(false);
        let shared = Arc::new(Shared::new(Limits::default(), Arc::new(Progress::default()), stop));
        let inventory = super::collect(&targets, &environment, shared, Timestamp::UNIX_EPOCH).await.unwrap();
        server.shutdown().await;
        assert_eq!(inventory.accounts.keys().collect::<Vec<_>>().len(), 4);
        for (cell, gap) in inventory.ledger.gaps() {
            assert_eq!(cell.scope.account, ids[2]);
            assert_eq!(gap.reason, Reason::Malformed);
            assert!(gap.message.ends_with("a mistake of its own: as a test wants it"), "{}", gap.message);
        }
        let scopes = |id: &AccountId| inventory.ledger.scopes().filter(|scope| scope.account == *id).count();
        assert_eq!((scopes(&ids[2]), scopes(&ids[3])), (2, 2));
        let of_failed = inventory.resources().filter(|(key, _)| key.scope.account == ids[2]);
        assert_eq!(of_failed.count(), 0);
    }
}
