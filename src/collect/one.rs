//! Calls that have one answer, and how they ended.

use std::future::Future;

use crate::inventory::Outcome;

use super::call::{Answer, ServiceError, says};
use super::reader::Reader;

impl Reader {
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
        self.one_or_none(operation, nothing, fetch).await.flatten()
    }

    /// As [`Reader::one_or`], for calls that are made of many resources: that there is none is an answer too.
    pub async fn one_or_none<O, E, F>(
        &self,
        operation: &'static str,
        nothing: &[&str],
        fetch: impl Fn() -> F,
    ) -> Option<Option<O>>
    where
        E: ServiceError,
        F: Future<Output = Answer<O, E>>,
    {
        match self.call(operation, fetch).await {
            Ok(output) => {
                self.record(operation, Outcome::Complete);
                Some(Some(output))
            }
            Err(failure) if says(&failure, nothing) => {
                self.record(operation, Outcome::Complete);
                Some(None)
            }
            Err(failure) => {
                self.gap(operation, failure.reason, failure.message, false);
                None
            }
        }
    }
}
