//! From the SDK's types to ours, field by field: both have AWS's names.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

use crate::collect::reader::Reader;
use crate::iam::PolicyText;
use crate::resource::Typed;

/// Ours, made from the SDK's `S`.
pub trait Mirror<S>: Sized {
    fn mirror(of: S) -> Self;
}

/// A resource, made from an item of its list; none if the item lacks what tells it from others.
pub trait Listed<S>: Sized {
    fn listed(of: S) -> Option<Self>;
}

/// Adds a list's items to the inventory; one without an id is a gap.
pub fn insert<R: Typed + Listed<S> + Into<crate::resource::Resource>, S>(reader: &Reader, items: Vec<S>) {
    for resource in resources::<R, S>(reader, items) {
        reader.insert(resource);
    }
}

/// The resources of a list's items; one without an id is a gap.
pub fn resources<R: Typed + Listed<S>, S>(reader: &Reader, items: Vec<S>) -> Vec<R> {
    let listing = R::OPERATIONS.first().copied().unwrap_or_default();
    let resource = |item| {
        let resource = R::listed(item);
        if resource.is_none() {
            reader.malformed(listing, format!("an {} without an id", R::TYPE));
        }
        resource
    };
    items.into_iter().filter_map(resource).collect()
}

impl Mirror<bool> for bool {
    fn mirror(of: bool) -> bool {
        of
    }
}

/// For flags that AWS gives in every answer.
impl Mirror<Option<bool>> for bool {
    fn mirror(of: Option<bool>) -> bool {
        of.unwrap_or(false)
    }
}

impl Mirror<i32> for i32 {
    fn mirror(of: i32) -> i32 {
        of
    }
}

/// For what the SDK fills in where AWS leaves it out.
impl Mirror<i32> for Option<i32> {
    fn mirror(of: i32) -> Option<i32> {
        Some(of)
    }
}

impl Mirror<String> for Option<String> {
    fn mirror(of: String) -> Option<String> {
        Some(of)
    }
}

impl Mirror<f32> for f32 {
    fn mirror(of: f32) -> f32 {
        of
    }
}

impl Mirror<f64> for f64 {
    fn mirror(of: f64) -> f64 {
        of
    }
}

impl Mirror<i64> for i64 {
    fn mirror(of: i64) -> i64 {
        of
    }
}

/// Texts, and the SDK's enums: what AWS wrote, known to the SDK or not.
impl<S: AsRef<str>> Mirror<S> for String {
    fn mirror(of: S) -> String {
        of.as_ref().to_owned()
    }
}

impl Mirror<String> for PolicyText {
    fn mirror(of: String) -> PolicyText {
        PolicyText::new(&of)
    }
}

impl Mirror<DateTime> for Timestamp {
    fn mirror(of: DateTime) -> Timestamp {
        // Only the years before -9999 and after 9999 do not fit.
        let (seconds, nanoseconds) = (of.secs(), i32::try_from(of.subsec_nanos()).unwrap_or(0));
        Timestamp::new(seconds, nanoseconds).unwrap_or(if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }
}

impl<S, T: Mirror<S>> Mirror<Option<S>> for Option<T> {
    fn mirror(of: Option<S>) -> Option<T> {
        of.map(T::mirror)
    }
}

/// AWS gives most lists in no order, and leaves out empty ones.
impl<S, T: Mirror<S> + Ord> Mirror<Option<Vec<S>>> for Vec<T> {
    fn mirror(of: Option<Vec<S>>) -> Vec<T> {
        let mut all: Vec<T> = of.into_iter().flatten().map(T::mirror).collect();
        all.sort();
        all
    }
}

/// `[sdk, ours] Sdk => Ours { fields }`: both types have these fields; `sdk` is the SDK's crate and `ours` the module
/// of `resource`.
macro_rules! mirror_of {
    ([$crate_of:ident, $module:ident] $($sdk:ident => $ours:ident { $($field:ident),* $(,)? })*) => {$(
        impl $crate::collect::mirror::Mirror<$crate_of::types::$sdk> for $crate::resource::$module::$ours {
            fn mirror(of: $crate_of::types::$sdk) -> Self {
                Self { $($field: $crate::collect::mirror::Mirror::mirror(of.$field),)* }
            }
        }
    )*};
}
pub(super) use mirror_of;

/// As [`mirror_of!`] for resources. Those fields after `by` it must have; those after `later` are read with calls of
/// their own, and are none at first.
macro_rules! listed_of {
    ([$crate_of:ident, $module:ident] $sdk:ident => $ours:ident by [$($id:ident),*] { $($field:ident),* $(,)? } $(later { $($later:ident),* })?) => {
        impl $crate::collect::mirror::Listed<$crate_of::types::$sdk> for $crate::resource::$module::$ours {
            fn listed(of: $crate_of::types::$sdk) -> Option<Self> {
                Some(Self {
                    $($id: of.$id?,)*
                    $($field: $crate::collect::mirror::Mirror::mirror(of.$field),)*
                    $($($later: None,)*)?
                })
            }
        }
    };
}
pub(super) use listed_of;
