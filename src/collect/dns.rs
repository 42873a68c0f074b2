//! Names to addresses, each looked up once a minute: the system's resolver
//! remembers nothing, and thousands of connections are to the same few hosts.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// The system does not say how long an answer holds; AWS's hold for about a minute.
const FRESH: Duration = Duration::from_secs(60);
/// While lookups fail, an answer of at most this age is better than none.
const STALE: Duration = Duration::from_secs(5 * 60);
/// Each lookup holds a thread.
const AT_ONCE: usize = 16;

type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
type Lookup = Box<dyn Fn(String) -> Looking + Send + Sync>;

/// A cache before the system's resolver.
#[derive(Clone)]
pub struct CachingResolver(Arc<Inner>);

struct Inner {
    lookup: Lookup,
    permits: Semaphore,
    names: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Option<Known>>>>>,
}

#[derive(Clone)]
struct Known {
    addresses: Vec<IpAddr>,
    at: Instant,
}

impl CachingResolver {
    pub fn system() -> CachingResolver {
        CachingResolver::new(Box::new(|name| {
            Box::pin(async move {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            })
        }))
    }

    fn new(lookup: Lookup) -> CachingResolver {
        CachingResolver(Arc::new(Inner { lookup, permits: Semaphore::new(AT_ONCE), names: Mutex::default() }))
    }

    async fn resolve(&self, name: &str, now: Instant) -> Result<Vec<IpAddr>, ResolveDnsError> {
        let known = {
            let mut names = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(names.entry(name.to_owned()).or_default())
        };
        // Held while it is looked up: all who want the name wait for one lookup.
        let mut known = known.lock().await;
        let age = |known: &Known| now.saturating_duration_since(known.at);
        if let Some(known) = known.as_ref().filter(|known| age(known) < FRESH) {
            return Ok(known.addresses.clone());
        }
        let _permit = self.0.permits.acquire().await.map_err(ResolveDnsError::new)?;
        match (self.0.lookup)(name.to_owned()).await {
            Ok(addresses) if !addresses.is_empty() => {
                *known = Some(Known { addresses: addresses.clone(), at: now });
                Ok(addresses)
            }
            failed => match known.as_ref().filter(|known| age(known) < STALE) {
                Some(known) => Ok(known.addresses.clone()),
                None => Err(ResolveDnsError::new(
                    failed
                        .err()
                        .unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("{name} has no address"))),
                )),
            },
        }
    }
}

impl ResolveDns for CachingResolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(self.resolve(name, Instant::now()))
    }
}

impl fmt::Debug for CachingResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CachingResolver")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Counts lookups, and those under way at once; the first ones succeed.
    struct Counted {
        resolver: CachingResolver,
        made: Arc<AtomicUsize>,
        most: Arc<AtomicUsize>,
    }

    fn counted(succeed: usize) -> Counted {
        let (made, under_way, most) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (count, peak) = (Arc::clone(&made), Arc::clone(&most));
        let lookup = move |_| -> Looking {
            let number = count.fetch_add(1, Ordering::SeqCst);
            let (under_way, peak) = (Arc::clone(&under_way), Arc::clone(&peak));
            Box::pin(async move {
                peak.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                for _ in 0..5 {
                    tokio::task::yield_now().await;
                }
                under_way.fetch_sub(1, Ordering::SeqCst);
                if number < succeed { Ok(vec![IpAddr::from([127, 0, 0, 1])]) } else { Err(io::Error::other("no")) }
            })
        };
        Counted { resolver: CachingResolver::new(Box::new(lookup)), made, most }
    }

    #[tokio::test]
    async fn a_name_is_looked_up_once_a_minute() {
        let of = counted(usize::MAX);
        let now = Instant::now();
        let all = futures::future::join_all((0..100).map(|_| of.resolver.resolve("a", now))).await;
        assert!(all.into_iter().all(|found| found.unwrap() == [IpAddr::from([127, 0, 0, 1])]));
        of.resolver.resolve("a", now + FRESH - Duration::from_millis(1)).await.unwrap();
        assert_eq!(of.made.load(Ordering::SeqCst), 1);
        of.resolver.resolve("a", now + FRESH).await.unwrap();
        assert_eq!(of.made.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn an_old_answer_is_better_than_none_for_a_while() {
        let of = counted(1);
        let now = Instant::now();
        of.resolver.resolve("a", now).await.unwrap();
        of.resolver.resolve("a", now + STALE - Duration::from_millis(1)).await.unwrap();
        assert!(of.resolver.resolve("a", now + STALE).await.is_err());
        assert!(of.resolver.resolve("b", now).await.is_err());
        assert_eq!(of.made.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    async fn sixteen_names_are_looked_up_at_once() {
        let of = counted(usize::MAX);
        let now = Instant::now();
        let names: Vec<String> = (0..100).map(|n| format!("host-{n}")).collect();
        futures::future::join_all(names.iter().map(|name| of.resolver.resolve(name, now))).await;
        assert_eq!((of.made.load(Ordering::SeqCst), of.most.load(Ordering::SeqCst)), (100, AT_ONCE));
    }
}
