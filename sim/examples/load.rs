//! How fast the endpoint answers: `cargo run --release --example load -- SECS CLIENTS`.
//!
//! Client and server share the process and its cores, as in a load test of the
//! scanner.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use driftline_sim::{Faults, Organization, serve};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

const ACTIONS: [&str; 8] = [
    "DescribeVpcs",
    "DescribeSubnets",
    "DescribeRouteTables",
    "DescribeNetworkAcls",
    "DescribeSecurityGroups",
    "DescribeNetworkInterfaces",
    "DescribeInternetGateways",
    "DescribeInstances",
];

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let secs = numbers.next().and_then(Result::ok).unwrap_or(3);
    let clients = numbers.next().and_then(Result::ok).unwrap_or(16);
    let org = Organization { accounts: 1000, ..Organization::default() };
    let ids = Arc::new(org.account_ids());
    let server = serve(([127, 0, 0, 1], 0).into(), org, Faults::default()).await?;
    let bytes = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|n| {
            let (addr, ids, bytes) = (server.addr(), Arc::clone(&ids), Arc::clone(&bytes));
            let until = started + Duration::from_secs(secs);
            tokio::spawn(async move {
                let mut stream = BufReader::new(TcpStream::connect(addr).await?);
                let mut turn = n as usize;
                let mut reply = Vec::new();
                while Instant::now() < until {
                    turn += 1;
                    let body = format!("Action={}&MaxResults=100", ACTIONS[turn % 8]);
                    let request = format!(
                        "POST / HTTP/1.1\r\nhost: x\r\nauthorization: AWS4-HMAC-SHA256 Credential=AKIA{}DEMO/20260101/eu-west-1/ec2/aws4_request, Signature=0\r\ncontent-length: {}\r\n\r\n{body}",
                        ids[turn / 8 % ids.len()],
                        body.len()
                    );
                    stream.get_mut().write_all(request.as_bytes()).await?;
                    let mut length = 0;
                    loop {
                        let mut line = String::new();
                        stream.read_line(&mut line).await?;
                        if let Some(text) = line.strip_prefix("content-length: ") {
                            length = text.trim().parse().unwrap_or(0);
                        }
                        if line.trim().is_empty() {
                            break;
                        }
                    }
                    reply.resize(length, 0);
                    stream.read_exact(&mut reply).await?;
                    bytes.fetch_add(length as u64, Ordering::Relaxed);
                }
                std::io::Result::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await.map_err(std::io::Error::other)??;
    }
    let stats = server.stats();
    let elapsed = started.elapsed().as_secs_f64();
    println!(
        "{:.0} requests/s, {:.1} KB each",
        stats.total as f64 / elapsed,
        bytes.load(Ordering::Relaxed) as f64 / stats.total as f64 / 1024.0
    );
    Ok(())
}
