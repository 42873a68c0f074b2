//! Writing snapshots: a file whole or not at all, or a new folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::inventory::Inventory;
use crate::inventory::snapshot::Parts;

use super::files::{cannot, folder, write_whole};
use super::{Stop, files};

/// Fails now rather than after a long scan.
pub(super) fn check_writable(path: &Path) -> Result<(), Stop> {
    if !is_folder(path) {
        return files::check_writable(path);
    }
    if path.exists() {
        return Err(cannot("write", path, &exists()));
    }
    // `parent` takes no notice of the slash at the end.
    let folder = folder(path);
    tempfile::tempfile_in(folder).map(drop).map_err(|error| cannot("write into", folder, &error))
}

fn exists() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::AlreadyExists, "it exists already; a folder is never overwritten")
}

fn is_folder(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

fn parts(inventory: &Inventory) -> Result<Parts, Stop> {
    Parts::of(inventory).map_err(|error| Stop::runtime(format!("cannot write the snapshot: {error}")))
}

/// The identity that a snapshot of the inventory would have.
pub(super) fn identity(inventory: &Inventory) -> Result<String, Stop> {
    Ok(parts(inventory)?.sha256())
}

/// Writes a snapshot: one file, or a new folder if the path ends in `/`. Returns its identity.
pub(super) fn save_snapshot(path: &Path, inventory: &Inventory) -> Result<String, Stop> {
    let parts = parts(inventory)?;
    if is_folder(path) {
        save_folder(path, &parts).map_err(|error| cannot("write", path, &error))?;
    } else {
        write_whole(path, |out| parts.write_archive(out))?;
    }
    Ok(parts.sha256())
}

fn save_folder(path: &Path, parts: &Parts) -> std::io::Result<()> {
    if path.exists() {
        return Err(exists());
    }
    let place: PathBuf = path.components().collect();
    let beside = tempfile::Builder::new().prefix(".driftline-").tempdir_in(folder(&place))?;
    for (name, bytes) in parts.iter() {
        let file = beside.path().join(name);
        fs::create_dir_all(folder(&file))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(file)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    fs::rename(beside.keep(), &place)?;
    fs::File::open(folder(&place))?.sync_all()
}
