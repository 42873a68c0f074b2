//! A second evaluator, as naive as can be, and random conditions and facts on
//! which both must agree. Sets are lists of members, and quantifiers and counts
//! try every way in which what is unknown could turn out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;

use crate::catalog::testing::{ITEM, PARTS, good};
use crate::evaluate::frame::Frame;
use crate::evaluate::truth::{Truth, missing, truth};
use crate::inventory::Missing;
use crate::model::{Record, Value};
use crate::net::{IpSet, PortSet};

const NOW: i64 = 1_767_225_600;

/// Members of address sets: 0..8 are public IPv4, 8..12 public IPv6, 12..16 private.
type Members = BTreeSet<u8>;

fn address(member: u8) -> String {
    match member {
        0..8 => format!("8.8.8.{member}"),
        8..12 => format!("2a00::{member:x}"),
        _ => format!("10.0.0.{member}"),
    }
}

#[derive(Debug, Clone)]
enum Fact {
    Absent,
    Unknown,
    Flag(bool),
    Number(i64),
    Word(String),
    Words(Vec<String>),
    /// Hours before now.
    At(i64),
    Sources(Members),
    Ports(Members),
    List(Vec<Vec<Fact>>),
}

/// `(fact, operator)` and whether it holds of a fact that is there.
#[derive(Debug, Clone)]
struct Leaf {
    field: usize,
    up: usize,
    operator: &'static str,
    number: i64,
    members: Members,
    except: Members,
    words: Vec<String>,
}

#[derive(Debug, Clone)]
enum Tree {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    Leaf(Leaf),
    /// Over `items`, or inside an element over its `parts`.
    Some(Box<Tree>),
    Every(Box<Tree>),
    Count(&'static str, i64, Box<Tree>),
}

const NAMES: [&str; 8] = ["flag", "number", "word", "words", "at", "sources", "ports", "items"];

/// The operators tried on each field, by index in the table of resources and of items.
const OPERATORS: [&[&str]; 8] = [
    &["eq", "ne", "exists"],
    &["eq", "ne", "in", "not_in", "lt", "le", "gt", "ge", "exists"],
    &["eq", "ne", "in", "not_in", "matches", "exists"],
    &["contains", "contains_match", "within", "is_empty", "exists"],
    &["older_than_days", "newer_than_days", "exists"],
    &["intersects", "within", "covers", "public_at_least", "is_empty", "exists"],
    &["intersects", "within", "covers", "count_gt", "is_empty", "exists"],
    &["is_empty", "exists"],
];

impl Leaf {
    fn toml(&self, depth: usize) -> String {
        let name = match (self.field, depth - self.up) {
            (7, 1) => "parts",
            (field, 2) => ["word", "sources"][usize::from(field == 5)],
            (field, _) => NAMES[field],
        };
        let list = |members: &Members| format!("{:?}", members.iter().map(|m| address(*m)).collect::<Vec<_>>());
        let yes = self.number % 2 == 0;
        let value = match (self.operator, self.field) {
            ("exists" | "is_empty", _) | ("eq" | "ne", 0) => yes.to_string(),
            ("in" | "not_in", 1) => format!("[{}, {}]", self.number, self.number + 2),
            ("eq" | "ne", 2) => format!("{:?}", self.words[0]),
            ("matches" | "contains_match", _) => "[\"a*\", \"?b\"]".to_owned(),
            ("in" | "not_in" | "contains" | "within", 2 | 3) => format!("{:?}", self.words),
            ("public_at_least", _) => format!("{{ ipv4 = {}, ipv6 = {} }}", 32 - self.number, 128 - self.number),
            (_, 5) => list(&self.members),
            ("intersects" | "within" | "covers", 6) => format!("{:?}", self.members.iter().collect::<Vec<_>>()),
            _ => self.number.to_string(),
        };
        let except = if self.field == 5 && self.operator != "exists" {
            format!(", except = {}", list(&self.except))
        } else {
            String::new()
        };
        format!("{{ fact = \"{}{name}\", {} = {value}{except} }}", "^".repeat(self.up), self.operator)
    }

    /// Nothing stands for unknown.
    fn holds(&self, levels: &[&[Fact]]) -> Option<bool> {
        let level = levels[levels.len() - 1 - self.up];
        let index = if level.len() == PARTS.len() { usize::from(self.field == 5) } else { self.field };
        let yes = self.number % 2 == 0;
        let fits = |word: &String| word.starts_with('a') || (word.len() == 2 && word.ends_with('b'));
        let set = |fact: &Members, with: &Members| match self.operator {
            "intersects" => fact.iter().any(|m| with.contains(m)),
            "within" => fact.iter().all(|m| with.contains(m)),
            "covers" => with.iter().all(|m| fact.contains(m)),
            "is_empty" => fact.is_empty() == yes,
            "count_gt" => fact.len() as i64 > self.number,
            "public_at_least" => {
                let many =
                    |from: u8, to: u8| fact.iter().filter(|m| (from..to).contains(m)).count() >= 1 << self.number;
                many(0, 8) || many(8, 12)
            }
            other => unreachable!("{other}"),
        };
        Some(match &level[index] {
            Fact::Unknown => return None,
            Fact::Absent => self.operator == "exists" && !yes,
            _ if self.operator == "exists" => yes,
            Fact::Flag(value) => (*value == yes) == (self.operator == "eq"),
            Fact::Number(value) => match self.operator {
                "in" => *value == self.number || *value == self.number + 2,
                "not_in" => *value != self.number && *value != self.number + 2,
                order => compare(order, *value, self.number),
            },
            Fact::Word(value) => match self.operator {
                "eq" => *value == self.words[0],
                "ne" => *value != self.words[0],
                "in" => self.words.contains(value),
                "not_in" => !self.words.contains(value),
                _ => fits(value),
            },
            Fact::Words(values) => match self.operator {
                "contains" => self.words.iter().any(|word| values.contains(word)),
                "contains_match" => values.iter().any(fits),
                "within" => values.iter().all(|value| self.words.contains(value)),
                _ => values.is_empty() == yes,
            },
            Fact::At(hours) => match self.operator {
                "older_than_days" => *hours > self.number * 24,
                _ => *hours < self.number * 24,
            },
            Fact::Sources(fact) => set(&fact.difference(&self.except).copied().collect(), &self.members),
            Fact::Ports(fact) => set(fact, &self.members),
            Fact::List(list) => list.is_empty() == yes,
        })
    }
}

fn compare(order: &str, left: i64, right: i64) -> bool {
    match order {
        "eq" => left == right,
        "ne" => left != right,
        "lt" => left < right,
        "le" => left <= right,
        "gt" => left > right,
        _ => left >= right,
    }
}

impl Tree {
    fn toml(&self, depth: usize) -> String {
        let list = if depth == 0 { "items" } else { "parts" };
        let members = |trees: &[Tree]| trees.iter().map(|tree| tree.toml(depth)).collect::<Vec<_>>().join(", ");
        match self {
            Tree::All(trees) => format!("{{ all = [{}] }}", members(trees)),
            Tree::Any(trees) => format!("{{ any = [{}] }}", members(trees)),
            Tree::Not(tree) => format!("{{ not = {} }}", tree.toml(depth)),
            Tree::Leaf(leaf) => leaf.toml(depth),
            Tree::Some(tree) => format!("{{ some = {list:?}, where = {} }}", tree.toml(depth + 1)),
            Tree::Every(tree) => format!("{{ every = {list:?}, where = {} }}", tree.toml(depth + 1)),
            Tree::Count(order, n, tree) => {
                format!("{{ count = {list:?}, where = {}, {order} = {n} }}", tree.toml(depth + 1))
            }
        }
    }

    fn holds(&self, levels: &[&[Fact]]) -> Option<bool> {
        let decide = |members: Vec<Option<bool>>, whole: &dyn Fn(&[bool]) -> bool| {
            // Every way in which the unknown ones could turn out; one answer for all is the answer.
            let unknown = members.iter().filter(|member| member.is_none()).count();
            let mut answers = BTreeSet::new();
            for way in 0..1u32 << unknown {
                let mut next = 0;
                let turned: Vec<bool> = members
                    .iter()
                    .map(|member| {
                        member.unwrap_or_else(|| {
                            next += 1;
                            way >> (next - 1) & 1 == 1
                        })
                    })
                    .collect();
                answers.insert(whole(&turned));
            }
            if answers.len() == 1 { answers.first().copied() } else { None }
        };
        let over = |tree: &Tree, whole: &dyn Fn(&[bool]) -> bool| match levels[levels.len() - 1].last() {
            Some(Fact::List(elements)) => {
                let members = elements.iter().map(|element| tree.holds(&[levels, &[element.as_slice()]].concat()));
                decide(members.collect(), whole)
            }
            Some(Fact::Absent) => Some(false),
            _ => None,
        };
        match self {
            Tree::All(trees) => decide(trees.iter().map(|t| t.holds(levels)).collect(), &|m| m.iter().all(|x| *x)),
            Tree::Any(trees) => decide(trees.iter().map(|t| t.holds(levels)).collect(), &|m| m.iter().any(|x| *x)),
            Tree::Not(tree) => tree.holds(levels).map(|holds| !holds),
            Tree::Leaf(leaf) => leaf.holds(levels),
            Tree::Some(tree) => over(tree, &|m| m.iter().any(|x| *x)),
            Tree::Every(tree) => over(tree, &|m| m.iter().all(|x| *x)),
            Tree::Count(order, n, tree) => over(tree, &|m| compare(order, m.iter().filter(|x| **x).count() as i64, *n)),
        }
    }
}

fn members() -> impl Strategy<Value = Members> {
    prop::collection::btree_set(0..16u8, 0..6)
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "ab", "b", "bb"]).prop_map(str::to_owned)
}

fn leaf(depth: usize) -> impl Strategy<Value = Tree> {
    let rest = (0..4i64, members(), members(), prop::collection::vec(word(), 1..3));
    (0..=depth, any::<prop::sample::Index>(), any::<prop::sample::Index>(), rest).prop_map(
        move |(up, field, operator, (number, members, except, words))| {
            // Parts have but two fields: `word` and `sources`.
            let field = if depth - up == 2 { [2, 5][field.index(2)] } else { field.index(8) };
            let operator = OPERATORS[field][operator.index(OPERATORS[field].len())];
            Tree::Leaf(Leaf { field, up, operator, number, members, except, words })
        },
    )
}

fn tree(depth: usize) -> BoxedStrategy<Tree> {
    let flat = leaf(depth).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::Any),
            inner.prop_map(|tree| Tree::Not(Box::new(tree))),
        ]
    });
    if depth == 2 {
        return flat.boxed();
    }
    let order = prop::sample::select(vec!["gt", "ge", "lt", "le", "eq"]);
    let over = (tree(depth + 1), order, 0..3i64, 0..3u8).prop_map(|(inner, order, n, which)| match which {
        0 => Tree::Some(Box::new(inner)),
        1 => Tree::Every(Box::new(inner)),
        _ => Tree::Count(order, n, Box::new(inner)),
    });
    let both = prop_oneof![2 => flat, 1 => over];
    prop::collection::vec(both, 1..3)
        .prop_flat_map(|trees| {
            any::<bool>().prop_map(move |all| if all { Tree::All(trees.clone()) } else { Tree::Any(trees.clone()) })
        })
        .boxed()
}

fn fact(field: usize, depth: usize) -> BoxedStrategy<Fact> {
    let value = match field {
        0 => any::<bool>().prop_map(Fact::Flag).boxed(),
        1 => (0..4i64).prop_map(Fact::Number).boxed(),
        2 => word().prop_map(Fact::Word).boxed(),
        3 => prop::collection::vec(word(), 0..3).prop_map(Fact::Words).boxed(),
        4 => prop::sample::select(vec![-24i64, 0, 1, 23, 24, 25, 47, 48, 72, 96]).prop_map(Fact::At).boxed(),
        5 => members().prop_map(Fact::Sources).boxed(),
        6 => members().prop_map(Fact::Ports).boxed(),
        _ => prop::collection::vec(facts(depth + 1), 0..3).prop_map(Fact::List).boxed(),
    };
    prop_oneof![6 => value, 1 => Just(Fact::Absent), 1 => Just(Fact::Unknown)].boxed()
}

fn facts(depth: usize) -> BoxedStrategy<Vec<Fact>> {
    let fields: Vec<usize> = if depth == 2 { vec![2, 5] } else { (0..8).collect() };
    fields.into_iter().map(|field| fact(field, depth)).collect::<Vec<_>>().boxed()
}

fn value(fact: &Fact, depth: usize) -> Value {
    match fact {
        Fact::Absent => Value::Absent,
        Fact::Unknown => Value::Unknown(Missing::because("not read")),
        Fact::Flag(flag) => (*flag).into(),
        Fact::Number(number) => (*number).into(),
        Fact::Word(word) => word.into(),
        Fact::Words(words) => words.clone().into(),
        Fact::At(hours) => Timestamp::from_second(NOW - hours * 3600).expect("a time").into(),
        Fact::Sources(members) => {
            IpSet::from_blocks(members.iter().map(|member| address(*member))).expect("addresses").into()
        }
        Fact::Ports(members) => {
            PortSet::from_ranges(members.iter().map(|port| (u16::from(*port), u16::from(*port)))).into()
        }
        Fact::List(elements) => {
            let fields = if depth == 0 { ITEM } else { PARTS };
            let record = |facts: &Vec<Fact>| {
                Record::new(fields, facts.iter().map(|fact| value(fact, depth + 1)).collect::<Vec<_>>())
            };
            Value::List(elements.iter().map(record).collect())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_evaluators_agree(tree in tree(0), facts in facts(0)) {
        let text = tree.toml(0);
        let catalog = good(&format!("[fail]\nwhere = {text}\nmessage = \"x\"\n"));
        let rule = &catalog.checks().next().expect("one check").rules[0];
        let values: Vec<Value> = facts.iter().map(|fact| value(fact, 0)).collect();
        let frame = Frame::Resource { facts: &values, now: Timestamp::from_second(NOW).expect("a time") };
        let compiled = truth(&rule.fail.condition, &frame);
        let naive = match tree.holds(&[&facts]) {
            Some(holds) => Truth::from(holds),
            None => Truth::Unknown,
        };
        prop_assert_eq!(compiled, naive, "{}", text);
        // What is unknown says what is missing, and nothing else does.
        prop_assert_eq!(missing(&rule.fail.condition, &frame).is_some(), compiled == Truth::Unknown);
        // Asking for reasons never fails.
        super::evidence::evidence(&rule.fail.condition, &frame, compiled);
    }
}
