//! An inventory as files: named parts, and a manifest with their SHA-256.
//!
//! The parts are what a reader wants to open: JSON and JSON lines in AWS's
//! field names. One file on disk is a tar of the parts under zstd; a directory
//! holds them side by side. Equal inventories give equal bytes.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::arn::Scope;
use crate::resource::{Resource, ResourceType};

use super::{Account, Cell, Inventory, Outcome, Provenance};

/// The version of the format that this driftline writes, and the newest that it reads.
pub const VERSION: u32 = 1;

const FORMAT: &str = "driftline-snapshot";
const MANIFEST: &str = "manifest.json";
const PROVENANCE: &str = "provenance.json";
const ACCOUNTS: &str = "accounts.ndjson";
const LEDGER: &str = "ledger.ndjson";
const RESOURCES: &str = "resources/";

/// Why a snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file is no snapshot.
    #[error("it is not a driftline snapshot: {0}")]
    NotASnapshot(String),
    /// The user has an older driftline than the one that wrote it.
    #[error(
        "it has format version {found}, and this driftline reads up to version {VERSION}; a newer driftline reads it"
    )]
    TooNew { found: u32 },
    /// It was changed or cut short after it was written.
    #[error("it is damaged or was changed after it was written: {0}")]
    Damaged(String),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: String,
    version: u32,
    parts: BTreeMap<String, Part>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Part {
    sha256: String,
    bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct Line<T> {
    #[serde(flatten)]
    scope: Scope,
    resource: T,
}

#[derive(Serialize, Deserialize)]
struct LedgerLine {
    #[serde(flatten)]
    cell: Cell,
    outcome: Outcome,
}

/// A snapshot's parts by name; the manifest is one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts(BTreeMap<String, Vec<u8>>);

/// An inventory that was read from a snapshot.
#[derive(Debug)]
pub struct Loaded {
    pub inventory: Inventory,
    /// SHA-256 of the manifest, which holds those of the parts: the snapshot's identity.
    pub sha256: String,
    /// Parts that this driftline does not know, and so did not read.
    pub ignored: Vec<String>,
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Parts {
    /// Takes an inventory apart.
    ///
    /// # Errors
    /// Those of serde_json; none for these types.
    pub fn of(inventory: &Inventory) -> serde_json::Result<Parts> {
        let mut parts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut provenance = serde_json::to_vec_pretty(&inventory.provenance)?;
        provenance.push(b'\n');
        parts.insert(PROVENANCE.to_owned(), provenance);
        let accounts = parts.entry(ACCOUNTS.to_owned()).or_default();
        for account in inventory.accounts.values() {
            push_line(accounts, account)?;
        }
        let ledger = parts.entry(LEDGER.to_owned()).or_default();
        for (cell, outcome) in inventory.ledger.cells() {
            push_line(ledger, &LedgerLine { cell: cell.clone(), outcome: outcome.clone() })?;
        }
        for (key, resource) in inventory.resources() {
            let part = parts.entry(part_name(key.resource_type)).or_default();
            push_line(part, &Line { scope: key.scope.clone(), resource: resource.to_json()? })?;
        }
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            parts: parts
                .iter()
                .map(|(name, bytes)| (name.clone(), Part { sha256: hex(bytes), bytes: bytes.len() as u64 }))
                .collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&manifest)?;
        bytes.push(b'\n');
        parts.insert(MANIFEST.to_owned(), bytes);
        Ok(Parts(parts))
    }

    /// Parts that were read from somewhere, not yet verified.
    pub fn from_named(parts: BTreeMap<String, Vec<u8>>) -> Parts {
        Parts(parts)
    }

    /// Every part, the manifest first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let manifest = self.0.get_key_value(MANIFEST);
        let others = self.0.iter().filter(|(name, _)| *name != MANIFEST);
        manifest.into_iter().chain(others).map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// The snapshot's identity: the SHA-256 of its manifest.
    pub fn sha256(&self) -> String {
        hex(self.0.get(MANIFEST).map_or(&[], Vec::as_slice))
    }

    /// Writes the parts as one stream.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_archive(&self, out: impl Write) -> std::io::Result<()> {
        let mut archive = tar::Builder::new(zstd::Encoder::new(out, 6)?);
        for (name, bytes) in self.iter() {
            // Nothing of the machine or the moment: equal parts give equal bytes.
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            header.set_mtime(0);
            archive.append_data(&mut header, name, bytes)?;
        }
        archive.into_inner()?.finish()?.flush()
    }

    /// Reads the parts of a stream.
    ///
    /// # Errors
    /// The stream is no archive, or is cut short.
    pub fn read_archive(input: impl Read) -> Result<Parts, SnapshotError> {
        let broken = |error: std::io::Error| SnapshotError::NotASnapshot(error.to_string());
        let mut archive = tar::Archive::new(zstd::Decoder::new(input).map_err(broken)?);
        let mut parts = BTreeMap::new();
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|error| SnapshotError::Damaged(format!("{name}: {error}")))?;
            parts.insert(name, bytes);
        }
        Ok(Parts(parts))
    }

    /// Verifies every part against the manifest and puts the inventory together.
    ///
    /// # Errors
    /// No manifest, a newer format, a part that is missing, changed or not what its name says.
    pub fn load(&self) -> Result<Loaded, SnapshotError> {
        let manifest =
            self.0.get(MANIFEST).ok_or_else(|| SnapshotError::NotASnapshot("it has no manifest.json".to_owned()))?;
        let manifest: Manifest = serde_json::from_slice(manifest)
            .map_err(|error| SnapshotError::NotASnapshot(format!("manifest.json: {error}")))?;
        if manifest.format != FORMAT {
            return Err(SnapshotError::NotASnapshot(format!("its manifest says `{}`", manifest.format)));
        }
        if manifest.version > VERSION {
            return Err(SnapshotError::TooNew { found: manifest.version });
        }
        for (name, part) in &manifest.parts {
            let bytes = self.0.get(name).ok_or_else(|| SnapshotError::Damaged(format!("{name} is missing")))?;
            if hex(bytes) != part.sha256 {
                return Err(SnapshotError::Damaged(format!(
                    "{name} does not have the SHA-256 that the manifest names"
                )));
            }
        }
        if let Some(name) = self.0.keys().find(|name| *name != MANIFEST && !manifest.parts.contains_key(*name)) {
            return Err(SnapshotError::Damaged(format!("{name} is not in the manifest")));
        }
        self.assemble(&manifest)
    }

    fn assemble(&self, manifest: &Manifest) -> Result<Loaded, SnapshotError> {
        let provenance: Provenance =
            serde_json::from_slice(self.part(PROVENANCE)?).map_err(|error| wrong(PROVENANCE, 1, &error))?;
        let mut inventory = Inventory::new(provenance);
        let mut ignored = Vec::new();
        for account in lines::<Account>(ACCOUNTS, self.part(ACCOUNTS)?) {
            let account = account?;
            inventory.accounts.insert(account.id.clone(), account);
        }
        for line in lines::<LedgerLine>(LEDGER, self.part(LEDGER)?) {
            let line = line?;
            inventory.ledger.record(line.cell, line.outcome);
        }
        for name in manifest.parts.keys().filter(|name| ![PROVENANCE, ACCOUNTS, LEDGER].contains(&name.as_str())) {
            let Some(of) = ResourceType::ALL.iter().copied().find(|of| part_name(*of) == *name) else {
                ignored.push(name.clone());
                continue;
            };
            for (index, line) in lines::<Line<serde_json::Value>>(name, self.part(name)?).enumerate() {
                let line = line?;
                let resource =
                    Resource::from_json(of, line.resource).map_err(|error| wrong(name, index + 1, &error))?;
                inventory.insert(line.scope, resource);
            }
        }
        Ok(Loaded { inventory, sha256: self.sha256(), ignored })
    }

    fn part(&self, name: &str) -> Result<&[u8], SnapshotError> {
        self.0.get(name).map(Vec::as_slice).ok_or_else(|| SnapshotError::Damaged(format!("{name} is missing")))
    }
}

/// `AWS::EC2::VPC` is in `resources/AWS-EC2-VPC.ndjson`.
fn part_name(of: ResourceType) -> String {
    format!("{RESOURCES}{}.ndjson", of.name().replace("::", "-"))
}

fn push_line(part: &mut Vec<u8>, value: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer(&mut *part, value)?;
    part.push(b'\n');
    Ok(())
}

fn lines<'a, T: serde::de::DeserializeOwned>(
    name: &'a str,
    part: &'a [u8],
) -> impl Iterator<Item = Result<T, SnapshotError>> + 'a {
    part.split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
        .map(move |(index, line)| serde_json::from_slice(line).map_err(|error| wrong(name, index + 1, &error)))
}

fn wrong(name: &str, line: usize, error: &serde_json::Error) -> SnapshotError {
    SnapshotError::Damaged(format!("{name} line {line}: {error}"))
}
