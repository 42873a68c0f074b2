//! Organizations: the tree, its accounts and its policies, with what is asked of each by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::arn::{AccountId, Scope};
use crate::inventory::{Gap, Inventory, Outcome, Reason};
use crate::resource::ResourceType as T;

use super::kinds::ACCOUNTS;
use super::{Answers, Item, Kind, Out, owner, some_of};
use crate::import::cells::{NO_LAST_PAGE, NOT_THERE};

const DESCRIBE: &str = "organizations:DescribeOrganization";
const CHILDREN: &str = "organizations:ListAccountsForParent";
const UNITS: &str = "organizations:ListOrganizationalUnitsForParent";
const POLICIES: &str = "organizations:ListPolicies";
const CONTENT: &str = "organizations:DescribePolicy";
const TARGETS: &str = "organizations:ListTargetsForPolicy";
const SERVICES: &str = "organizations:ListDelegatedServicesForAccount";

/// What bounds accounts; whoever exported policies is taken to have meant these.
const OF_ACCOUNTS: [&str; 2] = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];
/// What is kept too where it is there.
const SETTINGS: [&str; 2] = ["AISERVICES_OPT_OUT_POLICY", "TAG_POLICY"];

fn gap(message: String, partial: bool) -> Outcome {
    Outcome::Gap(Gap { reason: Reason::NotImported, message, partial })
}

/// Adds what the accounts' answers tell of their organization.
pub(super) fn add(
    scopes: &BTreeMap<AccountId, Scope>,
    accounts: &BTreeMap<AccountId, Answers>,
    inventory: &mut Inventory,
    out: &mut Out<'_>,
) {
    for (account, answers) in accounts {
        let Some(scope) = scopes.get(account) else { continue };
        let tree = Tree::of(answers);
        roots(scope, answers, out);
        tree.units(scope, answers, out);
        tree.accounts(scope, answers, inventory, out);
        policies(scope, answers, &tree, out);
        administrators(scope, answers, out);
        for item in answers.of(Kind::Organization) {
            out.keep(scope, T::Organization, DESCRIBE, item, item.value.clone());
        }
    }
    describe(scopes, accounts, out);
}

/// All members are told the same of their organization, so that one's answer is every one's whom it lists.
fn describe(scopes: &BTreeMap<AccountId, Scope>, accounts: &BTreeMap<AccountId, Answers>, out: &mut Out<'_>) {
    let mut told: BTreeMap<&AccountId, &Item> = BTreeMap::new();
    for (account, answers) in accounts {
        let Some(item) = answers.of(Kind::Organization).first() else { continue };
        told.insert(account, item);
        let members = answers.of(Kind::OrganizationAccount).iter().filter_map(|item| item.text("Id")?.parse().ok());
        for member in members.collect::<BTreeSet<AccountId>>() {
            if let Some((member, _)) = accounts.get_key_value(&member) {
                told.entry(member).or_insert(item);
            }
        }
    }
    for (account, scope) in scopes {
        if let Some(item) = told.get(account) {
            out.seen.decide(scope, DESCRIBE, Outcome::Complete);
            if !accounts.get(account).is_some_and(|answers| answers.has(Kind::Organization)) {
                out.keep(scope, T::Organization, DESCRIBE, item, item.value.clone());
            }
        }
    }
}

fn roots(scope: &Scope, answers: &Answers, out: &mut Out<'_>) {
    for item in answers.of(Kind::Root) {
        let mut value = item.value.clone();
        if let Some(Value::Array(types)) = value.get_mut("PolicyTypes") {
            types.sort_by_key(|of| of.get("Type").map(Value::to_string));
        }
        out.keep(scope, T::OrganizationRoot, Kind::Root.operation(), item, value);
    }
}

/// The id of a root or unit that a file's or folder's name holds: `r-ab12`, `ou-ab12-cd34ef56`.
pub(super) fn parent_in(names: &[String]) -> Option<String> {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    names.iter().find_map(|name| {
        let parts: Vec<&str> = name.split('-').collect();
        let last_word =
            |text: &str| text.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned();
        let first_word =
            |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned();
        parts
            .windows(3)
            .find_map(|window| match window {
                [kind, root, unit] if last_word(kind) == "ou" && is_part(root) && is_part(&first_word(unit)) => {
                    Some(format!("ou-{root}-{}", first_word(unit)))
                }
                _ => None,
            })
            .or_else(|| {
                parts.windows(2).find_map(|window| match window {
                    [kind, root] if last_word(kind) == "r" && is_part(&first_word(root)) => {
                        Some(format!("r-{}", first_word(root)))
                    }
                    _ => None,
                })
            })
    })
}

/// What lies where.
struct Tree {
    /// By unit or account.
    parents: BTreeMap<String, String>,
    /// By root or unit: from the organization down to it, ending in a slash.
    paths: BTreeMap<String, String>,
    /// Roots and units of which the files say what lies in them: units, and accounts.
    units_told: BTreeSet<String>,
    accounts_told: BTreeSet<String>,
}

impl Tree {
    fn of(answers: &Answers) -> Tree {
        let mut tree = Tree {
            parents: BTreeMap::new(),
            paths: BTreeMap::new(),
            units_told: BTreeSet::new(),
            accounts_told: BTreeSet::new(),
        };
        for (kind, is_units) in [(Kind::Unit, true), (Kind::AccountForParent, false)] {
            for page in answers.pages(kind).iter().filter(|page| !page.has_more) {
                let told = if is_units { &mut tree.units_told } else { &mut tree.accounts_told };
                told.extend(parent_in(&page.names));
            }
            for item in answers.of(kind) {
                if let (Some(id), Some(parent)) = (item.text("Id"), parent_in(&item.names))
                    && id != parent
                {
                    tree.parents.insert(id.to_owned(), parent);
                }
            }
        }
        for item in answers.of(Kind::Child) {
            if let (Some(id), Some(parent)) = (item.text("Id"), parent_in(&item.names)) {
                tree.parents.insert(id.to_owned(), parent);
            }
        }
        for item in answers.of(Kind::Parent) {
            let child = parent_in(&item.names).or_else(|| owner::account_in(&item.names));
            if let (Some(child), Some(parent)) = (child, item.text("Id")) {
                tree.parents.insert(child, parent.to_owned());
            }
        }
        for item in answers.of(Kind::OrganizationAccount) {
            let Some(id) = item.text("Id") else { continue };
            for (child, parent) in lineage(item) {
                tree.parents.insert(child, parent);
            }
            if let Some(parent) = item.text("ParentId") {
                tree.parents.insert(id.to_owned(), parent.to_owned());
            }
        }
        tree.find_paths(answers);
        tree
    }

    fn find_paths(&mut self, answers: &Answers) {
        for item in answers.of(Kind::Root) {
            // arn:aws:organizations::ACCOUNT:root/o-../r-..
            let organization = item.text("Arn").and_then(|arn| arn.split('/').nth(1)).unwrap_or_default();
            if let Some(id) = item.text("Id") {
                self.paths.insert(id.to_owned(), format!("{organization}/{id}/"));
            }
        }
        // Each turn places one level more; a circle is never placed.
        loop {
            let placed: Vec<(String, String)> = self
                .parents
                .iter()
                .filter(|(child, _)| child.starts_with("ou-") && !self.paths.contains_key(*child))
                .filter_map(|(child, parent)| Some((child.clone(), format!("{}{child}/", self.paths.get(parent)?))))
                .collect();
            if placed.is_empty() {
                return;
            }
            self.paths.extend(placed);
        }
    }

    fn units(&self, scope: &Scope, answers: &Answers, out: &mut Out<'_>) {
        let mut lost = BTreeSet::new();
        for item in answers.of(Kind::Unit) {
            let id = item.text("Id").unwrap_or_default().to_owned();
            let mut value = item.value.clone();
            let Some(parent) = self.parents.get(&id) else {
                lost.insert(id);
                continue;
            };
            set(&mut value, "ParentId", json!(parent));
            if let Some(path) = self.paths.get(&id) {
                set(&mut value, "Path", json!(path));
            }
            out.keep(scope, T::OrganizationalUnit, UNITS, item, value);
        }
        let parents: BTreeSet<&String> = self.paths.keys().collect();
        let missing: BTreeSet<String> =
            parents.into_iter().filter(|parent| !self.units_told.contains(*parent)).cloned().collect();
        let outcome = if !lost.is_empty() {
            gap(
                format!("nothing says what these units lie in: {} (name the files after the parent)", some_of(&lost)),
                true,
            )
        } else if answers.pages(Kind::Unit).iter().any(|page| page.has_more) && self.units_told.is_empty() {
            Outcome::Gap(Gap { reason: Reason::Malformed, message: NO_LAST_PAGE.to_owned(), partial: true })
        } else if !answers.has(Kind::Unit) && !self.has_places(answers) {
            gap(NOT_THERE.to_owned(), false)
        } else if !answers.has(Kind::Root) || !missing.is_empty() {
            let of = if missing.is_empty() { String::new() } else { format!(" of {}", some_of(&missing)) };
            gap(format!("{NOT_THERE}{of}"), true)
        } else {
            Outcome::Complete
        };
        out.seen.decide(scope, UNITS, outcome);
    }

    /// Whether each account says itself where it lies.
    fn has_places(&self, answers: &Answers) -> bool {
        let accounts = answers.of(Kind::OrganizationAccount);
        !accounts.is_empty()
            && accounts.iter().all(|item| item.text("Id").is_some_and(|id| self.parents.contains_key(id)))
    }

    fn accounts(&self, scope: &Scope, answers: &Answers, inventory: &mut Inventory, out: &mut Out<'_>) {
        for item in answers.of(Kind::OrganizationAccount).iter().chain(answers.of(Kind::AccountForParent)) {
            let id = item.text("Id").unwrap_or_default().to_owned();
            let mut value = item.value.clone();
            let parent = self.parents.get(&id);
            let path = parent.and_then(|parent| self.paths.get(parent).cloned()).or_else(|| said_path(item));
            if let Some(parent) = parent {
                set(&mut value, "ParentId", json!(parent));
            }
            if let Some(path) = &path {
                set(&mut value, "Path", json!(path));
            }
            if let Ok(account) = id.parse::<AccountId>()
                && let Some(known) = inventory.accounts.get_mut(&account)
            {
                known.name = item.text("Name").map(str::to_owned).or(known.name.take());
                known.organizational_unit = path.or(known.organizational_unit.take());
            }
            out.keep(scope, T::OrganizationAccount, ACCOUNTS, item, value);
        }
        let outcome = if self.has_places(answers) {
            Outcome::Complete
        } else {
            let some = answers.has(Kind::AccountForParent) || answers.has(Kind::Child) || answers.has(Kind::Parent);
            gap(if some { "where every account lies is not told".to_owned() } else { NOT_THERE.to_owned() }, some)
        };
        out.seen.decide(scope, CHILDREN, outcome);
    }
}

/// Child and parent at each step of the way down to an account, where AWS gives it: o-../r-../ou-../111122223333/.
fn lineage(account: &Item) -> Vec<(String, String)> {
    let path = account.value.get("Paths").and_then(|paths| paths.get(0)).and_then(Value::as_str).unwrap_or_default();
    let places: Vec<&str> = path.split('/').filter(|place| !place.is_empty() && !place.starts_with("o-")).collect();
    places.windows(2).filter_map(|pair| Some((pair.get(1)?.to_string(), pair.first()?.to_string()))).collect()
}

fn said_path(account: &Item) -> Option<String> {
    let path = account.value.get("Paths")?.get(0)?.as_str()?;
    let places = path.split('/').filter(|place| ["o-", "r-", "ou-"].iter().any(|begins| place.starts_with(begins)));
    let path = places.collect::<Vec<_>>().join("/");
    path.contains("/r-").then(|| path + "/")
}

fn set(value: &mut Value, name: &str, with: Value) {
    if let Value::Object(members) = value {
        members.insert(name.to_owned(), with);
    }
}

fn policies(scope: &Scope, answers: &Answers, tree: &Tree, out: &mut Out<'_>) {
    let mut all: BTreeMap<String, (Map<String, Value>, &Item)> = BTreeMap::new();
    let is_kept = |summary: &Value| {
        let of = summary.get("Type").and_then(Value::as_str);
        of.is_none_or(|of| OF_ACCOUNTS.contains(&of) || SETTINGS.contains(&of))
    };
    let mut add = |summary: &Value, item| {
        if let (Some(id), Value::Object(members)) = (summary.get("Id").and_then(Value::as_str), summary)
            && is_kept(summary)
        {
            all.entry(id.to_owned()).or_insert_with(|| (members.clone(), item)).0.extend(members.clone());
        }
    };
    for item in answers.of(Kind::OrganizationPolicy).iter().chain(answers.of(Kind::PolicyForTarget)) {
        add(&item.value, item);
    }
    let mut contents: BTreeMap<String, String> = BTreeMap::new();
    for item in answers.of(Kind::PolicyDescription) {
        let Some(summary) = item.value.get("PolicySummary") else { continue };
        add(summary, item);
        let text = match item.value.get("Content") {
            Some(Value::String(text)) => text.clone(),
            Some(document) if document.is_object() => document.to_string(),
            _ => continue,
        };
        contents.insert(summary.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned(), text);
    }
    let targets = Targets::of(answers, tree);
    let (mut without_content, mut without_targets) = (BTreeSet::new(), BTreeSet::new());
    for (id, (mut members, item)) in all {
        match contents.remove(&id) {
            Some(content) => _ = members.insert("Content".to_owned(), json!(content)),
            None => _ = without_content.insert(id.clone()),
        }
        match targets.of_policy(&id) {
            Some(targets) => _ = members.insert("Targets".to_owned(), json!(targets)),
            None => _ = without_targets.insert(id.clone()),
        }
        out.keep(scope, T::OrganizationPolicy, POLICIES, item, Value::Object(members));
    }
    let listed = listed(answers);
    let is_listed = listed == Outcome::Complete;
    out.seen.decide(scope, POLICIES, listed);
    let any = answers.has(Kind::OrganizationPolicy)
        || answers.has(Kind::PolicyDescription)
        || answers.has(Kind::PolicyForTarget);
    let outcome = |missing: BTreeSet<String>| match (missing.is_empty(), any) {
        (true, true) if is_listed => Outcome::Complete,
        (true, true) => gap("which policies there are is not known to the end".to_owned(), true),
        (_, false) => gap(NOT_THERE.to_owned(), false),
        (false, true) => gap(format!("{NOT_THERE} of {}", some_of(&missing)), true),
    };
    out.seen.decide(scope, CONTENT, outcome(without_content));
    out.seen.decide(scope, TARGETS, outcome(without_targets));
}

/// Whether the policies of both kinds that bound accounts are listed: each is asked for by itself.
fn listed(answers: &Answers) -> Outcome {
    let pages = answers.pages(Kind::OrganizationPolicy);
    if pages.is_empty() {
        return gap(NOT_THERE.to_owned(), answers.has(Kind::PolicyDescription) || answers.has(Kind::PolicyForTarget));
    }
    let (some, ends) = (pages.iter().any(|page| page.has_more), pages.iter().any(|page| !page.has_more));
    if some && !ends {
        return Outcome::Gap(Gap { reason: Reason::Malformed, message: NO_LAST_PAGE.to_owned(), partial: true });
    }
    let mut empty = pages.iter().filter(|page| page.is_empty).count();
    let enabled: Option<BTreeSet<&str>> = answers.of(Kind::Root).first().and_then(|root| {
        let types = root.value.get("PolicyTypes")?.as_array()?;
        let on = types.iter().filter(|of| of["Status"].as_str().is_none_or(|status| status == "ENABLED"));
        Some(on.filter_map(|of| of["Type"].as_str()).collect())
    });
    for of in OF_ACCOUNTS {
        let is_there = answers.of(Kind::OrganizationPolicy).iter().any(|item| item.text("Type") == Some(of));
        let is_off = enabled.as_ref().is_some_and(|enabled| !enabled.contains(of));
        if is_there || is_off {
            continue;
        }
        // An empty list does not say of which kind it is, and there are two.
        if empty == 0 {
            return gap(format!("the imported files do not hold those of the type {of}"), true);
        }
        empty -= 1;
    }
    Outcome::Complete
}

/// What policies are attached to, as either question tells it.
struct Targets {
    by_policy: BTreeMap<String, BTreeMap<String, Value>>,
    /// Policies of which all targets are told.
    asked: BTreeSet<String>,
    /// All roots, units and accounts were asked for their policies.
    all_targets_asked: bool,
}

impl Targets {
    fn of(answers: &Answers, tree: &Tree) -> Targets {
        let mut targets = Targets { by_policy: BTreeMap::new(), asked: BTreeSet::new(), all_targets_asked: false };
        for page in answers.pages(Kind::Target).iter().filter(|page| !page.has_more) {
            targets.asked.extend(owner::policy_in(&page.names));
        }
        for item in answers.of(Kind::Target) {
            if let (Some(policy), Some(target)) = (owner::policy_in(&item.names), item.text("TargetId")) {
                targets.by_policy.entry(policy).or_default().insert(target.to_owned(), item.value.clone());
            }
        }
        let mut asked = BTreeSet::new();
        for page in answers.pages(Kind::PolicyForTarget).iter().filter(|page| !page.has_more) {
            asked.extend(target_in(&page.names));
        }
        for item in answers.of(Kind::PolicyForTarget) {
            if let (Some(policy), Some(target)) = (item.text("Id"), target_in(&item.names)) {
                let of = match &target {
                    id if id.starts_with("r-") => "ROOT",
                    id if id.starts_with("ou-") => "ORGANIZATIONAL_UNIT",
                    _ => "ACCOUNT",
                };
                let value = json!({ "TargetId": target, "Type": of });
                targets.by_policy.entry(policy.to_owned()).or_default().entry(target).or_insert(value);
            }
        }
        let accounts = answers.of(Kind::OrganizationAccount).iter().filter_map(|item| item.text("Id"));
        let mut all = tree.paths.keys().map(String::as_str).chain(accounts).peekable();
        targets.all_targets_asked = answers.has(Kind::OrganizationAccount)
            && answers.has(Kind::Root)
            && all.peek().is_some()
            && all.all(|id| asked.contains(id));
        targets
    }

    fn of_policy(&self, id: &str) -> Option<Vec<Value>> {
        if !self.asked.contains(id) && !self.all_targets_asked {
            return None;
        }
        Some(self.by_policy.get(id).into_iter().flatten().map(|(_, value)| value.clone()).collect())
    }
}

/// A root, unit or account whose policies a file is named to hold.
fn target_in(names: &[String]) -> Option<String> {
    parent_in(names).or_else(|| owner::account_in(names))
}

fn administrators(scope: &Scope, answers: &Answers, out: &mut Out<'_>) {
    let mut without = BTreeSet::new();
    for item in answers.of(Kind::DelegatedAdministrator) {
        let id = item.text("Id").unwrap_or_default().to_owned();
        let of = |names: &[String]| owner::account_in(names).as_deref() == Some(id.as_str());
        let mut value = item.value.clone();
        if answers.pages(Kind::DelegatedService).iter().any(|page| !page.has_more && of(&page.names)) {
            let services = answers.of(Kind::DelegatedService).iter().filter(|item| of(&item.names));
            let mut services: Vec<Value> = services.map(|item| item.value.clone()).collect();
            services.sort_by_key(|service| service.get("ServicePrincipal").map(Value::to_string));
            set(&mut value, "DelegatedServices", Value::Array(services));
        } else {
            without.insert(id);
        }
        out.keep(scope, T::DelegatedAdministrator, Kind::DelegatedAdministrator.operation(), item, value);
    }
    let outcome = match (answers.has(Kind::DelegatedAdministrator), without.is_empty()) {
        (true, true) => Outcome::Complete,
        (true, false) => gap(format!("{NOT_THERE} of {}", some_of(&without)), false),
        (false, _) => gap(NOT_THERE.to_owned(), false),
    };
    out.seen.decide(scope, SERVICES, outcome);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_are_found_in_names() {
        let of = |name: &str| parent_in(&[name.to_owned()]);
        assert_eq!(of("list-organizational-units-for-parent-r-ab12").as_deref(), Some("r-ab12"));
        assert_eq!(of("units_ou-ab12-cd34ef56.x").as_deref(), Some("ou-ab12-cd34ef56"));
        assert_eq!(of("r-ab12").as_deref(), Some("r-ab12"));
        for none in ["", "our-ab12", "list-policies-for-target-111122223333", "ou-", "r-"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
