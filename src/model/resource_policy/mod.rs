//! Policies of resources such as buckets and functions: what strangers may do, and which other accounts may.
//!
//! Asked is the evaluator, with requests that a stranger could make (`model/trust` says who that is), so that
//! operators, `NotPrincipal`, `NotAction` and Deny statements count as AWS counts them. Beside who calls, a stranger's
//! request has these:
//!
//! | key | what a stranger has |
//! |---|---|
//! | `aws:SourceIp` | an address that no policy names but with a block as wide as /8 (IPv6: /32) |
//! | `aws:SourceVpc`, `aws:SourceVpce` and their kin | a VPC and an endpoint of their own, or none |
//! | `aws:SourceArn`, `aws:SourceAccount` of a service | something of their own account, of the service that the policy means |
//! | `s3:DataAccessPointArn`, `s3:DataAccessPointAccount` | an access point of their own, or none |
//! | `aws:userid` | one of their own |
//! | everything else | whatever is asked for |
//!
//! *Public*: a stranger may, as far as the policy goes. AWS calls the same conditions fixed values
//! (S3 user guide, "The meaning of public").
//!
//! Limitations: which resources a pattern with `*` names is tried with one example of each pattern of the policy;
//! resource control policies of the organization are not asked, which could only close what is open.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::iam::{Caller, Compiled, Document, Effect, PrincipalKind, Request, RequestContext, Statement, Truth};
use crate::model::trust::{self, foreign};

#[cfg(test)]
mod tests;

/// An account that no policy names, since AWS gives no such id.
const NOBODY: &str = "000000000000";
/// Addresses that are given to documents, and so to nobody.
const ADDRESSES: [&str; 2] = ["203.0.113.77", "2001:db8::77"];

/// The resource that a policy is of, with an example of what is in it.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// What sets off the parts of it: `/` for a bucket's objects, `:` for a function's versions.
    pub inside: char,
}

/// An action, and whether it is one on the resource itself or on what is in it.
pub type Action = (&'static str, Place);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Itself,
    Inside,
    Either,
}

/// A policy that questions are asked of.
pub struct Asked<'a> {
    document: Compiled,
    target: Target<'a>,
    partition: &'a str,
    /// Examples of what its patterns mean, within the target.
    examples: Vec<String>,
}

impl<'a> Asked<'a> {
    pub fn new(document: &Document, target: Target<'a>, partition: &'a str) -> Asked<'a> {
        let mut examples: BTreeSet<String> = BTreeSet::from([target.arn.to_owned()]);
        examples.insert(format!("{}{}example", target.arn, target.inside));
        let patterns =
            document.statements.iter().filter_map(|one| one.resources.as_ref()).flat_map(|all| all.patterns());
        examples.extend(patterns.map(|pattern| example(pattern)).filter(|arn| target.place(arn).is_some()));
        let document = Compiled::new(Arc::new(document.clone()));
        Asked { document, target, partition, examples: examples.into_iter().collect() }
    }

    /// Those of the actions that a stranger may do, in their order.
    pub fn public(&self, actions: &[Action]) -> Vec<&'static str> {
        let strangers = self.strangers();
        let open = |(action, place): &&Action| {
            strangers.iter().any(|(caller, context)| self.somewhere(action, *place, *caller, context))
        };
        actions.iter().filter(open).map(|(action, _)| *action).collect()
    }

    /// The accounts that the policy names and that may do some of the actions, each with those.
    pub fn accounts(&self, actions: &[Action]) -> BTreeMap<String, Vec<&'static str>> {
        let named: BTreeSet<String> = self.document.document().statements.iter().flat_map(named_accounts).collect();
        let of = |account: &str| -> Vec<&'static str> {
            let contexts = [true, false].map(|organization| foreign(account, self.partition, organization));
            let caller = Caller::SomebodyOf { account };
            let open = |(action, place): &&Action| {
                contexts.iter().any(|context| self.somewhere(action, *place, caller, context))
            };
            actions.iter().filter(open).map(|(action, _)| *action).collect()
        };
        let granted =
            named.into_iter().map(|account| (of(&account), account)).filter(|(actions, _)| !actions.is_empty());
        granted.map(|(actions, account)| (account, actions)).collect()
    }

    /// Whether the policy denies the actions, each on the resource or in it, in every request that fits the context,
    /// whoever makes it.
    pub fn denies_everyone(&self, actions: &[Action], context: &RequestContext, own: &str) -> bool {
        let callers = [Caller::SomebodyOf { account: own }, Caller::SomebodyOf { account: NOBODY }];
        actions.iter().all(|(action, place)| {
            let mut examples = self.examples.iter().filter(|arn| self.target.is_at(arn, *place));
            examples.all(|resource| callers.iter().all(|caller| self.ask(action, resource, *caller, context).1.must()))
        })
    }

    fn somewhere(&self, action: &str, place: Place, caller: Caller<'_>, context: &RequestContext) -> bool {
        let mut examples = self.examples.iter().filter(|arn| self.target.is_at(arn, place));
        examples.any(|resource| {
            let (allow, deny) = self.ask(action, resource, caller, context);
            allow.may() && !deny.must()
        })
    }

    /// Whether some statement allows a request, and whether some denies it.
    fn ask(&self, action: &str, resource: &str, caller: Caller<'_>, facts: &RequestContext) -> (Truth, Truth) {
        let (mut allow, mut deny) = (Truth::False, Truth::False);
        let request = Request { action, resource, facts, caller: Some(caller) };
        self.document.each_applied(&request, |effect, applied| match effect {
            Effect::Allow => allow = allow.or(applied.truth),
            Effect::Deny => deny = deny.or(applied.truth),
        });
        (allow, deny)
    }

    /// Who could come: with an organization of their own and without, without credentials, through a VPC of their
    /// own, and by a service.
    fn strangers(&self) -> Vec<(Caller<'static>, RequestContext)> {
        let somebody = Caller::SomebodyOf { account: NOBODY };
        let mut all = Vec::new();
        let conditions = || self.document.document().statements.iter().flat_map(|one| &one.conditions);
        let mut addresses: Vec<String> = ADDRESSES.map(str::to_owned).to_vec();
        let of_key = |key: &'static str| conditions().filter(move |one| one.is_on(key)).flat_map(|one| &one.values);
        addresses.extend(of_key("aws:SourceIp").filter_map(|block| address_in_wide(block)));

        let mut callers = vec![foreign(NOBODY, self.partition, true), foreign(NOBODY, self.partition, false)];
        callers.push(anonymous());
        for mut caller in callers {
            for key in FROM_VPC {
                caller.absent(key);
            }
            caller.set("aws:userid", ["AIDA0000000000000000"]);
            caller.absent("s3:DataAccessPointArn").absent("s3:DataAccessPointAccount");
            for address in &addresses {
                all.push((somebody, caller.clone().with("aws:SourceIp", address)));
            }
            let mut inside = caller.clone().without("aws:SourceIp");
            inside.set("aws:SourceVpc", ["vpc-00000000000000000"]).set("aws:SourceVpce", ["vpce-00000000000000000"]);
            inside.set("aws:SourceVpceAccount", [NOBODY]).set("aws:SourceVpceOrgID", ["o-0000000000"]);
            inside.begins("aws:SourceVpcArn", &format!("arn:{}:ec2:", self.partition));
            inside.begins("aws:SourceVpceOrgPaths", "o-0000000000/");
            all.push((somebody, inside));
            let mut by_access_point = caller.with("aws:SourceIp", ADDRESSES[0]);
            by_access_point.set("s3:DataAccessPointAccount", [NOBODY]);
            by_access_point.begins("s3:DataAccessPointArn", &format!("arn:{}:s3:us-east-1:{NOBODY}:", self.partition));
            all.push((somebody, by_access_point));
        }
        // A service that does for one customer what another one let it do.
        let sources: BTreeSet<String> = of_key("aws:SourceArn").map(|pattern| foreign_source(pattern)).collect();
        for source in sources {
            let mut context = RequestContext::new().with("aws:SecureTransport", "true");
            context.set("aws:PrincipalIsAWSService", ["true"]).set("aws:SourceAccount", [NOBODY]);
            context.begins("aws:SourceArn", &source);
            context.set("aws:SourceOrgID", ["o-0000000000"]).begins("aws:SourceOrgPaths", "o-0000000000/");
            for key in IDENTITY.iter().chain(&FROM_VPC) {
                context.absent(key);
            }
            all.push((Caller::Service("a service that nobody names"), context));
        }
        all
    }
}

impl Target<'_> {
    /// Where an ARN is; none if it is something else.
    fn place(&self, arn: &str) -> Option<Place> {
        match arn.strip_prefix(self.arn)? {
            "" => Some(Place::Itself),
            rest if rest.starts_with(self.inside) && rest.len() > 1 => Some(Place::Inside),
            _ => None,
        }
    }

    fn is_at(&self, arn: &str, place: Place) -> bool {
        place == Place::Either || self.place(arn) == Some(place)
    }
}

/// Keys that say from which VPC a request comes.
const FROM_VPC: [&str; 7] = [
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceVpcArn",
    "aws:SourceVpceAccount",
    "aws:SourceVpceOrgID",
    "aws:SourceVpceOrgPaths",
    "aws:VpcSourceIp",
];

const IDENTITY: [&str; 4] = ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"];

/// A request without credentials.
fn anonymous() -> RequestContext {
    let mut context = foreign(NOBODY, "aws", false);
    for key in IDENTITY {
        context.absent(key);
    }
    context
}

/// One of the names that a pattern means.
fn example(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find(['*', '?', '$']) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        // A policy variable stands for any one text.
        let variable = rest.strip_prefix("${").and_then(|inner| inner.find('}')).map(|end| end + 3);
        match variable {
            Some(length) => {
                out.push('x');
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                out.push(if rest.starts_with('$') { '$' } else { 'x' });
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// An address of a block that is as wide as a part of the internet that many share.
fn address_in_wide(block: &str) -> Option<String> {
    let (address, length) = block.split_once('/')?;
    let (length, widest) = (length.parse::<u8>().ok()?, if address.contains(':') { 32 } else { 8 });
    // The first address of a block is one of it.
    (length <= widest).then(|| address.to_owned())
}

/// The beginning of the ARN of a stranger's resource of the service and region that a pattern means.
fn foreign_source(pattern: &str) -> String {
    let fields: Vec<String> = pattern.splitn(6, ':').map(example).collect();
    let field = |index: usize| fields.get(index).map(String::as_str).unwrap_or("x");
    match field(4) {
        // Buckets have no account in their ARNs; their names are nobody else's.
        "" => format!("arn:{}:{}:{}::a-stranger-", field(1), field(2), field(3)),
        _ => format!("arn:{}:{}:{}:{NOBODY}:", field(1), field(2), field(3)),
    }
}

/// The accounts that an Allow statement names, by its principals or by what it asks of them.
fn named_accounts(statement: &Statement) -> Vec<String> {
    if statement.effect != Effect::Allow {
        return Vec::new();
    }
    let mut accounts = trust::accounts(statement);
    let anyone = statement
        .principals
        .iter()
        .any(|all| all.all_but || all.of.iter().any(|one| one.kind == PrincipalKind::Anyone || one.value == "*"));
    if anyone {
        let keys = ["aws:PrincipalAccount", "aws:PrincipalArn"];
        let conditions = statement.conditions.iter().filter(|one| keys.iter().any(|key| one.is_on(key)));
        accounts.extend(
            conditions.flat_map(|one| &one.values).filter_map(|value| trust::account_of(value)).map(str::to_owned),
        );
    }
    accounts
}
