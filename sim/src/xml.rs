//! A small XML writer: elements in order, text escaped, nothing else.

use std::fmt::{self, Display, Write};

/// Writes into one growing string.
pub struct Xml {
    out: String,
}

/// Room for a common page, so that the string seldom moves.
const ROOM: usize = 16 << 10;

impl Default for Xml {
    fn default() -> Self {
        Xml { out: String::with_capacity(ROOM) }
    }
}

impl Xml {
    /// An element that holds other elements.
    pub fn node(&mut self, tag: &str, inside: impl FnOnce(&mut Xml)) {
        self.open(tag);
        inside(self);
        self.close(tag);
    }

    /// An element that holds text.
    pub fn put(&mut self, tag: &str, value: impl Display) {
        self.open(tag);
        // NOTE: writing to a `String` cannot fail.
        let _ = write!(Escaped(&mut self.out), "{value}");
        self.close(tag);
    }

    /// A list: `<tag><item>..</item>..</tag>`, one `<item>` per value.
    pub fn items<T>(
        &mut self,
        tag: &str,
        item: &str,
        values: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Xml, T),
    ) {
        self.open(tag);
        for value in values {
            self.open(item);
            each(self, value);
            self.close(item);
        }
        self.close(tag);
    }

    /// A list of plain texts.
    pub fn texts<T: Display>(&mut self, tag: &str, item: &str, values: impl IntoIterator<Item = T>) {
        self.open(tag);
        for value in values {
            self.put(item, value);
        }
        self.close(tag);
    }

    /// EC2's `<tagSet>`.
    pub fn tag_set(&mut self, tags: &[(&str, String)]) {
        self.items("tagSet", "item", tags, |x, (key, value)| {
            x.put("key", key);
            x.put("value", value);
        });
    }

    /// Text that is already XML, such as a declaration or an opening tag with
    /// attributes.
    pub fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// The finished text.
    pub fn finish(self) -> String {
        self.out
    }

    fn open(&mut self, tag: &str) {
        self.out.push('<');
        self.out.push_str(tag);
        self.out.push('>');
    }

    fn close(&mut self, tag: &str) {
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
    }
}

struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    /// Copies the stretches between special characters, which are all ASCII, in
    /// one go: almost every text has none.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"']) {
            let (plain, special) = rest.split_at(at);
            self.0.push_str(plain);
            self.0.push_str(match special.as_bytes().first() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                _ => "&quot;",
            });
            rest = special.get(1..).unwrap_or("");
        }
        self.0.push_str(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_elements_close_in_order() {
        let mut x = Xml::default();
        x.node("a", |x| x.put("b", "<&>\""));
        x.texts("s", "item", [1, 2]);
        assert_eq!(x.finish(), "<a><b>&lt;&amp;&gt;&quot;</b></a><s><item>1</item><item>2</item></s>");
    }
}
