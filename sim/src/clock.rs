//! Dates as AWS writes them. The library needs two formats and no calendar
//! arithmetic beyond days, which is not worth a dependency.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::hash::push_decimal;

/// Seconds in a day.
pub const DAY: u64 = 86_400;

/// Unix seconds now.
pub fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

/// `2024-05-06T07:08:09Z`, the form of IAM and STS.
pub fn iso(seconds: u64) -> String {
    let mut text = local(seconds);
    text.push('Z');
    text
}

/// Date and time without a zone.
fn local(seconds: u64) -> String {
    let (year, month, day) = civil(seconds / DAY);
    let rest = seconds % DAY;
    let mut text = String::with_capacity(26);
    push_decimal(&mut text, year, 4);
    let parts = [('-', month), ('-', day), ('T', rest / 3600), (':', rest / 60 % 60), (':', rest % 60)];
    for (before, part) in parts {
        text.push(before);
        push_decimal(&mut text, part, 2);
    }
    text
}

/// `2024-05-06T07:08:09.000Z`, the form of EC2.
pub fn iso_millis(seconds: u64) -> String {
    let mut text = local(seconds);
    text.push_str(".000Z");
    text
}

/// `2024-05-06T07:08:09+00:00`, the form of the credential report.
pub fn iso_offset(seconds: u64) -> String {
    let mut text = local(seconds);
    text.push_str("+00:00");
    text
}

/// Proleptic Gregorian date of a day counted from 1970-01-01, by counting in
/// 400-year eras that start on 1 March (so the leap day is the last of a year).
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_709_251_199), "2024-02-29T23:59:59Z");
        assert_eq!(iso_millis(1_709_251_200), "2024-03-01T00:00:00.000Z");
        assert_eq!(iso_offset(1_735_689_599), "2024-12-31T23:59:59+00:00");
    }
}
