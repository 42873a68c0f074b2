//! The checks that the binary carries, so that one file is all a user needs.

use std::sync::Arc;

use crate::text::SourceFile;

// `FILES`: path and text of every file in checks/, written by build.rs.
include!(concat!(env!("OUT_DIR"), "/checks.rs"));

pub(super) fn sources() -> Vec<Arc<SourceFile>> {
    FILES.iter().map(|(path, text)| SourceFile::new(*path, *text)).collect()
}
