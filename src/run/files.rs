//! Files: whole or not at all, and readable by their owner alone.

use std::fs;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::inventory::Inventory;
use crate::inventory::snapshot::{Archive, Snapshot, SnapshotError, Store};
use crate::text::SourceFile;

use super::Stop;

pub(super) fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Stop {
    Stop::runtime(format!("cannot {what} `{}`: {error}", path.display()))
}

/// The folder that a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Fails now rather than after the work that the file is for.
pub(super) fn check_writable(path: &Path) -> Result<(), Stop> {
    if path.is_dir() {
        return Err(cannot("write", path, &std::io::ErrorKind::IsADirectory.into()));
    }
    let folder = folder(path);
    tempfile::tempfile_in(folder).map(drop).map_err(|error| cannot("write into", folder, &error))
}

/// Makes a folder and those around it, if they are not there.
pub(super) fn make_folder(path: &Path) -> Result<(), Stop> {
    fs::create_dir_all(path).map_err(|error| cannot("make", path, &error))
}

/// Writes a file whole or not at all: beside its place, synced, then renamed.
/// Created with mode 0600.
pub(super) fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Stop> {
    let whole = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".driftline-").tempfile_in(folder(path))?;
        {
            let mut buffered = BufWriter::new(&mut file);
            write(&mut buffered)?;
            buffered.flush()?;
        }
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        // The name is on the disk only once its folder is.
        fs::File::open(folder(path))?.sync_all()
    };
    whole().map_err(|error| cannot("write", path, &error))
}

/// Opens a snapshot, from its file or folder; its parts are read and verified when they are asked for.
pub(super) fn open_snapshot(path: &Path) -> Result<Snapshot, Stop> {
    let snapshot = if path.is_dir() {
        Snapshot::open(Box::new(Folder(path.to_owned())))
    } else {
        let file = fs::File::open(path).map_err(|error| cannot("read", path, &error))?;
        Archive::open(BufReader::new(file)).and_then(|archive| Snapshot::open(Box::new(archive)))
    };
    snapshot.map_err(|error| unusable(path, &error))
}

/// Everything in a snapshot, all accounts together.
pub(super) fn load_snapshot(path: &Path) -> Result<Inventory, Stop> {
    Ok(open_snapshot(path)?.load_all().map_err(|error| unusable(path, &error))?.inventory)
}

/// Whether a file begins as a JSON object does; a snapshot never does.
pub(super) fn is_json(path: &Path) -> Result<bool, Stop> {
    if path.is_dir() {
        return Ok(false);
    }
    let mut start = [0; 64];
    let file = fs::File::open(path).map_err(|error| cannot("read", path, &error))?;
    let read = BufReader::new(file).read(&mut start).map_err(|error| cannot("read", path, &error))?;
    Ok(start.get(..read).and_then(|start| start.iter().find(|byte| !byte.is_ascii_whitespace())) == Some(&b'{'))
}

/// The bytes of a file, or of standard input for `-`.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, Stop> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    bytes.map_err(|error| cannot("read", path, &error))
}

/// A snapshot that cannot be read to its end.
pub(super) fn unusable(path: &Path, error: &SnapshotError) -> Stop {
    Stop::runtime(format!("cannot use `{}`: {error}", path.display()))
}

/// A snapshot's parts, side by side in a folder.
pub(super) struct Folder(pub PathBuf);

impl Store for Folder {
    fn read(&self, name: &str) -> std::io::Result<Vec<u8>> {
        fs::read(self.0.join(name))
    }

    fn names(&self) -> std::io::Result<Vec<String>> {
        let mut names = Vec::new();
        list_files(&self.0, &self.0, &mut names)?;
        Ok(names)
    }
}

fn list_files(root: &Path, folder: &Path, names: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list_files(root, &path, names)?;
        } else {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let name: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            names.push(name.join("/"));
        }
    }
    Ok(())
}

/// The longest file that is read: no answer of AWS comes near it, and other things lie in folders too.
const LONGEST: u64 = 1 << 30;

/// Hands over every file in a folder and below it with its path from there, or the one file.
///
/// A folder that is reached by two ways is read once, so that links may lead in a circle.
/// What cannot be read is handed over as the reason.
pub(super) fn each_below(path: &Path, mut take: impl FnMut(Vec<String>, Result<&[u8], String>)) -> Result<(), Stop> {
    let name = |path: &Path| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    if !path.is_dir() {
        let bytes = fs::read(path).map_err(|error| cannot("read", path, &error))?;
        take(vec![name(path)], Ok(&bytes));
        return Ok(());
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut open = vec![(path.to_owned(), Vec::new())];
    while let Some((folder, names)) = open.pop() {
        if !seen.insert(folder.canonicalize().map_err(|error| cannot("read", &folder, &error))?) {
            continue;
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|error| cannot("read", &folder, &error))? {
            entries.push(entry.map_err(|error| cannot("read", &folder, &error))?.path());
        }
        // The same way through the folder on every machine.
        entries.sort();
        for entry in entries {
            let names: Vec<String> = names.iter().cloned().chain([name(&entry)]).collect();
            match fs::metadata(&entry) {
                Ok(about) if about.is_dir() => open.push((entry, names)),
                Ok(about) if !about.is_file() => take(names, Err("it is no file".to_owned())),
                Ok(about) if about.len() > LONGEST => take(names, Err(format!("it is longer than {LONGEST} bytes"))),
                Ok(_) => match fs::read(&entry) {
                    Ok(bytes) => take(names, Ok(&bytes)),
                    Err(error) => take(names, Err(format!("it cannot be read: {error}"))),
                },
                Err(error) => take(names, Err(format!("it cannot be read: {error}"))),
            }
        }
    }
    Ok(())
}

/// Reads a text file that a user wrote.
pub(super) fn read_source(path: &Path) -> Result<Arc<SourceFile>, Stop> {
    let text =
        fs::read_to_string(path).map_err(|error| Stop::usage(format!("cannot read `{}`: {error}", path.display())))?;
    Ok(SourceFile::new(shown(path), text))
}

/// A path as reports show it: with forward slashes, relative to the working directory where it can be.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let relative = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/").replacen("//", "/", 1).trim_start_matches("./").to_owned()
}

/// Every TOML file in a folder and below it, in order; or the one file.
pub(super) fn toml_sources(path: &Path) -> Result<Vec<Arc<SourceFile>>, Stop> {
    let mut files = Vec::new();
    if path.is_file() {
        files.push(path.to_owned());
    } else {
        find_toml(path, &mut files)
            .map_err(|error| Stop::usage(format!("cannot read `{}`: {error}", path.display())))?;
    }
    files.sort();
    files.iter().map(|file| read_source(file)).collect()
}

fn find_toml(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_toml(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
