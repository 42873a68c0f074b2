//! Calls: one try after another, page after page, and how they ended.

use std::collections::HashSet;
use std::future::Future;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::time::{Instant, sleep, timeout};

use crate::inventory::{Outcome, Reason};

use super::classify::{Failure, Retry, classify};
use super::reader::{Limits, Reader};

/// No list of ours is longer; a server that goes on for ever is.
const MAX_PAGES: usize = 100_000;

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
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        self.list(operation, nothing, fetch, split).await.0
    }

    /// The items, and whether they are all.
    async fn list<T, O, E, F>(
        &self,
        operation: &'static str,
        nothing: &[&str],
        fetch: impl Fn(Option<String>) -> F,
        split: impl Fn(O) -> (Vec<T>, Option<String>),
    ) -> (Vec<T>, bool)
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        let (mut items, mut seen, mut token) = (Vec::new(), HashSet::new(), None);
        for page in 0..MAX_PAGES {
            match self.call(|| fetch(token.clone())).await {
                Ok(output) => {
                    let (more, next) = split(output);
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

    /// As [`Reader::pages`], but none unless every page was read: for the parts
    /// of one resource, of which some are not enough.
    pub async fn all_pages<T, O, E, F>(
        &self,
        operation: &'static str,
        fetch: impl Fn(Option<String>) -> F,
        split: impl Fn(O) -> (Vec<T>, Option<String>),
    ) -> Option<Vec<T>>
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        let (items, complete) = self.list(operation, &[], fetch, split).await;
        complete.then_some(items)
    }

    /// Makes a call that has one answer, and records how it ended; none if it failed.
    pub async fn one<O, E, F>(&self, operation: &'static str, fetch: impl Fn() -> F) -> Option<O>
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        self.one_or(operation, &[], fetch).await
    }

    /// As [`Reader::one`]; an error with one of the codes in `nothing` says that there is none.
    pub async fn one_or<O, E, F>(&self, operation: &'static str, nothing: &[&str], fetch: impl Fn() -> F) -> Option<O>
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        match self.call(fetch).await {
            Ok(output) => {
                self.record(operation, Outcome::Complete);
                Some(output)
            }
            Err(failure) if says(&failure, nothing) => {
                self.record(operation, Outcome::Complete);
                None
            }
            Err(failure) => {
                self.gap(operation, failure.reason, failure.message, false);
                None
            }
        }
    }

    /// Makes a call, with as many tries as the limits allow; records nothing.
    ///
    /// # Errors
    /// Why the last try failed.
    pub async fn call<O, E, F>(&self, fetch: impl Fn() -> F) -> Result<O, Failure>
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        let shared = &self.account.shared;
        let deadline = Instant::now() + shared.limits.call_timeout;
        let mut renewed = false;
        let mut attempt = 1;
        loop {
            let started = SystemTime::now();
            let failure = match self.attempt(&fetch).await {
                Ok(output) => return Ok(output),
                Err(failure) => failure,
            };
            let wait = match failure.retry {
                Retry::No => None,
                Retry::Reauthenticate if renewed => None,
                Retry::Reauthenticate => {
                    renewed = true;
                    self.account.credentials.invalidate(started).await;
                    Some(Duration::ZERO)
                }
                Retry::Soon => Some(backoff(attempt)),
                Retry::Slower(asked) => Some(asked.unwrap_or_default().max(backoff(attempt))),
            };
            attempt += 1;
            match wait {
                Some(wait) if attempt <= shared.limits.max_attempts && ends_before(wait, deadline) => {
                    self.pause(wait).await;
                }
                _ => {
                    if matches!(failure.reason, Reason::AccessDenied | Reason::DeniedByScp) {
                        shared.progress.denied.fetch_add(1, Ordering::Relaxed);
                    }
                    return Err(failure);
                }
            }
        }
    }

    /// Waits between two tries, unless the scan is stopped.
    async fn pause(&self, wait: Duration) {
        let _ = self.account.shared.unless_stopped(sleep(wait)).await;
    }

    /// One try. Permits are held for the try alone, never while waiting for the next.
    async fn attempt<O, E, F>(&self, fetch: &impl Fn() -> F) -> Result<O, Failure>
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        let shared = &self.account.shared;
        let interrupted = || Failure {
            reason: Reason::Interrupted,
            code: None,
            message: "the scan was interrupted".to_owned(),
            retry: Retry::No,
        };
        let work = async {
            // Closed only when the scan's state is gone, and then nobody waits for the answer.
            let _account = self.account.in_flight.acquire().await.map_err(|_| interrupted())?;
            let _global = shared.in_flight.acquire().await.map_err(|_| interrupted())?;
            shared.progress.calls.fetch_add(1, Ordering::Relaxed);
            timely(&shared.limits, fetch()).await
        };
        let answer = shared.unless_stopped(work).await.ok_or_else(interrupted)??;
        match answer {
            Ok(output) => {
                self.account.answered.store(true, Ordering::Relaxed);
                Ok(output)
            }
            Err(error) => {
                let failure = classify(&error);
                if failure.reason == Reason::Throttled {
                    shared.progress.throttled.fetch_add(1, Ordering::Relaxed);
                }
                if matches!(failure.reason, Reason::AccessDenied | Reason::DeniedByScp) {
                    self.account.answered.store(true, Ordering::Relaxed);
                }
                Err(failure)
            }
        }
    }
}

/// Makes a call that belongs to no cell, as often as the limits allow.
///
/// # Errors
/// Why the last try failed.
pub(super) async fn insist<O, E, F>(limits: &Limits, fetch: impl Fn() -> F) -> Result<O, Failure>
where
    E: ServiceError,
    F: Future<Output = Answer<O, E>>,
{
    let deadline = Instant::now() + limits.call_timeout;
    let mut attempt = 1;
    loop {
        let failure = match timely(limits, fetch()).await {
            Ok(Ok(output)) => return Ok(output),
            Ok(Err(error)) => classify(&error),
            Err(failure) => failure,
        };
        let wait = match failure.retry {
            Retry::No | Retry::Reauthenticate => return Err(failure),
            Retry::Soon => backoff(attempt),
            Retry::Slower(asked) => asked.unwrap_or_default().max(backoff(attempt)),
        };
        attempt += 1;
        if attempt > limits.max_attempts || !ends_before(wait, deadline) {
            return Err(failure);
        }
        sleep(wait).await;
    }
}

/// The outcome of one try, if it comes in time.
async fn timely<T>(limits: &Limits, work: impl Future<Output = T>) -> Result<T, Failure> {
    timeout(limits.attempt_timeout, work).await.map_err(|_| Failure {
        reason: Reason::TimedOut,
        code: None,
        message: format!("no answer within {} s", limits.attempt_timeout.as_secs_f32()),
        retry: Retry::Soon,
    })
}

fn says(failure: &Failure, codes: &[&str]) -> bool {
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
