//! Where a condition finds the facts that it speaks of.

use std::cell::OnceCell;

use jiff::Timestamp;

use crate::arn::Scope;
use crate::catalog::Path;
use crate::model::{Model, Record, Subject, Value, facts};

/// A resource's facts by index.
pub(super) trait Source {
    fn fact(&self, index: usize) -> &Value;
}

/// Facts of a subject of the model: each is computed when it is first asked
/// for, and once for all checks.
pub(super) struct Lazy<'m> {
    model: &'m Model<'m>,
    scope: &'m Scope,
    subject: Subject<'m>,
    values: Vec<OnceCell<Value>>,
}

impl<'m> Lazy<'m> {
    pub(super) fn new(model: &'m Model<'m>, scope: &'m Scope, subject: Subject<'m>, facts: usize) -> Lazy<'m> {
        Lazy { model, scope, subject, values: vec![OnceCell::new(); facts] }
    }
}

static ABSENT: Value = Value::Absent;

impl Source for Lazy<'_> {
    fn fact(&self, index: usize) -> &Value {
        // INVARIANT: indices come from the same table as the length.
        self.values
            .get(index)
            .map_or(&ABSENT, |value| value.get_or_init(|| facts::value(self.model, self.scope, self.subject, index)))
    }
}

/// Facts that a case gives.
impl Source for Vec<Value> {
    fn fact(&self, index: usize) -> &Value {
        self.get(index).unwrap_or(&ABSENT)
    }
}

/// One level that names are looked up in, and those around it.
#[derive(Clone, Copy)]
pub(super) enum Frame<'f> {
    Resource {
        facts: &'f dyn Source,
        /// The time that ages are counted to.
        now: Timestamp,
    },
    Element {
        record: &'f Record,
        list: &'f Path,
        position: usize,
        outer: &'f Frame<'f>,
    },
}

impl<'f> Frame<'f> {
    /// The frame that the path's `^` lead to.
    fn at(&'f self, path: &Path) -> &'f Frame<'f> {
        let mut frame = self;
        for _ in 0..path.up {
            if let Frame::Element { outer, .. } = frame {
                frame = outer;
            }
        }
        frame
    }

    pub(super) fn value(&'f self, path: &Path) -> &'f Value {
        match self.at(path) {
            Frame::Resource { facts, .. } => facts.fact(path.index),
            Frame::Element { record, .. } => record.get(path.index),
        }
    }

    pub(super) fn element(&'f self, list: &'f Path, position: usize, record: &'f Record) -> Frame<'f> {
        Frame::Element { record, list, position, outer: self }
    }

    pub(super) fn now(&self) -> Timestamp {
        match self {
            Frame::Resource { now, .. } => *now,
            Frame::Element { outer, .. } => outer.now(),
        }
    }

    /// The fact's name as evidence has it, such as `ingress[2].sources`.
    pub(super) fn name(&self, path: &Path) -> String {
        match self.at(path) {
            Frame::Resource { .. } => path.name.to_owned(),
            Frame::Element { list, position, outer, .. } => {
                format!("{}[{position}].{}", outer.name(list), path.name)
            }
        }
    }
}
