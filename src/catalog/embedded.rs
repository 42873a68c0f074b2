//! The checks, profiles and frameworks that the binary carries, so that one file is all a user needs.

use crate::text::SourceFile;

use super::Files;

// `FILES`: path and text of every file in checks/, written by build.rs.
include!(concat!(env!("OUT_DIR"), "/checks.rs"));

pub(super) fn files() -> Files {
    Files::sort(FILES.iter().map(|(path, text)| SourceFile::new(*path, *text)))
}
