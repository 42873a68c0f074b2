//! The small ways in which printed answers differ from what the API documents.
//!
//! Only what has one meaning is put right. What an item says is never guessed: a flag that is missing stays missing.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;

use crate::resource::ResourceType;

/// Puts an item into AWS's own form.
pub(super) fn clean(item: &mut Value, of: ResourceType) {
    walk(item);
    if let Value::Object(members) = item {
        let (right, wrong) = if of == ResourceType::NetworkInterface { ("TagSet", "Tags") } else { ("Tags", "TagSet") };
        if !members.contains_key(right)
            && let Some(tags) = members.remove(wrong)
        {
            members.insert(right.to_owned(), tags);
        }
    }
}

/// NOTE: the parser that made the value allows no more than 128 levels.
pub(super) fn walk(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(walk),
        Value::Object(members) => {
            // The CLI leaves out what there is not; other tools write `null`. An empty id or time is none.
            members
                .retain(|key, value| !(value.is_null() || value.as_str() == Some("") && (is_id(key) || is_time(key))));
            for (key, value) in members {
                match moment(key, value) {
                    // What a policy says is its own.
                    _ if DOCUMENTS.contains(&key.as_str()) => {}
                    Some(time) => *value = Value::String(time.to_string()),
                    None => walk(value),
                }
            }
        }
        _ => {}
    }
}

const DOCUMENTS: &[&str] = &["PolicyDocument", "AssumeRolePolicyDocument", "Document", "Content"];

fn is_id(key: &str) -> bool {
    ["Id", "Arn", "Ip", "IpAddress", "CidrBlock"].iter().any(|end| key.ends_with(end))
}

fn is_time(key: &str) -> bool {
    ["Time", "Timestamp", "Date", "LastStatusChange"].iter().any(|end| key.ends_with(end))
}

/// A time: as text, with or without the `T` and the offset, or in seconds since 1970. AWS's times are in UTC.
fn moment(key: &str, value: &Value) -> Option<Timestamp> {
    match value {
        _ if !is_time(key) => None,
        Value::String(text) => {
            let without_offset = || text.parse::<DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
            text.parse().ok().or_else(|| without_offset().map(|time| time.timestamp()))
        }
        Value::Number(number) => {
            let seconds = number.as_f64().filter(|seconds| seconds.abs() < 1e11)?;
            Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
        }
        _ => None,
    }
}

/// The newest time in an item that tells when something had happened already.
pub(super) fn newest(item: &Value) -> Option<Timestamp> {
    const PAST: &[&str] = &[
        "AttachTime",
        "CreateDate",
        "CreateTime",
        "CreatedTime",
        "CreationTime",
        "CreationTimestamp",
        "DelegationEnabledDate",
        "DeleteTime",
        "EnableDate",
        "GeneratedTime",
        "JoinedTimestamp",
        "LastStatusChange",
        "LastUpdateTimestamp",
        "LastUsedDate",
        "LaunchTime",
        "PasswordLastUsed",
        "UpdateDate",
        "UploadDate",
    ];
    match item {
        Value::Array(items) => items.iter().filter_map(newest).max(),
        Value::Object(members) => {
            let times = members.iter().filter_map(|(key, value)| {
                if PAST.contains(&key.as_str()) { value.as_str()?.parse().ok() } else { newest(value) }
            });
            times.max()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_in_every_form_that_tools_print() {
        for written in [
            json!("2020-04-22 01:29:09+00:00"),
            json!("2020-04-22T01:29:09.000Z"),
            json!("2020-04-22T01:29:09"),
            json!(1587518949),
        ] {
            let mut item = json!({ "LaunchTime": written });
            walk(&mut item);
            assert_eq!(item, json!({ "LaunchTime": "2020-04-22T01:29:09Z" }));
        }
    }

    #[test]
    fn what_a_policy_says_is_left_as_it_is() {
        let document = json!({ "Condition": { "DateLessThan": { "aws:CurrentTime": "2020-01-01" }, "Null": { "a:Arn": "" } }, "Id": null });
        let mut item = json!({ "CreateDate": 1587518949, "PolicyDocument": document });
        walk(&mut item);
        assert_eq!(item, json!({ "CreateDate": "2020-04-22T01:29:09Z", "PolicyDocument": document }));
    }

    #[test]
    fn empty_ids_are_none_and_empty_texts_stay() {
        let mut item = json!({ "InstanceId": "", "Description": "", "Tags": null, "DeleteTime": "", "Value": "" });
        clean(&mut item, ResourceType::Address);
        assert_eq!(item, json!({ "Description": "", "Value": "" }));
    }

    #[test]
    fn tags_are_where_the_type_has_them() {
        let tags = json!([{ "Key": "a", "Value": "b" }]);
        let mut item = json!({ "Tags": tags });
        clean(&mut item, ResourceType::NetworkInterface);
        assert_eq!(item, json!({ "TagSet": tags }));
        clean(&mut item, ResourceType::Vpc);
        assert_eq!(item, json!({ "Tags": tags }));
    }

    #[test]
    fn the_newest_time_is_one_of_the_past() {
        let item = json!({ "ExpirationTime": "2030-01-01T00:00:00Z", "A": [{ "AttachTime": "2020-01-01T00:00:00Z" }, { "CreateTime": "2021-01-01T00:00:00Z" }] });
        assert_eq!(newest(&item), "2021-01-01T00:00:00Z".parse().ok());
    }
}
