//! A row for each difference, for spreadsheets.

use crate::report::sanitize;
use crate::run::Stop;

use super::{Told, fails};

const HEADER: [&str; 17] = [
    "id",
    "account",
    "region",
    "resource_type",
    "key",
    "path",
    "class",
    "effect",
    "severity",
    "fails",
    "before",
    "after",
    "because",
    "witness",
    "cause",
    "old_id",
    "new_id",
];

pub(super) fn write(out: &mut Vec<u8>, told: &Told<'_>) -> Result<(), Stop> {
    let mut table = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| Stop::runtime(format!("cannot write CSV: {error}"));
    table.write_record(HEADER).map_err(failed)?;
    for item in &told.comparison.items {
        let value = |value: &Option<serde_json::Value>| value.as_ref().map(super::text::plain).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let row = [
            item.id.clone(),
            item.account.clone(),
            item.region.clone(),
            item.resource_type.name().to_owned(),
            item.key.clone(),
            item.path.clone(),
            item.class.to_string(),
            item.effect.to_string(),
            item.severity.to_string(),
            fails(item, told.fail_on).to_string(),
            value(&item.before),
            value(&item.after),
            item.because.clone(),
            text(&item.witness),
            text(&item.cause),
            text(&item.old_id),
            text(&item.new_id),
        ];
        table.write_record(row.map(|text| harmless(&text))).map_err(failed)?;
    }
    table.flush()?;
    Ok(())
}

/// What a spreadsheet takes for text: what begins like a formula gets an apostrophe before it.
fn harmless(text: &str) -> String {
    let text = sanitize::visible(text).into_owned();
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}
