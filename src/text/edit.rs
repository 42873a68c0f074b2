use toml_edit::{Array, ArrayOfTables, Date, Datetime, DocumentMut, Item, Table, Value};

/// A value to write into a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    Text(String),
    Texts(Vec<String>),
    Bool(bool),
    /// Year, month and day.
    Day(i16, i8, i8),
}

/// The text with one more `[[name]]` table at its end; everything else stays as it is, comments and order.
///
/// # Errors
/// The text is not TOML, or has something else by that name.
pub fn with_table(text: &str, name: &str, entries: &[(&str, Written)]) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let array = document.entry(name).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(array) = array.as_array_of_tables_mut() else {
        return Err(format!("`{name}` is no array of tables: write each as `[[{name}]]`"));
    };
    let mut table = Table::new();
    for (key, value) in entries {
        table.insert(key, Item::Value(value.clone().into()));
    }
    // A line between this table and what stands before it.
    if !text.trim().is_empty() {
        table.decor_mut().set_prefix("\n");
    }
    array.push(table);
    // What stands after the last table of a text belongs to its end, and the new table comes behind it.
    let trailing = document.trailing().as_str().unwrap_or("").to_owned();
    if !trailing.trim().is_empty() {
        document.set_trailing("");
        let array = document.get_mut(name).and_then(Item::as_array_of_tables_mut);
        if let Some(table) = array.and_then(|array| array.iter_mut().last()) {
            let separator = if trailing.ends_with('\n') { "\n" } else { "\n\n" };
            table.decor_mut().set_prefix(format!("{trailing}{separator}"));
        }
    }
    Ok(document.to_string())
}

impl From<Written> for Value {
    fn from(written: Written) -> Value {
        match written {
            Written::Text(text) => text.into(),
            Written::Texts(lines) => {
                let mut array = Array::new();
                let several = lines.len() > 1;
                for line in lines {
                    array.push(line);
                }
                if several {
                    // One a line, so that a review sees each change by itself.
                    array.iter_mut().for_each(|value| value.decor_mut().set_prefix("\n    "));
                    array.set_trailing("\n");
                    array.set_trailing_comma(true);
                }
                array.into()
            }
            Written::Bool(value) => value.into(),
            Written::Day(year, month, day) => {
                let part = |number: i8| u8::try_from(number).unwrap_or(1);
                let date = Date { year: u16::try_from(year).unwrap_or(1), month: part(month), day: part(day) };
                Datetime { date: Some(date), time: None, offset: None }.into()
            }
        }
    }
}
