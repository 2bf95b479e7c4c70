//! What stands before a document between lines of `---` (YAML) or `+++` (TOML), as far as it is names and values.

use crate::Field;
use crate::text::lines;

/// The fields, and the number of bytes and lines that they take. Nothing where there is no front matter, or no end of it.
pub(crate) fn front_matter(text: &str) -> Option<(Vec<Field>, usize, usize)> {
    let mut all = lines(text);
    let fence = all.next()?.text.trim_end();
    if !matches!(fence, "---" | "+++") {
        return None;
    }
    let is_toml = fence == "+++";
    let mut fields: Vec<Field> = Vec::new();
    let mut is_text = false;
    for line in all {
        let content = line.text.trim_end();
        if content == fence || (fence == "---" && content == "...") {
            let end = line.at + line.text.len();
            let rest = text.get(end..).unwrap_or_default();
            let line_end =
                rest.len() - rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest).len();
            return Some((fields, end + line_end, line.number));
        }
        let trimmed = content.trim_start();
        if is_toml && trimmed.starts_with('[') || trimmed.starts_with('#') {
            continue;
        }
        let item = trimmed.strip_prefix("- ").map(str::trim);
        // What is indented is a text of several lines, or more names and values.
        let is_deep = content.starts_with([' ', '\t', '-']) && (is_text || item.is_some());
        let (name, value) = match trimmed.split_once(if is_toml { '=' } else { ':' }) {
            Some((name, value))
                if !is_deep && is_name(name) && (is_toml || value.is_empty() || value.starts_with([' ', '\t'])) =>
            {
                (name.trim(), value.trim())
            }
            _ => {
                // An item of the list above, or a line of the text above.
                let named = item.and_then(|item| item.split_once(": ")).filter(|(name, _)| is_name(name));
                let more = unquoted(named.map(|(_, value)| value).or(item).unwrap_or(trimmed));
                if let Some(last) = fields.last_mut().filter(|_| !more.is_empty()) {
                    let gap = if last.value.is_empty() {
                        ""
                    } else if item.is_some() {
                        ", "
                    } else {
                        " "
                    };
                    last.value.push_str(gap);
                    last.value.push_str(&more);
                }
                continue;
            }
        };
        if name.is_empty() || name.starts_with('#') || name.chars().count() > 60 {
            continue;
        }
        is_text = matches!(value, "|" | ">" | "|-" | ">-");
        let value = if is_text { String::new() } else { value_of(value) };
        fields.push(Field { name: unquoted(name), value });
    }
    None
}

fn is_name(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty() && name.split_whitespace().count() <= 4 && !name.contains("//")
}

fn value_of(value: &str) -> String {
    match value.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
        Some(list) => list.split(',').map(unquoted).filter(|item| !item.is_empty()).collect::<Vec<_>>().join(", "),
        None => unquoted(value),
    }
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    quoted.unwrap_or(value).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Vec<(String, String)>, &str)> {
        let (fields, end, _) = front_matter(text)?;
        Some((fields.into_iter().map(|it| (it.name, it.value)).collect(), text.get(end..).unwrap()))
    }

    #[test]
    fn names_and_values_are_read_and_the_rest_is_the_document() {
        let yaml = "---\r\ntitle: \"Wiki: down\"\r\nservices:\r\n  - wiki\r\n  - mail\r\ntags: [a, 'b']\r\nnote: >\r\n  two\r\n  lines\r\n---\r\n# Hi";
        let (fields, rest) = read(yaml).unwrap();
        let expected = [("title", "Wiki: down"), ("services", "wiki, mail"), ("tags", "a, b"), ("note", "two lines")];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(rest, "# Hi");
        let (fields, _) = read("---\nincident:\n  severity: 2\n  services:\n    - name: wiki\n# no\n---\n").unwrap();
        assert_eq!((fields[1].1.as_str(), fields[2].1.as_str(), fields.len()), ("2", "wiki", 3));
        let (fields, _) = read("+++\na = 1\n[extra]\nb = [\"x\"]\n+++\n").unwrap();
        assert_eq!(fields, [("a", "1"), ("b", "x")].map(|(name, value)| (name.to_owned(), value.to_owned())));
        let (fields, rest) = read("+++\ndate = 2026-03-01\n+++\n").unwrap();
        assert_eq!((fields[0].1.as_str(), rest), ("2026-03-01", ""));
    }

    #[test]
    fn what_has_no_end_is_none() {
        assert_eq!(read("---\ntitle: x\n"), None);
        assert_eq!(read("# x\n---\n"), None);
        assert_eq!(read(""), None);
    }
}
