//! Names for findings that stay the same from scan to scan.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A finding's identity: the SHA-256 of a versioned form, in hexadecimal.
///
/// INVARIANT: it is made of the rule, the ARN and a discriminator that tells
/// findings of one rule on one resource apart. Never of a line number, a
/// message, a severity or a count, which change while the finding stays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The version of the form; a change of it makes every finding look new.
    pub const VERSION: &'static str = "driftline/1";

    /// `subject` is an ARN, or the scope and type where no single resource is meant.
    pub fn new(rule: &str, subject: &str, discriminator: &str) -> Fingerprint {
        // Lengths keep the parts apart, whatever characters they hold.
        let form =
            [Fingerprint::VERSION, rule, subject, discriminator].map(|part| format!("{}:{part}", part.len())).join(",");
        let digest = Sha256::digest(form.as_bytes());
        Fingerprint(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// All 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, to speak of a finding in a terminal.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
