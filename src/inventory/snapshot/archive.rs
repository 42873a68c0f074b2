//! A snapshot as one file: a tar with nothing of the machine or the moment in it.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use super::{SnapshotError, Store};

const BLOCK: usize = 512;
/// A tar ends with two blocks of zeros.
const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

fn header(name: &str, bytes: u64) -> std::io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_mtime(0);
    header.set_cksum();
    Ok(header)
}

/// Zeros up to the next whole block.
fn padding(bytes: u64) -> usize {
    (BLOCK - (bytes % BLOCK as u64) as usize) % BLOCK
}

/// Writes parts one after another.
pub(super) struct Writer<W> {
    out: W,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W) -> Writer<W> {
        Writer { out }
    }

    pub(super) fn append(&mut self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        self.out.write_all(header(name, bytes.len() as u64)?.as_bytes())?;
        self.out.write_all(bytes)?;
        self.out.write_all(END.get(..padding(bytes.len() as u64)).unwrap_or_default())
    }

    pub(super) fn finish(mut self) -> std::io::Result<()> {
        self.out.write_all(&END)?;
        self.out.flush()
    }
}

/// A snapshot's file: where each part is in it.
pub struct Archive<R> {
    input: Mutex<R>,
    parts: BTreeMap<String, (u64, u64)>,
}

impl<R: Read + Seek> Archive<R> {
    /// Finds the parts.
    ///
    /// # Errors
    /// It is no tar, or not byte for byte one that driftline writes.
    pub fn open(mut input: R) -> Result<Archive<R>, SnapshotError> {
        let length = input.seek(SeekFrom::End(0))?;
        input.rewind()?;
        let mut parts = BTreeMap::new();
        let mut place = 0;
        loop {
            let mut block = [0; BLOCK];
            input.read_exact(&mut block).map_err(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof if parts.is_empty() => {
                    SnapshotError::NotASnapshot("it is too short".to_owned())
                }
                std::io::ErrorKind::UnexpectedEof => SnapshotError::Damaged("it is cut short".to_owned()),
                _ => error.into(),
            })?;
            place += BLOCK as u64;
            if block == [0; BLOCK] {
                break;
            }
            if parts.is_empty() && block.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
                return Err(SnapshotError::other_version(1));
            }
            let (name, bytes) = of_header(&block).ok_or_else(|| match parts.last_key_value() {
                None => SnapshotError::NotASnapshot("it does not begin as one".to_owned()),
                Some((last, _)) => SnapshotError::Damaged(format!("what follows {last} is not what driftline writes")),
            })?;
            let after = place.saturating_add(bytes).saturating_add(padding(bytes) as u64);
            if after > length {
                return Err(SnapshotError::Damaged(format!("{name} is cut short")));
            }
            input.seek(SeekFrom::Start(place + bytes))?;
            let mut rest = vec![0; padding(bytes)];
            input.read_exact(&mut rest)?;
            let new = parts.insert(name.clone(), (place, bytes)).is_none();
            if !new || rest.iter().any(|byte| *byte != 0) {
                return Err(SnapshotError::Damaged(format!("{name} is followed by what driftline does not write")));
            }
            place = after;
        }
        let mut last = Vec::new();
        input.by_ref().take(END.len() as u64).read_to_end(&mut last)?;
        if last != [0; BLOCK] {
            return Err(SnapshotError::Damaged("it does not end where it should".to_owned()));
        }
        Ok(Archive { input: Mutex::new(input), parts })
    }
}

/// A part's name and length, if the block is what [`header`] makes of them.
fn of_header(block: &[u8; BLOCK]) -> Option<(String, u64)> {
    let found = tar::Header::from_byte_slice(block);
    let name = String::from_utf8(found.path_bytes().into_owned()).ok()?;
    let bytes = found.size().ok()?;
    (header(&name, bytes).ok()?.as_bytes() == block).then_some((name, bytes))
}

impl<R: Read + Seek + Send> Store for Archive<R> {
    fn read(&self, name: &str) -> std::io::Result<Vec<u8>> {
        let (place, bytes) = *self.parts.get(name).ok_or(std::io::ErrorKind::NotFound)?;
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        input.seek(SeekFrom::Start(place))?;
        let mut part = Vec::new();
        input.by_ref().take(bytes).read_to_end(&mut part)?;
        Ok(part)
    }

    fn names(&self) -> std::io::Result<Vec<String>> {
        Ok(self.parts.keys().cloned().collect())
    }
}
