//! Who may send now: permits for an account, a host, the memory of answers,
//! and all of it; and which calls are not worth sending any more.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::arn::Region;
use crate::inventory::Reason;

use super::catalogue;
use super::classify::{Failure, Retry};
use super::reader::{Limits, Reader};

/// Answers that are read and decoded at the same time, in KiB of text, by the sizes that [`weight`] expects.
const DECODING_KIB: usize = 256 * 1024;

/// Permits that all accounts share.
#[derive(Debug)]
pub struct Permits {
    all: Semaphore,
    decoding: Semaphore,
    hosts: Mutex<HashMap<(Region, &'static str), Arc<Semaphore>>>,
}

/// What a request holds while it is under way.
#[derive(Debug)]
pub struct Held<'a> {
    _account: SemaphorePermit<'a>,
    _host: OwnedSemaphorePermit,
    _decoding: SemaphorePermit<'a>,
    _all: SemaphorePermit<'a>,
}

impl Permits {
    pub fn new(limits: &Limits) -> Permits {
        Permits {
            all: Semaphore::new(limits.max_in_flight),
            decoding: Semaphore::new(DECODING_KIB),
            hosts: Mutex::default(),
        }
    }

    /// Waits for all of them, the account's own first: an account that is slow fills its own places, and holds
    /// none of the others' while it waits for one. None if the scan's state is gone.
    pub async fn acquire<'a>(
        &'a self,
        account: &'a Semaphore,
        region: &Region,
        operation: &'static str,
    ) -> Option<Held<'a>> {
        let of_account = account.acquire().await.ok()?;
        let of_host = self.host(region, catalogue::service(operation)).acquire_owned().await.ok()?;
        let decoding = self.decoding.acquire_many(weight(operation)).await.ok()?;
        let all = self.all.acquire().await.ok()?;
        Some(Held { _account: of_account, _host: of_host, _decoding: decoding, _all: all })
    }

    fn host(&self, region: &Region, service: &'static str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Semaphore::new(Limits::MOST_PER_HOST));
        Arc::clone(hosts.entry((region.clone(), service)).or_insert_with(new))
    }
}

/// How much an answer is expected to weigh, in KiB: how long it is comes too late, with the answer. It bounds
/// the pages of large lists that are decoded at once, and not any single answer.
fn weight(operation: &'static str) -> u32 {
    match catalogue::operation(operation).and_then(|operation| operation.page) {
        _ if operation == "iam:GetAccountAuthorizationDetails" => 4_096,
        Some(items) if items >= 1000 => 1_024,
        Some(_) => 128,
        None => 32,
    }
}

/// Services that organization policies have to deny in a region before the rest of it is taken as denied.
const DENIED_SERVICES: usize = 3;
/// Requests in a row without any answer after which no more are sent: in one region, and in an account. The latter
/// is what an account has under way at once.
const SILENT_IN_REGION: u32 = 8;
const SILENT_IN_ACCOUNT: u32 = 32;

/// What was learned of a scope, or of an account, while reading it.
#[derive(Debug, Default)]
pub struct Experience {
    answered: AtomicBool,
    unanswered: AtomicU32,
    denied: Mutex<BTreeSet<&'static str>>,
}

impl Experience {
    /// The endpoint answered; with a result or otherwise.
    pub fn heard(&self, result: bool) {
        self.unanswered.store(0, Ordering::Relaxed);
        if result {
            self.answered.store(true, Ordering::Relaxed);
        }
    }

    /// It did not in time.
    pub fn unheard(&self) {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
    }

    /// A policy of the organization denied a service.
    pub fn denied(&self, service: &'static str) {
        self.denied.lock().unwrap_or_else(PoisonError::into_inner).insert(service);
    }

    /// The services that were denied, if they are enough to take all others as denied too. One that gave a result
    /// shows that the region as such is open.
    fn closed_by_policies(&self) -> Option<String> {
        if self.answered.load(Ordering::Relaxed) {
            return None;
        }
        let denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
        (denied.len() >= DENIED_SERVICES).then(|| denied.iter().copied().collect::<Vec<_>>().join(", "))
    }
}

impl Reader {
    /// Why a call is not worth making, if it is not.
    pub(super) fn hopeless(&self) -> Option<Failure> {
        let because = |reason, message| Some(Failure { reason, code: None, message, retry: Retry::No });
        if !self.scope().region.is_global()
            && let Some(services) = self.here().closed_by_policies()
        {
            let why = format!(
                "not asked: policies of the organization deny {services} in this region, and all else with them"
            );
            return because(Reason::DeniedByScp, why);
        }
        let silent = |of: &Experience, most: u32| of.unanswered.load(Ordering::Relaxed) >= most;
        if silent(self.here(), SILENT_IN_REGION) || silent(&self.account.experience, SILENT_IN_ACCOUNT) {
            let where_ = if silent(self.here(), SILENT_IN_REGION) { "this region" } else { "this account" };
            let why = format!("not asked: nothing answers in {where_}, however long it was waited for");
            return because(Reason::TimedOut, why);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_services_denied_close_a_region_that_gave_nothing() {
        let experience = Experience::default();
        for service in ["ec2", "ec2", "config"] {
            experience.denied(service);
            experience.heard(false);
        }
        assert_eq!(experience.closed_by_policies(), None);
        experience.denied("guardduty");
        assert_eq!(experience.closed_by_policies().as_deref(), Some("config, ec2, guardduty"));
        experience.heard(true);
        assert_eq!(experience.closed_by_policies(), None);
    }

    #[test]
    fn the_largest_answer_fits() {
        for operation in catalogue::call_catalogue() {
            assert!(weight(operation.name) as usize <= DECODING_KIB / 32, "{}", operation.name);
        }
    }
}
