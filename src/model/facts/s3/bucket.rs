//! Facts of buckets: who may come, and what is kept of it.

use crate::iam::{Document, RequestContext};
use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::resource_policy::{Action, Asked, Place, Target};
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::AwsResource;
use crate::resource::s3::{BlockFlag, Bucket, Grant};

use super::unblocked;

const ACL: &str = "s3:GetBucketAcl";
const BLOCK: &str = "s3:GetPublicAccessBlock";
const CONTROLS: &str = "s3:GetBucketOwnershipControls";
const LOGGING: &str = "s3:GetBucketLogging";
const POLICY: &str = "s3:GetBucketPolicy";
const VERSIONING: &str = "s3:GetBucketVersioning";

/// What everybody can read with, of a bucket and of what is in it.
const READS: &[Action] = &[
    ("s3:GetBucketAcl", Place::Itself),
    ("s3:GetBucketPolicy", Place::Itself),
    ("s3:GetObject", Place::Inside),
    ("s3:GetObjectAcl", Place::Inside),
    ("s3:GetObjectVersion", Place::Inside),
    ("s3:ListBucket", Place::Itself),
    ("s3:ListBucketMultipartUploads", Place::Itself),
    ("s3:ListBucketVersions", Place::Itself),
];

/// What everybody can change with.
const WRITES: &[Action] = &[
    ("s3:AbortMultipartUpload", Place::Inside),
    ("s3:DeleteBucket", Place::Itself),
    ("s3:DeleteBucketPolicy", Place::Itself),
    ("s3:DeleteObject", Place::Inside),
    ("s3:DeleteObjectVersion", Place::Inside),
    ("s3:PutBucketAcl", Place::Itself),
    ("s3:PutBucketOwnershipControls", Place::Itself),
    ("s3:PutBucketPolicy", Place::Itself),
    ("s3:PutBucketPublicAccessBlock", Place::Itself),
    ("s3:PutBucketVersioning", Place::Itself),
    ("s3:PutLifecycleConfiguration", Place::Itself),
    ("s3:PutObject", Place::Inside),
    ("s3:PutObjectAcl", Place::Inside),
    ("s3:PutReplicationConfiguration", Place::Itself),
    ("s3:RestoreObject", Place::Inside),
];

/// What is sent over the wire as it is, if TLS is not asked for.
const TRANSPORT: &[Action] =
    &[("s3:GetObject", Place::Inside), ("s3:PutObject", Place::Inside), ("s3:ListBucket", Place::Itself)];

const ACCOUNTS: &[Field] = &[
    Field { name: "account", kind: Kind::Text, doc: "the account" },
    Field {
        name: "is_own",
        kind: Kind::Bool,
        doc: "whether it is the bucket's own, one of the organization, or one that was looked at",
    },
    Field { name: "actions", kind: Kind::Texts, doc: "what it may do, of the actions that are asked for" },
];

/// AWS's groups that everybody is in.
const EVERYBODY: [&str; 2] = [
    "http://acs.amazonaws.com/groups/global/AllUsers",
    // Whoever has an account, of whomever.
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

facts! { Bucket {
    "name": Kind::Text, "its name", |bucket, _| Value::optional(Some(bucket.name.as_str()));
    "has_policy": Kind::Bool, "whether it has a policy", uses ["s3:GetBucketPolicy"],
        |bucket, context| context.field(POLICY, bucket.bucket_policy.as_ref().map(|policy| policy.policy.is_some()));
    "public_read_actions": Kind::Texts, "what its policy lets strangers read with, such as `s3:GetObject`; nothing while public policies are restricted",
        uses ["s3:GetBucketPolicy", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock"],
        |bucket, context| public(bucket, context, READS);
    "public_write_actions": Kind::Texts, "what its policy lets strangers change with, such as `s3:PutObject`; nothing while public policies are restricted",
        uses ["s3:GetBucketPolicy", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock"],
        |bucket, context| public(bucket, context, WRITES);
    "public_acl_permissions": Kind::Texts, "the permissions that its ACL gives everybody, such as `READ`; nothing where ACLs are off or public ones are ignored",
        uses ["s3:GetBucketAcl", "s3:GetBucketOwnershipControls", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock"],
        |bucket, context| Value::known(acl(bucket, context));
    "is_public": Kind::Bool, "whether its policy or its ACL lets strangers in",
        uses ["s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetBucketOwnershipControls", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock"],
        |bucket, context| is_public(bucket, context);
    "granted_accounts": Kind::List(ACCOUNTS), "the accounts that its policy names and lets in",
        uses ["s3:GetBucketPolicy", "organizations:DescribeOrganization", "organizations:ListAccounts"],
        |bucket, context| granted(bucket, context);
    "denies_plain_http": Kind::Bool, "whether its policy denies everybody to read, write and list without TLS", uses ["s3:GetBucketPolicy"],
        |bucket, context| denies_plain_http(bucket, context);
    "public_access_unblocked": Kind::Texts, "those of the four flags of public access block that are on neither here nor in the account",
        uses ["s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock"],
        |bucket, context| unblocked(|flag| context.blocks(bucket.public_access_block_configuration.as_ref(), BLOCK, flag));
    "object_ownership": Kind::Text, "`BucketOwnerEnforced`, which switches ACLs off, `BucketOwnerPreferred` or `ObjectWriter`",
        uses ["s3:GetBucketOwnershipControls"],
        |bucket, context| context.field(CONTROLS, bucket.ownership_controls.as_ref()
            .map(|controls| controls.object_ownership.as_deref().unwrap_or("ObjectWriter")));
    "versioning": Kind::Text, "`Enabled` or `Suspended`; absent if it never was on", uses ["s3:GetBucketVersioning"],
        |bucket, context| context.field(VERSIONING, bucket.versioning.as_ref().map(|one| Value::optional(one.status.as_deref())));
    "mfa_delete": Kind::Bool, "whether versions are deleted with the root user's MFA alone", uses ["s3:GetBucketVersioning"],
        |bucket, context| mfa_delete(bucket, context);
    "access_logging": Kind::Bool, "whether requests to it are logged", uses ["s3:GetBucketLogging"],
        |bucket, context| logs_access(bucket, context);
    "logging_target": Kind::Text, "the bucket that its logs go to", uses ["s3:GetBucketLogging"],
        |bucket, context| context.field(LOGGING, bucket.logging.as_ref().map(|logging| {
            Value::optional(logging.logging_enabled.as_ref().and_then(|to| to.target_bucket.as_deref()))
        }));
}}

/// The policy; none if there is none.
fn document<'b>(bucket: &'b Bucket, context: &Context<'_>) -> Result<Option<&'b Document>, Missing> {
    let Some(policy) = &bucket.bucket_policy else {
        context.require(POLICY)?;
        return Err(Missing::because(format!("{POLICY} gave nothing of {}", bucket.name)));
    };
    let Some(policy) = &policy.policy else { return Ok(None) };
    let unreadable = |error| Missing::because(format!("the policy of `{}` cannot be read: {error}", bucket.name));
    policy.document().map(Some).map_err(unreadable)
}

/// Asks the policy; what comes out if there is none is `without`.
fn ask<T>(
    bucket: &Bucket,
    context: &Context<'_>,
    without: T,
    what: impl FnOnce(&Asked<'_>) -> T,
) -> Result<T, Missing> {
    let Some(document) = document(bucket, context)? else { return Ok(without) };
    let arn = bucket.arn(context.scope);
    let target = Target { arn: arn.as_str(), inside: '/' };
    Ok(what(&Asked::new(document, target, context.scope.partition.as_str())))
}

fn public(bucket: &Bucket, context: &Context<'_>, actions: &[Action]) -> Value {
    Value::known(public_actions(bucket, context, actions))
}

fn public_actions(bucket: &Bucket, context: &Context<'_>, actions: &[Action]) -> Result<Vec<String>, Missing> {
    let open = ask(bucket, context, Vec::new(), |policy| policy.public(actions));
    // A policy that is public counts for nobody outside the account while that is restricted.
    if open.as_ref().is_ok_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let own = bucket.public_access_block_configuration.as_ref();
    match (open, context.blocks(own, BLOCK, BlockFlag::RestrictPublicBuckets)) {
        (_, Ok(true)) => Ok(Vec::new()),
        (Ok(open), Ok(false)) => Ok(open.into_iter().map(str::to_owned).collect()),
        (Err(a), Err(b)) => Err(a.and(&b)),
        (Err(missing), _) | (_, Err(missing)) => Err(missing),
    }
}

fn acl(bucket: &Bucket, context: &Context<'_>) -> Result<Vec<String>, Missing> {
    let of_everybody = |grant: &&Grant| {
        grant.grantee.as_ref().and_then(|to| to.uri.as_deref()).is_some_and(|uri| EVERYBODY.contains(&uri))
    };
    let granted = match &bucket.acl {
        Some(acl) => {
            let mut granted: Vec<String> =
                acl.grants.iter().filter(of_everybody).filter_map(|grant| grant.permission.clone()).collect();
            granted.sort();
            granted.dedup();
            Ok(granted)
        }
        None => {
            context.require(ACL).and_then(|()| Err(Missing::because(format!("{ACL} gave nothing of {}", bucket.name))))
        }
    };
    if granted.as_ref().is_ok_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    // Two things make an ACL count for nothing, and each is enough.
    let off = match &bucket.ownership_controls {
        Some(controls) => Ok(controls.object_ownership.as_deref() == Some("BucketOwnerEnforced")),
        None => context
            .require(CONTROLS)
            .and_then(|()| Err(Missing::because(format!("{CONTROLS} gave nothing of {}", bucket.name)))),
    };
    let own = bucket.public_access_block_configuration.as_ref();
    let ignored = context.blocks(own, BLOCK, BlockFlag::IgnorePublicAcls);
    match (off, ignored) {
        (Ok(true), _) | (_, Ok(true)) => Ok(Vec::new()),
        (Ok(false), Ok(false)) => granted,
        (Err(a), Err(b)) => Err(a.and(&b)),
        (Err(missing), _) | (_, Err(missing)) => Err(missing),
    }
}

/// Whether strangers get in; in a context of the bucket's own place.
pub fn is_public(bucket: &Bucket, context: &Context<'_>) -> Value {
    let open = |actions| public_actions(bucket, context, actions).map(|open| !open.is_empty());
    let acl = acl(bucket, context).map(|permissions| !permissions.is_empty());
    Value::known(crate::model::watching::any([open(READS), open(WRITES), acl]))
}

pub fn mfa_delete(bucket: &Bucket, context: &Context<'_>) -> Value {
    context.field(VERSIONING, bucket.versioning.as_ref().map(|one| one.mfa_delete.as_deref() == Some("Enabled")))
}

pub fn logs_access(bucket: &Bucket, context: &Context<'_>) -> Value {
    context.field(LOGGING, bucket.logging.as_ref().map(|logging| logging.logging_enabled.is_some()))
}

fn granted(bucket: &Bucket, context: &Context<'_>) -> Value {
    let all: Vec<Action> = READS.iter().chain(WRITES).copied().collect();
    let granted = ask(bucket, context, Default::default(), |policy| policy.accounts(&all));
    let record = |(account, actions): (String, Vec<&'static str>)| {
        let is_own = Value::known(context.is_own_account(&account));
        let actions: Vec<String> = actions.into_iter().map(str::to_owned).collect();
        Record::new(ACCOUNTS, [account.into(), is_own, actions.into()])
    };
    Value::known(granted.map(|granted| granted.into_iter().map(record).collect::<Vec<_>>()))
}

fn denies_plain_http(bucket: &Bucket, context: &Context<'_>) -> Value {
    // Where there is no TLS, it has no version.
    let plain = RequestContext::new().with("aws:SecureTransport", "false").without("s3:TlsVersion");
    let own = context.scope.account.as_str();
    Value::known(ask(bucket, context, false, |policy| policy.denies_everyone(TRANSPORT, &plain, own)))
}
