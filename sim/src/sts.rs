//! STS, in the `awsQuery` protocol of 2011-06-15.

use crate::call::{Call, session_key, session_token};
use crate::clock::{iso, unix_now};
use crate::error::ApiError;
use crate::hash::{ALNUM, hash, letters, word};
use crate::service::Protocol;
use crate::xml::Xml;

/// Writes the result of an operation.
pub fn operation(call: &Call, x: &mut Xml) -> Result<(), ApiError> {
    match call.action {
        "GetCallerIdentity" => {
            x.put("Arn", call.caller.arn(call.org));
            x.put("UserId", call.caller.user_id(call.org));
            x.put("Account", call.account_id());
            Ok(())
        }
        "AssumeRole" => assume_role(call, x),
        name => Err(ApiError::unknown_action(Protocol::Query, name)),
    }
}

fn assume_role(call: &Call, x: &mut Xml) -> Result<(), ApiError> {
    let arn = call.need("RoleArn")?;
    let session = call.need("RoleSessionName")?;
    let denied = || {
        ApiError::new(
            403,
            "AccessDenied",
            format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}",
                call.caller.arn(call.org)
            ),
        )
    };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "iam", "", id, resource] = parts.as_slice() else {
        return Err(call.invalid(format!("{arn} is invalid")));
    };
    let role = resource.strip_prefix("role/").ok_or_else(denied)?;
    let role = role.rsplit('/').next().unwrap_or(role);
    let account = call.org.account_index(id).ok_or_else(denied)?;
    let external = call.params.text("ExternalId");
    let external_ok = match &call.org.external_id {
        None => true,
        Some(wanted) => external == Some(wanted),
    };
    // Only the management account is trusted; it may assume its own role too.
    if role != call.org.audit_role || call.caller.account != 0 || !external_ok {
        return Err(denied());
    }
    let seconds = match call.params.number("DurationSeconds") {
        None => call.org.credential_seconds,
        Some(Ok(asked @ 900..=43_200)) => asked.min(call.org.credential_seconds),
        Some(_) => return Err(call.invalid("DurationSeconds must be from 900 to 43200")),
    };
    let expires = unix_now() + seconds;
    x.node("Credentials", |x| {
        x.put("AccessKeyId", session_key(id, expires));
        let secret = hash(call.org.seed, &[word("secret"), u64::from(account)]);
        x.put("SecretAccessKey", letters(secret, ALNUM, 40));
        x.put("SessionToken", session_token(role, session));
        x.put("Expiration", iso(expires));
    });
    x.node("AssumedRoleUser", |x| {
        let unique = call.org.unique_id("AROA", account, role);
        x.put("AssumedRoleId", format!("{unique}:{session}"));
        x.put("Arn", format!("arn:aws:sts::{id}:assumed-role/{role}/{session}"));
    });
    x.put("PackedPolicySize", 1_u32);
    Ok(())
}
