//! What a running collection has read so far, on disk: one part for each
//! account that was read to its end. A run that was killed goes on from there.
//!
//! ```text
//! org.dls.partial/
//!   run.json                           when it began, as whom, and the accounts that it reads
//!   accounts/111122223333.ndjson.zst   an account, exactly as the snapshot will hold it
//!   interrupted/…                      what was read of an account when the user stopped the run
//! ```
//!
//! A part appears under its name only when it is whole (written beside, synced,
//! renamed), and says itself how long it is; one that does not is read again.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::arn::AccountId;
use crate::inventory::snapshot::{self, PROVENANCE, PartInfo, Snapshot, Store};
use crate::inventory::{Account, Inventory, Provenance, Reason};

use super::by_account::Survey;
use super::files::{Folder, cannot};
use super::save::write_new;
use super::{Stop, by_account};

const RUN: &str = "run.json";
const INTERRUPTED: &str = "interrupted";

/// What a run is about: another run goes on with it only if it is about the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Run {
    pub provenance: Provenance,
    /// SHA-256 of what the user asked for.
    pub targets_sha256: String,
    pub accounts: Vec<Account>,
}

/// A folder that fills up while accounts are read.
pub(super) struct Checkpoint {
    folder: PathBuf,
    /// Deletes the folder when it goes, where nobody is to go on with it.
    temporary: Option<tempfile::TempDir>,
    /// Held as long as this process works in the folder.
    _lock: File,
    run: Option<Run>,
    /// Why what an earlier run says of itself cannot be read.
    unreadable: Option<String>,
    /// Accounts that were read to their end, and their parts.
    done: BTreeMap<String, PartInfo>,
    survey: Survey,
}

/// The folder beside a snapshot's place.
pub(super) fn beside(output: &Path) -> PathBuf {
    let mut name: std::ffi::OsString = output.components().collect::<PathBuf>().into();
    name.push(".partial");
    name.into()
}

impl Checkpoint {
    /// A folder that goes away with the run.
    pub fn temporary() -> Result<Checkpoint, Stop> {
        let place = std::env::temp_dir();
        let made = tempfile::Builder::new().prefix("driftline-").tempdir_in(&place);
        let temporary = made.map_err(|error| cannot("write into", &place, &error))?;
        let checkpoint = Checkpoint::at(temporary.path())?;
        Ok(Checkpoint { temporary: Some(temporary), ..checkpoint })
    }

    /// Opens a folder, or makes it. What an earlier run left there is still to be taken or thrown away.
    pub fn at(folder: &Path) -> Result<Checkpoint, Stop> {
        let open = || -> std::io::Result<File> {
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(folder) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            File::open(folder)
        };
        let lock = open().map_err(|error| cannot("write into", folder, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Stop::runtime(format!("another driftline is at work in `{}`", folder.display())));
            }
            // Some file systems cannot lock; then nobody can tell, and it is the user's to know.
            Err(TryLockError::Error(_)) => {}
        }
        let (run, survey) = (None, Survey::default());
        let folder = folder.to_owned();
        let (unreadable, done) = (None, BTreeMap::new());
        let mut checkpoint = Checkpoint { folder, temporary: None, _lock: lock, run, unreadable, done, survey };
        match fs::read(checkpoint.folder.join(RUN)) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(run) => checkpoint.run = Some(run),
                Err(error) => checkpoint.unreadable = Some(error.to_string()),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(cannot("read", &checkpoint.folder, &error)),
        }
        Ok(checkpoint)
    }

    /// The run that was left here, if one was.
    pub fn left(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    /// Why a run that was left here cannot be told from others, if that is so: what it read may still be good.
    pub fn unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }

    /// Takes over what an earlier run read, and says how many accounts that is.
    pub fn resume(&mut self) -> Result<usize, Stop> {
        let Some(run) = &self.run else { return Ok(0) };
        let parts = Folder(self.folder.clone());
        for account in &run.accounts {
            let name = snapshot::part_name(&account.id);
            let bytes = match parts.read(&name) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                bytes => bytes.map_err(|error| cannot("read", &self.folder.join(&name), &error))?,
            };
            match snapshot::decode(&name, &bytes, &account.id, &run.provenance) {
                Ok(part) => {
                    self.survey.surroundings.note(&part.inventory);
                    self.done.insert(name, PartInfo::of(&bytes));
                }
                // It is not whole after all, so it was not read.
                Err(_) => self.remove(&name)?,
            }
        }
        self.clear_interrupted()?;
        Ok(self.done.len())
    }

    /// Throws away what was left, and begins a run.
    pub fn begin(&mut self, run: Run) -> Result<(), Stop> {
        self.run = None;
        self.done.clear();
        self.survey = Survey::default();
        self.remove(RUN)?;
        self.remove("accounts")?;
        self.clear_interrupted()?;
        let mut bytes = serde_json::to_vec_pretty(&run).map_err(std::io::Error::from)?;
        bytes.push(b'\n');
        self.put(RUN, &bytes, true)?;
        self.run = Some(run);
        Ok(())
    }

    /// The accounts that need not be read any more.
    pub fn done(&self) -> impl Iterator<Item = &AccountId> {
        let accounts = self.run.iter().flat_map(|run| &run.accounts).map(|account| &account.id);
        accounts.filter(|id| self.done.contains_key(&snapshot::part_name(id)))
    }

    /// Keeps what was read of an account.
    pub fn add(&mut self, part: &Inventory) -> Result<(), Stop> {
        let Some(account) = part.accounts.keys().next() else {
            return Err(Stop::runtime("what was read does not say of which account it is"));
        };
        self.survey.surroundings.note(part);
        let bytes = snapshot::encode(part).map_err(|error| cannot("write into", &self.folder, &error))?;
        let name = snapshot::part_name(account);
        let interrupted = part.ledger.gaps().any(|(_, gap)| gap.reason == Reason::Interrupted);
        if interrupted {
            // Nobody goes on with it: it need not outlive the machine.
            self.put(&format!("{INTERRUPTED}/{name}"), &bytes, false)?;
        } else {
            self.put(&name, &bytes, true)?;
        }
        self.done.insert(name, PartInfo::of(&bytes));
        Ok(())
    }

    /// The snapshot of all that was read; its parts stay in the folder as long as it is needed.
    pub fn snapshot(mut self) -> Result<Finished, Stop> {
        let provenance = match &self.run {
            Some(run) => snapshot::encode_provenance(&run.provenance)?,
            None => return Err(Stop::runtime("nothing was read")),
        };
        // An account that is in no part would look like one that the organization does not have.
        let mut accounts = self.run.iter().flat_map(|run| &run.accounts);
        if let Some(lost) = accounts.find(|account| !self.done.contains_key(&snapshot::part_name(&account.id))) {
            return Err(Stop::runtime(format!("account {} was not read to its end; --resume reads it", lost.id)));
        }
        let mut parts = std::mem::take(&mut self.done);
        parts.insert(PROVENANCE.to_owned(), PartInfo::of(&provenance));
        let store = Parts { folder: self.folder.clone(), provenance };
        let broken = |error| Stop::runtime(format!("cannot read what was collected: {error}"));
        let snapshot = Snapshot::of_parts(Box::new(store), parts).map_err(broken)?;
        let mut survey = std::mem::take(&mut self.survey);
        by_account::look_again(&snapshot, &mut survey.surroundings).map_err(broken)?;
        Ok(Finished { snapshot, survey, checkpoint: self })
    }

    /// Deletes the folder: its snapshot is elsewhere.
    pub fn discard(self) {
        if self.temporary.is_none() {
            // What cannot be deleted now is in nobody's way: the next run begins with deleting it.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    fn clear_interrupted(&self) -> Result<(), Stop> {
        self.remove(INTERRUPTED)
    }

    fn remove(&self, name: &str) -> Result<(), Stop> {
        let path = self.folder.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot("delete", &path, &error)),
            _ => Ok(()),
        }
    }

    /// Whole or not at all; down to the disk if it is to last.
    fn put(&self, name: &str, bytes: &[u8], lasts: bool) -> Result<(), Stop> {
        let place = self.folder.join(name);
        let unfinished = self.folder.join("unfinished");
        let put = || -> std::io::Result<()> {
            self.remove("unfinished").map_err(|stop| std::io::Error::other(stop.to_string()))?;
            let file = write_new(&unfinished, bytes)?;
            if lasts {
                file.sync_all()?;
            }
            fs::create_dir_all(super::files::folder(&place))?;
            fs::rename(&unfinished, &place)
        };
        put().map_err(|error| cannot("write", &place, &error))
    }
}

/// A collection that has ended, and the folder that holds it.
pub(super) struct Finished {
    pub snapshot: Snapshot,
    pub survey: Survey,
    pub checkpoint: Checkpoint,
}

/// The folder's parts, those of interrupted accounts among them.
struct Parts {
    folder: PathBuf,
    provenance: Vec<u8>,
}

impl Store for Parts {
    fn read(&self, name: &str) -> std::io::Result<Vec<u8>> {
        if name == PROVENANCE {
            return Ok(self.provenance.clone());
        }
        match fs::read(self.folder.join(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => fs::read(self.folder.join(INTERRUPTED).join(name)),
            bytes => bytes,
        }
    }

    fn names(&self) -> std::io::Result<Vec<String>> {
        Folder(self.folder.clone()).names()
    }
}
