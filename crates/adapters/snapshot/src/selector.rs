use std::collections::BTreeMap;

use crate::SnapshotError;

/// An instant vector selector without operators: `name{label="value",other!="value"}` (Prometheus docs,
/// "Querying basics").
#[derive(Debug, PartialEq)]
pub(crate) struct Selector {
    matchers: Vec<Matcher>,
}

#[derive(Debug, PartialEq)]
struct Matcher {
    label: String,
    value: String,
    equal: bool,
}

impl Selector {
    pub(crate) fn parse(query: &str) -> Result<Self, SnapshotError> {
        let unreadable = |what: &str| {
            let form = "a snapshot answers plain selectors only, such as up{job=\"api\"}";
            SnapshotError::Query(format!("`{query}` cannot be answered: {what}; {form}"))
        };
        let mut reader = Reader { rest: query.trim() };
        let mut matchers = Vec::new();
        if let Some(name) = reader.name(true) {
            matchers.push(Matcher { label: "__name__".to_owned(), value: name.to_owned(), equal: true });
        }
        if reader.skip("{") {
            while !reader.skip("}") {
                matchers.push(reader.matcher().map_err(unreadable)?);
                if !reader.skip(",") && !reader.rest.starts_with('}') {
                    return Err(unreadable("expected `,` or `}` after a label"));
                }
            }
        }
        if matchers.is_empty() {
            return Err(unreadable("it names neither a metric nor a label"));
        }
        if !reader.rest.is_empty() {
            return Err(unreadable(&format!("nothing may follow the selector, and {:?} does", reader.rest)));
        }
        Ok(Self { matchers })
    }

    /// The name of the metric, where it says one.
    pub(crate) fn name(&self) -> Option<&str> {
        let named = self.matchers.iter().find(|matcher| matcher.label == "__name__" && matcher.equal);
        named.map(|matcher| matcher.value.as_str())
    }

    /// Whether a series with these labels is selected. A label that is absent is the empty one.
    pub(crate) fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.matchers.iter().all(|matcher| {
            let value = labels.get(&matcher.label).map_or("", String::as_str);
            (value == matcher.value) == matcher.equal
        })
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        rest.map(|rest| self.rest = rest.trim_start()).is_some()
    }

    fn name(&mut self, is_metric: bool) -> Option<&'a str> {
        let allowed = |(at, c): (usize, char)| {
            c.is_ascii_alphabetic() || c == '_' || (is_metric && c == ':') || (at > 0 && c.is_ascii_digit())
        };
        let end = self.rest.char_indices().find(|&c| !allowed(c)).map_or(self.rest.len(), |(at, _)| at);
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.trim_start();
        (!name.is_empty()).then_some(name)
    }

    fn matcher(&mut self) -> Result<Matcher, &'static str> {
        let label = self.name(false).ok_or("expected a label")?.to_owned();
        if self.rest.starts_with("=~") || self.rest.starts_with("!~") {
            return Err("labels are compared, not matched by patterns");
        }
        let equal = self.skip("=");
        if !equal && !self.skip("!=") {
            return Err("expected `=` or `!=` after a label's name");
        }
        Ok(Matcher { label, value: self.quoted()?, equal })
    }

    fn quoted(&mut self) -> Result<String, &'static str> {
        const UNQUOTED: &str = "a label's value stands in quotes";
        let mut chars = self.rest.chars();
        let quote = chars.next().filter(|c| matches!(c, '"' | '\'')).ok_or(UNQUOTED)?;
        let mut value = String::new();
        loop {
            match chars.next().ok_or(UNQUOTED)? {
                '\\' => value.push(match chars.next().ok_or(UNQUOTED)? {
                    'n' => '\n',
                    't' => '\t',
                    c @ ('\\' | '"' | '\'') => c,
                    _ => return Err("only \\\\, \\\", \\', \\n and \\t are read in a value"),
                }),
                c if c == quote => break,
                c => value.push(c),
            }
        }
        self.rest = chars.as_str().trim_start();
        Ok(value)
    }
}
