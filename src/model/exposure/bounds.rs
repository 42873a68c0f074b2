//! A set of packets that may not be known exactly: what must be in it, what may be, and what is missing to tell.

use std::sync::Arc;

use crate::inventory::Missing;
use crate::net::PacketSet;

/// INVARIANT: `must` is a part of `may`, and something is `missing` exactly if they differ.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bounds {
    must: Arc<PacketSet>,
    may: Arc<PacketSet>,
    missing: Option<Arc<Missing>>,
}

impl Bounds {
    pub fn exactly(set: PacketSet) -> Bounds {
        let set = Arc::new(set);
        Bounds { must: Arc::clone(&set), may: set, missing: None }
    }

    /// At least the first, at most the first and the second.
    pub fn between(must: PacketSet, perhaps: &PacketSet, missing: Missing) -> Bounds {
        let may = must.union(perhaps);
        Bounds::of(Arc::new(must), Arc::new(may), Some(Arc::new(missing)))
    }

    /// Anything from nothing to this.
    pub fn at_most(may: PacketSet, missing: Missing) -> Bounds {
        Bounds::between(PacketSet::default(), &may, missing)
    }

    fn of(must: Arc<PacketSet>, may: Arc<PacketSet>, missing: Option<Arc<Missing>>) -> Bounds {
        if must == may {
            return Bounds { may: Arc::clone(&must), must, missing: None };
        }
        let unnamed = || Arc::new(Missing::because("something that decides was not read"));
        Bounds { must, may, missing: Some(missing.unwrap_or_else(unnamed)) }
    }

    /// What is in it whatever is missing.
    pub fn must(&self) -> &PacketSet {
        &self.must
    }

    /// What is in it or would be, if what is missing let it.
    pub fn may(&self) -> &PacketSet {
        &self.may
    }

    pub(super) fn shared_may(&self) -> Arc<PacketSet> {
        Arc::clone(&self.may)
    }

    /// What has to be known to know the set.
    pub fn missing(&self) -> Option<&Missing> {
        self.missing.as_deref()
    }

    pub fn is_exact(&self) -> bool {
        self.missing.is_none()
    }

    /// Whether nothing can be in it.
    pub fn is_empty(&self) -> bool {
        self.may.is_empty()
    }

    /// As much of it as another one holds.
    #[must_use]
    pub fn and(&self, other: &Bounds) -> Bounds {
        let must = Arc::new(self.must.intersection(&other.must));
        let exact = self.is_exact() && other.is_exact();
        let may = if exact { Arc::clone(&must) } else { Arc::new(self.may.intersection(&other.may)) };
        Bounds::of(must, may, both(&self.missing, &other.missing))
    }

    /// Both together.
    #[must_use]
    pub fn or(&self, other: &Bounds) -> Bounds {
        let must = Arc::new(self.must.union(&other.must));
        let exact = self.is_exact() && other.is_exact();
        let may = if exact { Arc::clone(&must) } else { Arc::new(self.may.union(&other.may)) };
        Bounds::of(must, may, both(&self.missing, &other.missing))
    }

    /// What of it is not certainly in another one.
    #[must_use]
    pub fn beyond(&self, other: &Bounds) -> Bounds {
        self.map(|set| set.difference(&other.must))
    }

    /// None of it for certain, because something else is missing too.
    #[must_use]
    pub fn doubted(&self, missing: &Missing) -> Bounds {
        let missing = Some(Arc::new(missing.clone()));
        Bounds::of(Arc::default(), Arc::clone(&self.may), both(&missing, &self.missing))
    }

    /// The same seen from elsewhere: both bounds changed by a function that keeps inclusion.
    #[must_use]
    pub fn map(&self, of: impl Fn(&PacketSet) -> PacketSet) -> Bounds {
        let must = Arc::new(of(&self.must));
        let may = if self.is_exact() { Arc::clone(&must) } else { Arc::new(of(&self.may)) };
        Bounds::of(must, may, self.missing.clone())
    }
}

fn both(one: &Option<Arc<Missing>>, other: &Option<Arc<Missing>>) -> Option<Arc<Missing>> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(Arc::new((**one).clone().and(other))),
        (Some(one), _) => Some(Arc::clone(one)),
        (None, other) => other.clone(),
    }
}
