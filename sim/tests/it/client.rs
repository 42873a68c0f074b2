//! A client that knows nothing about AWS beyond how a request is addressed.

use std::io;

use driftline_sim::{Faults, Organization, Server, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An organization whose dates do not move.
pub fn organization() -> Organization {
    Organization { now: 1_780_000_000, ..Organization::default() }
}

/// Serves on a free port.
pub async fn start(org: Organization, faults: Faults) -> Server {
    serve(([127, 0, 0, 1], 0).into(), org, faults).await.expect("a loopback port is free")
}

#[derive(Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Reply {
    /// The texts of all elements with this tag.
    pub fn texts(&self, tag: &str) -> Vec<&str> {
        texts(&self.body, tag)
    }

    /// The text of the first element with this tag.
    pub fn text(&self, tag: &str) -> Option<&str> {
        self.texts(tag).first().copied()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }
}

/// The texts of all elements with this tag, in order, nested ones included.
pub fn texts<'a>(body: &'a str, tag: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    body.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).collect()
}

/// The elements of a list, without those of lists inside.
pub fn items<'a>(body: &'a str, set: &str) -> Vec<&'a str> {
    let Some(start) = body.find(&format!("<{set}>")) else {
        return Vec::new();
    };
    let inside = &body[start + set.len() + 2..];
    let mut found = Vec::new();
    let (mut depth, mut at, mut begin) = (0, 0, 0);
    while let Some(next) = inside[at..].find('<') {
        at += next;
        let rest = &inside[at..];
        if rest.starts_with("<item>") {
            depth += 1;
            if depth == 1 {
                begin = at + 6;
            }
        } else if rest.starts_with("</item>") {
            depth -= 1;
            if depth == 0 {
                found.push(&inside[begin..at]);
            }
        } else if depth == 0 {
            break;
        }
        at += 1;
    }
    found
}

/// Credentials and where to send requests.
#[derive(Clone)]
pub struct Client {
    pub addr: std::net::SocketAddr,
    pub key: String,
    pub token: Option<String>,
}

impl Client {
    /// The operator in the management account.
    pub fn operator(server: &Server) -> Client {
        Client { addr: server.addr(), key: server.organization().operator_credentials().0, token: None }
    }

    /// The audit role in an account.
    pub async fn assume(&self, account: &str) -> Client {
        let reply = self.query("us-east-1", "sts", &assume_body(account)).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        Client {
            addr: self.addr,
            key: reply.text("AccessKeyId").expect("a key").to_owned(),
            token: Some(reply.text("SessionToken").expect("a token").to_owned()),
        }
    }

    /// A form request to EC2, IAM or STS.
    pub async fn query(&self, region: &str, service: &str, body: &str) -> Reply {
        let kind = "content-type: application/x-www-form-urlencoded\r\n";
        self.send("POST", "/", region, service, kind, body).await.expect("a reply")
    }

    pub async fn ec2(&self, region: &str, action: &str) -> Reply {
        let body = format!("Action={action}&Version=2016-11-15");
        self.query(region, "ec2", &body).await
    }

    pub async fn iam(&self, action: &str) -> Reply {
        let body = format!("Action={action}&Version=2010-05-08");
        self.query("us-east-1", "iam", &body).await
    }

    /// A request with a target header.
    pub async fn target(&self, region: &str, service: &str, target: &str, body: &str) -> Reply {
        let kind = format!("content-type: application/x-amz-json-1.1\r\nx-amz-target: {target}\r\n");
        self.send("POST", "/", region, service, &kind, body).await.expect("a reply")
    }

    /// A REST request.
    pub async fn rest(&self, region: &str, service: &str, method: &str, path: &str) -> Reply {
        self.send(method, path, region, service, "", "").await.expect("a reply")
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        region: &str,
        service: &str,
        headers: &str,
        body: &str,
    ) -> io::Result<Reply> {
        let token = self.token.as_ref().map(|token| format!("x-amz-security-token: {token}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             authorization: AWS4-HMAC-SHA256 Credential={}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=00\r\n\
             {token}{headers}content-length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        );
        let mut stream = TcpStream::connect(self.addr).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        let text = String::from_utf8(bytes).map_err(io::Error::other)?;
        let (headers, body) =
            text.split_once("\r\n\r\n").ok_or_else(|| io::Error::other("the connection closed without a reply"))?;
        let status = headers
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| io::Error::other("no status"))?;
        Ok(Reply { status, headers: headers.to_ascii_lowercase(), body: body.to_owned() })
    }
}

/// The form of `AssumeRole` for the default role.
pub fn assume_body(account: &str) -> String {
    format!(
        "Action=AssumeRole&Version=2011-06-15&RoleSessionName=test&RoleArn=arn%3Aaws%3Aiam%3A%3A{account}%3Arole%2FDriftlineAudit"
    )
}
