//! Escalates whatever touches a platform stack (SPEC §6, "platform stacks are hands-off (vault, dbaas, traefik,
//! authentik, kyverno; configurable) → escalate").
//!
//! A stack is a path of folders. It is protected when one of them is called like a protected stack, in any case,
//! alone or as a part of its name. A name that is not plain (`..`, invisible or look-alike characters, spaces at
//! its ends) is not compared but escalated: nobody can tell what it is. The same holds for the files that a plan
//! was edited in and a commit contains, for the namespaces and modules that a plan would change something in, and
//! for the pods and workloads of the platform: a restarted Vault is a sealed one.

use std::collections::BTreeSet;

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::{Plan, ResourceChange};
use lamplighter_core::words::{Action, Change, PlanApply};
use serde_json::Value;

use super::{PureRule, verdict};
use crate::reading::{components, contains_words, is_below};

pub(super) struct PlatformIsHandsOff {
    pub(super) protected: BTreeSet<String>,
    pub(super) docs_folders: BTreeSet<String>,
}

impl PureRule for PlatformIsHandsOff {
    const NAME: &'static str = "protected-stacks";

    fn judge(&self, change: &Change) -> Verdict {
        let objections = match &change.action {
            Action::ApplyPlan(apply) => self.in_apply(apply),
            Action::Commit(commit) => commit.files.iter().filter_map(|file| self.in_file(file)).collect(),
            Action::RestartPod(restart) => {
                let workload = restart.workload.as_ref().map(|workload| workload.name.as_str());
                self.in_names([Some(restart.namespace.as_str()), Some(&restart.pod), workload])
            }
            Action::Scale(scaling) => {
                self.in_names([Some(&scaling.workload.namespace), Some(&scaling.workload.name), None])
            }
            Action::Direct(direct) => {
                self.in_names([direct.object.namespace.as_deref(), Some(&direct.object.name), None])
            }
        };
        verdict("nothing of the platform is touched", Verdict::escalate, objections)
    }
}

impl PlatformIsHandsOff {
    fn in_apply(&self, apply: &PlanApply) -> Vec<String> {
        let stack = self.in_path(apply.stack.as_str()).map(|what| format!("the stack {what}"));
        let files = apply.edited.iter().filter_map(|file| self.in_file(file));
        stack.into_iter().chain(files).chain(self.in_plan(&apply.plan)).collect()
    }

    fn in_plan(&self, plan: &Plan) -> Vec<String> {
        plan.changes()
            .filter_map(|resource| {
                let name = self.protected_in(resource)?;
                Some(format!("{} belongs to the platform stack {name}", code(&resource.address)))
            })
            .collect()
    }

    fn protected_in(&self, resource: &ResourceChange) -> Option<&str> {
        let mut namespaces = Vec::new();
        for value in [&resource.before, &resource.after] {
            collect_namespaces(value, &mut namespaces);
        }
        let places = resource.module_address.as_deref().into_iter().chain(namespaces);
        places
            .chain([resource.name.as_str()])
            .find_map(|place| self.protected(place))
            .or_else(|| self.protected.iter().map(String::as_str).find(|name| contains_words(provider(resource), name)))
    }

    fn in_file(&self, file: &str) -> Option<String> {
        let is_documentation =
            components(file).is_ok_and(|path| self.docs_folders.iter().any(|folder| is_below(&path, folder)));
        if is_documentation {
            return None;
        }
        self.in_path(file).map(|what| format!("the file {what}"))
    }

    fn in_path(&self, path: &str) -> Option<String> {
        match components(path) {
            Err(why) => Some(format!("{} has a path that cannot be judged: {why}", code(path))),
            Ok(parts) => {
                let name = parts.iter().find_map(|part| self.protected(part))?;
                Some(format!("{} belongs to the platform stack {name}", code(path)))
            }
        }
    }

    fn in_names<const N: usize>(&self, names: [Option<&str>; N]) -> Vec<String> {
        let of = |name: &str| {
            self.protected(name).map(|stack| format!("{} belongs to the platform stack {stack}", code(name)))
        };
        names.into_iter().flatten().filter_map(of).collect()
    }

    /// The protected stack whose words stand in a name.
    fn protected(&self, name: &str) -> Option<&str> {
        self.protected.iter().map(String::as_str).find(|stack| contains_words(name, stack))
    }
}

fn provider(resource: &ResourceChange) -> &str {
    resource.provider.rsplit('/').next().unwrap_or_default()
}

/// The namespaces that a resource is in: `metadata[0].namespace`, `namespace`, or the name of one that is a
/// namespace itself.
fn collect_namespaces<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                match inner.as_str() {
                    Some(text) if key == "namespace" => found.push(text),
                    Some(_) => {}
                    None => collect_namespaces(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|inner| collect_namespaces(inner, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
