//! A page for each check, made from its file: what it tests, why, when it cannot tell, how to mend it.
//!
//! One page, two forms: Markdown for a site or a folder, and plain text for `driftline checks show`. Every page has every
//! section, and says of itself where its check's file has nothing to put into one.

mod sections;
mod words;

use crate::catalog::{Check, Mapped};

/// Everything that there is to say of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub id: String,
    pub title: String,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub title: &'static str,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    Text(String),
    /// Its language, as Markdown names it, and the text.
    Code(&'static str, String),
    Table(Vec<&'static str>, Vec<Vec<String>>),
    /// Items, each with how deep it is.
    List(Vec<(usize, String)>),
}

/// The titles of a page's sections, in their order.
pub const SECTIONS: [&str; 12] = [
    "In short",
    "What it tests",
    "Why it matters",
    "Examples",
    "When it cannot tell",
    "Known false positives",
    "Parameters",
    "How to mend it",
    "How to accept it",
    "What it reads",
    "Mappings",
    "History",
];

/// The page of a check; `frameworks` are all there are, to say which of their controls it answers.
pub fn page(check: &Check, frameworks: &[Mapped]) -> Page {
    let blocks = [
        sections::short(check),
        sections::tests(check),
        vec![Block::Text(check.rationale.trim().to_owned())],
        sections::examples(check),
        sections::unknown(check),
        sections::false_positives(check),
        sections::parameters(check),
        sections::mend(check),
        sections::accept(check),
        sections::reads(check),
        sections::mappings(check, frameworks),
        sections::history(check),
    ];
    let sections = SECTIONS.into_iter().zip(blocks).map(|(title, blocks)| Section { title, blocks }).collect();
    Page { id: check.id.as_str().to_owned(), title: check.title.clone(), sections }
}

impl Page {
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n{}.\n", self.id, self.title.trim_end_matches('.'));
        for section in &self.sections {
            text.push_str(&format!("\n## {}\n", section.title));
            for block in &section.blocks {
                text.push('\n');
                text.push_str(&block.markdown());
            }
        }
        text
    }

    /// For a terminal, where marks of Markdown would be in the way.
    pub fn plain(&self) -> String {
        let mut text = format!("{}: {}\n", self.id, self.title);
        for section in &self.sections {
            text.push_str(&format!("\n{}\n", section.title));
            for block in &section.blocks {
                text.push('\n');
                text.push_str(&block.plain());
            }
        }
        text
    }
}

impl Block {
    fn markdown(&self) -> String {
        match self {
            Block::Text(text) => format!("{}\n", text.trim()),
            Block::Code(language, code) => {
                // A fence that is longer than any in the code.
                let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
                let fence = "`".repeat(longest.max(2) + 1);
                format!("{fence}{language}\n{}\n{fence}\n", code.trim_end())
            }
            Block::Table(heads, rows) => {
                let line = |cells: &mut dyn Iterator<Item = String>| {
                    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
                };
                let mut text = line(&mut heads.iter().map(|head| (*head).to_owned()));
                text.push_str(&format!("|{}\n", "---|".repeat(heads.len())));
                for row in rows {
                    text.push_str(&line(&mut row.iter().map(|cell| one_line(cell).replace('|', "\\|"))));
                }
                text
            }
            Block::List(items) => {
                items.iter().map(|(depth, item)| format!("{}* {}\n", "  ".repeat(*depth), one_line(item))).collect()
            }
        }
    }

    fn plain(&self) -> String {
        let indented = |text: &str, by: &str| -> String {
            let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("{by}{line}\n") };
            text.trim_end().lines().map(line).collect()
        };
        match self {
            Block::Text(text) => indented(&text.replace('`', ""), "  "),
            Block::Code(_, code) => indented(code, "      "),
            Block::Table(_, rows) => {
                let cell = |cell: &String| one_line(cell).replace('`', "");
                let wide = rows.iter().filter_map(|row| row.first()).map(|first| cell(first).chars().count()).max();
                let wide = wide.unwrap_or(0).min(40);
                let row = |row: &Vec<String>| {
                    let (first, rest) = row.split_first().map_or((String::new(), [].as_slice()), |(a, b)| (cell(a), b));
                    let rest: Vec<String> = rest.iter().map(cell).filter(|text| !text.is_empty()).collect();
                    format!("{}\n", format!("  {first:<wide$}  {}", rest.join("  ")).trim_end())
                };
                rows.iter().map(row).collect()
            }
            Block::List(items) => items
                .iter()
                .map(|(depth, item)| format!("  {}- {}\n", "  ".repeat(*depth), one_line(item).replace('`', "")))
                .collect(),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
