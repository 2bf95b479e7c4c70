//! Which operation of the description a request is.

use serde_json::Value;

use super::schema::followed;

/// An operation, and what stood in the path for its parameters.
pub(super) struct Operation<'a> {
    /// `GET /repos/{owner}/{repo}`.
    pub(super) name: String,
    pub(super) value: &'a Value,
    path: &'a Value,
    pub(super) arguments: Vec<(String, String)>,
}

impl<'a> Operation<'a> {
    /// The operation of a method and a path. A part that stands there as itself is preferred to a parameter.
    pub(super) fn find(document: &'a Value, method: &str, path: &str) -> Option<Self> {
        let path = path.strip_prefix("/api/v3").unwrap_or(path);
        // Where a repository is that has moved: the same operations, by its id.
        let moved = path.strip_prefix("/repositories/").map(|rest| match rest.split_once('/') {
            Some((id, rest)) => format!("/repos/by-id/{id}/{rest}"),
            None => format!("/repos/by-id/{rest}"),
        });
        let path = moved.as_deref().unwrap_or(path);
        let paths = document.get("paths")?.as_object()?;
        let fitting = paths
            .iter()
            .filter_map(|(template, value)| Some((template, value, arguments(template, path)?)))
            .filter(|(_, value, _)| value.get(method.to_lowercase()).is_some());
        let (template, value, arguments) = fitting.min_by_key(|(_, _, arguments)| arguments.len())?;
        let operation = value.get(method.to_lowercase())?;
        Some(Self { name: format!("{method} {template}"), value: operation, path: value, arguments })
    }

    /// The parameters of the operation and of its path.
    pub(super) fn parameters(&self, document: &'a Value) -> impl Iterator<Item = &'a Value> {
        let of = |value: &'a Value| value.get("parameters").and_then(Value::as_array).into_iter().flatten();
        of(self.value).chain(of(self.path)).map(|parameter| followed(document, parameter))
    }
}

/// What stands in a path for the parameters of a template, where it fits.
fn arguments(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    if template.matches('/').count() != path.matches('/').count() {
        return None;
    }
    let mut arguments = Vec::new();
    for (wanted, given) in template.split('/').zip(path.split('/')) {
        match wanted.strip_prefix('{').and_then(|wanted| wanted.strip_suffix('}')) {
            Some(name) if !given.is_empty() => arguments.push((name.to_owned(), decoded(given, false))),
            _ if wanted == given => {}
            _ => return None,
        }
    }
    Some(arguments)
}

/// The names and values of a query.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name, true), decoded(value, true))
        })
        .collect()
}

/// What was percent-encoded; in a query, a plus is a space.
fn decoded(text: &str, is_query: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match byte {
            b'%' => {
                let code = hex(rest.next()).zip(hex(rest.next())).map(|(high, low)| high * 16 + low);
                bytes.extend(code.and_then(|code| u8::try_from(code).ok()));
            }
            b'+' if is_query => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
