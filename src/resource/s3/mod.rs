//! S3: buckets with what says who may come to them, and what an account says of all of its own.

mod access_point;
mod block;
mod bucket;

pub use access_point::{AccessPoint, AccessPointVpc, MultiRegionAccessPoint, MultiRegionAccessPointRegion};
pub use block::{AccountPublicAccessBlock, BlockFlag, PublicAccessBlock};
pub use bucket::{
    Bucket, BucketAcl, BucketLogging, BucketOwner, BucketPolicy, BucketVersioning, Grant, Grantee, LoggingEnabled,
    OwnershipControls,
};
