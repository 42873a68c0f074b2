//! S3: buckets and access points per region, and what an account says of all its buckets.

mod access_point;
mod bucket;

use aws_sdk_s3::types as sdk;
use aws_sdk_s3control::types as control;

use crate::resource::s3::{AccountPublicAccessBlock, PublicAccessBlock};

use super::reader::Reader;

pub use access_point::multi_region;

/// What AWS says where nobody has set a block.
const NO_BLOCK: &[&str] = &["NoSuchPublicAccessBlockConfiguration"];

/// Reads the buckets and the access points of one region.
pub async fn collect(reader: &Reader) {
    together!(bucket::collect(reader), access_point::collect(reader)).await;
}

/// Reads what is of the account as a whole.
pub async fn account(reader: &Reader) {
    together!(block(reader), multi_region(reader)).await;
}

async fn block(reader: &Reader) {
    let s3control = reader.s3control();
    let account = reader.scope().account.as_str();
    let call = || s3control.get_public_access_block().account_id(account).send();
    let Some(answer) = reader.one_or_none("s3control:GetPublicAccessBlock", NO_BLOCK, call).await else { return };
    let configured = answer.and_then(|answer| answer.public_access_block_configuration);
    reader.insert(AccountPublicAccessBlock {
        account_id: account.to_owned(),
        public_access_block_configuration: configured.map_or_else(PublicAccessBlock::none, of_control),
    });
}

fn of_bucket(of: sdk::PublicAccessBlockConfiguration) -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: of.block_public_acls,
        ignore_public_acls: of.ignore_public_acls,
        block_public_policy: of.block_public_policy,
        restrict_public_buckets: of.restrict_public_buckets,
    }
}

fn of_control(of: control::PublicAccessBlockConfiguration) -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: of.block_public_acls,
        ignore_public_acls: of.ignore_public_acls,
        block_public_policy: of.block_public_policy,
        restrict_public_buckets: of.restrict_public_buckets,
    }
}
