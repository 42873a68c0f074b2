//! How the collection went: what it cost and where it waited.

use std::io;

use crate::inventory::{CellTime, ServiceStatistics, Statistics};
use crate::report::Options;
use crate::report::sanitize::visible_up_to;
use crate::triage::Report;

use super::paint::{BOLD, DIM, Paint, UNKNOWN, count, grouped};

/// One line, one per service, and with `--all` the slowest cells; nothing where nothing was collected.
pub fn write(report: &Report, out: &mut dyn io::Write, options: &Options, paint: &Paint) -> io::Result<()> {
    let Some(of) = &report.statistics else { return Ok(()) };
    writeln!(out)?;
    for (index, line) in paint.wrap(&summary(of), 2).iter().enumerate() {
        writeln!(out, "{}{}", if index > 0 { "  " } else { "" }, paint.paint(BOLD, line))?;
    }
    if !of.services.is_empty() {
        let heads = "  service               calls  throttled   retries    p50 ms    p95 ms";
        writeln!(out, "{}", paint.paint(DIM, heads))?;
    }
    for one in &of.services {
        writeln!(out, "{}", service(one, paint))?;
    }
    if options.limit.is_none() && !of.slowest.is_empty() {
        writeln!(out, "{}", paint.paint(DIM, "  slowest cells, their waits included"))?;
        for one in &of.slowest {
            writeln!(out, "{}", slow(one))?;
        }
    }
    Ok(())
}

fn summary(of: &Statistics) -> String {
    let mut line = format!(
        "collected in {:.1} s: {}, {} throttled, {}",
        of.wall_seconds,
        count(wide(of.calls), "call"),
        grouped(wide(of.throttled)),
        tries(of.retries),
    );
    if let Some(bytes) = of.peak_memory_bytes {
        line.push_str(&format!(", {} MB of memory at most", grouped(wide(bytes.div_ceil(1_000_000)))));
    }
    if of.resumed_accounts > 0 {
        let accounts = count(wide(of.resumed_accounts), "account");
        line.push_str(&format!(", {accounts} read by an earlier run"));
    }
    line
}

fn tries(retries: u64) -> String {
    if retries == 1 { "1 retry".to_owned() } else { format!("{} retries", grouped(wide(retries))) }
}

fn service(one: &ServiceStatistics, paint: &Paint) -> String {
    let number = |number: u64, width: usize| format!("{:>width$}", grouped(wide(number)));
    let throttled = number(one.throttled, 11);
    let throttled = if one.throttled > 0 { paint.paint(UNKNOWN, &throttled) } else { throttled };
    format!(
        "  {:<18}{}{throttled}{}{:>10.0}{:>10.0}",
        visible_up_to(&one.service, 18),
        number(one.calls, 9),
        number(one.retries, 10),
        one.p50_ms,
        one.p95_ms,
    )
}

fn slow(one: &CellTime) -> String {
    let cell = &one.cell;
    format!(
        "  {:>7.1} s  {} {} {} ({})",
        one.seconds,
        cell.scope.account,
        cell.scope.region,
        visible_up_to(&cell.operation, 120),
        count(wide(one.calls), "call"),
    )
}

fn wide(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
