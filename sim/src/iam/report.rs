//! The credential report: one CSV line for root and for each user.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::users::{Key, User, Users};
use crate::clock::{DAY, iso_offset};
use crate::defects::Code;

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
password_last_changed,password_next_rotation,mfa_active,\
access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
access_key_1_last_used_region,access_key_1_last_used_service,\
access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
access_key_2_last_used_region,access_key_2_last_used_service,\
cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// The report in base64, as `GetCredentialReport` carries it.
pub fn content(users: &Users) -> String {
    let mut csv = HEADER.to_owned();
    csv.push('\n');
    csv.push_str(&root(users));
    for user in users.all() {
        csv.push('\n');
        csv.push_str(&line(users, &user));
    }
    STANDARD.encode(csv)
}

const NONE: &str = "N/A";

fn key_fields(users: &Users, key: Option<Key>) -> String {
    let Some(key) = key else {
        return format!("false,{NONE},{NONE},{NONE},{NONE}");
    };
    let used = key.used.map_or_else(
        || format!("{NONE},{NONE},{NONE}"),
        |used| format!("{},{},s3", iso_offset(used), users.org.home()),
    );
    format!("{},{},{used}", key.active, iso_offset(key.rotated))
}

fn root(users: &Users) -> String {
    let (org, account) = (users.org, users.account);
    let id = org.account_id(account);
    let created = iso_offset(org.created(&[u64::from(account)]));
    let used = iso_offset(org.now.saturating_sub(500 * DAY));
    let mfa = !org.has(account, None, Code::RootNoMfa);
    let key = org.has(account, None, Code::RootKey).then(|| Key {
        active: true,
        rotated: org.now.saturating_sub(700 * DAY),
        used: Some(org.now.saturating_sub(30 * DAY)),
    });
    format!(
        "<root_account>,arn:aws:iam::{id}:root,{created},not_supported,{used},not_supported,not_supported,{mfa},{},{},false,{NONE},false,{NONE}",
        key_fields(users, key),
        key_fields(users, None)
    )
}

fn line(users: &Users, user: &User) -> String {
    let id = users.org.account_id(users.account);
    let password = user.password.map_or_else(
        || format!("false,{NONE},{NONE},{NONE}"),
        |password| format!("true,{},{},{NONE}", iso_offset(password.used), iso_offset(password.changed)),
    );
    let [first, second] = user.keys;
    format!(
        "{name},arn:aws:iam::{id}:user/{name},{},{password},{},{},{},false,{NONE},false,{NONE}",
        iso_offset(user.created),
        user.mfa,
        key_fields(users, first),
        key_fields(users, second),
        name = user.name,
    )
}
