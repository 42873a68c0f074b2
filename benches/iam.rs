//! What it costs to find every administrator and every way to one.
//!
//! `cargo bench --no-default-features --bench iam`: an account of 5,000 roles, 1,000 users and 3,000 policies, drawn with
//! a fixed seed. `DRIFTLINE_ACCOUNTS=500 cargo bench --no-default-features --bench iam organization` measures so many
//! such accounts once, with one role in a hundred trusting another account, as a whole in memory. What `driftline iam
//! paths` does, account by account, is measured on a snapshot of `examples/iam_snapshot.rs`.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a benchmark that cannot begin says so, and one that takes long says how far it is"
)]

use divan::{Bencher, black_box};
use driftline::inventory::Inventory;
use driftline::model::Model;
use driftline::model::escalation::{Escalation, Verdict};

#[path = "iam/draw.rs"]
mod draw;

fn main() {
    divan::main();
}

/// The policies made ready for questions.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn permissions(bencher: Bencher) {
    let inventory = inventory(1);
    bencher.bench_local(|| {
        Model::new(black_box(&inventory), inventory.provenance.taken_at).permissions().count_documents()
    });
}

/// All administrators and ways of one account.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn account(bencher: Bencher) {
    let inventory = inventory(1);
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    model.permissions();
    bencher.bench_local(|| Escalation::of(black_box(&model)).findings().len());
}

/// All administrators and ways of an organization that is in memory as a whole, policies included; once.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn organization(bencher: Bencher) {
    let accounts = std::env::var("DRIFTLINE_ACCOUNTS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let begun = std::time::Instant::now();
    let inventory = inventory(accounts);
    eprintln!("{accounts} accounts drawn in {:.1?}, {}", begun.elapsed(), memory());
    bencher.bench_local(|| {
        let begun = std::time::Instant::now();
        let model = Model::new(&inventory, inventory.provenance.taken_at);
        let documents = model.permissions().count_documents();
        eprintln!("{documents} documents ready after {:.1?}, {}", begun.elapsed(), memory());
        let escalation = Escalation::of(&model);
        eprintln!("searched after {:.1?}, {}", begun.elapsed(), memory());
        let findings = escalation.findings();
        let number = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
        eprintln!(
            "{} users and roles after {:.1?}, {}: admin={} proven={} possible={} capability={} none={}",
            findings.len(),
            begun.elapsed(),
            memory(),
            number(Verdict::Admin),
            number(Verdict::Proven),
            number(Verdict::Possible),
            number(Verdict::Capability),
            number(Verdict::None),
        );
    });
}

/// The process's memory and the most that it had.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| {
        let found = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("");
        found.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
    };
    format!("{} MiB (at most {})", line("VmRSS:"), line("VmHWM:"))
}

fn inventory(accounts: u64) -> Inventory {
    let mut inventory = Inventory::new(draw::provenance());
    (0..accounts).for_each(|number| inventory.absorb(draw::account(number, accounts)));
    inventory
}
