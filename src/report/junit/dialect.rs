//! Mends the document of `junit-report` 0.9 where a reader needs more:
//!
//! - `<properties>` in each suite: Apache Ant's schema demands them, and Jenkins
//!   and CodeBuild show them; the crate has none;
//! - `skipped` on each suite: CodeBuild draws its graphs from the four counts;
//!   the crate writes three;
//! - `timestamp` without a zone: the same schema forbids one; the crate always
//!   writes `Z` (the time is UTC in any case);
//! - text in place of CDATA, escaped by quick-xml, so that no section can be
//!   closed from inside.
//!
//! `<testsuites>` stays without attributes and `<testcase>` without `file`:
//! other writers put counts and a file there, but Apache Ant's schema forbids
//! the first, and it and the one of Jenkins' xunit plugin the second. The file
//! is in the case's text.

use std::io;

use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

/// A text that the crate can put in CDATA: where the text holds the end mark, one section ends and the next begins.
pub fn cdata(text: &str) -> String {
    text.replace("]]>", "]]]]><![CDATA[>")
}

/// What a suite has beyond what the crate writes.
pub struct Extra {
    pub properties: Vec<(&'static str, String)>,
    pub skipped: usize,
}

/// Copies the crate's document with the additions; `extras` has one per suite, in their order.
///
/// # Errors
/// Those of the sink, and a document that is not well-formed.
pub fn mend(xml: &[u8], extras: &[Extra], out: &mut dyn io::Write) -> io::Result<()> {
    let mut extras = extras.iter();
    let mut reader = Reader::from_reader(xml);
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 1);
    let mut buffer = Vec::new();
    // Sections side by side are one text; none is written until it is complete.
    let mut text = String::new();
    loop {
        let event = reader.read_event_into(&mut buffer).map_err(io::Error::other)?;
        match &event {
            Event::CData(section) => text.push_str(&String::from_utf8_lossy(section)),
            Event::Eof => break,
            other => {
                if !text.is_empty() {
                    writer.write_event(Event::Text(BytesText::new(&text)))?;
                    text.clear();
                }
                match other {
                    Event::Start(start) if start.name().as_ref() == b"testsuite" => {
                        let extra = extras.next().ok_or_else(|| io::Error::other("a suite without its extras"))?;
                        write_suite_start(start, extra.skipped, &mut writer)?;
                        write_properties(&extra.properties, &mut writer)?;
                    }
                    // They are empty; as one tag they stay so under indentation.
                    Event::Start(start) if is_output(start.name().as_ref()) => {
                        writer.write_event(Event::Empty(start.borrow()))?;
                    }
                    Event::End(end) if is_output(end.name().as_ref()) => {}
                    _ => writer.write_event(event.borrow())?,
                }
            }
        }
        buffer.clear();
    }
    out.write_all(b"\n")
}

fn is_output(tag: &[u8]) -> bool {
    matches!(tag, b"system-out" | b"system-err")
}

fn write_suite_start<W: io::Write>(start: &BytesStart<'_>, skipped: usize, writer: &mut Writer<W>) -> io::Result<()> {
    let mut mended = BytesStart::new("testsuite");
    for attribute in start.attributes() {
        let attribute = attribute.map_err(io::Error::other)?;
        if attribute.key.as_ref() == b"timestamp" {
            let zoneless = attribute.value.strip_suffix(b"Z").unwrap_or(&attribute.value);
            mended.push_attribute((attribute.key.as_ref(), zoneless));
        } else {
            // A whole attribute is taken over as it is, that is, escaped.
            mended.push_attribute(attribute);
        }
    }
    mended.push_attribute(("skipped", skipped.to_string().as_str()));
    writer.write_event(Event::Start(mended))
}

fn write_properties<W: io::Write>(properties: &[(&'static str, String)], writer: &mut Writer<W>) -> io::Result<()> {
    writer.write_event(Event::Start(BytesStart::new("properties")))?;
    for (name, value) in properties {
        let mut property = BytesStart::new("property");
        property.push_attribute(("name", *name));
        property.push_attribute(("value", value.as_str()));
        writer.write_event(Event::Empty(property))?;
    }
    writer.write_event(Event::End(BytesEnd::new("properties")))
}
