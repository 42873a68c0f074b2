//! What a scan with faults may say: what a scan without them says, or that it does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use driftline::arn::AccountId;
use driftline::catalog::Catalog;
use driftline::evaluate::{self, Options};
use driftline::finding::Status;
use driftline::inventory::Inventory;
use driftline::model::{Model, Record, Value, facts};
use driftline::resource::{Resource, ResourceType};
use driftline_sim::Stats;

/// Scope, type, resource and fact.
type Asked = (String, ResourceType, String, &'static str);

/// Everything that a check could ask, by scope, type, resource and fact.
fn everything(inventory: &Inventory) -> BTreeMap<Asked, Value> {
    let model = Model::new(inventory, inventory.provenance.taken_at);
    let mut all = BTreeMap::new();
    for of in ResourceType::ALL.iter().copied().chain([ResourceType::Account, ResourceType::Region]) {
        let table = facts::table(of);
        for (scope, subject) in model.subjects(of) {
            for (index, field) in table.iter().enumerate() {
                let key = (scope.to_string(), of, subject.id().to_owned(), field.name);
                all.insert(key, facts::value(&model, scope, subject, index));
            }
        }
    }
    all
}

/// The verdicts of the built-in checks that are known.
fn verdicts(inventory: &Inventory) -> BTreeMap<(String, String), (String, bool)> {
    let model = Model::new(inventory, inventory.provenance.taken_at);
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::embedded);
    let judged = evaluate::judge(&CATALOG, &model, Options { passes: true });
    let known = judged.findings.into_iter().filter_map(|finding| {
        let failed = match finding.status {
            Status::Fail => true,
            Status::Pass => false,
            Status::Unknown(_) | Status::Skip(_) => return None,
        };
        let of = finding.resource.as_ref().map(|resource| resource.resource_type.to_string()).unwrap_or_default();
        let about = format!("{} {of} {}", finding.rule, finding.message);
        Some(((finding.scope.to_string(), finding.fingerprint.to_string()), (about, failed)))
    });
    known.collect()
}

/// A scan without faults, and what follows from it.
pub struct Clean {
    inventory: Inventory,
    pub stats: Stats,
    pub scopes: BTreeSet<String>,
    facts: BTreeMap<Asked, Value>,
    verdicts: BTreeMap<(String, String), (String, bool)>,
}

impl Clean {
    pub fn new(inventory: Inventory, stats: Stats) -> Clean {
        assert_eq!(inventory.ledger.gaps().collect::<Vec<_>>(), []);
        Clean {
            scopes: inventory.ledger.scopes().map(|scope| scope.to_string()).collect(),
            facts: everything(&inventory),
            verdicts: verdicts(&inventory),
            inventory,
            stats,
        }
    }

    /// No fact and no verdict that the fault made.
    pub fn assert_nothing_made_up(&self, faulty: &Inventory, what: &str) {
        // Where the regions could not be listed the usual ones are tried, of which the clean scan knows nothing.
        let known = |scope: &String| self.scopes.contains(scope);
        for (key, value) in everything(faulty).into_iter().filter(|(key, _)| known(&key.0)) {
            match self.facts.get(&key) {
                Some(was) => assert!(
                    agrees(was, &value),
                    "{what}: {key:?} was {was:?} and is {value:?}, with the gaps {:?}",
                    gaps_of(faulty, &key.0)
                ),
                None if is_stand_in(faulty, &key.0, key.1) => {}
                None => panic!("{what}: {key:?} is there only with the fault: {value:?}"),
            }
        }
        for (key, mut verdict) in verdicts(faulty).into_iter().filter(|(key, _)| known(&key.0)) {
            if verdict.0.contains(STAND_IN) {
                // What stands in for a user or a key gets the verdict of the one that it stands in for.
                verdict.0 = verdict.0.replace(STAND_IN, "AWS::IAM::");
                if !self.verdicts.contains_key(&key) && has_unread_list(faulty, &key.0) {
                    continue;
                }
            }
            assert_eq!(self.verdicts.get(&key), Some(&verdict), "{what}");
        }
        // A resource that is not there any more is in a list that is known not to be whole.
        let left: BTreeSet<_> = faulty.resources().map(|(key, _)| key).collect();
        for (key, resource) in self.inventory.resources().filter(|(key, _)| !left.contains(key)) {
            let listing = key.resource_type.listing().unwrap();
            let complete = |operation: &&str| faulty.why_incomplete(&key.scope, operation).is_none();
            let lists = [&[listing], named_by(&key.scope.account, resource)].concat();
            assert!(!lists.iter().all(complete), "{what}: {key:?} is lost, and {lists:?} are complete");
        }
    }
}

/// Whether the second is the first, or unknown wherever it is not. A list loses
/// nothing, and what is new in it says that something of it is unknown.
fn agrees(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (_, Value::Unknown(_)) => true,
        (Value::List(before), Value::List(after)) => {
            let kept = before.iter().all(|old| after.iter().any(|new| same(old, new)));
            let open = |record: &Record| fields(record).any(|field| matches!(field, Value::Unknown(_)));
            kept && after.iter().all(|new| open(new) || before.iter().any(|old| same(old, new)))
        }
        _ => before == after,
    }
}

fn same(before: &Record, after: &Record) -> bool {
    fields(before).zip(fields(after)).all(|(before, after)| agrees(before, after))
}

/// More than any record has; beyond its last field a record is absent.
fn fields(record: &Record) -> impl Iterator<Item = &Value> {
    (0..64).map(|index| record.get(index))
}

const STAND_IN: &str = "AWS::IAM::Reported";

/// Whether a subject stands for what only the credential report has, because IAM's own list was not read there.
fn is_stand_in(faulty: &Inventory, scope: &str, of: ResourceType) -> bool {
    of.name().starts_with(STAND_IN) && has_unread_list(faulty, scope)
}

/// The lists of what names a resource that is asked for by its name alone.
fn named_by(own: &AccountId, resource: &Resource) -> &'static [&'static str] {
    match resource {
        Resource::Image(image) if image.owner_id.as_deref() != Some(own.as_str()) => {
            &["ec2:DescribeInstances", "ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions"]
        }
        _ => &[],
    }
}

/// Whether a scope's account has users or keys that IAM's own lists may lack.
fn has_unread_list(faulty: &Inventory, scope: &str) -> bool {
    let lists = ["iam:ListAccessKeys", "iam:GetAccountAuthorizationDetails"];
    gaps_of(faulty, scope).iter().any(|gap| lists.iter().any(|list| gap.contains(list)))
}

/// What was not read of the account that a scope is of.
fn gaps_of(inventory: &Inventory, scope: &str) -> Vec<String> {
    let account = scope.split(' ').next().unwrap_or_default();
    let of_account = inventory.ledger.gaps().filter(|(cell, _)| cell.scope.account.as_str() == account);
    of_account.map(|(cell, gap)| format!("{} {}: {:?}", cell.scope, cell.operation, gap.reason)).collect()
}
