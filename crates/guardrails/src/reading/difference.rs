//! What differs between the values of a resource before and after.

use std::collections::BTreeMap;

use lamplighter_core::plan::ResourceChange;
use serde_json::{Map, Value};

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Difference<'a> {
    /// The attributes that lead to it, list elements by name or number in brackets.
    pub(crate) path: Vec<String>,
    /// What kind of difference.
    pub(crate) kind: Kind<'a>,
}

/// The kinds of difference.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind<'a> {
    /// It was there and is not any more: an attribute, an element, a block, a line of a text.
    Lost,
    /// It is new.
    Added,
    /// One plain value became another.
    Changed { before: &'a Value, after: &'a Value },
    /// One plain value will only be known when applied.
    Unknown,
    /// A whole structure will only be known when applied, so what it loses cannot be told.
    UnknownStructure,
}

impl Difference<'_> {
    /// The path for a person: `spec[0].container[web].env[PORT]`.
    pub(crate) fn place(&self) -> String {
        self.path.join(".").replace(".[", "[")
    }

    /// The attribute that differs: the last step that is not an element of a list.
    pub(crate) fn attribute(&self) -> &str {
        self.path.iter().rev().find(|step| !step.starts_with('[')).map_or("", String::as_str)
    }
}

/// Attributes that a provider computes from another one of the same resource, and that are unknown in every
/// update for that reason. Sources: the documentation of each (`terraform_data`: "output: the computed value
/// derived from the input argument"; `kubernetes_manifest`: "object: the resource as the API server returned
/// it"; `helm_release`: "metadata: status of the deployed release").
const COMPUTED: [(&str, &str, &str); 3] = [
    ("terraform_data", "output", "input"),
    ("kubernetes_manifest", "object", "manifest"),
    ("helm_release", "metadata", "chart"),
];

/// What an element of a list is known by, in the order in which these are tried.
const IDENTITIES: [&str; 9] =
    ["name", "key", "id", "host", "mount_path", "path", "port", "container_port", "topology_key"];

/// The attribute of a resource, if any, that is unknown only because it mirrors another whose value after is
/// known in full.
pub(crate) fn computed_from_known(resource: &ResourceChange) -> Option<&'static str> {
    let (_, attribute, source) = COMPUTED.iter().find(|(kind, ..)| *kind == resource.resource_type)?;
    let unknown = |attribute: &str| resource.after_unknown.get(attribute).is_some_and(holds_true);
    (unknown(attribute) && !unknown(source)).then_some(*attribute)
}

/// Everything that differs, in the order of the attributes. Attributes
/// [computed from known ones](computed_from_known) are left out.
pub(crate) fn differences(resource: &ResourceChange) -> Vec<Difference<'_>> {
    let nameless = holds_true(&resource.before_sensitive) || holds_true(&resource.after_sensitive);
    let mut walk = Walk { path: Vec::new(), found: Vec::new(), nameless };
    walk.values(&resource.before, &resource.after, &resource.after_unknown);
    let skipped = computed_from_known(resource);
    walk.found.retain(|difference| skipped.is_none() || difference.path.first().map(String::as_str) != skipped);
    walk.found
}

struct Walk<'a> {
    path: Vec<String>,
    found: Vec<Difference<'a>>,
    /// Whether elements are numbered, since their names may be secret.
    nameless: bool,
}

impl<'a> Walk<'a> {
    fn values(&mut self, before: &'a Value, after: &'a Value, unknown: &'a Value) {
        if *unknown == Value::Bool(true) {
            return self.note(match before {
                before if is_nothing(before) => Kind::Added,
                Value::Object(_) | Value::Array(_) => Kind::UnknownStructure,
                Value::String(text) if text.contains('\n') || is_json(text) => Kind::UnknownStructure,
                _ => Kind::Unknown,
            });
        }
        if before == after && !holds_true(unknown) {
            return;
        }
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => self.objects(before, after, unknown),
            (Value::Array(before), Value::Array(after)) => self.lists(before, after, unknown),
            (before, after) if is_nothing(before) && is_nothing(after) && !holds_true(unknown) => {}
            (before, _) if is_nothing(before) => self.note(Kind::Added),
            (Value::String(text), Value::String(new)) if texts(text, new) => {
                self.note(Kind::Changed { before, after });
            }
            (Value::String(_), Value::String(_)) => self.note(Kind::Lost),
            (before, after) if is_nothing(after) || is_structure(before) || is_structure(after) => {
                self.note(Kind::Lost);
            }
            (before, after) => self.note(Kind::Changed { before, after }),
        }
    }

    fn objects(&mut self, before: &'a Map<String, Value>, after: &'a Map<String, Value>, unknown: &'a Value) {
        let unknown_of = |key: &str| unknown.get(key).unwrap_or(&Value::Null);
        for (key, value) in before {
            self.at(key.clone(), |walk| walk.values(value, after.get(key).unwrap_or(&Value::Null), unknown_of(key)));
        }
        let coming = after.keys().chain(unknown.as_object().into_iter().flat_map(Map::keys));
        let mut new: Vec<&String> = coming.filter(|key| !before.contains_key(*key)).collect();
        new.sort();
        new.dedup();
        for key in new {
            let value = after.get(key).unwrap_or(&Value::Null);
            self.at(key.clone(), |walk| walk.values(&Value::Null, value, unknown_of(key)));
        }
    }

    fn lists(&mut self, before: &'a [Value], after: &'a [Value], unknown: &'a Value) {
        let unknown_of = |index: usize| unknown.get(index).unwrap_or(&Value::Null);
        if let Some(identity) = identity_of(before, after) {
            let by_name: BTreeMap<String, usize> =
                after.iter().enumerate().filter_map(|(index, item)| Some((identify(item, identity)?, index))).collect();
            let mut kept = vec![false; after.len()];
            for (index, item) in before.iter().enumerate() {
                let name = identify(item, identity).unwrap_or_default();
                let twin = by_name.get(&name).and_then(|&at| Some((at, after.get(at)?)));
                let step = if self.nameless { format!("[{index}]") } else { format!("[{name}]") };
                self.at(step, |walk| match twin {
                    Some((at, twin)) => {
                        if let Some(kept) = kept.get_mut(at) {
                            *kept = true;
                        }
                        walk.values(item, twin, unknown_of(at));
                    }
                    None => walk.note(Kind::Lost),
                });
            }
            return self.added(kept.iter().filter(|kept| !**kept).count());
        }
        if let ([before], [after]) = (before, after) {
            return self.at("[0]".to_owned(), |walk| walk.values(before, after, unknown_of(0)));
        }
        self.nameless_lists(before, after, unknown);
    }

    /// Elements without names are the same only where they are equal; which of the others became which
    /// cannot be told, so each of them counts as lost.
    fn nameless_lists(&mut self, before: &'a [Value], after: &'a [Value], unknown: &'a Value) {
        let mut left: BTreeMap<String, usize> = BTreeMap::new();
        for (index, item) in after.iter().enumerate() {
            if !unknown.get(index).is_some_and(holds_true) {
                *left.entry(item.to_string()).or_default() += 1;
            }
        }
        let mut lost = 0;
        for (index, item) in before.iter().enumerate() {
            match left.get_mut(&item.to_string()) {
                Some(count) if *count > 0 => *count -= 1,
                _ if item.is_null() => {}
                _ => {
                    lost += 1;
                    self.at(format!("[{index}]"), |walk| walk.note(Kind::Lost));
                }
            }
        }
        self.added((after.len() + lost).saturating_sub(before.len()));
    }

    fn added(&mut self, count: usize) {
        for _ in 0..count {
            self.at("[new]".to_owned(), |walk| walk.note(Kind::Added));
        }
    }

    fn at(&mut self, step: String, inner: impl FnOnce(&mut Self)) {
        self.path.push(step);
        inner(self);
        self.path.pop();
    }

    fn note(&mut self, kind: Kind<'a>) {
        self.found.push(Difference { path: self.path.clone(), kind });
    }
}

/// Whether everything of one text is still in another: a JSON text by its values, a text of several lines
/// (YAML, an ini file) line by line. A line is still there when its key is (`memory: 1` may become
/// `memory: 2`); an item of a YAML list when all of it is.
fn texts(before: &str, after: &str) -> bool {
    if let (Some(before), after) = (json_of(before), json_of(after)) {
        return after.is_some_and(|after| keeps_everything(&before, &after));
    }
    if !before.trim_end().contains('\n') {
        return true;
    }
    let mut coming = after.lines().map(line_key);
    before.lines().map(line_key).filter(|key| !key.trim().is_empty()).all(|key| coming.any(|other| other == key))
}

fn keeps_everything(before: &Value, after: &Value) -> bool {
    let mut walk = Walk { path: Vec::new(), found: Vec::new(), nameless: true };
    walk.values(before, after, &Value::Null);
    walk.found.iter().all(|difference| difference.kind != Kind::Lost)
}

fn line_key(line: &str) -> &str {
    let line = line.trim_end();
    if line.trim_start().starts_with('-') {
        return line;
    }
    line.find([':', '=']).and_then(|end| line.get(..end)).map_or(line, str::trim_end)
}

fn json_of(text: &str) -> Option<Value> {
    is_json(text).then(|| serde_json::from_str(text).ok()).flatten()
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

fn identity_of(before: &[Value], after: &[Value]) -> Option<&'static str> {
    if before.is_empty() {
        return None;
    }
    IDENTITIES.into_iter().find(|identity| {
        [before, after].iter().all(|items| {
            let names: Option<std::collections::BTreeSet<String>> =
                items.iter().map(|item| identify(item, identity)).collect();
            names.is_some_and(|names| names.len() == items.len())
        })
    })
}

fn identify(item: &Value, identity: &str) -> Option<String> {
    match item.get(identity)? {
        Value::String(name) if !name.is_empty() => Some(name.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Providers write an attribute or a list of blocks that is not set in all of these forms.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_structure(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

/// Whether a value in the form of `after_unknown` or `after_sensitive` marks anything.
pub(crate) fn holds_true(marks: &Value) -> bool {
    match marks {
        Value::Bool(mark) => *mark,
        Value::Array(items) => items.iter().any(holds_true),
        Value::Object(fields) => fields.values().any(holds_true),
        Value::Null | Value::Number(_) | Value::String(_) => false,
    }
}
