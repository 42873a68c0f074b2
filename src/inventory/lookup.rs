//! What every account asks of the organization's policies again and again, looked up in place of looked for: each may
//! have a thousand targets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::arn::Scope;
use crate::iam::PolicyText;
use crate::resource::organizations::OrganizationPolicy;

/// Made of the resources that surroundings keep, when first asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Lookup {
    /// By what they are attached to and where they were read, the ids of policies.
    attached: HashMap<String, BTreeMap<Scope, BTreeSet<String>>>,
    /// Of policies with statements that were read, by place and id.
    texts: BTreeMap<Scope, BTreeMap<String, PolicyText>>,
}

impl Lookup {
    pub fn of<'k>(policies: impl Iterator<Item = (&'k Scope, &'k OrganizationPolicy)>) -> Lookup {
        let mut lookup = Lookup::default();
        for (scope, policy) in policies {
            for target in policy.targets.iter().flatten() {
                let on = lookup.attached.entry(target.target_id.clone()).or_default();
                on.entry(scope.clone()).or_default().insert(policy.id.clone());
            }
            if let Some(content) = policy.content.as_deref().filter(|_| policy.has_statements()) {
                let texts = lookup.texts.entry(scope.clone()).or_default();
                texts.insert(policy.id.clone(), PolicyText::new(content));
            }
        }
        lookup
    }

    pub fn is_attached(&self, scope: &Scope, policy: &str, target: &str) -> bool {
        let on = self.attached.get(target).and_then(|on| on.get(scope));
        on.is_some_and(|on| on.contains(policy))
    }

    pub fn text(&self, scope: &Scope, policy: &str) -> Option<&PolicyText> {
        self.texts.get(scope)?.get(policy)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(id: &str, kind: &str, content: Option<&str>, targets: Option<&[&str]>) -> OrganizationPolicy {
        let targets = targets.map(|ids| ids.iter().map(|id| json!({ "TargetId": id })).collect::<Vec<_>>());
        serde_json::from_value(json!({
            "Id": id, "Type": kind, "AwsManaged": false, "Content": content, "Targets": targets,
            "Arn": format!("arn:aws:organizations::111122223333:policy/o-1/{id}"),
        }))
        .unwrap()
    }

    #[test]
    fn a_policy_is_found_where_it_was_read_and_on_what_it_is_attached_to() {
        let [here, there] = ["111122223333", "444455556666"].map(|account| Scope {
            partition: crate::arn::Partition::Aws,
            account: account.parse().unwrap(),
            region: crate::arn::Region::global(),
        });
        let (scp, tags) = ("SERVICE_CONTROL_POLICY", "TAG_POLICY");
        let read = [
            (&here, policy("p-1", scp, Some("{}"), Some(&["ou-1", "ou-2"]))),
            (&here, policy("p-2", scp, None, None)),
            (&here, policy("p-3", tags, Some("{}"), Some(&["ou-1"]))),
            (&there, policy("p-4", scp, Some("{}"), Some(&["ou-1"]))),
        ];
        let lookup = Lookup::of(read.iter().map(|(scope, policy)| (*scope, policy)));
        let attached = |scope, target| -> Vec<&str> {
            let all = ["p-1", "p-2", "p-3", "p-4"].into_iter();
            all.filter(|policy| lookup.is_attached(scope, policy, target)).collect()
        };
        assert_eq!(attached(&here, "ou-1"), ["p-1", "p-3"]);
        assert_eq!(attached(&here, "ou-2"), ["p-1"]);
        assert_eq!(attached(&there, "ou-1"), ["p-4"]);
        assert!(attached(&there, "ou-2").is_empty() && attached(&here, "ou-3").is_empty());
        let texts = ["p-1", "p-2", "p-3", "p-4"].map(|policy| lookup.text(&here, policy).is_some());
        assert_eq!(texts, [true, false, false, false], "with statements, and read here");
    }
}
