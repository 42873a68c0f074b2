//! Buckets, each with six calls: AWS has no other way to ask.

use aws_sdk_s3::{Client, types as sdk};

use crate::collect::mirror::{Listed, Mirror, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::resource::s3::{
    Bucket, BucketAcl, BucketLogging, BucketPolicy, BucketVersioning, OwnershipControls, PublicAccessBlock,
};

use super::{NO_BLOCK, of_bucket};

pub async fn collect(reader: &Reader) {
    let s3 = &reader.s3();
    let region = reader.scope().region.as_str();
    let buckets = reader
        .pages(
            "s3:ListBuckets",
            |token| s3.list_buckets().bucket_region(region).max_buckets(1000).set_continuation_token(token).send(),
            |page| (page.buckets.unwrap_or_default(), page.continuation_token),
        )
        .await;
    // An endpoint that does not know the filter lists those of all regions, which other calls would miss here.
    let here = |bucket: &sdk::Bucket| bucket.bucket_region.as_deref().is_none_or(|of| of == region);
    let buckets = resources::<Bucket, _>(reader, buckets.into_iter().filter(here).collect());
    futures::future::join_all(buckets.into_iter().map(async |mut bucket| {
        let name = &bucket.name;
        let (policy, acl, block, controls, versioning, logging) = tokio::join!(
            policy(reader, s3, name),
            acl(reader, s3, name),
            block(reader, s3, name),
            controls(reader, s3, name),
            versioning(reader, s3, name),
            logging(reader, s3, name),
        );
        bucket.bucket_policy = policy;
        bucket.acl = acl;
        bucket.public_access_block_configuration = block;
        bucket.ownership_controls = controls;
        bucket.versioning = versioning;
        bucket.logging = logging;
        reader.insert(bucket);
    }))
    .await;
}

async fn policy(reader: &Reader, s3: &Client, bucket: &str) -> Option<BucketPolicy> {
    let call = || s3.get_bucket_policy().bucket(bucket).send();
    let answer = reader.one_or_none("s3:GetBucketPolicy", &["NoSuchBucketPolicy"], call).await?;
    Some(BucketPolicy { policy: Mirror::mirror(answer.and_then(|answer| answer.policy)) })
}

async fn acl(reader: &Reader, s3: &Client, bucket: &str) -> Option<BucketAcl> {
    let answer = reader.one("s3:GetBucketAcl", || s3.get_bucket_acl().bucket(bucket).send()).await?;
    Some(BucketAcl { owner: Mirror::mirror(answer.owner), grants: Mirror::mirror(answer.grants) })
}

async fn block(reader: &Reader, s3: &Client, bucket: &str) -> Option<PublicAccessBlock> {
    let call = || s3.get_public_access_block().bucket(bucket).send();
    let answer = reader.one_or_none("s3:GetPublicAccessBlock", NO_BLOCK, call).await?;
    let configured = answer.and_then(|answer| answer.public_access_block_configuration);
    Some(configured.map_or_else(PublicAccessBlock::none, of_bucket))
}

async fn controls(reader: &Reader, s3: &Client, bucket: &str) -> Option<OwnershipControls> {
    let call = || s3.get_bucket_ownership_controls().bucket(bucket).send();
    let none = &["OwnershipControlsNotFoundError"];
    let answer = reader.one_or_none("s3:GetBucketOwnershipControls", none, call).await?;
    // There is one rule.
    let rule = answer.and_then(|answer| answer.ownership_controls?.rules.into_iter().next());
    Some(OwnershipControls { object_ownership: rule.map(|rule| rule.object_ownership.as_str().to_owned()) })
}

async fn versioning(reader: &Reader, s3: &Client, bucket: &str) -> Option<BucketVersioning> {
    let answer = reader.one("s3:GetBucketVersioning", || s3.get_bucket_versioning().bucket(bucket).send()).await?;
    Some(BucketVersioning { status: Mirror::mirror(answer.status), mfa_delete: Mirror::mirror(answer.mfa_delete) })
}

async fn logging(reader: &Reader, s3: &Client, bucket: &str) -> Option<BucketLogging> {
    let answer = reader.one("s3:GetBucketLogging", || s3.get_bucket_logging().bucket(bucket).send()).await?;
    Some(BucketLogging { logging_enabled: Mirror::mirror(answer.logging_enabled) })
}

impl Listed<sdk::Bucket> for Bucket {
    fn listed(of: sdk::Bucket) -> Option<Bucket> {
        Some(Bucket {
            name: of.name?,
            creation_date: Mirror::mirror(of.creation_date),
            bucket_policy: None,
            acl: None,
            public_access_block_configuration: None,
            ownership_controls: None,
            versioning: None,
            logging: None,
        })
    }
}

mirror_of! { [aws_sdk_s3, s3]
    Grant => Grant { grantee, permission }
    Grantee => Grantee { id, uri }
    Owner => BucketOwner { id }
    LoggingEnabled => LoggingEnabled { target_bucket, target_prefix }
}
