use toml_edit::{Array, ArrayOfTables, Date, Datetime, DocumentMut, InlineTable, Item, Table, Value};

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

/// The text with one more line in the list of this name, a table in braces; everything else stays as it is.
///
/// # Errors
/// The text is not TOML, or has something else by that name.
pub fn with_line(text: &str, name: &str, entries: &[(&str, Written)]) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let is_new = document.get(name).is_none();
    if document.get(name).is_some_and(|item| item.is_array_of_tables()) {
        return with_table(text, name, entries);
    }
    let array = document.entry(name).or_insert_with(|| Item::Value(Array::new().into()));
    let Some(array) = array.as_array_mut() else {
        return Err(format!("`{name}` is no list: write each as a table in braces"));
    };
    let mut table = InlineTable::new();
    for (key, value) in entries {
        let mut value: Value = match value {
            // In one line, however many there are.
            Written::Texts(lines) => lines.iter().collect::<Array>().into(),
            other => other.clone().into(),
        };
        value.decor_mut().clear();
        table.insert(*key, value);
    }
    let mut value = Value::from(table);
    value.decor_mut().set_prefix("\n    ");
    // A comment behind the last line stands before the end of the list.
    let trailing = array.trailing().as_str().unwrap_or("").to_owned();
    if !trailing.trim().is_empty() {
        value.decor_mut().set_prefix(format!("{}\n    ", trailing.trim_end()));
    }
    array.push_formatted(value);
    array.set_trailing("\n");
    array.set_trailing_comma(true);
    if is_new && let Some((mut key, _)) = document.as_table_mut().get_key_value_mut(name) {
        key.leaf_decor_mut().set_prefix("\n");
    }
    Ok(document.to_string())
}

/// A text as TOML writes it.
pub fn toml_text(text: &str) -> String {
    Value::from(text).to_string()
}

/// Texts as a list, in one line or one a line.
pub fn toml_list<'t>(texts: impl IntoIterator<Item = &'t str>, one_a_line: bool) -> String {
    let all: Vec<String> = texts.into_iter().map(toml_text).collect();
    if all.is_empty() {
        "[]".to_owned()
    } else if one_a_line {
        let lines: String = all.iter().map(|text| format!("    {text},\n")).collect();
        format!("[\n{lines}]")
    } else {
        format!("[{}]", all.join(", "))
    }
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
