//! A small XML writer: elements in order, text escaped, nothing else.

use std::fmt::Write as _;

use serde_json::Value;

/// Writes into one growing string.
#[derive(Default)]
pub struct Xml {
    out: String,
}

/// What an element may hold. Most of it is text that is already there, so it
/// does not go through the formatting machinery.
pub trait Text {
    fn write(&self, out: &mut String);
}

impl Xml {
    /// A writer with room for a page of so many bytes.
    pub fn with_room(bytes: usize) -> Xml {
        Xml { out: String::with_capacity(bytes) }
    }

    /// An element that holds other elements.
    pub fn node(&mut self, tag: &str, inside: impl FnOnce(&mut Xml)) {
        self.open(tag);
        inside(self);
        self.close(tag);
    }

    /// An element that holds text.
    pub fn put(&mut self, tag: &str, value: impl Text) {
        self.open(tag);
        value.write(&mut self.out);
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
    pub fn texts<T: Text>(&mut self, tag: &str, item: &str, values: impl IntoIterator<Item = T>) {
        self.open(tag);
        for value in values {
            self.put(item, value);
        }
        self.close(tag);
    }

    /// EC2's `<tagSet>`.
    pub fn tag_set(&mut self, tags: &[(&str, String)]) {
        self.items("tagSet", "item", tags, |x, (key, value)| {
            x.put("key", *key);
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

impl Text for str {
    /// Copies the stretches between special characters, which are all ASCII, in
    /// one go: almost every text has none.
    fn write(&self, out: &mut String) {
        let mut rest = self;
        let special = |text: &str| text.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"'));
        while let Some(at) = special(rest) {
            let (plain, from) = rest.split_at(at);
            out.push_str(plain);
            out.push_str(match from.as_bytes().first() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                _ => "&quot;",
            });
            rest = from.get(1..).unwrap_or("");
        }
        out.push_str(rest);
    }
}

impl Text for String {
    fn write(&self, out: &mut String) {
        self.as_str().write(out);
    }
}

impl Text for Value {
    fn write(&self, out: &mut String) {
        self.to_string().write(out);
    }
}

impl Text for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl<T: Text + ?Sized> Text for &T {
    fn write(&self, out: &mut String) {
        (**self).write(out);
    }
}

macro_rules! numbers {
    ($($kind:ty)*) => {
        $(impl Text for $kind {
            fn write(&self, out: &mut String) {
                // NOTE: writing to a `String` cannot fail.
                let _ = write!(out, "{self}");
            }
        })*
    };
}
numbers!(u16 u32 u64 i32);

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
