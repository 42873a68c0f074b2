//! How many verdicts of each kind, per check and account.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arn::AccountId;

use super::Tally;

/// A table: an organization has two hundred thousand of these, and the names of checks and accounts are in it once.
#[derive(Debug, Clone, Default)]
pub struct Tallies {
    /// The place of each check in a row.
    places: BTreeMap<Arc<str>, usize>,
    /// None where a check was not run in an account.
    rows: BTreeMap<AccountId, Vec<Option<Tally>>>,
}

impl Tallies {
    /// The tally of a check in an account, which is made if there is none.
    pub fn entry(&mut self, check: &Arc<str>, account: &AccountId) -> &mut Tally {
        let place = match self.places.get(check) {
            Some(place) => *place,
            None => {
                let next = self.places.len();
                self.places.insert(Arc::clone(check), next);
                next
            }
        };
        let row = self.rows.entry(account.clone()).or_default();
        if row.len() <= place {
            row.resize(place + 1, None);
        }
        row[place].get_or_insert_default()
    }

    /// The tally of a check in an account; none if it was not run there.
    pub fn get_mut(&mut self, check: &str, account: &AccountId) -> Option<&mut Tally> {
        let place = self.places.get(check)?;
        self.rows.get_mut(account)?.get_mut(*place)?.as_mut()
    }

    /// Every tally, in the order of checks and then of accounts.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &AccountId, Tally)> {
        self.places.iter().flat_map(|(check, place)| {
            self.rows.iter().filter_map(move |(account, row)| Some((check, account, (*row.get(*place)?)?)))
        })
    }

    /// Adds those of others.
    pub fn absorb(&mut self, other: &Tallies) {
        for (check, account, tally) in other.iter() {
            self.entry(check, account).add(tally);
        }
    }
}

/// What they tell, not in which order they came to be.
impl PartialEq for Tallies {
    fn eq(&self, other: &Tallies) -> bool {
        self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told, against a map of pairs.
    fn told(tallies: &Tallies) -> Vec<(&str, &str, u64)> {
        tallies.iter().map(|(check, account, tally)| (&**check, account.as_str(), tally.fail)).collect()
    }

    #[test]
    fn each_check_and_account_has_its_own_and_they_come_in_order() {
        let mut one = Tallies::default();
        let [a, b]: [AccountId; 2] = ["111122223333", "444455556666"].map(|id| id.parse().unwrap());
        let [open, old, never]: [Arc<str>; 3] = ["open", "old", "never"].map(Into::into);
        one.entry(&open, &b).fail += 3;
        one.entry(&old, &a).fail += 1;
        let mut other = Tallies::default();
        other.entry(&old, &b).fail += 5;
        other.entry(&old, &a).fail += 7;
        one.absorb(&other);
        one.entry(&open, &b).fail += 1;
        assert_eq!(told(&one), [("old", a.as_str(), 8), ("old", b.as_str(), 5), ("open", b.as_str(), 4)]);
        assert!(one.get_mut(&open, &a).is_none() && one.get_mut(&never, &a).is_none());
        // Run, and nothing judged: that is not the same as not run.
        let before = one.clone();
        one.entry(&open, &a);
        assert_eq!(one.get_mut(&open, &a).copied(), Some(Tally::default()));
        assert_ne!(one, before);
    }

    #[test]
    fn what_tells_the_same_is_the_same_in_whatever_order_it_came() {
        let mut orders = [["open", "old"], ["old", "open"]].map(|checks| {
            let mut all = Tallies::default();
            let account: AccountId = "111122223333".parse().unwrap();
            checks.iter().for_each(|check| all.entry(&(*check).into(), &account).pass += 1);
            all
        });
        assert_eq!(orders[0], orders[1]);
        let account: AccountId = "444455556666".parse().unwrap();
        orders[0].entry(&"old".into(), &account).pass += 1;
        assert_ne!(orders[0], orders[1]);
    }
}
