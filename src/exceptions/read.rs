use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::arn::{AccountId, Arn, Region};
use crate::text::{Diagnostic, Document, Item, Sink, SourceFile, Table};

use super::{About, Accepts, Exception};

/// An exception that ends later than so many days from today has to say that it is permanent.
pub const LONGEST_DAYS: i32 = 365;

/// Reads the file: the exceptions that are right, and every mistake.
///
/// `today` is the day that ends are counted from.
pub fn read(file: Arc<SourceFile>, today: Date) -> (Vec<Exception>, Vec<Diagnostic>) {
    let sink = Sink::default();
    let document = Document::parse(file, &sink);
    let root = document.table(&sink);
    if let Some(schema) = root.get("schema")
        && schema.integer().is_some_and(|version| version != 1)
    {
        schema.push(schema.error("this version of driftline reads `schema = 1`"));
    }
    let mut exceptions = Vec::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let findings =
        root.array("exception").unwrap_or_default().into_iter().map(|item| (item, About::of_finding as Reader));
    let drift = root.array("drift").unwrap_or_default().into_iter().map(|item| (item, About::of_drift as Reader));
    for (item, reader) in findings.chain(drift) {
        let Some(table) = item.table() else { continue };
        let Some(exception) = exception(table, reader, today) else { continue };
        let line = exception.location().line;
        // The value is part of it: one resource may have several findings of one check, each with its own.
        match seen.get(&format!("{:?}", exception.about)) {
            Some(first) => item.push(
                item.error(format!("`{}` is excepted twice", exception.about))
                    .help(format!("the other exception is in line {first}; leave one of them")),
            ),
            None => {
                seen.insert(format!("{:?}", exception.about), line);
                exceptions.push(exception);
            }
        }
    }
    root.finish();
    drop(document);
    (exceptions, sink.into_sorted())
}

/// Reads what an exception is about.
type Reader = fn(&Table<'_>) -> Option<About>;

/// One table; none if what it is about, or until when, cannot be told.
fn exception(table: Table<'_>, reader: Reader, today: Date) -> Option<Exception> {
    let about = reader(&table);
    let reason = table.require("reason").and_then(Item::text).map(str::to_owned);
    let text = |key: &'static str| table.get(key).and_then(Item::text).map(str::to_owned);
    let (owner, ticket) = (text("owner"), text("ticket"));
    let expires = expires(&table, today);
    let exception = (|| {
        Some(Exception {
            about: about?,
            reason: reason?,
            owner,
            ticket,
            expires: expires?,
            file: Arc::clone(table.file()),
            span: table.span(),
        })
    })();
    table.finish();
    exception
}

/// Its last day; `Some(None)` if it has none and may.
fn expires(table: &Table<'_>, today: Date) -> Option<Option<Date>> {
    let permanent = table.boolean("permanent").unwrap_or(false);
    let item = if permanent { table.get("expires") } else { table.require("expires") };
    let Some(item) = item else { return permanent.then_some(None) };
    let day = item.date()?;
    let days = (day - today).get_days();
    if !permanent && days > LONGEST_DAYS {
        item.push(
            item.error(format!("this is {days} days away, and more than {LONGEST_DAYS} are no decision for now"))
                .help("name an earlier day, or say `permanent = true` if nobody will look at it again"),
        );
        return None;
    }
    Some(Some(day))
}

impl About {
    fn of_drift(table: &Table<'_>) -> Option<About> {
        let item = table.require("item").and_then(|item| hexadecimal(item, 12..=12, "the id of a deviation"));
        // For people: what the id stands for.
        let _ = table.get("on").and_then(Item::text);
        let accepts = accepts(table);
        Some(About::Drift { item: item?, accepts: accepts? })
    }

    fn of_finding(table: &Table<'_>) -> Option<About> {
        let check = table.require("check").and_then(Item::text).map(str::to_owned);
        let fingerprint = table.get("finding").map(|item| hexadecimal(item, 8..=64, "a fingerprint"));
        let resource = table.get("resource").map(resource);
        let account = table.get("account").map(|item| item.parsed::<AccountId>().map(|id| id.to_string()));
        let region = table.get("region").map(|item| item.parsed::<Region>().map(|region| region.to_string()));
        let accepts = accepts(table);
        if fingerprint.is_none() && resource.is_none() {
            table.push(
                table
                    .error("nothing says which finding is meant")
                    .help("name its fingerprint with `finding`, or its `resource` by ARN or id"),
            );
            return None;
        }
        Some(About::Finding {
            check: check?,
            fingerprint: fingerprint.map_or(Some(None), |one| one.map(Some))?,
            resource: resource.map_or(Some(None), |one| one.map(Some))?,
            account: account.map_or(Some(None), |one| one.map(Some))?,
            region: region.map_or(Some(None), |one| one.map(Some))?,
            accepts: accepts?,
        })
    }
}

fn hexadecimal(item: Item<'_>, length: std::ops::RangeInclusive<usize>, what: &str) -> Option<String> {
    let text = item.string()?;
    let hexadecimal = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if hexadecimal && length.contains(&text.len()) {
        return Some(text.to_owned());
    }
    let (least, most) = (length.start(), length.end());
    let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
    item.push(
        item.error(format!("`{text}` is not {what}"))
            .help(format!("{wanted} hexadecimal digits are wanted, as reports show them")),
    );
    None
}

/// One resource: nothing that stands for several.
fn resource(item: Item<'_>) -> Option<String> {
    let text = item.text()?;
    if text.contains(['*', '?']) {
        item.push(
            item.error(format!("`{text}` is a pattern, and an exception is for one finding"))
                .help("name the resource; what is wanted for many belongs into the check's `params` or its own check"),
        );
        return None;
    }
    if text.starts_with("arn:")
        && let Err(error) = text.parse::<Arn>()
    {
        item.push(item.error(error.to_string()));
        return None;
    }
    Some(text.to_owned())
}

fn accepts(table: &Table<'_>) -> Option<Accepts> {
    let any = table.get("any_value");
    let value = table.get("value");
    match (any, value) {
        (Some(any), Some(_)) => {
            any.push(any.error("`any_value` and `value` are two answers to one question").help("leave one out"));
            None
        }
        (Some(any), None) => match any.boolean()? {
            true => Some(Accepts::Any),
            false => Some(Accepts::Exactly(Vec::new())),
        },
        (None, Some(value)) if value.is_array() => {
            let mut lines = value.strings()?;
            lines.sort();
            lines.dedup();
            Some(Accepts::Exactly(lines))
        }
        (None, Some(value)) => Some(Accepts::Exactly(vec![value.text()?.to_owned()])),
        (None, None) => Some(Accepts::Exactly(Vec::new())),
    }
}
