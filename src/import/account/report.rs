//! The credential report: as `get-credential-report` prints it, or its CSV by itself.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::Value;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::arn::Scope;
use crate::inventory::Outcome;
use crate::resource::ResourceType;
use crate::resource::iam::CredentialReport;

use super::kinds::REPORT;
use super::{Answers, Item, Kind, Out, Page, Said};

const GENERATE: &str = "iam:GenerateCredentialReport";

/// Whether a text is a report's CSV, which begins with the names of its columns; some may be missing.
fn is_csv(text: &str) -> bool {
    const SOME: [&str; 6] =
        ["arn", "user_creation_time", "password_enabled", "mfa_active", "access_key_1_active", "cert_1_active"];
    let first = text.trim_start().lines().next().unwrap_or_default();
    let columns: Vec<&str> = first.split(',').map(|column| column.trim().trim_matches('"')).collect();
    columns.contains(&"user") && SOME.iter().filter(|name| columns.contains(name)).count() >= 2
}

/// The page that a CSV file is, if it is a report.
pub(in crate::import) fn csv(text: &str) -> Option<Page> {
    is_csv(text).then(|| Page {
        kind: Kind::CredentialReport,
        key: String::new(),
        is_single: true,
        has_more: false,
        answer: 0,
        account: None,
        beside: Arc::default(),
        items: vec![(String::new(), Value::String(text.to_owned()))],
        wrong: Vec::new(),
    })
}

/// The report's CSV: the AWS CLI prints it in base64, and some tools put the text itself there.
///
/// # Errors
/// It is neither.
fn content(value: &Value) -> Result<Vec<u8>, String> {
    let Some(text) = value.as_str() else { return Err("the content is not a text".to_owned()) };
    if is_csv(text) {
        return Ok(text.as_bytes().to_vec());
    }
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(dense).map_err(|error| format!("the content is neither CSV nor base64: {error}"))
}

/// An ARN of the account that the report is of.
pub(super) fn arn_in(value: &Value) -> Option<String> {
    let text = String::from_utf8(content(value).ok()?).ok()?;
    let mut rest = text.as_str();
    while let Some(start) = rest.find("arn:") {
        let arn: &str = rest.get(start..)?.split([',', '"', '\n', '\r']).next()?;
        if super::account_of(arn).is_some() {
            return Some(arn.to_owned());
        }
        rest = rest.get(start + 4..)?;
    }
    None
}

/// Adds the account's report, and gives it back. Of several, the newest is kept.
pub(super) fn add(scope: &Scope, answers: &Answers, said: Said, out: &mut Out<'_>) -> Option<CredentialReport> {
    let mut reports: Vec<(CredentialReport, &Item)> = Vec::new();
    for item in answers.of(Kind::CredentialReport) {
        let time =
            generated(item).or(said.report_time).or_else(|| item.names.iter().find_map(|name| time_in_name(name)));
        let parsed = content(&item.value)
            .and_then(|content| CredentialReport::parse(&content, time).map_err(|error| error.to_string()));
        match parsed {
            Ok((report, mistakes)) => {
                mistakes.iter().for_each(|mistake| out.wrong(scope, REPORT, item, mistake));
                if time.is_none() {
                    out.complaints.push(format!(
                        "{}: nothing says when the credential report was made, so that no age is known; --report-time says it",
                        item.origin()
                    ));
                }
                reports.push((report, item));
            }
            Err(why) => out.wrong(scope, REPORT, item, &why),
        }
    }
    if answers.has(Kind::CredentialReport) {
        out.seen.decide(scope, REPORT, Outcome::Complete);
    }
    // Who has a report had it made.
    if !reports.is_empty() {
        out.seen.decide(scope, GENERATE, Outcome::Complete);
    }
    reports.sort_by_key(|(report, _)| report.generated_time);
    let (report, item) = reports.pop()?;
    for (_, older) in reports {
        if older.value != item.value {
            let text = format!("{}: the report in {} is as new or newer, and is kept", older.origin(), item.origin());
            out.complaints.push(text);
        }
    }
    let value = serde_json::to_value(&report).unwrap_or(Value::Null);
    out.keep(scope, ResourceType::CredentialReport, REPORT, item, value);
    Some(report)
}

fn generated(item: &Item) -> Option<Timestamp> {
    item.beside.get("GeneratedTime")?.as_str()?.parse().ok()
}

/// A time in the name of a file or folder: `2019-05-07T15-40-22Z`, `20190507T154022Z`, or a day, which is its beginning.
pub(in crate::import) fn time_in_name(name: &str) -> Option<Timestamp> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let starts = name.char_indices().map(|(index, _)| index).filter(|index| {
        // A number that goes on before it is no year.
        name.get(..*index).is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_digit()))
    });
    for start in starts {
        let rest = name.get(start..)?;
        let (day, after) = match (rest.get(..10), rest.get(..8)) {
            (Some(day), _) if day.parse::<Date>().is_ok() && day.contains('-') => {
                (day.parse::<Date>().ok()?, rest.get(10..)?)
            }
            (_, Some(day)) if digits(day) && !rest.get(8..)?.starts_with(|c: char| c.is_ascii_digit()) => {
                let written = format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..)?);
                match written.parse::<Date>() {
                    Ok(day) => (day, rest.get(8..)?),
                    Err(_) => continue,
                }
            }
            _ => continue,
        };
        let clock: String = match after.strip_prefix(['T', 't', '_', ' ', '-']) {
            Some(clock) => clock
                .chars()
                .take_while(|c| c.is_ascii_digit() || matches!(c, ':' | '-' | '_' | '.'))
                .filter(char::is_ascii_digit)
                .take(6)
                .collect(),
            None => String::new(),
        };
        let time = if clock.len() == 6 {
            let part = |range: std::ops::Range<usize>| clock.get(range)?.parse::<i8>().ok();
            DateTime::new(day.year(), day.month(), day.day(), part(0..2)?, part(2..4)?, part(4..6)?, 0).ok()
        } else {
            Some(day.to_datetime(jiff::civil::Time::midnight()))
        };
        return time?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|time| time.timestamp());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_in_names() {
        for (name, wanted) in [
            ("report-2019-05-07T15:40:22Z.csv", "2019-05-07T15:40:22Z"),
            ("report_2019-05-07T15-40-22+0000", "2019-05-07T15:40:22Z"),
            ("20190507T154022Z", "2019-05-07T15:40:22Z"),
            ("credentials 2019-05-07", "2019-05-07T00:00:00Z"),
            ("20190507", "2019-05-07T00:00:00Z"),
        ] {
            assert_eq!(time_in_name(name).map(|time| time.to_string()).as_deref(), Some(wanted), "{name}");
        }
        for none in ["", "credential_report", "111122223333", "2019-13-07", "20191307", "é"] {
            assert_eq!(time_in_name(none), None, "{none}");
        }
    }

    #[test]
    fn a_report_is_known_by_its_columns() {
        assert!(csv("user,arn,user_creation_time,password_enabled\n").is_some());
        assert!(csv("{\"user\": 1}").is_none() && csv("").is_none() && csv("name,user\n").is_none());
    }
}
