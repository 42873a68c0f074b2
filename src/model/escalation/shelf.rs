//! Findings, ways and calls of an account, kept small until they are told.
//!
//! What is told of thousands of principals says the same few things again and again: who calls, on what, by which
//! statement. Here every text is kept once, and all else is numbers that refer to it.

use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;

use crate::arn::AccountId;
use crate::inventory::Missing;

use super::access::Access;
use super::methods::{self, Method};
use super::passing::Means;
use super::path::{Finding, Hop, Move, Tier, Verdict};

/// What was put away.
#[derive(Debug, Default)]
pub struct Shelf {
    /// One after the other, and where each ends.
    texts: String,
    ends: Vec<u32>,
    /// Numbers, seven bits a byte, the lowest first.
    bytes: Vec<u8>,
    /// There are few, and they name cells of the ledger.
    missing: Vec<Missing>,
    /// Of each text its number, until the shelf is closed.
    numbers: HashMap<Box<str>, u32>,
}

/// Where something lies on a shelf.
#[derive(Debug)]
pub struct Slot<T>(u32, PhantomData<fn() -> T>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Slot<T> {
        *self
    }
}

impl<T> Copy for Slot<T> {}

/// What a shelf can hold: what is put must be got in the same order.
pub trait Kept: Sized {
    fn put(&self, shelf: &mut Shelf);
    fn get(from: &mut Reader<'_>) -> Self;
}

/// Reads a shelf from some slot on.
pub struct Reader<'s> {
    shelf: &'s Shelf,
    at: usize,
}

impl Shelf {
    pub fn put<T: Kept>(&mut self, what: &T) -> Slot<T> {
        // INVARIANT: what an account's ways come to is no more than that.
        let slot = Slot(self.bytes.len() as u32, PhantomData);
        what.put(self);
        slot
    }

    pub fn get<T: Kept>(&self, slot: Slot<T>) -> T {
        T::get(&mut Reader { shelf: self, at: slot.0 as usize })
    }

    /// Lets go of what is needed only to put more here.
    pub fn close(&mut self) {
        self.numbers = HashMap::new();
        self.texts.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.bytes.shrink_to_fit();
    }

    fn number(&mut self, mut number: usize) {
        while number >= 128 {
            self.bytes.push((number & 127) as u8 | 128);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        let number = match self.numbers.get(text) {
            Some(number) => *number,
            None => {
                let number = self.ends.len() as u32;
                self.texts.push_str(text);
                self.ends.push(self.texts.len() as u32);
                self.numbers.insert(text.into(), number);
                number
            }
        };
        self.number(number as usize);
    }
}

impl<'s> Reader<'s> {
    fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        // INVARIANT: slots are made by the shelf that they are read from; past its end everything is 0.
        while let Some(byte) = self.shelf.bytes.get(self.at) {
            self.at += 1;
            number |= usize::from(byte & 127) << shift;
            shift += 7;
            if byte & 128 == 0 {
                break;
            }
        }
        number
    }

    fn text(&mut self) -> &'s str {
        let number = self.number();
        let end = |number: usize| self.shelf.ends.get(number).map_or(0, |end| *end as usize);
        let begin = number.checked_sub(1).map_or(0, end);
        self.shelf.texts.get(begin..end(number)).unwrap_or_default()
    }
}

impl Kept for usize {
    fn put(&self, shelf: &mut Shelf) {
        shelf.number(*self);
    }
    fn get(from: &mut Reader<'_>) -> usize {
        from.number()
    }
}

impl Kept for bool {
    fn put(&self, shelf: &mut Shelf) {
        shelf.number(usize::from(*self));
    }
    fn get(from: &mut Reader<'_>) -> bool {
        from.number() != 0
    }
}

impl Kept for String {
    fn put(&self, shelf: &mut Shelf) {
        shelf.text(self);
    }
    fn get(from: &mut Reader<'_>) -> String {
        from.text().to_owned()
    }
}

impl<T: Kept> Kept for Vec<T> {
    fn put(&self, shelf: &mut Shelf) {
        shelf.number(self.len());
        self.iter().for_each(|one| one.put(shelf));
    }
    fn get(from: &mut Reader<'_>) -> Vec<T> {
        (0..from.number()).map(|_| T::get(from)).collect()
    }
}

impl<T: Kept> Kept for Option<T> {
    fn put(&self, shelf: &mut Shelf) {
        shelf.number(usize::from(self.is_some()));
        self.iter().for_each(|one| one.put(shelf));
    }
    fn get(from: &mut Reader<'_>) -> Option<T> {
        (from.number() != 0).then(|| T::get(from))
    }
}

impl<T: Kept> Kept for BTreeMap<AccountId, T> {
    fn put(&self, shelf: &mut Shelf) {
        shelf.number(self.len());
        for (account, one) in self {
            shelf.text(account.as_str());
            one.put(shelf);
        }
    }
    fn get(from: &mut Reader<'_>) -> BTreeMap<AccountId, T> {
        let all: Vec<(&str, T)> = (0..from.number()).map(|_| (from.text(), T::get(from))).collect();
        all.into_iter().filter_map(|(account, one)| Some((account.parse().ok()?, one))).collect()
    }
}

impl Kept for Missing {
    fn put(&self, shelf: &mut Shelf) {
        shelf.number(shelf.missing.len());
        shelf.missing.push(self.clone());
    }
    fn get(from: &mut Reader<'_>) -> Missing {
        let number = from.number();
        from.shelf.missing.get(number).cloned().unwrap_or_else(|| Missing::because(String::new()))
    }
}

/// By its place in the table; 0 is none. A row is known by its id, since the same row may lie at several addresses.
impl Kept for Option<&'static Method> {
    fn put(&self, shelf: &mut Shelf) {
        let place = self.and_then(|method| methods::all().position(|known| known.id == method.id));
        shelf.number(place.map_or(0, |place| place + 1));
    }
    fn get(from: &mut Reader<'_>) -> Option<&'static Method> {
        methods::all().nth(from.number().checked_sub(1)?)
    }
}

impl Kept for Verdict {
    fn put(&self, shelf: &mut Shelf) {
        shelf.number(Verdict::ALL.iter().position(|one| one == self).unwrap_or_default());
    }
    fn get(from: &mut Reader<'_>) -> Verdict {
        // Nobody is cleared by a number that means nothing.
        Verdict::ALL.get(from.number()).copied().unwrap_or(Verdict::Unknown)
    }
}

impl Kept for Tier {
    fn put(&self, shelf: &mut Shelf) {
        shelf.number(Tier::ALL.iter().position(|one| one == self).unwrap_or_default());
    }
    fn get(from: &mut Reader<'_>) -> Tier {
        Tier::ALL.get(from.number()).copied().unwrap_or(Tier::A2)
    }
}

/// A struct, member by member.
macro_rules! kept {
    ($of:ident { $($member:ident),* $(,)? }) => {
        impl $crate::model::escalation::shelf::Kept for $of {
            fn put(&self, shelf: &mut $crate::model::escalation::shelf::Shelf) {
                $($crate::model::escalation::shelf::Kept::put(&self.$member, shelf);)*
            }
            fn get(from: &mut $crate::model::escalation::shelf::Reader<'_>) -> $of {
                $(let $member = $crate::model::escalation::shelf::Kept::get(from);)*
                $of { $($member),* }
            }
        }
    };
}
pub(super) use kept;

kept!(Hop { caller, action, target, statement, certain, conditions });
kept!(Move { method, title, hops, becomes, makes_admin, needs });
kept!(Finding { principal, account, verdict, tier, moves, granted_by, conditions, open, missing, unread, nearer });

impl Kept for Access {
    fn put(&self, shelf: &mut Shelf) {
        self.hops.put(shelf);
        self.method.and_then(methods::with_id).put(shelf);
        self.needs.put(shelf);
        self.title.put(shelf);
    }
    fn get(from: &mut Reader<'_>) -> Access {
        let hops = Vec::get(from);
        let method = Option::<&'static Method>::get(from).map(|method| method.id);
        Access { hops, method, needs: Vec::get(from), title: String::get(from) }
    }
}

/// What a principal may do with a role, its calls on a shelf.
#[derive(Debug, Clone, Copy)]
pub struct ShelvedMeans {
    pub method: &'static Method,
    /// How many calls it has.
    pub calls: usize,
    hops: Slot<Vec<Hop>>,
}

impl ShelvedMeans {
    pub fn of(means: &Means, shelf: &mut Shelf) -> ShelvedMeans {
        ShelvedMeans { method: means.method, calls: means.hops.len(), hops: shelf.put(&means.hops) }
    }

    pub fn taken(&self, shelf: &Shelf) -> Means {
        Means { method: self.method, hops: shelf.get(self.hops) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::escalation::trace::Trace;

    fn text() -> impl Strategy<Value = String> {
        // Some come again.
        prop_oneof!["[ab]{0,2}", "\\PC{0,12}", Just("x".repeat(300))]
    }

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(text(), 0..3)
    }

    fn hop() -> impl Strategy<Value = Hop> {
        (text(), text(), text(), text(), any::<bool>(), texts()).prop_map(
            |(caller, action, target, statement, certain, conditions)| Hop {
                caller,
                action,
                target,
                statement,
                certain,
                conditions,
            },
        )
    }

    fn step() -> impl Strategy<Value = Move> {
        let method = prop::option::of(0..methods::all().count());
        (method, text(), prop::collection::vec(hop(), 0..4), text(), any::<bool>(), texts()).prop_map(
            |(method, title, hops, becomes, makes_admin, needs)| {
                let method = method.and_then(|place| methods::all().nth(place));
                Move { method, title, hops, becomes, makes_admin, needs }
            },
        )
    }

    fn finding() -> impl Strategy<Value = Finding> {
        let words = (text(), text(), 0..Verdict::ALL.len(), prop::option::of(0..Tier::ALL.len()));
        let lists = (texts(), texts(), texts(), texts());
        let unread = || prop::option::of(text().prop_map(Missing::because));
        (words, prop::collection::vec(step(), 0..3), lists, unread(), unread()).prop_map(
            |((principal, account, verdict, tier), moves, (granted_by, conditions, open, missing), unread, nearer)| {
                Finding {
                    principal,
                    account,
                    verdict: Verdict::ALL[verdict],
                    tier: tier.map(|tier| Tier::ALL[tier]),
                    moves,
                    granted_by,
                    conditions,
                    open,
                    missing,
                    unread,
                    nearer,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_put_is_got(findings in prop::collection::vec(finding(), 1..6), hops in prop::collection::vec(hop(), 0..4)) {
            let mut shelf = Shelf::default();
            let slots: Vec<Slot<Finding>> = findings.iter().map(|one| shelf.put(one)).collect();
            let access = Access { hops: hops.clone(), method: Some("sts-001"), needs: Vec::new(), title: "t".to_owned() };
            let way = shelf.put(&access);
            let method = methods::with_id("iam-002").unwrap();
            let means = ShelvedMeans::of(&Means { method, hops }, &mut shelf);
            let mut trace = Trace::default();
            for step in findings.iter().flat_map(|one| &one.moves) {
                trace.step(step.clone(), &"111122223333".parse().unwrap(), &["not read".to_owned()]);
            }
            let stretch = shelf.put(&trace);
            shelf.close();
            for (slot, finding) in slots.into_iter().zip(&findings) {
                prop_assert_eq!(format!("{:?}", shelf.get(slot)), format!("{finding:?}"));
            }
            prop_assert_eq!(format!("{:?}", shelf.get(way)), format!("{access:?}"));
            prop_assert_eq!(format!("{:?}", shelf.get(stretch)), format!("{trace:?}"));
            prop_assert_eq!(means.calls, access.hops.len());
            prop_assert_eq!(format!("{:?}", means.taken(&shelf).hops), format!("{:?}", access.hops));
        }
    }
}
