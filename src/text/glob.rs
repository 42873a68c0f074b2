use std::fmt;

/// A pattern for a whole text: `*` is any text, `?` any one character, and
/// nothing else is special. Upper and lower case differ, as they do in AWS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Glob(String);

impl Glob {
    pub fn new(pattern: impl Into<String>) -> Glob {
        Glob(pattern.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn matches(&self, text: &str) -> bool {
        let (mut pattern, mut rest) = (self.0.as_str(), text);
        // Where to go on if the text after the last `*` does not fit: one character later.
        let mut retry: Option<(&str, &str)> = None;
        loop {
            let mut next = pattern.chars();
            let step = match next.next() {
                Some('*') => {
                    pattern = next.as_str();
                    retry = Some((pattern, rest));
                    continue;
                }
                Some('?') => skip_one(rest, |_| true),
                Some(wanted) => skip_one(rest, |found| found == wanted),
                None if rest.is_empty() => return true,
                None => None,
            };
            match (step, retry) {
                (Some(after), _) => (pattern, rest) = (next.as_str(), after),
                (None, Some((after_star, from))) => match skip_one(from, |_| true) {
                    Some(later) => {
                        retry = Some((after_star, later));
                        (pattern, rest) = (after_star, later);
                    }
                    None => return false,
                },
                (None, None) => return false,
            }
        }
    }
}

fn skip_one(text: &str, fits: impl Fn(char) -> bool) -> Option<&str> {
    let mut chars = text.chars();
    chars.next().filter(|c| fits(*c)).map(|_| chars.as_str())
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
