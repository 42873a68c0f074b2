//! The SDK's clients: one for each service and region, whichever account asks.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_config::SdkConfig;

/// Clients that all accounts share. Requests are signed one by one, with the credentials of whoever makes them
/// (`credentials::signed_by`).
///
/// NOTE: a client is 20 KiB and takes 20 us to make. One for each account, region and service would be hundreds of
/// megabytes at once, the largest part of a scan's memory.
pub(super) struct Clients {
    config: SdkConfig,
    made: Mutex<HashMap<(TypeId, String), Box<dyn Any + Send>>>,
}

impl Clients {
    /// `config` has the provider of whoever makes a request, and no region.
    pub fn new(config: SdkConfig) -> Clients {
        Clients { config, made: Mutex::default() }
    }

    /// The client of its type in a region; made if nobody asked for it before.
    pub fn get<C: Clone + Send + 'static>(&self, region: &str, make: impl FnOnce(&SdkConfig) -> C) -> C {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (TypeId::of::<C>(), region.to_owned());
        if let Some(client) = made.get(&key).and_then(|client| client.downcast_ref::<C>()) {
            return client.clone();
        }
        let config = self.config.to_builder().region(aws_config::Region::new(region.to_owned())).build();
        let client = make(&config);
        made.insert(key, Box::new(client.clone()));
        client
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use aws_config::BehaviorVersion;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::super::credentials::{Credentials, OfRequest, signed_by};
    use super::*;

    fn credentials(key: &str) -> Arc<Credentials> {
        let key = aws_credential_types::Credentials::new(key, "secret", None, None, "test");
        Arc::new(Credentials::new(SharedCredentialsProvider::new(key)))
    }

    /// Answers nothing but errors, and tells each request's `authorization` header.
    async fn authorizations(listener: TcpListener, told: tokio::sync::mpsc::UnboundedSender<String>) {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).await.is_ok() {
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap();
            let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization:"));
            told.send(line.unwrap_or_default().to_owned()).unwrap();
            let _ = stream.write_all(b"HTTP/1.1 403 no\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        }
    }

    #[tokio::test]
    async fn requests_of_one_client_are_signed_as_whoever_makes_them() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = aws_config::SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
            .credentials_provider(SharedCredentialsProvider::new(OfRequest))
            .identity_cache(aws_config::identity::IdentityCache::no_cache())
            .build();
        let (send, mut told) = tokio::sync::mpsc::unbounded_channel();
        let server = tokio::spawn(authorizations(listener, send));
        let clients = Clients::new(config);
        let client = |region: &str| clients.get(region, |config| aws_sdk_ec2::Client::new(config));
        let asks = |client: aws_sdk_ec2::Client| async move { client.describe_vpcs().send().await };

        // Both at once, on one thread, so that each is polled between the other's polls.
        let (here, there) = (client("eu-west-1"), client("eu-west-1"));
        let (one, other) = (credentials("AKIAONE"), credentials("AKIAOTHER"));
        let (a, b) = tokio::join!(signed_by(one, asks(here)), signed_by(other, asks(there)));
        assert!(a.is_err() && b.is_err());
        let mut both = [told.recv().await.unwrap(), told.recv().await.unwrap()];
        both.sort();
        assert!(both[0].contains("AKIAONE/") && both[0].contains("/eu-west-1/"), "{both:?}");
        assert!(both[1].contains("AKIAOTHER/") && both[1].contains("/eu-west-1/"), "{both:?}");

        let _ = signed_by(credentials("AKIAONE"), asks(client("us-east-1"))).await;
        assert!(told.recv().await.unwrap().contains("/us-east-1/"), "another region is another client");

        // Nobody says whose it is: it is not sent.
        let error = asks(client("eu-west-1")).await.unwrap_err();
        let text = aws_smithy_types::error::display::DisplayErrorContext(&error).to_string();
        assert!(text.contains("nobody says whose this request is"), "{text}");
        assert!(told.try_recv().is_err(), "a request without credentials left the process");
        server.abort();
    }
}
