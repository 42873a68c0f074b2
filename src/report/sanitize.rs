//! Strings from AWS are written by whoever may tag a resource, and are hostile
//! in a terminal, in XML and in a shell until they have passed through here.
//!
//! *Hostile*: a character that shows nothing, moves the cursor or turns the
//! reading direction, so that a reader sees another text than the one that is
//! there. It is shown as its escape (`\u{1b}`), never dropped: dropping it
//! would make two different names look the same.

use std::borrow::Cow;

/// One line in which every hostile character, line breaks and tabs included, is shown as its escape.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hostile(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// As [`visible`], and cut to so many characters; what was cut off is counted.
pub fn visible_up_to(text: &str, characters: usize) -> String {
    shorten(&visible(text), characters)
}

/// As [`visible`], but line breaks stay: for texts of several lines.
pub fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// One line that XML 1.0 can carry: a character that it cannot is U+FFFD, another hostile one its escape.
pub fn xml_line(text: &str) -> String {
    visible(&xml_characters(text)).into_owned()
}

/// As [`xml_line`], but line breaks stay.
pub fn xml_lines(text: &str) -> String {
    visible_lines(&xml_characters(text))
}

/// Cuts a text to so many characters, its last ones saying how many are gone.
pub fn shorten(text: &str, characters: usize) -> String {
    let length = text.chars().count();
    if length <= characters {
        return text.to_owned();
    }
    let note = |gone: usize| format!("… (+{gone} characters)");
    // The number has no more digits than the length has; room for those is enough.
    let kept = characters.saturating_sub(note(length).chars().count());
    let cut: String = text.chars().take(kept).chain(note(length - kept).chars()).collect();
    // A limit too small for the note: better a plain cut than a text over the limit.
    cut.chars().take(characters).collect()
}

/// A word that a POSIX shell takes as it stands, whatever it holds.
///
/// A command that a reader is asked to copy must not run what somebody wrote into a name.
pub fn shell_word(text: &str) -> String {
    let shown = visible(text);
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !shown.is_empty() && !shown.starts_with('-') && shown.chars().all(plain) {
        shown.into_owned()
    } else {
        format!("'{}'", shown.replace('\'', r"'\''"))
    }
}

fn xml_characters(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_xml) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_xml(c) { c } else { char::REPLACEMENT_CHARACTER }).collect())
}

/// The production `Char` of XML 1.0, fifth edition.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

fn is_hostile(c: char) -> bool {
    match c {
        ' '..='~' => false,
        // Soft hyphen; Arabic letter mark; Hangul fillers; Mongolian vowel separator.
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{180e}' => true,
        // Zero width and direction marks; line and paragraph separators, embeddings and overrides.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        // Word joiner, invisible operators, isolates, deprecated format characters.
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        // Tags, which carry hidden ASCII.
        '\u{e0000}'..='\u{e007f}' => true,
        // Noncharacters.
        '\u{fdd0}'..='\u{fdef}' => true,
        _ => c.is_control() || (c as u32) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_become_their_escapes() {
        assert_eq!(visible("web-sg"), "web-sg");
        assert_eq!(visible("\u{1b}[31mred\u{1b}[0m"), r"\u{1b}[31mred\u{1b}[0m");
        assert_eq!(visible("a\nb\tc\0\u{9b}"), r"a\nb\tc\u{0}\u{9b}");
        assert_eq!(visible("user\u{202e}nimda"), r"user\u{202e}nimda");
        assert_eq!(visible("\u{fffe}\u{10ffff}"), r"\u{fffe}\u{10ffff}");
        assert_eq!(visible("Straße 漢字 🦀"), "Straße 漢字 🦀");
    }

    #[test]
    fn xml_replaces_what_it_cannot_carry() {
        assert_eq!(xml_line("a\0b\u{fffe}c\u{1b}"), "a\u{fffd}b\u{fffd}c\u{fffd}");
        assert_eq!(xml_line("a\nb\u{202e}"), r"a\nb\u{202e}");
        assert_eq!(xml_lines("a\nb\u{202e}"), "a\nb\\u{202e}");
    }

    #[test]
    fn shorten_never_passes_the_limit() {
        assert_eq!(shorten("abc", 3), "abc");
        assert_eq!(shorten(&"x".repeat(100), 30), format!("{}… (+89 characters)", "x".repeat(11)));
        for limit in 0..40 {
            assert!(shorten(&"🦀".repeat(50), limit).chars().count() <= limit);
        }
    }

    #[test]
    fn shell_words_cannot_run_anything() {
        assert_eq!(shell_word("sg-0ab1"), "sg-0ab1");
        assert_eq!(shell_word("a; rm -rf ~"), "'a; rm -rf ~'");
        assert_eq!(shell_word("it's $(id)"), r"'it'\''s $(id)'");
        assert_eq!(shell_word("--profile=evil"), "'--profile=evil'");
        assert_eq!(shell_word(""), "''");
    }
}
