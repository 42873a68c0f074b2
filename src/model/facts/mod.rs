//! The facts of every resource type: name, kind, meaning and getter.
//!
//! A table is the one place that says what a type's facts are; the check
//! loader, the fact reference and the schema read it.

mod balancing;
mod cloudwatch;
mod detective;
mod direct_connect;
mod ec2;
#[cfg(test)]
mod edge_tests;
mod exposure;
mod iam;
mod lambda;
mod network_firewall;
mod organizations;
mod rds;
mod route53;
mod s3;
mod ssm;
mod subjects;
mod waf;

use crate::arn::Scope;
use crate::for_each_resource;
use crate::inventory::Missing;
use crate::model::{
    AccountSubject, Context, Field, Kind, Model, RegionSubject, ReportedAccessKey, ReportedUser, Subject, Value,
};
use crate::resource::{Resource, ResourceType};

/// A fact of resources of one type.
pub struct Fact<R: 'static> {
    pub name: &'static str,
    pub kind: Kind,
    /// What it means, in a sentence without a full stop.
    pub doc: &'static str,
    /// The operations, beside the type's listing, that it rests on.
    pub reads: Reads,
    pub get: fn(&R, &Context<'_>) -> Value,
}

/// What a fact rests on beside the resource itself: operations, as resource types declare them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reads {
    /// All must be complete, or the fact is unknown; its getter need not look.
    Needs(&'static [&'static str]),
    /// The getter looks itself, because it can sometimes tell from a part.
    Uses(&'static [&'static str]),
}

impl Reads {
    pub fn operations(self) -> &'static [&'static str] {
        match self {
            Reads::Needs(operations) | Reads::Uses(operations) => operations,
        }
    }
}

/// A type with a table of facts.
pub trait Facts: Sized + 'static {
    const FACTS: &'static [Fact<Self>];
}

/// Declares a type's table of facts, one `"name": Kind, "meaning", |resource, context| value;` each.
/// Between meaning and getter may stand `needs ["service:Operation", ..],` or `uses [..],` (see [`Reads`]), or `uses_all(LIST),`.
macro_rules! facts {
    (@reads) => { $crate::model::facts::Reads::Needs(&[]) };
    (@reads uses_all ($list:path)) => { $crate::model::facts::Reads::Uses($list) };
    (@reads needs [$($op:literal),* $(,)?]) => { $crate::model::facts::Reads::Needs(&[$($op),*]) };
    (@reads uses [$($op:literal),* $(,)?]) => { $crate::model::facts::Reads::Uses(&[$($op),*]) };
    ($type:ty { $($name:literal: $kind:expr, $doc:literal, $($how:ident $what:tt,)? |$r:pat_param, $c:pat_param| $get:expr;)* }) => {
        impl $crate::model::facts::Facts for $type {
            const FACTS: &'static [$crate::model::facts::Fact<$type>] = &[
                $($crate::model::facts::Fact {
                    name: $name,
                    kind: $kind,
                    doc: $doc,
                    reads: $crate::model::facts::facts!(@reads $($how $what)?),
                    get: |$r, $c| $get.into(),
                },)*
            ];
        }
    };
}
use facts;

/// The table of a type, as a check's author sees it.
pub fn table(of: ResourceType) -> Vec<Field> {
    fn view<R: Facts>() -> Vec<Field> {
        R::FACTS.iter().map(|fact| Field { name: fact.name, kind: fact.kind, doc: fact.doc }).collect()
    }
    macro_rules! tables {
        ($($variant:ident => $path:path,)*) => {
            match of {
                $(ResourceType::$variant => view::<$path>(),)*
                ResourceType::Account => view::<AccountSubject>(),
                ResourceType::Region => view::<RegionSubject>(),
                ResourceType::ReportedUser => view::<ReportedUser>(),
                ResourceType::ReportedAccessKey => view::<ReportedAccessKey>(),
            }
        };
    }
    for_each_resource!(tables)
}

/// The operations that the fact at `index` of a type's table rests on, beside the type's listing.
pub fn operations(of: ResourceType, index: usize) -> &'static [&'static str] {
    fn of_fact<R: Facts>(index: usize) -> &'static [&'static str] {
        R::FACTS.get(index).map_or(&[], |fact| fact.reads.operations())
    }
    macro_rules! operations {
        ($($variant:ident => $path:path,)*) => {
            match of {
                $(ResourceType::$variant => of_fact::<$path>(index),)*
                ResourceType::Account => of_fact::<AccountSubject>(index),
                ResourceType::Region => of_fact::<RegionSubject>(index),
                ResourceType::ReportedUser => of_fact::<ReportedUser>(index),
                ResourceType::ReportedAccessKey => of_fact::<ReportedAccessKey>(index),
            }
        };
    }
    for_each_resource!(operations)
}

/// The value of the fact at `index` of the subject's table.
pub fn value(model: &Model<'_>, scope: &Scope, subject: Subject<'_>, index: usize) -> Value {
    fn get<R: Facts>(resource: &R, index: usize, context: &Context<'_>) -> Value {
        match R::FACTS.get(index) {
            Some(fact) => {
                if let Reads::Needs(operations) = fact.reads {
                    let missing = operations.iter().filter_map(|operation| context.require(operation).err());
                    if let Some(missing) = missing.reduce(|all, one| all.and(&one)) {
                        return Value::Unknown(missing);
                    }
                }
                let value = (fact.get)(resource, context);
                debug_assert!(fact.kind.admits(&value), "fact `{}` gave {value:?}", fact.name);
                value
            }
            None => Value::Unknown(Missing::because(format!("the type has no fact number {index}"))),
        }
    }
    let context = Context { model, scope };
    macro_rules! values {
        ($($variant:ident => $path:path,)*) => {
            match subject {
                $(Subject::Resource(Resource::$variant(r)) => get(&**r, index, &context),)*
                Subject::Account(a) => get(a, index, &context),
                Subject::Region(r) => get(r, index, &context),
                Subject::ReportedUser(u) => get(u, index, &context),
                Subject::ReportedAccessKey(k) => get(k, index, &context),
            }
        };
    }
    for_each_resource!(values)
}
