//! From the tables of a check's file to typed conditions.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::catalog::condition::{Condition, ConditionKind, Path, Predicate, Quantified, Quantifier};
use crate::catalog::operator::{ALL_OPERATORS, Comparison, Operator, Order, SetTest, operators_of};
use crate::catalog::params::Params;
use crate::model::{Field, Kind};
use crate::text::{Diagnostic, Item, Table, did_you_mean, list};

/// What a condition can be; each stands for itself in a table.
const HEADS: [&str; 7] = ["fact", "all", "any", "not", "some", "every", "count"];

/// More days than AWS has existed, and few enough to be counted in seconds.
const DAYS: std::ops::RangeInclusive<i64> = 0..=36_500;

/// Compiles conditions against one type's facts, and remembers which it met.
pub(super) struct Compiler<'a, 'p> {
    params: &'p Params<'a>,
    facts: RefCell<BTreeSet<usize>>,
}

/// The facts that a name can mean at one place: a resource's, or those of an
/// element, around which lie others.
#[derive(Clone, Copy)]
pub(super) struct Level<'l> {
    pub(super) fields: &'l [Field],
    /// Whose they are, in a user's words.
    pub(super) owner: &'l str,
    pub(super) outer: Option<&'l Level<'l>>,
}

impl<'a, 'p> Compiler<'a, 'p> {
    pub(super) fn new(params: &'p Params<'a>) -> Compiler<'a, 'p> {
        Compiler { params, facts: RefCell::default() }
    }

    /// The resource's facts that anything compiled so far looks at.
    pub(super) fn facts(&self) -> BTreeSet<usize> {
        self.facts.borrow().clone()
    }

    /// The condition in a value.
    pub(super) fn condition_at(&self, item: Item<'a>, level: &Level<'_>) -> Option<Condition> {
        let table = item.table()?;
        let condition = self.condition(&table, level, &[]);
        table.finish();
        condition
    }

    /// The condition in a table, which may have `other` keys too. The caller finishes the table.
    pub(super) fn condition(&self, table: &Table<'a>, level: &Level<'_>, other: &[&str]) -> Option<Condition> {
        let heads: Vec<&str> = HEADS.into_iter().filter(|head| table.get(head).is_some()).collect();
        let [head] = heads[..] else {
            if !heads.is_empty() {
                let help = "put them as two conditions into `all = [..]` or `any = [..]`";
                table.push(table.error(format!("{} cannot stand in one condition", and(&heads))).help(help));
                table.entries();
            } else if table.names().all(|name| other.contains(&name)) {
                // Otherwise a mistyped word stands there, and `finish` speaks of it.
                table.push(table.error("there is no condition here").help(format!("write {}", list(HEADS))));
            }
            return None;
        };
        let kind = match head {
            "all" => ConditionKind::All(self.members(table.get("all")?, level)?),
            "any" => ConditionKind::Any(self.members(table.get("any")?, level)?),
            "not" => ConditionKind::Not(Box::new(self.condition_at(table.get("not")?, level)?)),
            "fact" => ConditionKind::Test(self.predicate(table, level, other)?),
            _ => ConditionKind::Over(self.quantified(head, table, level)?),
        };
        Some(Condition { span: table.span(), kind })
    }

    fn members(&self, item: Item<'a>, level: &Level<'_>) -> Option<Vec<Condition>> {
        let members = item.array()?;
        if members.is_empty() {
            item.push(item.error("there are no conditions in here"));
            return None;
        }
        // All are compiled before the first mistake counts.
        let compiled: Vec<Option<Condition>> =
            members.into_iter().map(|member| self.condition_at(member, level)).collect();
        compiled.into_iter().collect()
    }

    fn quantified(&self, head: &'a str, table: &Table<'a>, level: &Level<'_>) -> Option<Quantified> {
        let item = table.get(head)?;
        let order = if head == "count" { self.count(table) } else { None };
        let inner = if head == "count" { table.get("where") } else { table.require("where") };
        let (list, fields) = self.list(item, level)?;
        let condition = match inner {
            Some(inner) => Some(Box::new(self.within(&list, fields, level, |level| self.condition_at(inner, level))?)),
            None if head == "count" => None,
            None => return None,
        };
        let quantifier = match head {
            "some" => Quantifier::Some,
            "every" => Quantifier::Every,
            _ => {
                let (order, number) = order?;
                Quantifier::Count(order, number)
            }
        };
        Some(Quantified { quantifier, list, condition })
    }

    /// Compiles something that stands inside the elements of a list.
    pub(super) fn within<T>(
        &self,
        list: &Path,
        fields: &[Field],
        level: &Level<'_>,
        compile: impl FnOnce(&Level<'_>) -> T,
    ) -> T {
        let owner = format!("an element of `{}`", list.name);
        compile(&Level { fields, owner: &owner, outer: Some(level) })
    }

    fn count(&self, table: &Table<'a>) -> Option<(Order, i64)> {
        let orders: Vec<(&str, Order, Item<'a>)> = [Order::Gt, Order::Ge, Order::Lt, Order::Le, Order::Eq]
            .into_iter()
            .filter_map(|order| Some((order.as_str(), order, table.get(order.as_str())?)))
            .collect();
        let [(_, order, item)] = orders[..] else {
            let help = "write one of `gt`, `ge`, `lt`, `le` or `eq` with a number";
            table.push(table.error("`count` compares with one number").help(help));
            return None;
        };
        Some((order, self.params.integer_in(item, 0..=i64::MAX)?))
    }

    /// A list of records by its name, with the fields of its elements.
    pub(super) fn list(&self, item: Item<'a>, level: &Level<'_>) -> Option<(Path, &'static [Field])> {
        let (path, kind) = self.path(item, item.string()?, level)?;
        if let Kind::List(fields) = kind {
            return Some((path, fields));
        }
        let message = format!("`{}` is {}, and not a list of records", path.name, kind.word());
        let lists = level.fields.iter().filter(|field| matches!(field.kind, Kind::List(_)));
        item.push(item.error(message).help(format!("lists of {}: {}", level.owner, names(lists))));
        None
    }

    /// A fact by its name; `^` before it means that of the level around, and so on.
    pub(super) fn path(&self, item: Item<'a>, text: &str, level: &Level<'_>) -> Option<(Path, Kind)> {
        let name = text.trim_start_matches('^');
        let up = text.len() - name.len();
        let mut at = level;
        for _ in 0..up {
            let Some(outer) = at.outer else {
                let message = format!("nothing is around {}", at.owner);
                item.push(item.error(message).label(format!("write `{name}`")));
                return None;
            };
            at = outer;
        }
        if let Some(index) = at.fields.iter().position(|field| field.name == name) {
            if at.outer.is_none() {
                self.facts.borrow_mut().insert(index);
            }
            let field = at.fields[index];
            return Some((Path { up, index, name: field.name }, field.kind));
        }
        item.push(unknown_fact(item, name, at));
        None
    }

    fn predicate(&self, table: &Table<'a>, level: &Level<'_>, other: &[&str]) -> Option<Predicate> {
        let item = table.get("fact")?;
        let entries = table.entries();
        let (fact, kind) = self.path(item, item.string()?, level)?;
        let allowed = operators_of(kind);
        let mut found = Vec::new();
        let mut mistaken = false;
        for (key, value) in entries {
            if allowed.contains(&key.name) {
                found.push((key.name, value));
            } else if !["fact", "except"].contains(&key.name) && !other.contains(&key.name) {
                mistaken = true;
                table.push(unknown_operator(table, key.name, key.span, &fact, kind));
            }
        }
        let except = table.key("except").and(table.get("except"));
        let [(word, value)] = found[..] else {
            if found.len() > 1 {
                let words: Vec<&str> = found.iter().map(|(word, _)| *word).collect();
                let message = format!("{} cannot stand in one condition", and(&words));
                table.push(table.error(message).help("put them as two conditions into `all = [..]` or `any = [..]`"));
            } else if !mistaken {
                let message = format!("`{}` is compared with nothing", fact.name);
                let help = format!("it is {}: use {}", kind.word(), list(allowed.iter().copied()));
                table.push(table.error(message).help(help));
            }
            return None;
        };
        let operator = self.operator(kind, word, value);
        let except = match except {
            Some(item) if kind == Kind::Ips && word != "exists" => Some((self.params.ips(item)?, item.span())),
            Some(item) => {
                let help = "it takes addresses out of a set of addresses before the set is compared";
                item.push(item.error(format!("`except` does not apply to `{}`", fact.name)).help(help));
                return None;
            }
            None => None,
        };
        Some(Predicate { fact, operator: operator?, except })
    }

    fn operator(&self, kind: Kind, word: &str, item: Item<'a>) -> Option<Operator> {
        let params = self.params;
        Some(match (kind, word) {
            (_, "exists") => Operator::Exists(params.boolean(item)?),
            (_, "is_empty") => Operator::IsEmpty(params.boolean(item)?),
            (Kind::Bool, _) => Operator::Bool(self.comparison(word, item, |one| params.boolean(one))?),
            (Kind::Int, _) => Operator::Int(self.comparison(word, item, |one| params.integer(one))?),
            (Kind::Text, "matches") => Operator::Matches(params.globs(item)?),
            (Kind::Text, _) => Operator::Text(self.comparison(word, item, |one| params.text(one))?),
            (Kind::Time, "older_than_days") => Operator::OlderThanDays(params.integer_in(item, DAYS)?),
            (Kind::Time, "newer_than_days") => Operator::NewerThanDays(params.integer_in(item, DAYS)?),
            (Kind::Time, _) => Operator::Time(self.comparison(word, item, |one| params.time(one))?),
            (Kind::Texts, "contains") => Operator::Contains(params.texts(item)?),
            (Kind::Texts, "contains_match") => Operator::ContainsMatch(params.globs(item)?),
            (Kind::Texts, _) => Operator::WithinTexts(params.texts(item)?),
            (Kind::Ips, "public_at_least") => self.public_at_least(item)?,
            (Kind::Ips, _) => Operator::Ips(set_test(word, params.ips(item)?)?),
            (Kind::Ports, "count_gt") => Operator::CountGt(params.integer_in(item, 0..=65_536)?),
            (Kind::Ports, _) => Operator::Ports(set_test(word, params.ports(item)?)?),
            // A list has no other operators, and `operators_of` let none through.
            (Kind::List(_), _) => return None,
        })
    }

    fn comparison<T>(&self, word: &str, item: Item<'a>, one: impl Fn(Item<'a>) -> Option<T>) -> Option<Comparison<T>> {
        match word {
            "in" => Some(Comparison::In(self.params.many(item, one)?)),
            "not_in" => Some(Comparison::NotIn(self.params.many(item, one)?)),
            _ => Some(Comparison::Is(Order::from_word(word)?, one(item)?)),
        }
    }

    fn public_at_least(&self, item: Item<'a>) -> Option<Operator> {
        let item = self.params.resolve(item)?;
        let table = item.table()?;
        // Both are wanted: a check that thinks of one family only is wrong about the other.
        let ipv4 = table.require("ipv4").and_then(|item| self.params.integer_in(item, 0..=32));
        let ipv6 = table.require("ipv6").and_then(|item| self.params.integer_in(item, 0..=128));
        table.finish();
        Some(Operator::PublicAtLeast { ipv4: u8::try_from(ipv4?).ok()?, ipv6: u8::try_from(ipv6?).ok()? })
    }
}

fn set_test<S>(word: &str, set: S) -> Option<SetTest<S>> {
    match word {
        "intersects" => Some(SetTest::Intersects(set)),
        "within" => Some(SetTest::Within(set)),
        "covers" => Some(SetTest::Covers(set)),
        _ => None,
    }
}

fn unknown_fact(item: Item<'_>, name: &str, level: &Level<'_>) -> Diagnostic {
    let known = || level.fields.iter().map(|field| field.name);
    let around = level.outer.filter(|outer| outer.fields.iter().any(|field| field.name == name));
    let help = match (around, did_you_mean(name, known())) {
        (Some(outer), _) => format!("{} has one: `^{name}`", outer.owner),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => format!("its facts: {}", names(level.fields.iter())),
    };
    item.error(format!("{} has no fact `{name}`", level.owner)).help(help)
}

fn unknown_operator(table: &Table<'_>, word: &str, span: crate::text::Span, fact: &Path, kind: Kind) -> Diagnostic {
    let right = || operators_of(kind).iter().copied();
    if ALL_OPERATORS.contains(&word) {
        let message = format!("`{word}` does not apply to `{}`, which is {}", fact.name, kind.word());
        return Diagnostic::error(table.file(), span, message).help(format!("use {}", list(right())));
    }
    let help = match did_you_mean(word, right()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`{}` is {}: use {}", fact.name, kind.word(), list(right())),
    };
    Diagnostic::error(table.file(), span, format!("there is no operator `{word}`")).help(help)
}

fn names<'f>(fields: impl Iterator<Item = &'f Field>) -> String {
    let all: Vec<String> = fields.map(|field| format!("`{}`", field.name)).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn and(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(" and ")
}
