//! Writing snapshots: a file whole or not at all, or a new folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::inventory::snapshot::{Snapshot, SnapshotError};

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

/// Writes a snapshot: one file, or a new folder if the path ends in `/`.
pub(super) fn save_snapshot(path: &Path, snapshot: &Snapshot) -> Result<(), Stop> {
    if is_folder(path) {
        save_folder(path, snapshot).map_err(|error| cannot("write", path, &error))
    } else {
        write_whole(path, |out| snapshot.write_archive(out).map_err(unwritable))
    }
}

/// A part that cannot be read again is a failure to write like any other.
fn unwritable(error: SnapshotError) -> std::io::Error {
    match error {
        SnapshotError::Io(error) => error,
        other => std::io::Error::other(other.to_string()),
    }
}

fn save_folder(path: &Path, snapshot: &Snapshot) -> std::io::Result<()> {
    if path.exists() {
        return Err(exists());
    }
    let place: PathBuf = path.components().collect();
    let beside = tempfile::Builder::new().prefix(".driftline-").tempdir_in(folder(&place))?;
    let write = |name: &str, bytes: &[u8]| write_new(&beside.path().join(name), bytes)?.sync_all();
    snapshot.each_part(write).map_err(unwritable)?;
    fs::rename(beside.keep(), &place)?;
    fs::File::open(folder(&place))?.sync_all()
}

/// Writes a file that is not there yet, for its owner alone.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<fs::File> {
    fs::create_dir_all(folder(path))?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    Ok(file)
}
