//! A principal by what a person calls it.

use crate::model::permission::{Permissions, PrincipalId};
use crate::run::Stop;
use crate::text::{did_you_mean, list};

/// How many of several that a name may mean are told.
const TOLD: usize = 5;

/// The principal of an ARN, or of a name that only one user or role has: `ann`, `user/ann`, `role/team/deploy`.
///
/// # Errors
/// There is none, or several.
pub fn principal(permissions: &Permissions, wanted: &str) -> Result<PrincipalId, Stop> {
    if let Some(found) = permissions.find(wanted) {
        return Ok(found);
    }
    let is_called = |id: &PrincipalId| {
        let principal = permissions.principal(*id);
        let resource = principal.arn().splitn(6, ':').nth(5).unwrap_or_default();
        principal.name() == wanted || resource == wanted
    };
    let found: Vec<PrincipalId> = permissions.principals().filter(is_called).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Stop::usage(unknown(permissions, wanted))),
        several => {
            let arns = several.iter().take(TOLD).map(|id| permissions.arn(*id));
            let more = several.len().saturating_sub(TOLD);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Err(Stop::usage(format!(
                "`{wanted}` may mean {} principals; give the ARN: {}{more}",
                several.len(),
                list(arns)
            )))
        }
    }
}

fn unknown(permissions: &Permissions, wanted: &str) -> String {
    let whole = wanted.starts_with("arn:");
    let names =
        permissions.principals().map(|id| if whole { permissions.arn(id) } else { permissions.principal(id).name() });
    let help = match did_you_mean(wanted, names) {
        Some(close) => format!("; did you mean `{close}`?"),
        None if permissions.principals().len() == 0 => ": it holds no users or roles".to_owned(),
        None => String::new(),
    };
    format!("the snapshot has no user or role `{wanted}`{help}")
}
