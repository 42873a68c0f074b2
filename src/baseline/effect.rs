//! Whether what is there allows more than what is wanted, and how bad that is.
//!
//! Rules are compared as sets of packets; other attributes by the engine's orders; facts that the engine does not
//! compare, because they follow from others, by the orders below.

use serde_json::Value;

use crate::arn::Region;
use crate::drift::{self, Answer, Effect, Question, Side};
use crate::finding::Severity;
use crate::model::exposure::sensitive;
use crate::net::IpSet;
use crate::resource::{Resource, ResourceType};

use super::difference::{Difference, Rules, elements, text};

/// Of a derived fact, which of its values is the weaker one.
#[derive(Clone, Copy)]
enum Weak {
    False,
    True,
    /// Each element of the list is one more that is watched.
    Fewer,
    More,
}

/// Facts that follow from several resources, and that the engine therefore tells elsewhere.
fn weak(of: ResourceType, path: &str) -> Option<Weak> {
    use ResourceType as T;
    let weak = match (of, path) {
        (
            T::Account,
            "cloudtrail_multi_region_logging"
            | "config_records_global_resource_types"
            | "root_mfa_active"
            | "password_policy_exists"
            | "in_organization"
            | "has_security_contact"
            | "has_operations_contact"
            | "has_billing_contact",
        )
        | (
            T::Region,
            "config_recording"
            | "config_records_all_supported"
            | "config_includes_global_resource_types"
            | "config_delivery_channel"
            | "cloudtrail_trail_exists"
            | "cloudtrail_logging"
            | "cloudtrail_management_events_logged"
            | "cloudtrail_log_file_validation"
            | "guardduty_enabled"
            | "security_hub_enabled"
            | "access_analyzer_exists"
            | "access_analyzer_covers"
            | "ebs_encryption_by_default",
        )
        | (T::Vpc | T::Subnet, "has_flow_log")
        | (T::User | T::Role, "has_permissions_boundary")
        | (T::User, "mfa_active")
        | (T::Detector, "is_enabled") => Weak::False,
        (T::Account, "root_has_credentials" | "root_has_password" | "root_has_active_access_key")
        | (T::Region, "config_delivery_failing" | "serial_console_access")
        | (T::Vpc, "has_internet_gateway")
        | (T::Subnet, "is_public")
        | (T::Role, "trusts_anyone")
        | (T::User, "password_enabled") => Weak::True,
        (T::Vpc, "flow_log_traffic") | (T::Region, "security_hub_standards") => Weak::Fewer,
        (T::Account, "aws_policies_attached") | (T::Vpc, "internet_gateways") => Weak::More,
        _ => return None,
    };
    Some(weak)
}

/// The facts of a type that have an order here.
pub fn derived_facts(of: ResourceType) -> Vec<&'static str> {
    let facts = crate::model::facts::table(of).into_iter().map(|field| field.name);
    facts.filter(|name| weak(of, name).is_some()).collect()
}

/// What a difference comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub effect: Effect,
    /// What differs, and what of it.
    pub because: String,
    pub severity: Severity,
    /// A packet or a request that shows it.
    pub witness: Option<String>,
}

/// Where a resource is, for what only its surroundings tell.
pub type At<'a> = Option<(&'a Side<'a>, &'a Region, &'a Resource)>;

/// What a difference of an attribute comes to.
pub fn of_attribute(of: ResourceType, path: &str, difference: &Difference, at: At<'_>) -> Outcome {
    let plain = |effect| Answer { effect, because: None, witness: None, severity: None };
    let answer = match (&difference.rules, weak(of, path)) {
        (Some(rules), _) => plain(Effect::of(!rules.opened.is_empty(), !rules.closed.is_empty())),
        (None, Some(weak)) => plain(derived(weak, difference)),
        (None, None) => {
            let all = |side: &Option<Value>| -> Vec<String> {
                let own = side.as_ref().map(elements).unwrap_or_default();
                difference.kept.iter().cloned().chain(own).collect()
            };
            let (wanted, live) = (all(&difference.before), all(&difference.after));
            let question = Question { of, path, wanted, live, at };
            drift::effect_of(&question, difference.before.as_ref(), difference.after.as_ref())
        }
    };
    let severity = match (&difference.rules, answer.effect) {
        (Some(rules), Effect::Weakening | Effect::Mixed) if is_public(rules) => Severity::High,
        _ => answer.severity.unwrap_or(severity(answer.effect)),
    };
    let said = answer.because.map(|said| format!("; {said}")).unwrap_or_default();
    let because = format!("{}{said}", because(path, difference));
    Outcome { effect: answer.effect, because, severity, witness: witness(difference).or(answer.witness) }
}

fn derived(weak: Weak, difference: &Difference) -> Effect {
    let is_true = |value: &Option<Value>| *value == Some(Value::Bool(true));
    let (was, is) = (is_true(&difference.before), is_true(&difference.after));
    let (less, more) = (difference.before.is_some(), difference.after.is_some());
    match weak {
        Weak::False => Effect::of(was && !is, !was && is),
        Weak::True => Effect::of(!was && is, was && !is),
        Weak::Fewer => Effect::of(less, more),
        Weak::More => Effect::of(more, less),
    }
}

/// Whether some of what was opened is opened to the internet.
fn is_public(rules: &Rules) -> bool {
    !rules.opened.addresses().intersection(&IpSet::internet()).is_empty()
}

fn severity(effect: Effect) -> Severity {
    match effect {
        Effect::Weakening | Effect::Mixed | Effect::Unknown => Severity::Medium,
        Effect::Strengthening => Severity::Low,
        Effect::Neutral => Severity::Informational,
    }
}

/// That something is not there which is wanted.
pub fn of_removal(of: ResourceType) -> (Effect, Severity) {
    let effect = drift::presence_of(of, false);
    (effect, severity(effect))
}

/// That something is there which is not wanted.
pub fn of_presence(of: ResourceType) -> (Effect, Severity) {
    let effect = drift::presence_of(of, true);
    (effect, severity(effect))
}

/// A packet that passes and is not wanted to; else one that is wanted to and does not.
fn witness(difference: &Difference) -> Option<String> {
    let rules = difference.rules.as_ref()?;
    let (set, what) = match rules.opened.example(&sensitive()) {
        Some(packet) => (packet, "passes and is not wanted to"),
        None => (rules.closed.example(&sensitive())?, "does not pass and is wanted to"),
    };
    Some(format!("{} {} {}: {what}", set.0, rules.toward.as_str(), set.1))
}

/// What is there instead of what is wanted, in a sentence.
fn because(path: &str, difference: &Difference) -> String {
    let shown = |value: &Value| match value {
        Value::Array(all) => shortened(all.iter().map(text).collect()),
        one => text(one),
    };
    if !difference.is_set {
        let is = difference.after.as_ref().map_or_else(|| "nothing".to_owned(), shown);
        return match &difference.before {
            Some(wanted) => format!("{path} is {is}, and {} is wanted", shown(wanted)),
            None => format!("{path} is {is}, and nothing is wanted"),
        };
    }
    match (&difference.before, &difference.after) {
        (None, Some(more)) => format!("{path} has {}, which is not wanted", shown(more)),
        (Some(less), None) => format!("{path} lacks {}", shown(less)),
        (Some(less), Some(more)) => {
            format!("{path} has {}, which is not wanted, and lacks {}", shown(more), shown(less))
        }
        (None, None) => format!("{path} differs"),
    }
}

fn shortened(all: Vec<String>) -> String {
    const SHOWN: usize = 4;
    let rest = all.len().saturating_sub(SHOWN);
    let shown = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if rest == 0 { shown } else { format!("{shown} and {rest} more") }
}
