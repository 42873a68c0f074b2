use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A check's name: lower-case words joined by hyphens, such as `default-vpc-present`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckId(Arc<str>);

/// Whose fault: the author of the check, or the user who named it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a check id: lower-case words joined by hyphens are wanted, such as `default-vpc-present`")]
pub struct CheckIdError(String);

impl CheckId {
    const LONGEST: usize = 100;

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text, to be kept by many.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl FromStr for CheckId {
    type Err = CheckIdError;
    fn from_str(text: &str) -> Result<Self, CheckIdError> {
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let starts_with_letter = text.starts_with(|c: char| c.is_ascii_lowercase());
        if starts_with_letter && text.len() <= CheckId::LONGEST && text.split('-').all(word) {
            Ok(CheckId(text.into()))
        } else {
            Err(CheckIdError(text.to_owned()))
        }
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Borrow<str> for CheckId {
    fn borrow(&self) -> &str {
        &self.0
    }
}
