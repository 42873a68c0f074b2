//! How fast the endpoint answers.
//!
//! ```console
//! $ cargo run --release --example load -- SECS CLIENTS          # server and clients in one process
//! $ cargo run --release --example load -- SECS CLIENTS ADDR     # clients of `driftline-sim --listen ADDR`
//! ```
//!
//! The second form tells the server's CPU time per request apart from the
//! clients': run the server under `/usr/bin/time` and divide by the number of
//! requests that is printed here. `ACTIONS=DescribeVpcs,...` chooses the calls,
//! `ACCOUNTS=N` how many accounts are asked (the organization of the server needs
//! as many), `REGIONS=N` how many regions. All requests are made beforehand, at 0.6 KB each.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use driftline_sim::{Faults, Organization, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ACTIONS: &str = "DescribeVpcs,DescribeSubnets,DescribeRouteTables,DescribeNetworkAcls,DescribeSecurityGroups,\
DescribeNetworkInterfaces,DescribeInternetGateways,DescribeInstances";

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default| arguments.next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(default);
    let (secs, clients) = (number(3), number(16));
    let there: Option<SocketAddr> = arguments.next().and_then(|text| text.parse().ok());
    let accounts = variable("ACCOUNTS").and_then(|text| text.parse().ok()).unwrap_or(1000);
    let regions = variable("REGIONS").and_then(|text| text.parse().ok()).unwrap_or(3);
    let org = Organization { accounts, ..Organization::default() }.first_regions(regions);
    let server = match there {
        Some(_) => None,
        None => Some(serve(([127, 0, 0, 1], 0).into(), org.clone(), Faults::default()).await?),
    };
    let addr = there.or(server.as_ref().map(|server| server.addr())).unwrap_or(([127, 0, 0, 1], 4599).into());
    let requests = Arc::new(requests(&org));
    let started = Instant::now();
    let until = started + Duration::from_secs(secs);
    let tasks: Vec<_> = (0..clients as usize)
        .map(|n| tokio::spawn(ask(addr, Arc::clone(&requests), n * requests.len() / clients as usize, until)))
        .collect();
    let (mut count, mut bytes) = (0, 0);
    for task in tasks {
        let (answered, read) = task.await.map_err(io::Error::other)??;
        count += answered;
        bytes += read;
    }
    let elapsed = started.elapsed().as_secs_f64();
    println!(
        "{count} requests, {:.0} a second, {:.1} KB each",
        count as f64 / elapsed,
        bytes as f64 / count.max(1) as f64 / 1024.0
    );
    Ok(())
}

/// Every request of the test, made beforehand so that the clients cost little.
fn requests(org: &Organization) -> Vec<Vec<u8>> {
    let actions = variable("ACTIONS").unwrap_or_else(|| ACTIONS.to_owned());
    let mut all = Vec::new();
    for account in org.account_ids() {
        for region in &org.regions {
            for action in actions.split(',') {
                let body = format!("Action={action}&Version=2016-11-15&MaxResults=100");
                // The headers of an SDK, which the server must read past.
                let request = format!(
                    "POST / HTTP/1.1\r\nhost: ec2.{region}.amazonaws.com\r\n\
                     content-type: application/x-www-form-urlencoded\r\nuser-agent: aws-sdk-rust/1.3 os/linux lang/rust\r\n\
                     x-amz-user-agent: aws-sdk-rust/1.3 api/ec2/1.2 os/linux lang/rust\r\nx-amz-date: 20260101T000000Z\r\n\
                     amz-sdk-invocation-id: 3b0a5f0e-2b0a-4c9e-9d1c-0123456789ab\r\namz-sdk-request: attempt=1; max=1\r\n\
                     authorization: AWS4-HMAC-SHA256 Credential=AKIA{account}DEMO/20260101/{region}/ec2/aws4_request, \
                     SignedHeaders=content-type;host;x-amz-date, Signature={:064}\r\ncontent-length: {}\r\n\r\n{body}",
                    0,
                    body.len()
                );
                all.push(request.into_bytes());
            }
        }
    }
    all
}

/// One connection, one request after another; how many were answered, and the
/// bytes of their bodies.
async fn ask(addr: SocketAddr, requests: Arc<Vec<Vec<u8>>>, first: usize, until: Instant) -> io::Result<(u64, u64)> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 256 << 10];
    let (mut count, mut bytes) = (0, 0);
    for request in requests.iter().cycle().skip(first) {
        if Instant::now() >= until {
            break;
        }
        stream.write_all(request).await?;
        let (mut filled, mut end) = (0, None);
        while end.is_none_or(|end| filled < end) {
            if filled == buffer.len() {
                buffer.resize(buffer.len() * 2, 0);
            }
            match stream.read(&mut buffer[filled..]).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
            if end.is_none() {
                end = reply_length(&buffer[..filled]).inspect(|(_, body)| bytes += *body as u64).map(|(h, b)| h + b);
            }
        }
        count += 1;
    }
    Ok((count, bytes))
}

/// The lengths of headers and body, once all headers are there.
fn reply_length(reply: &[u8]) -> Option<(usize, usize)> {
    let head = reply.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&reply[..head]).ok()?;
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some((head, length.trim().parse().ok()?))
}
