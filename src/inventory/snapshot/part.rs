//! One account as bytes: JSON lines under zstd, and a last line that says how many there were.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufRead, BufReader, Write};

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::arn::{AccountId, Scope};
use crate::inventory::{Account, Cell, Gap, Inventory, Outcome, Provenance};
use crate::resource::{Resource, ResourceType};

use super::{Loaded, SnapshotError};

/// The middle of zstd's levels that are quick: an account's part is written while others are being read.
const LEVEL: i32 = 3;

#[derive(Serialize)]
#[serde(untagged)]
enum Out<'a> {
    Account { account: &'a Account },
    Complete { scope: &'a Scope, complete: Vec<String> },
    Gap { scope: &'a Scope, operations: &'a [String], gap: &'a Gap },
    Resource { scope: &'a Scope, r#type: &'a str, resource: &'a Resource },
    End { end: u64 },
}

/// An account's part.
///
/// # Errors
/// None for these types.
pub fn encode(account: &Inventory) -> std::io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), LEVEL)?;
    encoder.include_checksum(true)?;
    let mut lines = Lines { out: encoder, number: 0, line: Vec::new() };
    for account in account.accounts.values() {
        lines.push(&Out::Account { account })?;
    }
    let mut cells = account.ledger.cells().peekable();
    while let Some((Cell { scope, operation }, outcome)) = cells.next() {
        // One line for all that is complete in a scope, as there is mostly nothing else, and one for all that is
        // missing for the same reason: of an account that could not be read there is nothing but that.
        let mut complete = Vec::new();
        let mut gaps: Vec<(Gap, Vec<String>)> = Vec::new();
        let mut sort = |operation, outcome: &Outcome| match outcome {
            Outcome::Complete => complete.push(operation),
            Outcome::Gap(gap) => match gaps.iter_mut().find(|(same, _)| same == gap) {
                Some((_, operations)) => operations.push(operation),
                None => gaps.push((gap.clone(), vec![operation])),
            },
        };
        sort(operation, outcome);
        while let Some((cell, outcome)) = cells.next_if(|(cell, _)| cell.scope == scope) {
            sort(cell.operation, outcome);
        }
        if !complete.is_empty() {
            lines.push(&Out::Complete { scope: &scope, complete })?;
        }
        for (gap, operations) in &gaps {
            lines.push(&Out::Gap { scope: &scope, operations, gap })?;
        }
    }
    for (key, resource) in account.resources() {
        lines.push(&Out::Resource { scope: &key.scope, r#type: key.resource_type.name(), resource })?;
    }
    let end = lines.number;
    lines.push(&Out::End { end })?;
    lines.out.finish()
}

struct Lines<W> {
    out: W,
    number: u64,
    /// Whole before it is compressed: JSON is written in pieces of a few bytes, each of which costs the compressor a call.
    line: Vec<u8>,
}

impl<W: Write> Lines<W> {
    fn push(&mut self, line: &Out<'_>) -> std::io::Result<()> {
        self.number += 1;
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}

enum Parsed {
    Account(Account),
    Complete(Scope, Vec<String>),
    Gap(Scope, Vec<String>, Gap),
    Resource(Scope, Resource),
    /// A resource of a type that this driftline does not know.
    Unknown(String),
    End(u64),
}

/// Takes an account's part apart.
///
/// # Errors
/// It is cut short, or a line is not what it should be: the part and the line are named.
pub fn decode(name: &str, bytes: &[u8], account: &AccountId, provenance: &Provenance) -> Result<Loaded, SnapshotError> {
    decode_only(name, bytes, account, provenance, |_| true)
}

/// A resource's line that was not read yet.
pub struct Line<'l> {
    pub of: ResourceType,
    text: &'l [u8],
}

impl Line<'_> {
    /// The line from the value of the first member on that is called so, in plain letters.
    pub fn from_member(&self, name: &str) -> Option<&[u8]> {
        // Within a text a quotation mark is escaped, so that this is a member's name.
        after(self.text, format!("\"{name}\":").as_bytes())
    }

    /// Some members of the resource; none if the line is not what it should be.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        #[derive(Deserialize)]
        struct Of<T> {
            resource: T,
        }
        Some(serde_json::from_slice::<Of<T>>(self.text).ok()?.resource)
    }
}

/// As [`decode`], of some resources; the others are passed over unread.
///
/// # Errors
/// As [`decode`], for the lines that are read.
pub fn decode_only(
    name: &str,
    bytes: &[u8],
    account: &AccountId,
    provenance: &Provenance,
    wanted: impl Fn(&Line<'_>) -> bool,
) -> Result<Loaded, SnapshotError> {
    let wrong = |line: u64, why: &dyn fmt::Display| SnapshotError::Damaged(format!("{name} line {line}: {why}"));
    let mut input = BufReader::new(zstd::Decoder::new(bytes).map_err(|error| wrong(1, &error))?);
    let mut inventory = Inventory::new(provenance.clone());
    let mut ignored: BTreeMap<String, usize> = BTreeMap::new();
    let mut resources: Vec<(Scope, Resource)> = Vec::new();
    let mut text = Vec::new();
    for number in 1.. {
        text.clear();
        if input.read_until(b'\n', &mut text).map_err(|error| wrong(number, &error))? == 0 {
            return Err(wrong(number, &"the part is cut short"));
        }
        if type_of(&text).is_some_and(|of| !wanted(&Line { of, text: &text })) {
            continue;
        }
        // Looked at as a whole for what is no UTF-8, which is faster than each of its strings.
        let line = std::str::from_utf8(&text).map_err(|error| wrong(number, &error))?;
        let line: Parsed = serde_json::from_str(line).map_err(|error| wrong(number, &error))?;
        let place = match &line {
            Parsed::Account(of) => Some(&of.id),
            Parsed::Complete(scope, _) | Parsed::Gap(scope, ..) | Parsed::Resource(scope, _) => Some(&scope.account),
            Parsed::Unknown(_) | Parsed::End(_) => None,
        };
        if place.is_some_and(|place| place != account) {
            return Err(wrong(number, &"it speaks of another account"));
        }
        match line {
            Parsed::Account(account) => drop(inventory.accounts.insert(account.id.clone(), account)),
            Parsed::Complete(scope, operations) => {
                for operation in operations {
                    inventory.ledger.record(Cell { scope: scope.clone(), operation }, Outcome::Complete);
                }
            }
            Parsed::Gap(scope, operations, gap) => {
                for operation in operations {
                    inventory.ledger.record(Cell { scope: scope.clone(), operation }, Outcome::Gap(gap.clone()));
                }
            }
            Parsed::Resource(scope, resource) => resources.push((scope, resource)),
            Parsed::Unknown(of) => *ignored.entry(of).or_default() += 1,
            Parsed::End(lines) if lines + 1 == number => break,
            Parsed::End(lines) => return Err(wrong(number, &format!("{lines} lines should be before it"))),
        }
    }
    inventory.insert_all(resources);
    match input.read_until(b'\n', &mut text) {
        Ok(0) => Ok(Loaded { inventory, ignored }),
        Ok(_) => Err(SnapshotError::Damaged(format!("{name}: something follows its last line"))),
        Err(error) => Err(SnapshotError::Damaged(format!("{name}: {error}"))),
    }
}

/// What follows the first of these bytes, which begin with a quotation mark.
fn after<'t>(text: &'t [u8], wanted: &[u8]) -> Option<&'t [u8]> {
    let mut rest = text;
    loop {
        let quote = rest.iter().position(|byte| *byte == b'"')?;
        rest = rest.get(quote..)?;
        match rest.strip_prefix(wanted) {
            Some(found) => return Some(found),
            None => rest = rest.get(1..)?,
        }
    }
}

/// The type of a resource's line, as [`Out::Resource`] begins it; none for other lines and for types that nobody knows.
fn type_of(line: &[u8]) -> Option<ResourceType> {
    // A scope is short, and nothing in it is called so.
    let head = line.get(..line.len().min(256))?;
    if !head.starts_with(br#"{"scope":"#) {
        return None;
    }
    let rest = after(head, br#""type":""#)?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    ResourceType::from_name(std::str::from_utf8(rest.get(..end)?).ok()?)
}

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Parsed, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Parsed;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a line of a snapshot's part")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parsed, A::Error> {
                read_line(&mut map)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// NOTE: by hand, because serde's untagged and flattened forms would hold each resource once more as a tree.
fn read_line<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Parsed, A::Error> {
    let missing = |field| A::Error::missing_field(field);
    let (mut scope, mut operations, mut of) = (None::<Scope>, None::<Vec<String>>, None::<String>);
    let mut line = None;
    while let Some(field) = map.next_key::<std::borrow::Cow<'_, str>>()? {
        match &*field {
            "scope" => scope = Some(map.next_value()?),
            "operations" => operations = Some(map.next_value()?),
            "type" => of = Some(map.next_value()?),
            "account" => line = Some(Parsed::Account(map.next_value()?)),
            "end" => line = Some(Parsed::End(map.next_value()?)),
            "complete" => {
                line = Some(Parsed::Complete(scope.take().ok_or_else(|| missing("scope"))?, map.next_value()?));
            }
            "gap" => {
                let scope = scope.take().ok_or_else(|| missing("scope"))?;
                let operations = operations.take().ok_or_else(|| missing("operations"))?;
                line = Some(Parsed::Gap(scope, operations, map.next_value()?));
            }
            "resource" => {
                let name = of.take().ok_or_else(|| missing("type"))?;
                line = Some(match ResourceType::from_name(&name) {
                    Some(of) => {
                        Parsed::Resource(scope.take().ok_or_else(|| missing("scope"))?, map.next_value_seed(Typed(of))?)
                    }
                    None => {
                        map.next_value::<IgnoredAny>()?;
                        Parsed::Unknown(name)
                    }
                });
            }
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
    }
    line.ok_or_else(|| A::Error::custom("it says nothing that a snapshot holds"))
}

/// Reads a resource of a type that is known beforehand.
struct Typed(ResourceType);

impl<'de> DeserializeSeed<'de> for Typed {
    type Value = Resource;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Resource, D::Error> {
        Resource::deserialize_as(self.0, deserializer)
    }
}
