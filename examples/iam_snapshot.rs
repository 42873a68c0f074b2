//! Makes a snapshot of an organization to measure `driftline iam paths`, `admins` and `can` on:
//! `cargo run --release --no-default-features --example iam_snapshot -- FILE ACCOUNTS [UNLISTED]` draws so many accounts
//! of 5,000 roles, 1,000 users and 3,000 policies, with one role in a hundred trusting another account. Of so many of them
//! the users and roles could not be listed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example that cannot go on says so by a panic"
)]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use driftline::inventory::snapshot::{PROVENANCE, PartInfo, Snapshot, encode, encode_provenance};
use driftline::inventory::{Cell, Gap, Inventory, Outcome, Reason};
use driftline::resource::ResourceType;
use driftline::resource::iam::AUTHORIZATION;

#[path = "../benches/iam/draw.rs"]
mod draw;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ([path, accounts] | [path, accounts, _]) = arguments.as_slice() else {
        println!("wanted: FILE ACCOUNTS [UNLISTED]");
        return;
    };
    let accounts: u64 = accounts.parse().expect("a number");
    let unlisted: u64 = arguments.get(2).map_or(0, |number| number.parse().expect("a number"));
    let provenance = encode_provenance(&draw::provenance()).expect("JSON");
    let store = Mutex::new(BTreeMap::from([(PROVENANCE.to_owned(), provenance)]));
    let next = AtomicU64::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= accounts {
                        return;
                    }
                    let mut account = draw::account(number, accounts);
                    if number < unlisted {
                        unlist(&mut account);
                    }
                    let part = encode(&account).expect("JSON");
                    store.lock().unwrap().insert(format!("accounts/{}.ndjson.zst", draw::id(number)), part);
                }
            });
        }
    });
    let store = store.into_inner().unwrap();
    let parts = store.iter().map(|(name, bytes)| (name.clone(), PartInfo::of(bytes))).collect();
    let snapshot = Snapshot::of_parts(Box::new(store), parts).expect("a snapshot");
    let file = std::fs::File::create(path).expect("a file");
    snapshot.write_archive(std::io::BufWriter::new(file)).expect("a file");
    println!("{accounts} accounts");
}

fn unlist(account: &mut Inventory) {
    let scope = account.resources().next().expect("a resource").0.scope.account_wide();
    account.retain(|key, _| !matches!(key.resource_type, ResourceType::User | ResourceType::Role));
    let gap = Gap { reason: Reason::AccessDenied, message: "denied".to_owned(), partial: false };
    account.ledger.record(Cell { scope, operation: AUTHORIZATION.to_owned() }, Outcome::Gap(gap));
}
