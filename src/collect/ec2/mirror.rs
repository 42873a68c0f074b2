//! What EC2 adds to the mirrors of all services.

use crate::resource::Tag;

pub use crate::collect::mirror::{Listed, Mirror, insert, resources};

impl Mirror<aws_sdk_ec2::types::Tag> for Tag {
    fn mirror(of: aws_sdk_ec2::types::Tag) -> Tag {
        // Every tag has a key; one without a value has an empty one.
        Tag { key: of.key.unwrap_or_default(), value: of.value.unwrap_or_default() }
    }
}

/// `Sdk => Ours { fields }`: both types have these fields.
macro_rules! mirror {
    ($($of:tt)*) => { $crate::collect::mirror::mirror_of! { [aws_sdk_ec2, ec2] $($of)* } };
}
pub(super) use mirror;

/// The same for resources.
macro_rules! listed {
    ($($of:tt)*) => { $crate::collect::mirror::listed_of! { [aws_sdk_ec2, ec2] $($of)* } };
}
pub(super) use listed;
