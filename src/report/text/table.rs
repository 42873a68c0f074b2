//! The table of accounts: how many findings of each severity, what is unknown, what passed.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use crate::arn::AccountId;
use crate::finding::Severity;
use crate::report::sanitize::visible_up_to;
use crate::triage::{Report, Tally};

use super::paint::{BOLD, Paint, UNKNOWN, count, grouped, of_severity};

/// A longer table is not read; the total has them all.
const ROWS: usize = 20;

#[derive(Default, Clone, Copy)]
struct Row {
    /// In the order of [`Severity::ALL`].
    fail: [usize; 5],
    tally: Tally,
}

impl Row {
    fn add(&mut self, other: &Row) {
        for (sum, more) in self.fail.iter_mut().zip(other.fail) {
            *sum += more;
        }
        self.tally.add(other.tally);
    }
}

const HEADS: [&str; 7] = ["critical", "high", "medium", "low", "info", "unknown", "pass"];

/// The worst accounts, then all of them together.
pub fn write(report: &Report, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let rows = rows(report);
    let mut total = Row::default();
    rows.values().for_each(|row| total.add(row));
    let number = rows.len();
    let mut ordered: Vec<(&AccountId, Row)> = rows.into_iter().collect();
    ordered.sort_by_key(|(id, row)| (Reverse(row.fail), Reverse(row.tally.unknown), (*id).clone()));

    let heads = HEADS.map(|head| format!("{head:>9}")).concat();
    writeln!(out, "\n{}", paint.paint(BOLD, &format!("{:<14}{heads}  name", "account")))?;
    for (id, row) in ordered.iter().take(ROWS) {
        let name = report.accounts.get(*id).and_then(|account| account.name.as_deref()).unwrap_or("");
        write_row(id.as_str(), row, &visible_up_to(name, 40), out, paint)?;
    }
    if number > ROWS {
        writeln!(out, "+ {}", count(number - ROWS, "more account"))?;
    }
    write_row("total", &total, &count(number, "account"), out, paint)
}

fn rows(report: &Report) -> BTreeMap<&AccountId, Row> {
    // An account in which nothing could be judged has its row too.
    let mut rows: BTreeMap<&AccountId, Row> = report.accounts.keys().map(|id| (id, Row::default())).collect();
    for (_, account, tally) in report.tallies.iter() {
        rows.entry(account).or_default().tally.add(tally);
    }
    for finding in super::failures(report) {
        let row = rows.entry(&finding.scope.account).or_default();
        for (number, severity) in row.fail.iter_mut().zip(Severity::ALL) {
            *number += usize::from(severity == finding.severity);
        }
    }
    rows
}

fn write_row(label: &str, row: &Row, name: &str, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let cell = |number: usize| format!("{:>9}", grouped(number));
    let wide = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let mut line = format!("{label:<14}");
    for (number, severity) in row.fail.into_iter().zip(Severity::ALL) {
        let style = if number > 0 { of_severity(severity) } else { anstyle::Style::new() };
        line.push_str(&paint.paint(style, &cell(number)));
    }
    let style = if row.tally.unknown > 0 { UNKNOWN } else { anstyle::Style::new() };
    line.push_str(&paint.paint(style, &cell(wide(row.tally.unknown))));
    line.push_str(&cell(wide(row.tally.pass)));
    if !name.is_empty() {
        line.push_str("  ");
        line.push_str(name);
    }
    writeln!(out, "{}", line.trim_end())
}
