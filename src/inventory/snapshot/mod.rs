//! An inventory as files: one part for each account, and a manifest with their SHA-256.
//!
//! A part is JSON lines in AWS's field names under zstd, so that one account is
//! read without the others, and written as soon as it is known. One file on disk
//! is a tar of the parts; a folder holds them side by side. Equal inventories
//! give equal bytes.

mod archive;
mod part;

use std::collections::BTreeMap;
use std::io::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::arn::AccountId;
use crate::inventory::{Inventory, Provenance};
use crate::resource::ResourceType;

pub use archive::Archive;
pub use part::{Line, decode, encode};

/// The version of the format that this driftline writes and reads. Version 1 was never released.
pub const VERSION: u32 = 2;

const FORMAT: &str = "driftline-snapshot";
/// The part that names all others.
pub const MANIFEST: &str = "manifest.json";
/// The part that says where the snapshot comes from.
pub const PROVENANCE: &str = "provenance.json";
const ACCOUNTS: &str = "accounts/";
const SUFFIX: &str = ".ndjson.zst";

/// Why a snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file is no snapshot.
    #[error("it is not a driftline snapshot: {0}")]
    NotASnapshot(String),
    /// The user has another driftline than the one that wrote it.
    #[error("it has format version {found}, and this driftline reads version {VERSION}; {hint}")]
    OtherVersion { found: u32, hint: &'static str },
    /// It was changed or cut short after it was written.
    #[error("it is damaged or was changed after it was written: {0}")]
    Damaged(String),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Where the bytes of parts come from.
pub trait Store: Send + Sync {
    /// The bytes of a part.
    ///
    /// # Errors
    /// There is no such part, or it cannot be read.
    fn read(&self, name: &str) -> std::io::Result<Vec<u8>>;
    /// Every part that is there, in any order.
    ///
    /// # Errors
    /// They cannot be listed.
    fn names(&self) -> std::io::Result<Vec<String>>;
}

/// Parts in memory.
impl Store for BTreeMap<String, Vec<u8>> {
    fn read(&self, name: &str) -> std::io::Result<Vec<u8>> {
        self.get(name).cloned().ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }
    fn names(&self) -> std::io::Result<Vec<String>> {
        Ok(self.keys().cloned().collect())
    }
}

/// What a manifest says of a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartInfo {
    /// In hexadecimal.
    pub sha256: String,
    pub bytes: u64,
}

impl PartInfo {
    pub fn of(bytes: &[u8]) -> PartInfo {
        let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        PartInfo { sha256, bytes: bytes.len() as u64 }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: String,
    version: u32,
    parts: BTreeMap<String, PartInfo>,
}

/// A snapshot whose manifest was read; each part is read, and held against the manifest, when it is asked for.
pub struct Snapshot {
    store: Box<dyn Store>,
    parts: BTreeMap<String, PartInfo>,
    manifest: Vec<u8>,
    provenance: Provenance,
    /// SHA-256 of the manifest, which holds those of the parts: the snapshot's identity.
    sha256: String,
}

/// What was read from a part, or from several.
#[derive(Debug)]
pub struct Loaded {
    pub inventory: Inventory,
    /// Types that this driftline does not know, and how many of each it so did not read.
    pub ignored: BTreeMap<String, usize>,
}

/// The name of an account's part.
pub fn part_name(account: &AccountId) -> String {
    format!("{ACCOUNTS}{account}{SUFFIX}")
}

fn account_of(name: &str) -> Option<AccountId> {
    name.strip_prefix(ACCOUNTS)?.strip_suffix(SUFFIX)?.parse().ok()
}

/// The part that says where a snapshot comes from.
///
/// # Errors
/// Those of serde_json; none for this type.
pub fn encode_provenance(provenance: &Provenance) -> std::io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(provenance)?;
    bytes.push(b'\n');
    Ok(bytes)
}

impl Snapshot {
    /// An inventory's snapshot, in memory.
    ///
    /// # Errors
    /// None for these types.
    pub fn of(inventory: &Inventory) -> Result<Snapshot, SnapshotError> {
        let mut store = BTreeMap::from([(PROVENANCE.to_owned(), encode_provenance(&inventory.provenance)?)]);
        for (id, part) in inventory.clone().into_accounts() {
            store.insert(part_name(&id), encode(&part)?);
        }
        let parts = store.iter().map(|(name, bytes)| (name.clone(), PartInfo::of(bytes))).collect();
        Snapshot::of_parts(Box::new(store), parts)
    }

    /// A snapshot of parts that were just written: its manifest follows from them.
    ///
    /// # Errors
    /// There is no provenance among them, or it cannot be read.
    pub fn of_parts(store: Box<dyn Store>, parts: BTreeMap<String, PartInfo>) -> Result<Snapshot, SnapshotError> {
        let manifest = Manifest { format: FORMAT.to_owned(), version: VERSION, parts };
        let mut bytes = serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::from)?;
        bytes.push(b'\n');
        Snapshot::assemble(store, manifest, bytes)
    }

    /// Reads a snapshot's manifest and holds the list of parts against it.
    ///
    /// # Errors
    /// It has no manifest, or one of another format or version; a part is missing or is one too many.
    pub fn open(store: Box<dyn Store>) -> Result<Snapshot, SnapshotError> {
        let bytes = match store.read(MANIFEST) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(SnapshotError::NotASnapshot(format!("it has no {MANIFEST}")));
            }
            bytes => bytes?,
        };
        let manifest: Manifest = serde_json::from_slice(&bytes)
            .map_err(|error| SnapshotError::NotASnapshot(format!("{MANIFEST}: {error}")))?;
        if manifest.format != FORMAT {
            return Err(SnapshotError::NotASnapshot(format!("its manifest says `{}`", manifest.format)));
        }
        if manifest.version != VERSION {
            return Err(SnapshotError::other_version(manifest.version));
        }
        let mut there = store.names()?;
        there.retain(|name| name != MANIFEST);
        if let Some(name) = manifest.parts.keys().find(|name| !there.contains(name)) {
            return Err(SnapshotError::Damaged(format!("{name} is missing")));
        }
        if let Some(name) = there.iter().find(|name| !manifest.parts.contains_key(*name)) {
            return Err(SnapshotError::Damaged(format!("{name} is not in the manifest")));
        }
        let known = |name: &String| *name == PROVENANCE || account_of(name).is_some();
        if let Some(name) = manifest.parts.keys().find(|name| !known(name)) {
            return Err(SnapshotError::Damaged(format!("{name} is no part of a snapshot")));
        }
        Snapshot::assemble(store, manifest, bytes)
    }

    fn assemble(store: Box<dyn Store>, manifest: Manifest, bytes: Vec<u8>) -> Result<Snapshot, SnapshotError> {
        let parts = manifest.parts;
        let provenance = serde_json::from_slice(&verified(&*store, &parts, PROVENANCE)?)
            .map_err(|error| SnapshotError::Damaged(format!("{PROVENANCE}: {error}")))?;
        let sha256 = PartInfo::of(&bytes).sha256;
        Ok(Snapshot { store, parts, manifest: bytes, provenance, sha256 })
    }

    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The snapshot's identity: the SHA-256 of its manifest, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The SHA-256 of an account's part, in hexadecimal; none if it does not hold the account.
    pub fn part_sha256(&self, account: &AccountId) -> Option<&str> {
        self.parts.get(&part_name(account)).map(|part| part.sha256.as_str())
    }

    /// The accounts that it holds, in order.
    pub fn accounts(&self) -> impl Iterator<Item = AccountId> {
        self.parts.keys().filter_map(|name| account_of(name))
    }

    /// Reads and verifies one account.
    ///
    /// # Errors
    /// Its part is missing, changed or not what its name says.
    pub fn load(&self, account: &AccountId) -> Result<Loaded, SnapshotError> {
        let name = part_name(account);
        decode(&name, &verified(&*self.store, &self.parts, &name)?, account, &self.provenance)
    }

    /// As [`Snapshot::load`], of some types of resources: the others are verified and not read.
    ///
    /// # Errors
    /// As [`Snapshot::load`].
    pub fn load_only(
        &self,
        account: &AccountId,
        wanted: impl Fn(ResourceType) -> bool,
    ) -> Result<Inventory, SnapshotError> {
        self.load_lines(account, |line| wanted(line.of))
    }

    /// As [`Snapshot::load_only`], by what some of the resource says.
    ///
    /// # Errors
    /// As [`Snapshot::load`].
    pub fn load_lines(
        &self,
        account: &AccountId,
        wanted: impl Fn(&Line<'_>) -> bool,
    ) -> Result<Inventory, SnapshotError> {
        let name = part_name(account);
        let bytes = verified(&*self.store, &self.parts, &name)?;
        Ok(part::decode_only(&name, &bytes, account, &self.provenance, wanted)?.inventory)
    }

    /// Reads and verifies all of it.
    ///
    /// # Errors
    /// Some part is missing, changed or not what its name says.
    pub fn load_all(&self) -> Result<Loaded, SnapshotError> {
        let mut all = Loaded { inventory: Inventory::new(self.provenance.clone()), ignored: BTreeMap::new() };
        for account in self.accounts() {
            let one = self.load(&account)?;
            all.inventory.absorb(one.inventory);
            for (name, number) in one.ignored {
                *all.ignored.entry(name).or_default() += number;
            }
        }
        Ok(all)
    }

    /// Hands over every part, the manifest first, each held against it.
    ///
    /// # Errors
    /// Those of the receiver; a part that is missing or changed.
    pub fn each_part(&self, mut take: impl FnMut(&str, &[u8]) -> std::io::Result<()>) -> Result<(), SnapshotError> {
        take(MANIFEST, &self.manifest)?;
        for name in self.parts.keys() {
            take(name, &verified(&*self.store, &self.parts, name)?)?;
        }
        Ok(())
    }

    /// Writes the parts as one stream.
    ///
    /// # Errors
    /// Those of the writer; a part that is missing or changed.
    pub fn write_archive(&self, out: impl Write) -> Result<(), SnapshotError> {
        let mut writer = archive::Writer::new(out);
        self.each_part(|name, bytes| writer.append(name, bytes))?;
        Ok(writer.finish()?)
    }
}

impl SnapshotError {
    fn other_version(found: u32) -> SnapshotError {
        let hint = if found > VERSION { "a newer driftline reads it" } else { "take it anew" };
        SnapshotError::OtherVersion { found, hint }
    }
}

/// A part that has the SHA-256 that the manifest names.
fn verified(store: &dyn Store, parts: &BTreeMap<String, PartInfo>, name: &str) -> Result<Vec<u8>, SnapshotError> {
    let bytes = match store.read(name) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(SnapshotError::Damaged(format!("{name} is missing")));
        }
        bytes => bytes?,
    };
    if parts.get(name) != Some(&PartInfo::of(&bytes)) {
        return Err(SnapshotError::Damaged(format!("{name} does not have the SHA-256 that the manifest names")));
    }
    Ok(bytes)
}
