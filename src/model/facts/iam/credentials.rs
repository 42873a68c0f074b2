//! What is known of passwords and keys, whoever tells of them: the list of keys, or the credential report alone.

use jiff::Timestamp;

use crate::inventory::Missing;
use crate::model::{Context, Value, flag, unreadable};
use crate::resource::iam::{AccessKey, CredentialReportRow, ReportFlag, ReportKey, ReportTime};

/// The last use of keys is tracked since then.
const TRACKED_SINCE: Timestamp = Timestamp::constant(1_429_660_800, 0);

/// What facts of a key rest on.
pub struct KeyTimes {
    pub created: Result<Timestamp, Missing>,
    /// None if it was not used since it was made, or since AWS keeps track.
    pub used: Result<Option<Timestamp>, Missing>,
}

impl KeyTimes {
    pub fn of_listed(key: &AccessKey, context: &Context<'_>) -> KeyTimes {
        let undated = || Missing::because("AWS did not say when the key was made");
        let no_slot = || {
            context.report_row(&key.user_name).err().unwrap_or_else(|| {
                let id = &key.access_key_id;
                Missing::because(format!("no slot of the credential report is {id}'s: the key is younger"))
            })
        };
        KeyTimes {
            created: key.create_date.ok_or_else(undated),
            used: key.last_used.as_ref().ok_or_else(no_slot).and_then(|used| used_at(used.date)),
        }
    }

    pub fn of_slot(slot: &ReportKey) -> KeyTimes {
        let created = match slot.last_rotated {
            ReportTime::At(time) => Ok(time),
            ReportTime::Unreadable => Err(unreadable()),
            other => Err(Missing::because(format!("the credential report says `{other}` for when the key was made"))),
        };
        KeyTimes { created, used: used_at(slot.last_used_date) }
    }

    pub fn age_days(&self, context: &Context<'_>) -> Value {
        Value::known(self.created.clone().and_then(|time| context.credential_age(time)))
    }

    pub fn idle_days(&self, context: &Context<'_>) -> Value {
        match &self.used {
            Ok(Some(time)) => context.credential_days(*time),
            Ok(None) => Value::Absent,
            Err(missing) => Value::Unknown(missing.clone()),
        }
    }

    pub fn never_used(&self) -> Value {
        Value::known(self.used.clone().map(|used| used.is_none()))
    }

    /// The words for a key that was never used, which AWS knows of no key from before it kept track.
    pub fn no_use(&self, context: &Context<'_>) -> Value {
        match (&self.used, &self.created) {
            (Ok(Some(_)), _) => Value::Absent,
            (Ok(None), Ok(created)) if *created < TRACKED_SINCE => {
                "was not used since AWS began to keep track, on 2015-04-22".into()
            }
            (Ok(None), Ok(created)) => {
                Value::known(context.credential_age(*created).map(|days| format!("was never used in {days} days")))
            }
            (Err(missing), _) | (_, Err(missing)) => Value::Unknown(missing.clone()),
        }
    }
}

/// # Errors
/// The report does not tell.
fn used_at(date: ReportTime) -> Result<Option<Timestamp>, Missing> {
    match date {
        ReportTime::At(time) => Ok(Some(time)),
        ReportTime::NotApplicable | ReportTime::NoInformation => Ok(None),
        ReportTime::NotSupported => Err(Missing::because("the credential report says `not_supported`")),
        ReportTime::Unreadable => Err(unreadable()),
    }
}

/// A user's row, or why there is none.
pub type Row<'r> = Result<&'r CredentialReportRow, Missing>;

pub fn of_row(row: Row<'_>, get: impl Fn(&CredentialReportRow) -> Value) -> Value {
    match row {
        Ok(row) => get(row),
        Err(missing) => Value::Unknown(missing),
    }
}

/// Days since a time of the report; absent where it says that there is none.
pub fn days(time: ReportTime, context: &Context<'_>) -> Value {
    match time {
        ReportTime::At(time) => context.credential_days(time),
        ReportTime::Unreadable => Value::Unknown(unreadable()),
        ReportTime::NotApplicable | ReportTime::NoInformation | ReportTime::NotSupported => Value::Absent,
    }
}

/// A fact of a password; absent where there is none.
pub fn with_password(row: &CredentialReportRow, get: impl Fn(&CredentialReportRow) -> Value) -> Value {
    match row.password_enabled {
        ReportFlag::True => get(row),
        ReportFlag::False => Value::Absent,
        ReportFlag::NotSupported | ReportFlag::Unreadable => flag(row.password_enabled),
    }
}

/// Days since a password was used or, if it never was, since it was changed.
pub fn console_idle(row: &CredentialReportRow, context: &Context<'_>) -> Value {
    match (row.password_last_used, row.password_last_changed) {
        (ReportTime::At(time), _) => context.credential_days(time),
        (ReportTime::NotApplicable | ReportTime::NoInformation, ReportTime::At(time)) => context.credential_days(time),
        (ReportTime::Unreadable, _) | (_, ReportTime::Unreadable) => Value::Unknown(unreadable()),
        _ => Value::Unknown(Missing::because("the credential report does not say when the password was made")),
    }
}

/// Days since a user was made, by the report.
pub fn user_age(row: &CredentialReportRow, context: &Context<'_>) -> Value {
    match row.user_creation_time {
        ReportTime::At(time) => context.credential_days(time),
        ReportTime::Unreadable => Value::Unknown(unreadable()),
        _ => Value::Unknown(Missing::because("the credential report does not say when the user was made")),
    }
}

/// Days since a user's password or one of its keys was used or, if none ever was, since the user was made.
pub fn user_idle(row: &CredentialReportRow, created: Option<Timestamp>, context: &Context<'_>) -> Value {
    let [first, second] = &row.access_keys;
    let uses = [row.password_last_used, first.last_used_date, second.last_used_date];
    let last = uses.iter().filter_map(|time| time.at()).max();
    match last.or(created) {
        // A use that cannot be read may be the last one.
        _ if uses.contains(&ReportTime::Unreadable) => Value::Unknown(unreadable()),
        Some(time) => context.credential_days(time),
        None => user_age(row, context),
    }
}

/// Whether the user has an active signing certificate, in either place.
pub fn signing_certificate(row: &CredentialReportRow) -> Value {
    let [first, second] = row.certificates_active;
    match (first, second) {
        (ReportFlag::True, _) | (_, ReportFlag::True) => Value::Bool(true),
        (ReportFlag::False, other) | (other, ReportFlag::False) => flag(other),
        _ => flag(first),
    }
}

/// The times of each active key of a user. `ListAccessKeys` tells what is now, so it is asked first.
///
/// # Errors
/// Nothing tells which keys there are.
pub fn active_keys(user: &str, row: Row<'_>, context: &Context<'_>) -> Result<Vec<KeyTimes>, Missing> {
    let listed = context.model.identity().keys(context.model.inventory, context.scope, user);
    if !listed.is_empty() {
        let active = listed.into_iter().filter(|key| key.is_active());
        return Ok(active.map(|key| KeyTimes::of_listed(key, context)).collect());
    }
    // The report's word that there are none is enough; that there are some, the list must have confirmed.
    match (context.require("iam:ListAccessKeys"), row) {
        (Ok(()), _) => Ok(Vec::new()),
        (Err(_), Ok(row)) => {
            let mut active = Vec::new();
            for slot in &row.access_keys {
                match slot.active {
                    ReportFlag::True => active.push(KeyTimes::of_slot(slot)),
                    ReportFlag::False => {}
                    ReportFlag::NotSupported | ReportFlag::Unreadable => return Err(unreadable()),
                }
            }
            Ok(active)
        }
        (Err(missing), Err(_)) => Err(missing),
    }
}

/// How old the youngest active key is; absent without one.
pub fn newest_key_age(keys: Result<Vec<KeyTimes>, Missing>, context: &Context<'_>) -> Value {
    match keys.and_then(by_age) {
        Ok(keys) => keys.last().map_or(Value::Absent, |key| key.age_days(context)),
        Err(missing) => Value::Unknown(missing),
    }
}

/// A fact of the older and the younger of two active keys; absent if there are not two.
pub fn of_two(keys: Result<Vec<KeyTimes>, Missing>, get: impl Fn(&KeyTimes, &KeyTimes) -> Value) -> Value {
    match keys.and_then(by_age).as_deref() {
        Ok([older, .., younger]) => get(older, younger),
        Ok(_) => Value::Absent,
        Err(missing) => Value::Unknown(missing.clone()),
    }
}

/// The oldest first. Of two that were made in the same second, the one that was used counts as the older.
fn by_age(keys: Vec<KeyTimes>) -> Result<Vec<KeyTimes>, Missing> {
    let mut dated = Vec::new();
    for key in keys {
        let is_unused = matches!(key.used, Ok(None));
        dated.push(((key.created.clone()?, is_unused), key));
    }
    dated.sort_by_key(|(age, _)| *age);
    Ok(dated.into_iter().map(|(_, key)| key).collect())
}
