//! How near users, roles and what hands them out are to an administrator, of their account or another that was read.

use crate::inventory::Missing;
use crate::model::escalation::{Finding, Verdict};
use crate::model::{Context, Value};
use crate::resource::iam::AUTHORIZATION;

/// What the verdict rests on beside the type's listing.
pub const READS: &[&str] = &[
    "ec2:DescribeInstances",
    "iam:GetAccountAuthorizationDetails",
    "iam:GetCredentialReport",
    "iam:GetPolicyVersion",
    "iam:ListAccessKeys",
    "iam:ListInstanceProfiles",
    "iam:ListPolicies",
    "organizations:DescribeOrganization",
    "organizations:DescribePolicy",
    "organizations:ListAccounts",
    "organizations:ListPolicies",
    "organizations:ListRoots",
    "organizations:ListTargetsForPolicy",
];

/// What is told of a principal, by its ARN, in full: what was not read could not change it.
///
/// # Errors
/// Why nobody can tell: policies that could grant more to it, or to others that it comes to, were not read, or others
/// could be there that it comes to.
fn finding<'m>(context: &Context<'m>, arn: &str) -> Result<&'m Finding, Missing> {
    let finding = told(context, arn)?;
    match (&finding.unread, finding.verdict) {
        (None, _) => Ok(finding),
        // A finding is not lost over it: whoever reads why nobody can tell reads this too.
        (Some(unread), Verdict::Proven) => Err(Missing {
            why: format!("{}; by what was read it can become an administrator (see `driftline iam paths`)", unread.why),
            ..unread.clone()
        }),
        (Some(unread), _) => Err(unread.clone()),
    }
}

/// What is told of a principal, who could still be nearer if it is `proven`.
fn told<'m>(context: &Context<'m>, arn: &str) -> Result<&'m Finding, Missing> {
    let wide = Context { scope: &context.scope.account_wide(), ..*context };
    let Some(finding) = context.model.escalation().get(arn) else {
        wide.require(AUTHORIZATION)?;
        return Err(Missing::because(format!("{arn} was not seen")));
    };
    match finding.verdict {
        Verdict::Admin | Verdict::Proven => Ok(finding),
        Verdict::Unknown => Err(unread(finding)),
        Verdict::Possible | Verdict::Capability | Verdict::None => {
            match finding.unread.as_ref().or(finding.nearer.as_ref()) {
                Some(missing) => Err(missing.clone()),
                // Others could be there that it reaches.
                None => wide.require(AUTHORIZATION).map(|()| finding),
            }
        }
    }
}

fn unread(finding: &Finding) -> Missing {
    let known = finding.unread.as_ref().or(finding.nearer.as_ref());
    known.cloned().unwrap_or_else(|| Missing::because("not every policy was read"))
}

pub fn verdict(context: &Context<'_>, arn: &str) -> Value {
    Value::known(finding(context, arn).map(|finding| finding.verdict.as_str()))
}

pub fn tier(context: &Context<'_>, arn: &str) -> Value {
    match finding(context, arn) {
        Ok(finding) => Value::optional(finding.tier.map(|tier| tier.as_str())),
        Err(missing) => Value::Unknown(missing),
    }
}

pub fn is_effective_admin(context: &Context<'_>, arn: &str) -> Value {
    Value::known(told(context, arn).map(Finding::is_effective_admin))
}

/// Each call of the way in one line; without a way none.
pub fn path(context: &Context<'_>, arn: &str) -> Value {
    let told = |finding: &Finding| {
        let hops = finding.hops().map(|hop| format!("{} on {} by {}", hop.action, hop.target, hop.statement));
        hops.collect::<Vec<String>>()
    };
    Value::known(finding(context, arn).map(told))
}

/// What has to hold for it, in lines.
pub fn conditions(context: &Context<'_>, arn: &str) -> Value {
    // Policies of the organization that were not read could ask for more.
    if let Some(missing) = context.model.permissions().missing_denials(&context.scope.account).first() {
        return Value::Unknown(missing.clone());
    }
    let told = |finding: &Finding| {
        let needs = finding.moves.iter().flat_map(|one| &one.needs);
        finding.open.iter().chain(needs).cloned().collect::<Vec<String>>()
    };
    Value::known(finding(context, arn).map(told))
}
