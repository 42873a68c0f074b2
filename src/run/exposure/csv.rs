//! What the internet reaches, for spreadsheets: a row for each set of ports of one protocol.

use crate::model::exposure::Verdict;
use crate::report::sanitize;
use crate::run::Stop;

use super::Report;
use super::json::rectangles;

const HEADER: [&str; 15] = [
    "account",
    "region",
    "resource_type",
    "resource",
    "name",
    "instance",
    "address",
    "class",
    "via",
    "verdict",
    "set",
    "protocol",
    "ports",
    "sources",
    "all_internet",
];

pub(super) fn write(out: &mut Vec<u8>, report: &Report<'_>) -> Result<(), Stop> {
    let mut table = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| Stop::runtime(format!("cannot write CSV: {error}"));
    table.write_record(HEADER).map_err(failed)?;
    for told in &report.endpoints {
        let endpoint = &told.endpoint;
        let verdict = endpoint.verdict();
        let (set, which) = match verdict {
            Verdict::Reachable => (endpoint.live().must().clone(), "live"),
            Verdict::Dormant => (endpoint.conversational().must().clone(), "conversational"),
            Verdict::OneWay | Verdict::Closed => (endpoint.delivered().must().clone(), "delivered"),
            Verdict::Unknown => (endpoint.live().may().clone(), "may be live"),
        };
        let rows = rectangles(&set);
        let none = [None];
        let some: Vec<_> = rows.iter().map(Some).collect();
        for row in if some.is_empty() { &none[..] } else { &some[..] } {
            let ports = row.map(|row| row.ports_in_words()).unwrap_or_default();
            let fields = [
                endpoint.scope.account.as_str(),
                endpoint.scope.region.as_str(),
                endpoint.resource_type,
                &endpoint.resource,
                endpoint.name.as_deref().unwrap_or_default(),
                endpoint.instance.as_deref().unwrap_or_default(),
                endpoint.address.as_deref().unwrap_or_default(),
                endpoint.class.as_str(),
                endpoint.via.as_deref().unwrap_or_default(),
                verdict.as_str(),
                which,
                row.map_or("", |row| row.protocol()),
                &ports,
                &row.map(|row| row.sources_in_words()).unwrap_or_default(),
                if row.is_some_and(|row| row.is_everybody()) { "true" } else { "false" },
            ];
            table.write_record(fields.map(harmless)).map_err(failed)?;
        }
    }
    table.flush()?;
    Ok(())
}

/// What a spreadsheet takes for text: a name that begins like a formula gets an apostrophe before it.
fn harmless(text: &str) -> String {
    let text = sanitize::visible(text).into_owned();
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}
