//! The little of YAML that front matter needs: `key: value`, `key: [a, b]`, and `- a` lines. Everything else is kept
//! and not looked at.

use std::ops::Range;

use crate::front_matter::{Entry, Value, lines};

/// The keys at the left edge; `None` when the lines are something else than YAML keys.
pub(crate) fn entries(content: &str, start: usize) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut lines = lines(content, 0).peekable();
    while let Some((at, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with(['#', ' ', '\t']) {
            continue;
        }
        let colon = colon(line)?;
        let (key, rest) = (line.get(..colon)?, line.get(colon + 1..)?);
        let mut span = scalar_span(rest);
        let mut value = scalar(rest.get(span.clone())?);
        if span.is_empty() {
            let mut items = Vec::new();
            span = 0..0;
            while let Some((item_at, item)) = lines.next_if(|(_, line)| line.trim_start().starts_with("- ")) {
                let rest = item.trim_start().get(2..)?;
                items.push(scalar(rest.get(scalar_span(rest))?));
                span = 0..item_at + item.trim_end().len() - (at + colon + 1);
            }
            value = list(items);
        }
        let offset = start + at + colon + 1;
        entries.push(Entry { key: key.trim().to_owned(), value, span: offset + span.start..offset + span.end });
    }
    (!entries.is_empty()).then_some(entries)
}

/// A value as YAML writes it, on one line.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Flag(flag) => flag.to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", ")),
        Value::Other => String::new(),
    }
}

/// Where the key ends: a colon with a space or nothing after it, before anything that is not a plain word.
fn colon(line: &str) -> Option<usize> {
    let colon = line.find(':')?;
    let (key, rest) = (line.get(..colon)?, line.get(colon + 1..)?);
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '.';
    let is_key = !key.is_empty() && !key.starts_with('-') && key.trim_end().chars().all(is_word);
    (is_key && (rest.trim().is_empty() || rest.starts_with([' ', '\t']))).then_some(colon)
}

/// Where the value stands in what follows the colon: without the spaces around it and a comment behind it.
fn scalar_span(rest: &str) -> Range<usize> {
    let start = rest.len() - rest.trim_start().len();
    let value = rest.trim();
    if value.starts_with('#') {
        return 0..0;
    }
    let end = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => closing(value, quote).unwrap_or(value.len()),
        Some('[') => closing_bracket(value).unwrap_or(value.len()),
        _ => value.find(" #").map_or(value.len(), |at| value.get(..at).unwrap_or_default().trim_end().len()),
    };
    start..start + end
}

/// The offset after the quote that closes a quoted value.
fn closing(value: &str, quote: char) -> Option<usize> {
    let mut chars = value.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            chars.next();
        } else if c == quote {
            if quote == '\'' && chars.next_if(|(_, next)| *next == '\'').is_some() {
                continue;
            }
            return Some(at + 1);
        }
    }
    None
}

/// The offset after the bracket that closes a list, quoted ones aside.
fn closing_bracket(value: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = value.get(at..)?;
        let next = rest.find(['"', '\'', ']'])?;
        let found = rest.get(next..)?;
        match found.chars().next()? {
            ']' => return Some(at + next + 1),
            quote => at += next + closing(found, quote)?,
        }
    }
}

fn scalar(text: &str) -> Value {
    match text {
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        _ if text.starts_with(['|', '>', '&', '*', '!', '{']) => Value::Other,
        _ => match text.strip_prefix('[') {
            Some(items) => items.strip_suffix(']').map_or(Value::Other, flow_list),
            None => Value::Text(unquoted(text)),
        },
    }
}

fn flow_list(items: &str) -> Value {
    let mut values = Vec::new();
    let mut rest = items.trim();
    while !rest.is_empty() {
        let end = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => closing(rest, quote),
            Some('[' | '{') => None,
            _ => Some(rest.find(',').unwrap_or(rest.len())),
        };
        let Some((item, after)) = end.and_then(|end| rest.split_at_checked(end)) else { return Value::Other };
        values.push(unquoted(item.trim()));
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(more) => more.trim(),
            None if after.is_empty() => after,
            None => return Value::Other,
        };
    }
    Value::List(values)
}

fn list(items: Vec<Value>) -> Value {
    let text = |item| match item {
        Value::Text(text) => Some(text),
        Value::Flag(flag) => Some(flag.to_string()),
        Value::List(_) | Value::Other => None,
    };
    items.into_iter().map(text).collect::<Option<_>>().map_or(Value::Other, Value::List)
}

fn unquoted(text: &str) -> String {
    if text.starts_with('"') {
        // YAML's double-quoted strings are JSON's, but for escapes that nobody writes in front matter.
        return serde_json::from_str(text).unwrap_or_else(|_| text.trim_matches('"').to_owned());
    }
    match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(text) => text.replace("''", "'"),
        None => text.to_owned(),
    }
}

/// Plain where it cannot be read as anything else.
fn quoted(text: &str) -> String {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.')
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !matches!(text, "true" | "false" | "null" | "yes" | "no" | "on" | "off");
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
