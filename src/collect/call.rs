//! Calls: one try after another, page after page, and how they ended.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::arn::Region;
use crate::inventory::{Outcome, Reason};

use super::catalogue;
use super::classify::{Failure, Retry, classify};
use super::credentials::signed_by;
use super::permits::Held;
use super::rate::{self, Pace};
use super::reader::{Limits, Reader, Shared};
use super::recorder::Ended;

/// No list of ours is longer; a server that goes on for ever is.
const MAX_PAGES: usize = 10_000;
/// AWS gives empty pages in the middle of a list that it filters, a few of them in a row.
const MAX_EMPTY_PAGES: usize = 100;

/// An error of any service's operation.
pub trait ServiceError: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static {}
impl<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static> ServiceError for E {}

/// What an SDK call's `send()` gives.
pub type Answer<O, E> = Result<O, SdkError<E, HttpResponse>>;

impl Reader {
    /// Reads every page of a list and records how that ended. What was read
    /// before a failure is returned too: it is in the account all the same.
    ///
    /// `fetch` asks for the page of a token; `split` takes a page apart into
    /// its items and the next token.
    pub async fn pages<T, O, E, F>(
        &self,
        operation: &'static str,
        fetch: impl Fn(Option<String>) -> F,
        split: impl Fn(O) -> (Vec<T>, Option<String>),
    ) -> Vec<T>
    where
        T: PartialEq,
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        self.list(operation, &[], fetch, split).await.0
    }

    /// As [`Reader::pages`]; an error with one of the codes in `nothing` says that there is nothing to list.
    pub async fn pages_or<T, O, E, F>(
        &self,
        operation: &'static str,
        nothing: &[&str],
        fetch: impl Fn(Option<String>) -> F,
        split: impl Fn(O) -> (Vec<T>, Option<String>),
    ) -> Vec<T>
    where
        T: PartialEq,
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        self.list(operation, nothing, fetch, split).await.0
    }

    /// The items, and whether they are all.
    pub(super) async fn list<T, O, E, F>(
        &self,
        operation: &'static str,
        nothing: &[&str],
        fetch: impl Fn(Option<String>) -> F,
        split: impl Fn(O) -> (Vec<T>, Option<String>),
    ) -> (Vec<T>, bool)
    where
        T: PartialEq,
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        let (mut items, mut seen, mut token) = (Vec::new(), HashSet::new(), None);
        let (mut deadline, mut empty) = (None, 0);
        for page in 0..MAX_PAGES {
            let call = Box::pin(self.call(operation, || fetch(token.clone())));
            let answer = match deadline {
                None => call.await,
                // Every page may come in time, and the last one never.
                Some(deadline) => timeout_at(deadline, call).await.unwrap_or_else(|_| Err(self.endless())),
            };
            match answer {
                Ok(output) => {
                    let (more, next) = split(output);
                    deadline.get_or_insert_with(|| Instant::now() + self.account.shared.limits.list_timeout);
                    empty = if more.is_empty() { empty + 1 } else { 0 };
                    // No two pages of a list are the same: what is on both would count twice.
                    if !more.is_empty() && items.ends_with(&more) {
                        self.gap(operation, Reason::Malformed, "the endpoint gives a page twice", true);
                        return (items, false);
                    }
                    items.extend(more);
                    // An empty token ends a list just as an absent one does.
                    let Some(next) = next.filter(|next| !next.is_empty()) else {
                        self.record(operation, Outcome::Complete);
                        return (items, true);
                    };
                    if !seen.insert(next.clone()) {
                        self.gap(
                            operation,
                            Reason::Malformed,
                            "the endpoint repeats a page token: the list has no end",
                            true,
                        );
                        return (items, false);
                    }
                    if empty >= MAX_EMPTY_PAGES {
                        let message = format!("the list goes on after {empty} empty pages in a row");
                        self.gap(operation, Reason::Malformed, message, true);
                        return (items, false);
                    }
                    token = Some(next);
                }
                Err(failure) if page == 0 && says(&failure, nothing) => {
                    self.record(operation, Outcome::Complete);
                    return (items, true);
                }
                Err(failure) => {
                    self.gap(operation, failure.reason, failure.message, page > 0);
                    return (items, false);
                }
            }
        }
        self.gap(operation, Reason::Malformed, format!("the list goes on after {MAX_PAGES} pages"), true);
        (items, false)
    }

    fn endless(&self) -> Failure {
        let longest = self.account.shared.limits.list_timeout.as_secs_f32();
        let message = format!("the list did not end within {longest} s");
        Failure { reason: Reason::TimedOut, code: None, message, retry: Retry::No }
    }

    /// As [`Reader::pages`], but none unless every page was read: for the parts
    /// of one resource, of which some are not enough.
    pub async fn all_pages<T, O, E, F>(
        &self,
        operation: &'static str,
        fetch: impl Fn(Option<String>) -> F,
        split: impl Fn(O) -> (Vec<T>, Option<String>),
    ) -> Option<Vec<T>>
    where
        T: PartialEq,
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        let (items, complete) = self.list(operation, &[], fetch, split).await;
        complete.then_some(items)
    }

    /// Makes a call, with as many tries as the limits allow; records no outcome.
    ///
    /// # Errors
    /// Why the last try failed.
    pub async fn call<O, E, F>(&self, operation: &'static str, fetch: impl Fn() -> F) -> Result<O, Failure>
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        let began = Instant::now();
        let mut tries = Tries::default();
        let outcome = self.tries(operation, &mut tries, fetch).await;
        self.account.times.add(&self.scope().region, operation, began, u64::from(tries.made));
        if let Err(failure) = &outcome
            && matches!(failure.reason, Reason::AccessDenied | Reason::DeniedByScp)
            && tries.made > 0
        {
            self.account.shared.progress.denied.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    async fn tries<O, E, F>(
        &self,
        operation: &'static str,
        tries: &mut Tries,
        fetch: impl Fn() -> F,
    ) -> Result<O, Failure>
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        let shared = &self.account.shared;
        let mut renewed = false;
        loop {
            let before = tries.made;
            let attempt = Box::pin(self.attempt(operation, tries, &fetch));
            let failure = match shared.unless_stopped(attempt).await {
                Some(Ok(output)) => return Ok(output),
                Some(Err(failure)) => failure,
                None => Failure::interrupted(),
            };
            let wait = match failure.retry {
                Retry::No => None,
                Retry::Reauthenticate if renewed => None,
                Retry::Reauthenticate => {
                    renewed = true;
                    if let Some(sent) = tries.sent {
                        self.account.credentials.invalidate(sent).await;
                    }
                    Some(Duration::ZERO)
                }
                Retry::Soon | Retry::Late => Some(backoff(tries.made)),
                Retry::Slower(asked) => Some(asked.unwrap_or_default().max(backoff(tries.made))),
            };
            // A try that was not made, because it was no use or its turn did not come, tells less than the one before.
            let failure = match tries.failure.take() {
                Some(earlier) if tries.made == before && failure.reason != Reason::Interrupted => earlier,
                _ => failure,
            };
            let in_time = |wait| tries.deadline.is_none_or(|deadline| ends_before(wait, deadline));
            match wait {
                Some(wait) if tries.made < shared.limits.max_attempts && in_time(wait) => {
                    tries.failure = Some(failure);
                    self.pause(wait).await;
                }
                _ => return Err(failure),
            }
        }
    }

    /// Waits between two tries, unless the scan is stopped.
    pub(super) async fn pause(&self, wait: Duration) {
        let _ = self.account.shared.unless_stopped(sleep(wait)).await;
    }

    /// One try. Permits are held for the try alone, never while waiting for a token or for the next try.
    async fn attempt<O, E, F>(
        &self,
        operation: &'static str,
        tries: &mut Tries,
        fetch: &impl Fn() -> F,
    ) -> Result<O, Failure>
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        let shared = &self.account.shared;
        // Renewed here if they must be: a request that renews them itself would hold its permits meanwhile.
        self.account.credentials.get().await.map_err(|error| Failure {
            reason: Reason::NoCredentials,
            code: None,
            message: super::session::in_short(&error),
            retry: Retry::No,
        })?;
        let pace = self.pace(operation);
        let turn = Box::pin(self.turn(operation, &pace));
        let held = match tries.deadline {
            None => turn.await?,
            Some(deadline) => timeout_at(deadline, turn).await.unwrap_or_else(|_| Err(late_turn()))?,
        };
        let began = Instant::now();
        tries.deadline.get_or_insert(began + shared.limits.call_timeout);
        tries.sent = Some(SystemTime::now());
        tries.made += 1;
        shared.progress.calls.fetch_add(1, Ordering::Relaxed);
        let request = signed_by(Arc::clone(&self.account.credentials), Box::pin(fetch()));
        let answer = timely(attempt_timeout(&shared.limits, operation), request).await;
        drop(held);
        let outcome = answer.and_then(|answer| answer.map_err(|error| classify(&error)));
        let ended = shared.learn(operation, &pace, outcome.as_ref().err());
        shared.recorder.tried(operation, began, tries.made > 1, ended);
        self.learn(operation, outcome.as_ref().err());
        outcome
    }

    fn pace(&self, operation: &'static str) -> Arc<Pace> {
        let shared = &self.account.shared;
        let region = &self.scope().region;
        rate::pace(
            Some(&self.account.paces),
            &shared.paces,
            region,
            operation,
            shared.limits.politeness,
            shared.clock(),
        )
    }

    /// Waits until a request may leave. The token is taken last, at the moment at which it does: while it is waited
    /// for, no permit is held.
    async fn turn<'a>(&'a self, operation: &'static str, pace: &Pace) -> Result<Held<'a>, Failure> {
        let shared = &self.account.shared;
        let _first = pace.turn.lock().await;
        loop {
            if let Some(failure) = self.hopeless() {
                shared.progress.spared.fetch_add(1, Ordering::Relaxed);
                return Err(failure);
            }
            // As many refusals as four calls could get, and nothing else in between.
            if pace.with(|bucket| bucket.streak()) >= shared.limits.max_attempts.saturating_mul(4) {
                shared.progress.spared.fetch_add(1, Ordering::Relaxed);
                return Err(Failure {
                    reason: Reason::Throttled,
                    code: None,
                    message: format!("not asked: AWS throttles {operation} here, however slowly it is called"),
                    retry: Retry::No,
                });
            }
            let wait = pace.with(|bucket| bucket.until_token(shared.clock()));
            if wait > Duration::ZERO {
                sleep(wait).await;
                continue;
            }
            let permits = shared.permits.acquire(&self.account.in_flight, &self.scope().region, operation);
            let held = permits.await.ok_or_else(Failure::interrupted)?;
            if pace.with(|bucket| bucket.take(shared.clock())).is_ok() {
                return Ok(held);
            }
        }
    }

    /// What a try says of the account and the region.
    fn learn(&self, operation: &'static str, failure: Option<&Failure>) {
        let of = [self.here(), &self.account.experience];
        match failure {
            None => {
                of.iter().for_each(|experience| experience.heard(true));
                self.account.answered.store(true, Ordering::Relaxed);
            }
            Some(failure) if failure.retry == Retry::Late => of.iter().for_each(|experience| experience.unheard()),
            Some(failure) => {
                if failure.code.is_some() {
                    of.iter().for_each(|experience| experience.heard(false));
                }
                if failure.reason == Reason::DeniedByScp {
                    self.here().denied(catalogue::service(operation));
                }
                if matches!(failure.reason, Reason::AccessDenied | Reason::DeniedByScp) {
                    self.account.answered.store(true, Ordering::Relaxed);
                }
            }
        }
    }
}

/// The tries of one call so far.
#[derive(Default)]
struct Tries {
    made: u32,
    /// When the last one left, by the clock on the wall.
    sent: Option<SystemTime>,
    /// From the first one on: how long that one waits for its turn is our own doing, and no fault of AWS.
    deadline: Option<Instant>,
    /// Of the last one.
    failure: Option<Failure>,
}

impl Shared {
    /// What a try says to its bucket, and how it is counted.
    fn learn(&self, operation: &'static str, pace: &Pace, failure: Option<&Failure>) -> Ended {
        match failure {
            Some(failure) if failure.reason == Reason::Throttled => {
                self.progress.throttled.fetch_add(1, Ordering::Relaxed);
                let asked = match failure.retry {
                    Retry::Slower(asked) => asked,
                    _ => None,
                };
                pace.with(|bucket| bucket.throttled(self.clock(), asked));
                Ended::Throttled
            }
            Some(failure) if failure.code.is_none() => Ended::Failed,
            _ => {
                debug_assert!(catalogue::operation(operation).is_some(), "{operation} is in no table");
                pace.with(|bucket| bucket.answered());
                Ended::Answered
            }
        }
    }
}

/// Makes a call of STS, which belongs to no cell, as often as the limits allow.
///
/// It waits for its turn and holds no permit: others may hold theirs until it gives them credentials.
///
/// # Errors
/// Why the last try failed.
pub(super) async fn insist<O, E, F>(
    shared: &Shared,
    operation: &'static str,
    fetch: impl Fn() -> F,
) -> Result<O, Failure>
where
    E: ServiceError,
    F: Future<Output = Answer<O, E>>,
{
    let pace = rate::pace(None, &shared.paces, &Region::global(), operation, shared.limits.politeness, shared.clock());
    let deadline = Instant::now() + shared.limits.call_timeout;
    let mut attempt = 1;
    loop {
        {
            let _first = pace.turn.lock().await;
            while let Err(wait) = pace.with(|bucket| bucket.take(shared.clock())) {
                sleep(wait).await;
            }
        }
        let began = Instant::now();
        shared.progress.calls.fetch_add(1, Ordering::Relaxed);
        let answer = timely(attempt_timeout(&shared.limits, operation), Box::pin(fetch())).await;
        let outcome = answer.and_then(|answer| answer.map_err(|error| classify(&error)));
        let ended = shared.learn(operation, &pace, outcome.as_ref().err());
        shared.recorder.tried(operation, began, attempt > 1, ended);
        let failure = match outcome {
            Ok(output) => return Ok(output),
            Err(failure) => failure,
        };
        let wait = match failure.retry {
            Retry::No | Retry::Reauthenticate => return Err(failure),
            Retry::Soon | Retry::Late => backoff(attempt),
            Retry::Slower(asked) => asked.unwrap_or_default().max(backoff(attempt)),
        };
        attempt += 1;
        if attempt > shared.limits.max_attempts || !ends_before(wait, deadline) {
            return Err(failure);
        }
        sleep(wait).await;
    }
}

/// A try's turn did not come before the deadline of its call.
fn late_turn() -> Failure {
    let message = "its turn did not come in time".to_owned();
    Failure { reason: Reason::TimedOut, code: None, message, retry: Retry::No }
}

/// The longest that one try of an operation may take: AWS gathers for a while what this one lists.
fn attempt_timeout(limits: &Limits, operation: &str) -> Duration {
    let longer = operation == "iam:GetAccountAuthorizationDetails";
    if longer { limits.attempt_timeout.saturating_mul(2) } else { limits.attempt_timeout }
}

/// The outcome of one try, if it comes in time.
///
/// NOTE: an SDK request is a future of many kilobytes, and each function that a future is handed through holds it once
/// more: callers box it, or the futures of a whole account grow beyond a thread's stack. The same goes for what waits
/// here: tens of thousands of calls wait for their turn at once, each with all that leads to it.
async fn timely<T>(longest: Duration, work: impl Future<Output = T>) -> Result<T, Failure> {
    timeout(longest, work).await.map_err(|_| Failure {
        reason: Reason::TimedOut,
        code: None,
        message: format!("no answer within {} s", longest.as_secs_f32()),
        retry: Retry::Late,
    })
}

pub(super) fn says(failure: &Failure, codes: &[&str]) -> bool {
    failure.code.as_deref().is_some_and(|code| codes.contains(&code))
}

/// Whether a wait is over before the deadline. The endpoint says how long, and may say anything.
fn ends_before(wait: Duration, deadline: Instant) -> bool {
    Instant::now().checked_add(wait).is_some_and(|end| end < deadline)
}

/// Full jitter: anything up to 50 ms doubled with each try, at most 20 s.
fn backoff(attempt: u32) -> Duration {
    let ceiling = Duration::from_millis(50).saturating_mul(1 << attempt.min(9)).min(Duration::from_secs(20));
    ceiling.mul_f64(fastrand::f64())
}
