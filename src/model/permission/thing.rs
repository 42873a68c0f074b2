//! What is acted on, with its own policy: a bucket and what is in it, a function.
//!
//! Sources: the IAM User Guide's "AWS services that work with IAM" and "Cross-account policy evaluation logic"; S3's
//! guide on Object Ownership and on RestrictPublicBuckets.

use std::sync::Arc;

use crate::arn::{AccountId, Scope};
use crate::iam::{Compiled, Document, Effect, PolicyText, PrincipalKind};
use crate::inventory::Inventory;
use crate::resource::lambda::Function;
use crate::resource::s3::{AccountPublicAccessBlock, Bucket};

/// Services whose resources have no policies of their own. Others than these and those that are read may have, so that
/// what an identity policy says is not all.
const WITHOUT: [&str; 48] = [
    "access-analyzer",
    "account",
    "amplify",
    "appsync",
    "athena",
    "autoscaling",
    "batch",
    "budgets",
    "ce",
    "cloudformation",
    "cloudfront",
    "cloudwatch",
    "codecommit",
    "codedeploy",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "config",
    "datapipeline",
    "directconnect",
    "dms",
    "ds",
    "ec2",
    "ecs",
    "eks",
    "elasticache",
    "elasticbeanstalk",
    "elasticloadbalancing",
    "elasticmapreduce",
    "firehose",
    "globalaccelerator",
    "guardduty",
    "health",
    // Roles have trust policies, which are known otherwise.
    "iam",
    "inspector2",
    "lightsail",
    "macie2",
    "rds",
    "rds-db",
    "route53",
    "securityhub",
    "servicequotas",
    "shield",
    "states",
    "sts",
    "support",
    "transfer",
    "workspaces",
];

/// What is acted on, as far as it has a say in who may.
#[derive(Debug)]
pub struct Thing {
    /// What the policy is of: of an object its bucket.
    pub arn: String,
    /// Whose it is; none if that is not known.
    pub account: Option<AccountId>,
    pub policy: OwnPolicy,
    /// What beside the policy may let other accounts in.
    pub lets_in: Option<String>,
    /// What may keep other accounts out whatever the policy allows.
    pub keeps_out: Option<String>,
}

#[derive(Debug)]
pub enum OwnPolicy {
    /// It was read that it has none.
    None,
    Document(Compiled),
    /// Why it is not known.
    Unread(String),
}

impl Thing {
    /// What an inventory knows of a resource; none if nothing of its kind has a policy, and of `*`.
    pub fn of(inventory: &Inventory, resource: &str) -> Option<Thing> {
        let fields: Vec<&str> = resource.splitn(6, ':').collect();
        let &[_, _, service, region, account, rest] = fields.as_slice() else { return None };
        let lower = service.to_ascii_lowercase();
        if WITHOUT.contains(&lower.as_str()) {
            return None;
        }
        if let Some(name) = bucket_of(resource) {
            let found = inventory.of_type::<Bucket>().find(|(_, bucket)| bucket.name == name);
            return Some(match found {
                Some((scope, bucket)) => Thing::of_bucket(inventory, scope, bucket),
                None => {
                    let arn = resource.split('/').next().unwrap_or(resource);
                    let why = format!("whose {arn} is, and what its policy says, was not read");
                    Thing::plain(arn, None, OwnPolicy::Unread(why))
                }
            });
        }
        let account = account.parse().ok();
        if lower == "lambda"
            && let Some(name) = rest.strip_prefix("function:")
        {
            let mut functions = inventory.of_type::<Function>();
            let found = functions.find(|(scope, function)| {
                function.function_name == name
                    && Some(&scope.account) == account.as_ref()
                    && scope.region.as_str() == region
            });
            // One of a version or an alias is another policy, and is not read.
            if let Some((scope, function)) = found {
                let policy = function.function_policy.as_ref().map(|read| read.policy.as_ref());
                let policy = OwnPolicy::of(inventory, scope, resource, "lambda:GetPolicy", policy);
                return Some(Thing::plain(resource, account, policy));
            }
        }
        Some(Thing::plain(resource, account, OwnPolicy::Unread(format!("the policy of {resource} was not read"))))
    }

    fn plain(arn: &str, account: Option<AccountId>, policy: OwnPolicy) -> Thing {
        Thing { arn: arn.to_owned(), account, policy, lets_in: None, keeps_out: None }
    }

    fn of_bucket(inventory: &Inventory, scope: &Scope, bucket: &Bucket) -> Thing {
        let arn = format!("arn:{}:s3:::{}", scope.partition, bucket.name);
        let policy = bucket.bucket_policy.as_ref().map(|read| read.policy.as_ref());
        let policy = OwnPolicy::of(inventory, scope, &arn, "s3:GetBucketPolicy", policy);
        let ownership = bucket.ownership_controls.as_ref().and_then(|controls| controls.object_ownership.as_deref());
        let lets_in =
            (ownership != Some("BucketOwnerEnforced")).then(|| format!("what ACLs of {arn} allow is not weighed"));
        let names_everyone = matches!(&policy, OwnPolicy::Document(document) if names_everyone(document.document()));
        let mut accounts = inventory.of_type::<AccountPublicAccessBlock>();
        let account_wide = accounts.find(|(place, _)| place.account == scope.account);
        let restricted = |block: Option<bool>| block != Some(false);
        let is_restricted = restricted(
            bucket.public_access_block_configuration.as_ref().and_then(|block| block.restrict_public_buckets),
        ) || restricted(
            account_wide.and_then(|(_, one)| one.public_access_block_configuration.restrict_public_buckets),
        );
        let keeps_out = (names_everyone && is_restricted)
            .then(|| format!("RestrictPublicBuckets of {arn} or its account keeps others out if its policy is public"));
        Thing { arn, account: Some(scope.account.clone()), policy, lets_in, keeps_out }
    }

    /// Why its policy is not known.
    pub fn unread(&self) -> Option<&str> {
        match &self.policy {
            OwnPolicy::Unread(why) => Some(why),
            OwnPolicy::None | OwnPolicy::Document(_) => None,
        }
    }
}

impl OwnPolicy {
    fn of(
        inventory: &Inventory,
        scope: &Scope,
        arn: &str,
        operation: &str,
        read: Option<Option<&PolicyText>>,
    ) -> OwnPolicy {
        match read {
            Some(None) => OwnPolicy::None,
            Some(Some(text)) => match text.shared() {
                Ok(document) => OwnPolicy::Document(Compiled::new(Arc::clone(document))),
                Err(error) => OwnPolicy::Unread(format!("the policy of {arn} cannot be read: {error}")),
            },
            None => {
                let because =
                    inventory.why_incomplete(scope, operation).map_or_else(String::new, |why| format!(" ({why})"));
                OwnPolicy::Unread(format!("the policy of {arn} was not read{because}"))
            }
        }
    }
}

/// The name of the bucket that an ARN without region and account is of, or is in.
pub fn bucket_of(resource: &str) -> Option<&str> {
    let mut fields = resource.splitn(6, ':').skip(2);
    let (service, region, account, rest) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let name = rest.split('/').next()?;
    (service.eq_ignore_ascii_case("s3") && region.is_empty() && account.is_empty()).then_some(name)
}

fn names_everyone(document: &Document) -> bool {
    let allows = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let mut principals = allows.filter_map(|statement| statement.principals.as_ref());
    principals
        .any(|all| all.all_but || all.of.iter().any(|one| one.kind == PrincipalKind::Anyone || one.value.contains('*')))
}
