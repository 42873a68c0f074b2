//! Literals of every kind, and the parameters that may stand for them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::net::{IpSet, PortSet};
use crate::text::{Glob, Item, did_you_mean, list};

/// A check's parameters: from its own file, or from the user's configuration.
///
/// A string `"$name"` stands for the value of the parameter `name`; `"$$x"` is
/// the text `$x`. Parameters have no declared types: each use asks for its own.
pub(super) struct Params<'a> {
    values: BTreeMap<&'a str, Item<'a>>,
    used: RefCell<BTreeSet<&'a str>>,
}

impl<'a> Params<'a> {
    pub(super) fn new(values: BTreeMap<&'a str, Item<'a>>) -> Params<'a> {
        Params { values, used: RefCell::default() }
    }

    /// Those that no condition speaks of.
    pub(super) fn unused(&self) -> Vec<&'a str> {
        let used = self.used.borrow();
        self.values.keys().filter(|name| !used.contains(*name)).copied().collect()
    }

    /// The value that a literal or the parameter in its place has.
    pub(super) fn resolve(&self, item: Item<'a>) -> Option<Item<'a>> {
        let Some(name) = item.as_str().and_then(|text| text.strip_prefix('$')).filter(|rest| !rest.starts_with('$'))
        else {
            return Some(item);
        };
        if let Some((name, value)) = self.values.get_key_value(name) {
            self.used.borrow_mut().insert(name);
            return Some(*value);
        }
        let known = || self.values.keys().copied();
        let help = match did_you_mean(name, known()) {
            Some(near) => format!("did you mean `${near}`?"),
            None if self.values.is_empty() => "parameters are declared under `[params]`".to_owned(),
            None => format!("parameters here: {}", list(known())),
        };
        item.push(item.error(format!("there is no parameter `{name}`")).help(help));
        None
    }

    pub(super) fn boolean(&self, item: Item<'a>) -> Option<bool> {
        self.resolve(item)?.boolean()
    }

    pub(super) fn integer(&self, item: Item<'a>) -> Option<i64> {
        self.resolve(item)?.integer()
    }

    pub(super) fn integer_in(&self, item: Item<'a>, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        self.resolve(item)?.integer_in(range)
    }

    pub(super) fn time(&self, item: Item<'a>) -> Option<jiff::Timestamp> {
        self.resolve(item)?.time()
    }

    pub(super) fn text(&self, item: Item<'a>) -> Option<String> {
        let text = self.resolve(item)?.string()?;
        Some(if text.starts_with("$$") { text[1..].to_owned() } else { text.to_owned() })
    }

    /// An array of literals; a mistake in one of them gives none, so that no condition is half.
    pub(super) fn many<T>(&self, item: Item<'a>, one: impl Fn(Item<'a>) -> Option<T>) -> Option<Vec<T>> {
        let parsed: Vec<Option<T>> = self.resolve(item)?.array()?.into_iter().map(one).collect();
        parsed.into_iter().collect()
    }

    /// One text or an array of them.
    pub(super) fn texts(&self, item: Item<'a>) -> Option<Vec<String>> {
        let item = self.resolve(item)?;
        if item.is_array() { self.many(item, |one| self.text(one)) } else { self.text(item).map(|text| vec![text]) }
    }

    pub(super) fn globs(&self, item: Item<'a>) -> Option<Vec<Glob>> {
        Some(self.texts(item)?.into_iter().map(Glob::new).collect())
    }

    /// One address block or an array of them.
    pub(super) fn ips(&self, item: Item<'a>) -> Option<IpSet> {
        let item = self.resolve(item)?;
        if item.is_array() {
            let sets = self.many(item, |one| self.resolve(one).and_then(ip_block))?;
            Some(sets.iter().fold(IpSet::default(), |all, one| all.union(one)))
        } else if item.as_str().is_some() {
            ip_block(item)
        } else {
            item.wanted("an address block, or an array of them,")
        }
    }

    /// A port, a range such as `"1024-65535"`, or an array of them.
    pub(super) fn ports(&self, item: Item<'a>) -> Option<PortSet> {
        let item = self.resolve(item)?;
        if item.is_array() {
            let sets = self.many(item, |one| self.resolve(one).and_then(port_range))?;
            Some(sets.iter().fold(PortSet::default(), |all, one| all.union(one)))
        } else {
            port_range(item)
        }
    }
}

fn ip_block(item: Item<'_>) -> Option<IpSet> {
    let text = item.string()?;
    match IpSet::from_blocks([text]) {
        Ok(set) => Some(set),
        Err(error) => {
            item.push(item.error(error.to_string()));
            None
        }
    }
}

fn port_range(item: Item<'_>) -> Option<PortSet> {
    if item.is_integer() {
        let port = u16::try_from(item.integer_in(0..=i64::from(u16::MAX))?).ok()?;
        return Some(PortSet::range(port, port));
    }
    if item.as_str().is_none() {
        return item.wanted("a port, a range such as `\"1024-65535\"`, or an array of them,");
    }
    item.parsed()
}
