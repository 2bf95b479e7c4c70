//! The lines at the top of an issue: read by key, changed value by value.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::yaml;

/// What a key holds, as far as we need to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Flag(bool),
    List(Vec<String>),
    Other,
}

/// A key with where its value stands in the file.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) value: Value,
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Syntax {
    Toml,
    Yaml,
}

#[derive(Debug)]
pub(crate) struct FrontMatter {
    syntax: Syntax,
    entries: Vec<Entry>,
    /// Where the first line of content begins.
    start: usize,
    /// Where the body begins.
    pub(crate) end: usize,
}

impl FrontMatter {
    /// Finds it at the top of a file; `None` where there is none.
    ///
    /// Lines between `---` that are not `key: value` are the body's: Markdown draws rules like that.
    pub(crate) fn find(text: &str) -> Result<Option<Self>, String> {
        let top = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut lines = lines(text, top);
        let Some((_, opening)) = lines.next() else { return Ok(None) };
        let syntax = match opening.trim_end() {
            "+++" => Syntax::Toml,
            "---" => Syntax::Yaml,
            _ => return Ok(None),
        };
        let start = top + opening.len();
        let Some((close, closing)) = lines.find(|(_, line)| line.trim_end() == opening.trim_end()) else {
            return match syntax {
                Syntax::Toml => Err("the front matter has no end; close it with a line +++".to_owned()),
                Syntax::Yaml => Ok(None),
            };
        };
        let content = text.get(start..close).unwrap_or_default();
        let entries = match syntax {
            Syntax::Toml => Some(toml_entries(content, start)?),
            Syntax::Yaml => yaml::entries(content, start),
        };
        Ok(entries.map(|entries| Self { syntax, entries, start, end: close + closing.len() }))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The text of the whole file with another value of a key; a key that is not there gets a line after the others.
    pub(crate) fn set(&self, text: &str, key: &str, value: &Value) -> String {
        let value = match self.syntax {
            Syntax::Toml => toml_text(value),
            Syntax::Yaml => yaml::text(value),
        };
        let (at, new) = if let Some(entry) = self.entry(key) {
            let pad = if text.get(..entry.span.start).is_some_and(|before| before.ends_with(':')) { " " } else { "" };
            (entry.span.clone(), format!("{pad}{value}"))
        } else {
            let at = self.after_last_entry(text);
            let sign = if self.syntax == Syntax::Toml { " =" } else { ":" };
            (at..at, format!("{key}{sign} {value}{}", line_end(text)))
        };
        let (before, after) = (text.get(..at.start).unwrap_or_default(), text.get(at.end..).unwrap_or_default());
        format!("{before}{new}{after}")
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The line after the last plain value: a TOML table that follows is not to swallow a new key.
    fn after_last_entry(&self, text: &str) -> usize {
        let last = self.entries.iter().filter(|entry| entry.value != Value::Other).map(|entry| entry.span.end).max();
        last.map_or(self.start, |last| {
            text.get(last..).and_then(|rest| rest.find('\n')).map_or(last, |line_end| last + line_end + 1)
        })
    }
}

/// The lines from an offset on, with their offsets and their ends.
pub(crate) fn lines(text: &str, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = from;
    text.get(from..).unwrap_or_default().split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

/// How lines end in this file.
pub(crate) fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    }
}

fn toml_entries(content: &str, start: usize) -> Result<Vec<Entry>, String> {
    let table = DeTable::parse(content).map_err(|error| format!("the front matter is no TOML: {}", error.message()))?;
    let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let key: &std::borrow::Cow<'_, str> = key.get_ref();
        let span = value.span().start + start..value.span().end + start;
        Entry { key: key.to_string(), value: toml_value(value.get_ref()), span }
    };
    Ok(table.get_ref().iter().map(entry).collect())
}

fn toml_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Integer(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
            items.map_or(Value::Other, Value::List)
        }
        DeValue::Float(_) | DeValue::Table(_) => Value::Other,
    }
}

fn toml_text(value: &Value) -> String {
    match value {
        Value::Text(text) => toml_string(text),
        Value::Flag(flag) => flag.to_string(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(|item| toml_string(item)).collect::<Vec<_>>().join(", "))
        }
        Value::Other => String::new(),
    }
}

/// On one line, whatever is in it: a basic string, with JSON's escapes, which TOML shares, and one that JSON does
/// without.
fn toml_string(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}
