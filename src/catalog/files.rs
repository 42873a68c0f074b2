//! What lies in a folder of checks: checks, and beside them profiles and frameworks.

use std::sync::Arc;

use crate::text::SourceFile;

/// The files of a folder of checks by what they hold.
#[derive(Debug, Default)]
pub struct Files {
    pub checks: Vec<Arc<SourceFile>>,
    /// Those in a folder `profiles`.
    pub profiles: Vec<Arc<SourceFile>>,
    /// Those in a folder `frameworks`.
    pub frameworks: Vec<Arc<SourceFile>>,
}

impl Files {
    pub fn sort(sources: impl IntoIterator<Item = Arc<SourceFile>>) -> Files {
        let mut files = Files::default();
        for source in sources {
            // The folder says it, so that a file with a mistake in its first line is read as what it is meant to be.
            let of = match source.path.rsplit('/').nth(1) {
                Some("profiles") => &mut files.profiles,
                Some("frameworks") => &mut files.frameworks,
                _ => &mut files.checks,
            };
            of.push(source);
        }
        files
    }
}
