//! What every account asks of the others' resources again and again, looked up in place of looked for: an organization
//! has ten thousand security groups that name others', and policies with a thousand targets each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::arn::{Region, Scope};
use crate::iam::PolicyText;
use crate::resource::ec2::SecurityGroup;
use crate::resource::organizations::OrganizationPolicy;

/// Made of the resources that surroundings keep, when first asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Lookup {
    /// By region and group, the groups whose rules name it.
    references: HashMap<Region, BTreeMap<String, BTreeSet<String>>>,
    /// By what they are attached to and where they were read, the ids of policies.
    attached: HashMap<String, BTreeMap<Scope, BTreeSet<String>>>,
    /// Of policies with statements that were read, by place and id.
    texts: BTreeMap<Scope, BTreeMap<String, PolicyText>>,
}

impl Lookup {
    pub fn of<'k>(
        groups: impl Iterator<Item = (&'k Scope, &'k SecurityGroup)>,
        policies: impl Iterator<Item = (&'k Scope, &'k OrganizationPolicy)>,
    ) -> Lookup {
        let mut lookup = Lookup::default();
        for (scope, group) in groups {
            let here = lookup.references.entry(scope.region.clone()).or_default();
            for named in group.named_groups() {
                here.entry(named.to_owned()).or_default().insert(group.group_id.clone());
            }
        }
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

    pub fn references(&self, region: &Region, group: &str) -> impl Iterator<Item = &str> {
        let here = self.references.get(region).and_then(|here| here.get(group));
        here.into_iter().flatten().map(String::as_str)
    }

    pub fn is_attached(&self, scope: &Scope, policy: &str, target: &str) -> bool {
        let on = self.attached.get(target).and_then(|on| on.get(scope));
        on.is_some_and(|on| on.contains(policy))
    }

    pub fn text(&self, scope: &Scope, policy: &str) -> Option<&PolicyText> {
        self.texts.get(scope)?.get(policy)
    }
}
