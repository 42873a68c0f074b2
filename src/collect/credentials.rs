//! Credentials of one account: asked for once, kept until shortly before they
//! expire, asked for again when AWS refuses them as expired.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use tokio::sync::Mutex;

/// The part of their life after which credentials are renewed, so that no request carries ones that lapse on the way.
const RENEW_AFTER: f64 = 0.8;

/// A provider's credentials, kept.
///
/// NOTE: the SDK's own cache is shared by all accounts, holds 64 identities and
/// throws out any of them; and it is switched off inside its assume-role
/// provider. So each account has this one, and the SDK's is switched off.
pub struct Credentials {
    inner: SharedCredentialsProvider,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    credentials: aws_credential_types::Credentials,
    obtained: SystemTime,
    /// None if they do not expire.
    renew_at: Option<SystemTime>,
}

impl Credentials {
    pub fn new(inner: SharedCredentialsProvider) -> Credentials {
        Credentials { inner, kept: Mutex::new(None) }
    }

    /// Forgets credentials that were there at a time: the next request asks the provider again.
    ///
    /// All requests that are under way find theirs expired at once. The first
    /// to say so renews them, and the others must not throw the new ones away.
    pub async fn invalidate(&self, used: SystemTime) {
        let mut kept = self.kept.lock().await;
        if kept.as_ref().is_some_and(|kept| kept.obtained <= used) {
            *kept = None;
        }
    }

    /// Kept or new credentials.
    ///
    /// # Errors
    /// Those of the provider.
    pub async fn get(&self) -> Result<aws_credential_types::Credentials, CredentialsError> {
        // Held while the provider is asked, so that many requests at once ask once.
        let mut kept = self.kept.lock().await;
        let now = SystemTime::now();
        match &*kept {
            Some(kept) if kept.renew_at.is_none_or(|renew_at| now < renew_at) => Ok(kept.credentials.clone()),
            _ => {
                let credentials = self.inner.provide_credentials().await?;
                let life = |expiry: SystemTime| expiry.duration_since(now).unwrap_or(Duration::ZERO);
                let renew_at = credentials.expiry().map(|expiry| now + life(expiry).mul_f64(RENEW_AFTER));
                *kept = Some(Kept { credentials: credentials.clone(), obtained: SystemTime::now(), renew_at });
                Ok(credentials)
            }
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // INVARIANT: no secret in any log.
        f.write_str("Credentials")
    }
}

tokio::task_local! {
    static OF_REQUEST: Arc<Credentials>;
}

/// A request that is signed with these credentials, if its client has [`OfRequest`].
pub(super) fn signed_by<F: Future>(credentials: Arc<Credentials>, request: F) -> impl Future<Output = F::Output> {
    OF_REQUEST.scope(credentials, request)
}

/// The credentials of the request that is under way: the provider of clients that all accounts share.
///
/// INVARIANT: a request that nobody said the credentials of is not sent; there are no others to fall back on.
#[derive(Debug)]
pub(super) struct OfRequest;

impl ProvideCredentials for OfRequest {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            match OF_REQUEST.try_with(Arc::clone) {
                Ok(credentials) => credentials.get().await,
                Err(_) => Err(CredentialsError::not_loaded("nobody says whose this request is")),
            }
        })
    }
}
