//! A draft of a baseline: what is there, in the form in which it can be wanted.
//!
//! It says of each resource what matters, that is, every attribute that has an order of weaker and stronger, empty ones
//! too: whoever reads the draft takes out what they do not want to be asked about. What could not be read is a comment.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::arn::Scope;
use crate::drift::{self, Side};
use crate::model::Model;
use crate::resource::ResourceType;
use crate::text::{toml_list, toml_text};

use super::difference::elements;
use super::live::Live;
use super::read::RESERVED;
use super::vocabulary::{Shape, shape};

/// What is recorded unless types are named: what people make and review, and not what follows from it.
pub const TYPES: &[ResourceType] = {
    use ResourceType as T;
    &[
        T::Account,
        T::Region,
        T::Vpc,
        T::Subnet,
        T::RouteTable,
        T::NetworkAcl,
        T::SecurityGroup,
        T::InternetGateway,
        T::EgressOnlyInternetGateway,
        T::NatGateway,
        T::VpcPeeringConnection,
        T::VpcEndpoint,
        T::VpnGateway,
        T::VpnConnection,
        T::TransitGatewayAttachment,
        T::TransitGatewayRouteTable,
        T::FlowLog,
        T::PrefixList,
        T::LoadBalancer,
        T::ClassicLoadBalancer,
        T::User,
        T::Group,
        T::Role,
        T::ManagedPolicy,
        T::AccessKey,
        T::SamlProvider,
        T::OidcProvider,
        T::Trail,
        T::Detector,
        T::Hub,
        T::Analyzer,
        T::ConfigurationRecorder,
        T::DeliveryChannel,
    ]
};

/// Which of an entry's places the head of the file says already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub account: bool,
    pub region: bool,
}

/// The head of a draft.
pub fn head(id: &str, accounts: &BTreeSet<String>, regions: &BTreeSet<String>, types: &[ResourceType]) -> String {
    let mut out = format!("schema = 1\n\n[baseline]\nid = {}\n\n[scope]\n", toml_text(id));
    let list = |all: &BTreeSet<String>| toml_list(all.iter().map(String::as_str), false);
    out.push_str(&format!("accounts = {}\n", list(accounts)));
    if !regions.is_empty() {
        out.push_str(&format!("regions  = {}\n", list(regions)));
    }
    // What the model adds is always there, and nothing of it can be unlisted.
    let types = types.iter().filter(|of| {
        !matches!(
            of,
            ResourceType::Account | ResourceType::Region | ResourceType::ReportedUser | ResourceType::ReportedAccessKey
        )
    });
    out.push_str(&format!("types    = {}\n", toml_list(types.map(|of| of.name()), true)));
    out.push_str("unlisted = \"drift\"\n");
    out
}

/// The entries of one account, in the order of types, places and keys.
pub fn entries(
    model: &Model<'_>,
    side: &Side<'_>,
    types: &[ResourceType],
    said: Said,
    wanted: &dyn Fn(&Scope) -> bool,
) -> String {
    let mut out = String::new();
    for of in types {
        let mut all: Vec<Live<'_>> = Live::all(model, side, *of);
        all.retain(|one| wanted(one.scope) && one.is_told());
        all.sort_by(|a, b| (a.scope, &a.key).cmp(&(b.scope, &b.key)));
        for one in &all {
            out.push_str(&entry(*of, one, said));
        }
    }
    out
}

fn entry(of: ResourceType, one: &Live<'_>, said: Said) -> String {
    let mut out = format!("\n[[resource]]\ntype = {}\nkey  = {}\n", toml_text(of.name()), toml_text(&one.key));
    if !said.account {
        out.push_str(&format!("accounts = [{}]\n", toml_text(one.scope.account.as_str())));
    }
    if !said.region && !one.scope.region.is_global() {
        out.push_str(&format!("regions = [{}]\n", toml_text(one.scope.region.as_str())));
    }
    let mut absent = Vec::new();
    for path in paths(of, one) {
        if path == "inline_policies" {
            out.push_str(&inline_policies(one));
            continue;
        }
        let Some(shape) = shape(of, &path).filter(|shape| *shape != Shape::Records) else { continue };
        let value = match one.value(&path) {
            Ok(value) => value,
            Err(missing) => {
                let why = missing.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
                out.push_str(&format!("# {path}: could not be read: {}\n", why.escape_default()));
                continue;
            }
        };
        let is_list = matches!(shape, Shape::Texts | Shape::Ips | Shape::Rules(_));
        let key = path.split('.').map(bare).collect::<Vec<_>>().join(".");
        match value {
            Value::Null if is_list => out.push_str(&format!("{key} = []\n")),
            Value::Null => absent.push(path),
            Value::Array(_) => {
                let all = elements(&value);
                let is_long = all.len() > 1 || matches!(shape, Shape::Rules(_));
                out.push_str(&format!("{key} = {}\n", toml_list(all.iter().map(String::as_str), is_long)));
            }
            Value::String(text) => out.push_str(&format!("{key} = {}\n", toml_text(&text))),
            Value::Bool(_) | Value::Number(_) => out.push_str(&format!("{key} = {value}\n")),
            Value::Object(_) => {}
        }
    }
    if !absent.is_empty() {
        out.push_str(&format!("absent = {}\n", toml_list(absent.iter().map(String::as_str), false)));
    }
    out
}

/// Policies by name, each as its statements; a list without one if there are none.
fn inline_policies(one: &Live<'_>) -> String {
    let prefix = "inline_policies.";
    let all = one.attributes().iter().filter_map(|(path, attribute)| Some((path.strip_prefix(prefix)?, attribute)));
    let lines: Vec<String> = all
        .map(|(name, attribute)| {
            let statements = elements(&attribute.value);
            format!("inline_policies.{} = {}\n", bare(name), toml_list(statements.iter().map(String::as_str), true))
        })
        .collect();
    if lines.is_empty() { "inline_policies = []\n".to_owned() } else { lines.concat() }
}

/// Every attribute that matters: those that the engine has an order for, and what is there besides.
fn paths(of: ResourceType, one: &Live<'_>) -> BTreeSet<String> {
    let known = drift::names(of).filter(|name| drift::matters(of, name)).map(str::to_owned);
    let there = one.attributes().keys().filter(|path| drift::matters(of, path)).cloned();
    let derived = super::effect::derived_facts(of).into_iter().map(str::to_owned);
    let mut all: BTreeSet<String> = known.chain(there).chain(derived).collect();
    // A name that stands for those below it says nothing by itself; inline policies are told by name.
    let parents: Vec<String> = all
        .iter()
        .filter(|path| *path != "inline_policies")
        .filter(|path| {
            all.iter().any(|other| other.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('.')))
        })
        .cloned()
        .collect();
    // What an analyzer's type is, say, cannot be asked: the word is the entry's own.
    let is_taken = |path: &str| path.split('.').next().is_some_and(|first| RESERVED.contains(&first));
    // What an ACL offers and hides follows from what it admits.
    let follows = |path: &str| path.starts_with("inline_policies.") || path.starts_with("offered_");
    all.retain(|path| !parents.contains(path) && !follows(path) && !is_taken(path));
    all
}

/// A part of a key, in quotes where TOML needs them.
fn bare(part: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !part.is_empty() && part.chars().all(plain) { part.to_owned() } else { toml_text(part) }
}
