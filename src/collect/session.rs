//! From the user's environment to credentials: the SDK's own sources, then a
//! role in each account.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::arn::{AccountId, Arn, Partition};
use crate::config::targets::RoleSettings;
use crate::inventory::Reason;

use super::call::insist;
use super::clients::Clients;
use super::credentials::{Credentials, OfRequest};
use super::dns::CachingResolver;
use super::guard::{ReadOnly, WholeBody};
use super::reader::Limits;
use super::scan::CollectError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// AWS closes idle connections at a time of its own; one that we close first is never used too late.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// The region that answers for what a partition keeps once.
pub(super) fn home_region(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws => "us-east-1",
        Partition::AwsCn => "cn-north-1",
        Partition::AwsUsGov => "us-gov-west-1",
        Partition::AwsEusc => "eusc-de-east-1",
        Partition::AwsIso => "us-iso-east-1",
        Partition::AwsIsoB => "us-isob-east-1",
    }
}

/// Who is running this, and how to reach AWS.
pub(super) struct Base {
    /// Signs as the caller.
    config: SdkConfig,
    pub clients: Arc<Clients>,
    pub credentials: Arc<Credentials>,
    pub account: AccountId,
    pub partition: Partition,
    pub caller: Arn,
    shared: Arc<super::reader::Shared>,
    /// The last of the roles between, once for all accounts.
    via: OnceLock<SdkConfig>,
}

/// Where requests go and who signs them.
#[derive(Debug, Clone)]
pub enum Environment {
    /// All of the SDK's own sources: environment, profiles, SSO, container and instance metadata, endpoints.
    User { profile: Option<String> },
    /// One endpoint and one key, and nothing of the user's environment: the demo's.
    Fixed { endpoint: String, access_key_id: String, secret_access_key: String },
}

impl Environment {
    /// The SDK's own words tell each source that it tried on a line; one sentence keeps the last that says something.
    fn why_none(&self, error: &CredentialsError) -> String {
        let why = in_short(error);
        let why = why.lines().next().unwrap_or("").trim_end_matches([':', '.']);
        let why = why.trim_end_matches(" Attempted").trim_end_matches('.');
        let named = match self {
            Environment::User { profile: Some(profile) } => Some(profile.clone()),
            _ => std::env::var("AWS_PROFILE").ok().filter(|profile| !profile.is_empty()),
        };
        match named {
            Some(profile) => format!("profile `{profile}` gives none ({why})"),
            None => why.to_owned(),
        }
    }

    async fn load(&self, limits: &Limits) -> Result<SdkConfig, CollectError> {
        // The tries are timed in call.rs, each by its operation; this is for whatever the SDK asks by itself. All
        // clients have the same: for others the SDK would make another pool of connections.
        let timeouts = aws_config::timeout::TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(limits.attempt_timeout.saturating_mul(2))
            .build();
        // Tries, waits and permits are ours (call.rs): the SDK's retry state is shared by all accounts.
        let retries = aws_config::retry::RetryConfig::disabled();
        let stalls = StalledStreamProtectionConfig::enabled().grace_period(Duration::from_secs(60)).build();
        let no_cache = aws_config::identity::IdentityCache::no_cache();
        let behavior = BehaviorVersion::v2026_01_12();
        match self {
            Environment::User { profile } => {
                let mut loader = aws_config::defaults(behavior)
                    .http_client(http_client(limits)?)
                    .retry_config(retries)
                    .identity_cache(no_cache)
                    .timeout_config(timeouts)
                    .stalled_stream_protection(stalls);
                if let Some(profile) = profile {
                    loader = loader.profile_name(profile);
                }
                if let Ok(name) = aws_config::AppName::new("driftline") {
                    loader = loader.app_name(name);
                }
                Ok(loader.load().await)
            }
            Environment::Fixed { endpoint, access_key_id, secret_access_key } => {
                let key =
                    aws_credential_types::Credentials::new(access_key_id, secret_access_key, None, None, "driftline");
                Ok(SdkConfig::builder()
                    .behavior_version(behavior)
                    .http_client(http_client(limits)?)
                    .retry_config(retries)
                    .identity_cache(no_cache)
                    .timeout_config(timeouts)
                    .stalled_stream_protection(stalls)
                    .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(
                        aws_smithy_async::rt::sleep::TokioSleep::new(),
                    ))
                    .endpoint_url(endpoint)
                    .region(aws_config::Region::new("us-east-1"))
                    .credentials_provider(SharedCredentialsProvider::new(key))
                    .build())
            }
        }
    }
}

impl Base {
    /// Loads the SDK's configuration and asks AWS whose credentials these are.
    ///
    /// # Errors
    /// No credentials, ones that AWS refuses, or an endpoint that does not answer.
    pub async fn load(environment: &Environment, shared: &Arc<super::reader::Shared>) -> Result<Base, CollectError> {
        let config = environment.load(&shared.limits).await?;
        let provider = config
            .credentials_provider()
            .ok_or_else(|| CollectError::NoCredentials("none are configured".to_owned()))?;
        let credentials = Arc::new(Credentials::new(provider));
        // Asked before any call, so that "none" is told from "refused".
        credentials.get().await.map_err(|error| CollectError::NoCredentials(environment.why_none(&error)))?;
        let region = config.region().map_or("us-east-1", |region| region.as_ref()).to_owned();
        let config = with_credentials(&config, Arc::clone(&credentials), &region);
        let sts = sts(&config);
        let identity = insist(shared, "sts:GetCallerIdentity", || sts.get_caller_identity().send()).await;
        let identity = identity.map_err(|failure| match failure.reason {
            Reason::AccessDenied
            | Reason::DeniedByScp
            | Reason::NoCredentials
            | Reason::RegionDisabled
            | Reason::Rejected => CollectError::Refused(failure.message),
            // Whatever answered, if anything did, is not an AWS that works.
            _ => {
                let at = config.endpoint_url().map(|url| format!("{url}: ")).unwrap_or_default();
                CollectError::Unreachable(format!("{at}{}", failure.message))
            }
        })?;
        let missing = || CollectError::Refused("sts:GetCallerIdentity names no account".to_owned());
        let caller: Arn = identity.arn().and_then(|arn| arn.parse().ok()).ok_or_else(missing)?;
        let account: AccountId = identity.account().and_then(|id| id.parse().ok()).ok_or_else(missing)?;
        let partition = caller.partition().parse().map_err(|_| missing())?;
        let of_request = SharedCredentialsProvider::new(OfRequest);
        // A body that stalls does not come in time, which call.rs sees: to watch each piece of each costs CPU. What the
        // SDK asks by itself keeps its watch.
        let of_calls = config.to_builder().credentials_provider(of_request);
        let of_calls = of_calls.stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        let clients = Arc::new(Clients::new(of_calls.build()));
        Ok(Base {
            config,
            clients,
            credentials,
            account,
            partition,
            caller,
            shared: Arc::clone(shared),
            via: OnceLock::new(),
        })
    }

    /// Credentials for an account, by assuming its role.
    pub fn assume(&self, account: &AccountId, settings: &RoleSettings) -> Arc<Credentials> {
        let region = self.config.region().map_or(home_region(self.partition), |region| region.as_ref()).to_owned();
        // Every account is entered from the same place.
        let from = self.via.get_or_init(|| {
            let chain = settings.via.iter();
            chain.fold(self.config.clone(), |from, role| {
                let credentials = self.enter(&from, role.to_string(), settings, None);
                with_credentials(&from, credentials, &region)
            })
        });
        let role = settings.role.arn_in(self.partition, account);
        self.enter(from, role, settings, settings.external_id.clone())
    }

    fn enter(
        &self,
        from: &SdkConfig,
        role: String,
        settings: &RoleSettings,
        external_id: Option<String>,
    ) -> Arc<Credentials> {
        let provider = AssumedRole {
            sts: sts(from),
            role,
            session_name: settings.session_name.clone(),
            external_id,
            duration_seconds: settings.duration_seconds,
            shared: Arc::clone(&self.shared),
        };
        Arc::new(Credentials::new(SharedCredentialsProvider::new(provider)))
    }
}

fn with_credentials(config: &SdkConfig, credentials: Arc<Credentials>, region: &str) -> SdkConfig {
    config
        .to_builder()
        .region(aws_config::Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(Shared(credentials)))
        .build()
}

/// The SDK's own, without its looking whether it could connect whenever a service's client is made.
///
/// NOTE: for that it reads every root certificate anew, which is milliseconds. A region's clients together would cost
/// more than all of its calls. Connections themselves are made by what is kept of the first request.
#[derive(Debug)]
struct Connections(SharedHttpClient);

impl HttpClient for Connections {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

/// One client for all accounts: requests are signed one by one, connections need not be apart.
fn http_client(limits: &Limits) -> Result<SharedHttpClient, CollectError> {
    let mut tls = TlsContext::builder();
    if let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) {
        let pem = std::fs::read(&path).map_err(|error| {
            CollectError::Setting(format!("cannot read `{}`, named by AWS_CA_BUNDLE: {error}", path.display()))
        })?;
        tls = tls.with_trust_store(TrustStore::empty().with_pem_certificate(pem.as_slice()));
    }
    let tls =
        tls.build().map_err(|error| CollectError::Setting(format!("the TLS settings are not usable: {error}")))?;
    // NOTE: the SDK's client heeds HTTPS_PROXY, HTTP_PROXY and NO_PROXY only if it is told to.
    let proxy = ProxyConfig::from_env();
    let resolver = CachingResolver::system();
    let builder = aws_smithy_http_client::Builder::new().pool_idle_timeout(IDLE_TIMEOUT);
    let builder = builder.pool_max_idle_per_host(limits.max_idle_per_host);
    let client = builder.build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(proxy.clone());
        if let Some(settings) = settings {
            connector = connector.connector_settings(settings.clone());
        }
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(tls.clone())
            .build_with_resolver(resolver.clone())
    });
    Ok(SharedHttpClient::new(Connections(client)))
}

fn sts(config: &SdkConfig) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::config::Builder::from(config).interceptor(ReadOnly).interceptor(WholeBody).build();
    aws_sdk_sts::Client::from_conf(config)
}

pub(super) fn in_short(error: &dyn std::error::Error) -> String {
    // The outermost text says only that loading failed; the innermost says why.
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[derive(Debug)]
struct Shared(Arc<Credentials>);

impl ProvideCredentials for Shared {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.0.get())
    }
}

struct AssumedRole {
    sts: aws_sdk_sts::Client,
    role: String,
    session_name: String,
    external_id: Option<String>,
    duration_seconds: i32,
    shared: Arc<super::reader::Shared>,
}

impl std::fmt::Debug for AssumedRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AssumedRole({})", self.role)
    }
}

impl AssumedRole {
    async fn assume(&self) -> aws_credential_types::provider::Result {
        let output = insist(&self.shared, "sts:AssumeRole", || {
            self.sts
                .assume_role()
                .role_arn(&self.role)
                .role_session_name(&self.session_name)
                .set_external_id(self.external_id.clone())
                .duration_seconds(self.duration_seconds)
                .send()
        });
        let output = output.await.map_err(|failure| {
            CredentialsError::provider_error(format!("cannot assume {}: {}", self.role, failure.message))
        })?;
        let given = output.credentials().ok_or_else(|| {
            CredentialsError::provider_error(format!("cannot assume {}: the answer holds no credentials", self.role))
        })?;
        let expiry = std::time::SystemTime::try_from(*given.expiration()).map_err(|_| {
            CredentialsError::provider_error(format!("cannot assume {}: the session's end is no time", self.role))
        })?;
        Ok(aws_credential_types::Credentials::new(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token().to_owned()),
            Some(expiry),
            "AssumeRole",
        ))
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}
