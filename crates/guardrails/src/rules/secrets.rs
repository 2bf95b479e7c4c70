//! Escalates whatever touches a secret (SPEC §6, "never touch secrets or Vault contents"; §5, "anything with …
//! secrets" is always escalated).
//!
//! A secret is known by the words of a resource's type, its provider, its attributes and its environment
//! variables; by the kind of a Kubernetes manifest; and by Terraform's own marks (`before_sensitive`,
//! `after_sensitive`): a marked value that changes, comes, goes or loses its mark is touched. To refer to a
//! secret from something new (`secret_key_ref`, `image_pull_secrets`) touches none.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::{Actions, Plan, ResourceChange, ResourceMode};
use lamplighter_core::words::{Action, Change};
use serde_json::Value;

use super::{PureRule, verdict};
use crate::reading::{Difference, computed_from_known, contains_words, differences, manifest_kinds, names_secret};

pub(super) struct NoSecretTouched;

impl PureRule for NoSecretTouched {
    const NAME: &'static str = "secrets";

    fn judge(&self, change: &Change) -> Verdict {
        let objections = match &change.action {
            Action::ApplyPlan(apply) => in_plan(&apply.plan),
            Action::Commit(commit) => commit.files.iter().filter_map(|file| in_file(file)).collect(),
            Action::RestartPod(_) | Action::Scale(_) | Action::Direct(_) => Vec::new(),
        };
        verdict("no secret is touched", Verdict::escalate, objections)
    }
}

fn in_plan(plan: &Plan) -> Vec<String> {
    let outputs = plan.outputs.iter().filter(|output| !output.actions.is_harmless() && names_secret(&output.name));
    let outputs = outputs.map(|output| format!("output {} holds a secret by its name", code(&output.name)));
    let resources = plan
        .changes()
        .filter(|resource| resource.mode != ResourceMode::Data)
        .filter_map(|resource| in_resource(resource).map(|what| format!("{} {what}", code(&resource.address))));
    resources.chain(outputs).collect()
}

fn in_resource(resource: &ResourceChange) -> Option<String> {
    let provider = resource.provider.rsplit('/').next().unwrap_or_default();
    if names_secret(&resource.resource_type) || names_secret(provider) {
        return Some("is a secret, or keeps some".to_owned());
    }
    if [&resource.before, &resource.after]
        .iter()
        .any(|value| manifest_kinds(value).iter().any(|kind| names_secret(kind)))
    {
        return Some("has the manifest of a secret".to_owned());
    }
    if kind_is_hidden(resource) {
        return Some("has a manifest whose kind is not known before it is applied".to_owned());
    }
    if marked(resource, &resource.before, &resource.before_sensitive, &Value::Null)
        != marked(resource, &resource.after, &resource.after_sensitive, &resource.after_unknown)
    {
        return Some("has a value marked as sensitive that would be touched".to_owned());
    }
    match resource.actions {
        Actions::Create => new_secret(&resource.after, &mut Vec::new()),
        Actions::NoOp
        | Actions::Read
        | Actions::Update
        | Actions::Delete
        | Actions::Replace { .. }
        | Actions::Forget
        | Actions::Other(_) => differences(resource)
            .iter()
            .find(|difference| difference.path.iter().any(|step| names_secret(step)))
            .map(Difference::place),
    }
    .map(|place| format!("has a secret by its name, {}, that would be touched", code(&place)))
}

/// Whether a manifest's `kind` is among the values that are not known yet.
fn kind_is_hidden(resource: &ResourceChange) -> bool {
    contains_words(&resource.resource_type, "manifest")
        && ["manifest", "yaml_body", "yaml", "content"].iter().any(|attribute| {
            let unknown = resource.after_unknown.get(attribute);
            unknown.is_some_and(|unknown| {
                *unknown == Value::Bool(true) || unknown.get("kind").is_some_and(|kind| *kind == Value::Bool(true))
            })
        })
}

/// The marked values with the attributes that lead to them, sorted: two of these are the same exactly when no
/// marked value was touched, wherever it stands in a list.
fn marked(resource: &ResourceChange, value: &Value, marks: &Value, unknown: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect_marked(String::new(), value, marks, unknown, &mut found);
    if let Some(computed) = computed_from_known(resource) {
        found.retain(|(path, _)| !path.starts_with(&format!(".{computed}")));
    }
    found.sort();
    found
}

fn collect_marked(path: String, value: &Value, marks: &Value, unknown: &Value, found: &mut Vec<(String, String)>) {
    match marks {
        Value::Bool(true) if *unknown == Value::Bool(true) => found.push((path, "unknown".to_owned())),
        // A schema marks an attribute whether or not it is set.
        Value::Bool(true) if value.is_null() => {}
        Value::Bool(true) => found.push((path, value.to_string())),
        Value::Object(fields) => {
            for (key, marks) in fields {
                let under = |of: &Value| {
                    if *of == Value::Bool(true) { Value::Bool(true) } else { of.get(key).cloned().unwrap_or_default() }
                };
                let inner = value.get(key).unwrap_or(&Value::Null);
                collect_marked(format!("{path}.{key}"), inner, marks, &under(unknown), found);
            }
        }
        Value::Array(items) => {
            for (index, marks) in items.iter().enumerate() {
                let under = |of: &Value| {
                    if *of == Value::Bool(true) {
                        Value::Bool(true)
                    } else {
                        of.get(index).cloned().unwrap_or_default()
                    }
                };
                let inner = value.get(index).unwrap_or(&Value::Null);
                collect_marked(format!("{path}[]"), inner, marks, &under(unknown), found);
            }
        }
        Value::Bool(false) | Value::Null | Value::Number(_) | Value::String(_) => {}
    }
}

/// Where something new has a secret written out: a text under a name that stands for one.
fn new_secret(value: &Value, path: &mut Vec<String>) -> Option<String> {
    match value {
        Value::Object(fields) => {
            let text = |key: &str| fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            if let (Some(name), Some(_)) = (text("name").or_else(|| text("key")), text("value"))
                && ends_in_secret(name)
            {
                return Some(format!("{}.{name}", path.join(".")));
            }
            fields.iter().find_map(|(key, inner)| {
                path.push(key.clone());
                let found = match inner.as_str() {
                    Some(text) => (!text.is_empty() && ends_in_secret(key)).then(|| path.join(".")),
                    None => new_secret(inner, path),
                };
                path.pop();
                found
            })
        }
        Value::Array(items) => items.iter().find_map(|inner| new_secret(inner, path)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// `db_password`, but not `secret_name`.
fn ends_in_secret(name: &str) -> bool {
    let words = crate::reading::words(name);
    let last = |count: usize| words.get(words.len().saturating_sub(count)..).unwrap_or_default().join("_");
    names_secret(&last(1))
        || (words.len() > 1 && names_secret(&last(2)) && words.last().is_some_and(|word| word == "key"))
}

fn in_file(file: &str) -> Option<String> {
    const ENDINGS: [&str; 9] = [".tfstate", ".tfplan", ".pem", ".key", ".p12", ".pfx", ".jks", ".env", ".kubeconfig"];
    let lower = file.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let ends = |ending: &&str| name.ends_with(*ending) || name.contains(&format!("{ending}."));
    let prose = [".md", ".txt"].iter().any(|ending| name.ends_with(ending));
    let secret = ENDINGS.iter().any(ends) || (names_secret(name) && !prose);
    secret.then(|| format!("the file {} may hold a secret", code(file)))
}
