//! Names for findings that stay the same from scan to scan.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A finding's identity: the SHA-256 of a versioned form. It is written as 64 hexadecimal digits, in lower case.
///
/// INVARIANT: it is made of the rule, the ARN and a discriminator that tells
/// findings of one rule on one resource apart. Never of a line number, a
/// message, a severity or a count, which change while the finding stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The version of the form; a change of it makes every finding look new.
    pub const VERSION: &'static str = "driftline/1";

    /// `subject` is an ARN, or the scope and type where no single resource is meant.
    pub fn new(rule: &str, subject: &str, discriminator: &str) -> Fingerprint {
        let mut digest = Sha256::new();
        // Lengths keep the parts apart, whatever characters they hold.
        for (place, part) in [Fingerprint::VERSION, rule, subject, discriminator].into_iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            digest.update(format!("{comma}{}:", part.len()));
            digest.update(part);
        }
        Fingerprint(digest.finalize().into())
    }

    /// The first eight digits, to speak of a finding in a terminal.
    pub fn short(&self) -> String {
        format!("{self:.8}")
    }
}

impl fmt::Display for Fingerprint {
    /// All digits, or as many as the precision says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = String::with_capacity(64);
        for byte in self.0 {
            for half in [byte >> 4, byte & 15] {
                text.extend(DIGITS.get(usize::from(half)).map(|digit| char::from(*digit)));
            }
        }
        f.pad(&text)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Fingerprint, String> {
        let wrong = || format!("`{text}` is no fingerprint: 64 digits of 0-9 and a-f are wanted");
        let digit = |byte: &u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut digest = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != digest.len() || !rest.is_empty() {
            return Err(wrong());
        }
        for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
            *byte = digit(high).zip(digit(low)).map(|(high, low)| high << 4 | low).ok_or_else(wrong)?;
        }
        Ok(Fingerprint(digest))
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = String;
    fn try_from(text: String) -> Result<Fingerprint, String> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> String {
        fingerprint.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_digest_of_the_form_with_lengths() {
        // Lengths are in bytes.
        let made = Fingerprint::new("r", "sg-1é", "");
        let other: String =
            Sha256::digest("11:driftline/1,1:r,6:sg-1é,0:").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(made.to_string(), other);
        assert_eq!(made.short(), other[..8]);
    }

    #[test]
    fn it_reads_what_it_writes_and_nothing_else() {
        let made = Fingerprint::new("rule", "arn", "one");
        let text = made.to_string();
        assert_eq!(text.parse(), Ok(made));
        for wrong in ["", &text[1..], &text.to_uppercase(), &format!("{text}00"), &format!("g{}", &text[1..])] {
            let said: Result<Fingerprint, String> = wrong.parse();
            assert!(said.is_err(), "{wrong}");
        }
    }
}
