//! Trust policies: who may take a role on, and what holds them back.
//!
//! *Stranger*: somebody with an AWS account of which one's own organization knows nothing.
//! What conditions make of a stranger is asked of the evaluator, so that operators, `IfExists`,
//! `ForAllValues:`, `NotPrincipal` and Deny statements count as AWS counts them:
//!
//! | key | what a stranger has |
//! |---|---|
//! | `aws:PrincipalAccount`, `-Arn`, `-OrgID`, `-OrgPaths` | their own account, and their own organization or none |
//! | `aws:SourceArn`, `-Account`, `-OrgID`, `-OrgPaths` | not there: only services bring them |
//! | `aws:SecureTransport` | true |
//! | `sts:ExternalId`, tags, MFA, session name, region, addresses, everything else | whatever is asked for, maybe |
//!
//! *Bounded*: the conditions of a statement hold for no stranger, so that a principal of `*`
//! does not mean everybody.
//!
//! Limitations and known gaps: conditions on the place (`aws:SourceIp`, `aws:SourceVpc`) narrow
//! and do not name a caller, so they do not bound; an external id is a secret and no identity.
//! Subjects of tokens count as bounded once they name a repository, whichever branch, tag or
//! environment of it; every repository of an organization is too many.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::iam::{
    Caller, Compiled, Condition, Document, Effect, Principal, PrincipalKind, Request, RequestContext, Statement, Truth,
    condition_holds, matches,
};

/// What a statement may allow in a trust policy.
const ASSUME: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// Positive operators, without `IfExists`.
const POSITIVE: [&str; 5] = ["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"];

/// Whether the statement lets somebody take the role on.
pub fn allows_assuming(statement: &Statement) -> bool {
    statement.effect == Effect::Allow && ASSUME.iter().any(|action| statement.covers_action(action))
}

/// Whether the conditions hold for no stranger.
pub fn is_bounded(statement: &Statement, partition: &str) -> bool {
    let open = |stranger: &Stranger| {
        let test = |condition| condition_holds(condition, &stranger.context);
        Truth::all(statement.conditions.iter().map(test)).may()
    };
    !strangers(partition).iter().any(open)
}

/// Somebody who could try to take a role on.
#[derive(Debug, Clone)]
pub struct Stranger {
    pub caller: Caller<'static>,
    pub action: &'static str,
    pub context: RequestContext,
}

/// The kinds of strangers: with an organization of their own and without, and with a token of some provider.
/// `partition` is the role's.
pub fn strangers(partition: &str) -> Vec<Stranger> {
    let of_account = |organization| Stranger {
        caller: Caller::SomebodyOf { account: NOBODY },
        action: "sts:AssumeRole",
        context: foreign(NOBODY, partition, organization),
    };
    let by_token = |action| {
        let mut context =
            RequestContext::new().with("aws:SecureTransport", "true").with("aws:PrincipalIsAWSService", "false");
        for key in IDENTITY.iter().chain(&OF_SERVICES) {
            context.absent(key);
        }
        Stranger { caller: Caller::Federated("a provider that nobody names"), action, context }
    };
    let tokens = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"].map(by_token);
    [of_account(true), of_account(false)].into_iter().chain(tokens).collect()
}

/// An account that no policy names, since AWS gives no such id.
const NOBODY: &str = "000000000000";

/// Keys that say who calls.
const IDENTITY: [&str; 5] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalOrgMasterAccount",
];

/// Keys that only services bring.
const OF_SERVICES: [&str; 6] = [
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
];

/// What is known of the requests of an account that is none of one's own: with an organization that is none of
/// one's own, or without.
pub fn foreign(account: &str, partition: &str, organization: bool) -> RequestContext {
    let mut context = RequestContext::new()
        .with("aws:SecureTransport", "true")
        .with("aws:PrincipalIsAWSService", "false")
        .with("aws:PrincipalAccount", account);
    context.begins("aws:PrincipalArn", &format!("arn:{partition}:iam::{account}:"));
    if organization {
        context.set("aws:PrincipalOrgID", ["o-0000000000"]);
        // Roots and units are theirs to make.
        context.begins("aws:PrincipalOrgPaths", "o-0000000000/");
        context.set("aws:PrincipalOrgMasterAccount", [NOBODY]);
    } else {
        context.absent("aws:PrincipalOrgID").absent("aws:PrincipalOrgPaths").absent("aws:PrincipalOrgMasterAccount");
    }
    for key in OF_SERVICES {
        context.absent(key);
    }
    context
}

/// Whether the condition can hold only where the key is there and equal.
fn is_positive(condition: &Condition) -> bool {
    !condition.holds_without_key() && POSITIVE.contains(&condition.base_operator().as_str())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the callers must know an external id.
pub fn wants_external_id(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        condition.is_on("sts:ExternalId")
            && is_positive(condition)
            && condition.values.iter().all(|value| value.chars().any(|c| c != '*' && c != '?'))
    })
}

/// Whether the callers must have used MFA.
pub fn wants_mfa(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        condition.is_on("aws:MultiFactorAuthPresent")
            && condition.base_operator() == "bool"
            && !condition.holds_without_key()
            && condition.values.iter().all(|value| value.eq_ignore_ascii_case("true"))
    })
}

/// Whether a service that calls must say for which resource, account or organization.
pub fn names_source(statement: &Statement) -> bool {
    const SOURCES: [&str; 4] = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];
    statement
        .conditions
        .iter()
        .any(|condition| SOURCES.iter().any(|key| condition.is_on(key)) && is_positive(condition))
}

/// Those whom a statement lets in: of an account somebody, of everyone a stranger.
pub fn callers(statement: &Statement) -> Vec<Caller<'_>> {
    let principals = statement.principals.iter();
    let stranger = Caller::SomebodyOf { account: NOBODY };
    principals
        .flat_map(|all| all.of.iter().map(move |principal| (all.all_but, principal)))
        .map(|(all_but, principal)| match principal.kind {
            _ if all_but => stranger,
            PrincipalKind::Service => Caller::Service(&principal.value),
            PrincipalKind::Federated => Caller::Federated(&principal.value),
            PrincipalKind::Anyone | PrincipalKind::CanonicalUser => stranger,
            PrincipalKind::Aws => match account_of(&principal.value) {
                Some(account) => Caller::SomebodyOf { account },
                None => stranger,
            },
        })
        .collect()
}

pub fn account_of(value: &str) -> Option<&str> {
    let account = if value.starts_with("arn:") { value.split(':').nth(4)? } else { value };
    is_account(account).then_some(account)
}

/// The accounts that the statement names, sorted.
pub fn accounts(statement: &Statement) -> Vec<String> {
    let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.all_but) else {
        return Vec::new();
    };
    let accounts: BTreeSet<&str> = principals
        .of
        .iter()
        .filter(|principal| principal.kind == PrincipalKind::Aws)
        .filter_map(|principal| account_of(&principal.value))
        .collect();
    accounts.into_iter().map(str::to_owned).collect()
}

/// Principals that were deleted: AWS shows the unique id that their name stood for.
pub fn orphans(statement: &Statement) -> Vec<String> {
    let principals = statement.principals.iter().flat_map(|principals| &principals.of);
    let orphan = |principal: &&Principal| {
        principal.kind == PrincipalKind::Aws
            && ["AIDA", "AROA"].iter().any(|prefix| principal.value.starts_with(prefix))
    };
    principals.filter(orphan).map(|principal| principal.value.clone()).collect()
}

/// Whether tokens of an identity provider with many customers (OpenID Connect)
/// are taken from more than a subject, a pool or a client of one's own.
pub fn is_open_federation(statement: &Statement) -> bool {
    /// There, the audience is the customer's own.
    const OWN_AUDIENCE: [&str; 4] =
        ["cognito-identity.amazonaws.com", "accounts.google.com", "www.amazon.com", "graph.facebook.com"];
    let providers = statement.principals.iter().flat_map(|principals| &principals.of).filter_map(|principal| {
        if principal.kind != PrincipalKind::Federated {
            return None;
        }
        match principal.value.split_once(":oidc-provider/") {
            Some((_, provider)) => Some(provider),
            None => OWN_AUDIENCE.into_iter().find(|provider| *provider == principal.value),
        }
    });
    let bounded = |provider: &str| {
        statement.conditions.iter().any(|condition| {
            let Some((of, claim)) = condition.key.rsplit_once(':') else { return false };
            let own = OWN_AUDIENCE.contains(&provider);
            let claim = claim.to_ascii_lowercase();
            let telling = match claim.as_str() {
                "aud" | "app_id" | "oaud" => own,
                "iss" | "amr" => false,
                _ => true,
            };
            of.eq_ignore_ascii_case(provider)
                && telling
                && is_positive(condition)
                && condition.values.iter().all(|value| is_subject(value, condition.base_operator() == "stringlike"))
        })
    };
    // Bound at all, because "any one of the subjects" is what a provider's tokens are.
    providers.into_iter().any(|provider| !bounded(provider))
}

/// Whether a claim's value names someone. Of code forges it has to name organization and repository: whoever may push to
/// any repository of an organization, or found one of a similar name, would pass otherwise. Of others its first part,
/// after a kind, is not open. To operators other than `StringLike`, a star is a star.
fn is_subject(value: &str, is_pattern: bool) -> bool {
    const FORGES: [&str; 2] = ["repo:", "project_path:"];
    const KINDS: [&str; 2] = ["organization:", "system:serviceaccount:"];
    let is_wild = |text: &str| is_pattern && text.contains(['*', '?']);
    let begins_wild = |text: &str| text.is_empty() || is_pattern && text.starts_with(['*', '?']);
    if let Some(rest) = FORGES.iter().find_map(|kind| value.strip_prefix(kind)) {
        let mut parts = rest.split('/');
        let (organization, repository) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        return !organization.is_empty() && !is_wild(organization) && !begins_wild(repository);
    }
    let rest = KINDS.iter().find_map(|kind| value.strip_prefix(kind)).unwrap_or(value);
    let first = rest.split(['/', ':']).next().unwrap_or(rest);
    !(begins_wild(first) || is_pattern && matches(value, ""))
}

/// Whether a stranger may take the role on, as far as its trust policy goes.
pub fn trusts_anyone(document: &Document, partition: &str) -> bool {
    let compiled = Compiled::new(Arc::new(document.clone()));
    strangers(partition).iter().any(|stranger| {
        let (mut allow, mut deny) = (Truth::False, Truth::False);
        let Stranger { caller, action, context } = stranger;
        let request = Request { action, resource: "*", facts: context, caller: Some(*caller) };
        compiled.each_applied(&request, |effect, applied| match effect {
            Effect::Allow => allow = allow.or(applied.truth),
            Effect::Deny => deny = deny.or(applied.truth),
        });
        allow.may() && !deny.must()
    })
}

#[cfg(test)]
mod tests;
