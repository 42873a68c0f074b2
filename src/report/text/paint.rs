//! Colour, line breaking and plurals for the terminal.

use anstyle::{AnsiColor, Style};

use crate::finding::Severity;
use crate::report::Options;

/// How one report is laid out.
pub struct Paint {
    colour: bool,
    width: usize,
}

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const GUTTER: Style = AnsiColor::BrightBlue.on_default().bold();
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
pub const BAD: Style = AnsiColor::Red.on_default().bold();
pub const UNKNOWN: Style = AnsiColor::Magenta.on_default().bold();

/// The colour of a severity; its word is always there beside it.
pub fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::BrightRed.on_default().bold(),
        Severity::High => BAD,
        Severity::Medium => AnsiColor::Yellow.on_default().bold(),
        Severity::Low => AnsiColor::Cyan.on_default(),
        Severity::Informational => Style::new(),
    }
}

impl Paint {
    pub fn new(options: &Options) -> Paint {
        // A terminal of a few columns would break every word; such a width is a mistake.
        Paint { colour: options.colour, width: options.width.max(40) }
    }

    pub fn width(&self) -> usize {
        self.width
    }

    /// The text in a style, if colours are wanted.
    pub fn paint(&self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Breaks a text at blanks. A word longer than the line stays whole, so that it can be copied.
    pub fn wrap(&self, text: &str, indent: usize) -> Vec<String> {
        let room = self.width.saturating_sub(indent).max(20);
        let mut lines: Vec<String> = Vec::new();
        let mut used = 0;
        for word in text.split(' ') {
            let length = word.chars().count();
            match lines.last_mut() {
                Some(line) if used + 1 + length <= room => {
                    line.push(' ');
                    line.push_str(word);
                    used += 1 + length;
                }
                _ => {
                    lines.push(word.to_owned());
                    used = length;
                }
            }
        }
        lines
    }
}

/// `1 cell`, `2 cells`.
pub fn count(number: usize, noun: &str) -> String {
    let shown = grouped(number);
    if number == 1 {
        format!("{shown} {noun}")
    } else if let Some(stem) = noun.strip_suffix('y') {
        format!("{shown} {stem}ies")
    } else {
        format!("{shown} {noun}s")
    }
}

/// `12345` as `12,345`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// The first few of a list, and how many more there are.
pub fn listed<'a>(items: impl IntoIterator<Item = &'a str>, limit: Option<usize>) -> String {
    let all: Vec<&str> = items.into_iter().collect();
    let shown = limit.unwrap_or(all.len()).min(all.len());
    let mut text = all.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
    if shown < all.len() {
        text.push_str(&format!(" + {} more", grouped(all.len() - shown)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_nouns_agree() {
        assert_eq!((grouped(0), grouped(999), grouped(1000)), ("0".into(), "999".into(), "1,000".into()));
        assert_eq!(grouped(12_345_678), "12,345,678");
        assert_eq!(
            (count(1, "cell"), count(0, "cell"), count(2, "policy")),
            ("1 cell".into(), "0 cells".into(), "2 policies".into())
        );
        assert_eq!(listed(["a", "b", "c"], Some(2)), "a, b + 1 more");
        assert_eq!(listed(["a", "b"], None), "a, b");
    }

    #[test]
    fn long_words_stay_whole() {
        let paint = Paint::new(&Options { width: 40, ..Options::default() });
        let arn = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0ab1";
        assert_eq!(paint.wrap(&format!("see {arn} now"), 0), ["see", arn, "now"]);
    }
}
