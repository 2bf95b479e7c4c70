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
use crate::reading::{Name, components, is_below, words};

pub(super) struct PlatformIsHandsOff {
    /// The words of each protected stack.
    protected: Vec<String>,
    docs_folders: BTreeSet<String>,
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
            // A monitor of the platform looks at it and touches nothing of it.
            Action::AddMonitor(_) => Vec::new(),
            Action::Direct(direct) => {
                self.in_names([direct.object.namespace.as_deref(), Some(&direct.object.name), None])
            }
        };
        verdict("nothing of the platform is touched", Verdict::escalate, objections)
    }
}

impl PlatformIsHandsOff {
    pub(super) fn new(protected: &BTreeSet<String>, docs_folders: BTreeSet<String>) -> Self {
        Self { protected: protected.iter().map(|name| words(name).join(" ")).collect(), docs_folders }
    }

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
        places.chain([resource.name.as_str(), provider(resource)]).find_map(|place| self.protected(place))
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
        let name = Name::of(name);
        self.protected.iter().map(String::as_str).find(|stack| name.has(stack))
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

#[cfg(test)]
mod tests {
    use lamplighter_core::words::StackName;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::fixtures::{apply, change, commit, planned, restart, scaling, update, word};
    use super::*;
    use crate::Policy;

    fn judge(change: &Change) -> Verdict {
        let Policy { protected_stacks, docs_folders, .. } = Policy::default();
        PlatformIsHandsOff::new(&protected_stacks, docs_folders).judge(change)
    }

    fn on_stack(name: &str) -> Change {
        let mut apply = apply(&json!({"format_version": "1.2", "planned_values": {}}));
        apply.stack = StackName::new(name);
        change(Action::ApplyPlan(Box::new(apply)))
    }

    const EVASIONS: [&str; 22] = [
        "vault",
        "Vault",
        "VAULT",
        "platform/vault",
        "vault/policies",
        "platform/vault-config",
        "vault2",
        "./vault",
        "apps/../vault",
        "/vault",
        "vault/",
        " vault",
        "vault ",
        "vault.",
        "va\u{200b}ult",
        "v\u{430}ult",
        "\u{ff56}ault",
        "vault\u{0}",
        "apps\\vault",
        "vault\r",
        "",
        "%76ault",
    ];

    #[test]
    fn a_protected_stack_is_hands_off_however_it_is_written() {
        for name in EVASIONS.into_iter().chain(["dbaas", "x/traefik", "authentik", "kyverno/policies"]) {
            assert_eq!(word(&judge(&on_stack(name))), "escalate", "{name:?}");
        }
        for name in ["apps", "default", "apps/wiki", "monitoring", "Apps_2", "stacks/my apps"] {
            assert_eq!(word(&judge(&on_stack(name))), "allow", "{name:?}");
        }
    }

    #[test]
    fn files_of_a_protected_stack_are_neither_edited_nor_committed() {
        for (file, expected) in [
            ("stacks/apps/main.tf", "allow"),
            ("stacks/Vault/main.tf", "escalate"),
            ("stacks/apps/../vault/main.tf", "escalate"),
            ("stacks/apps/traefik.tf", "escalate"),
            ("docs/post-mortems/2026-01-01-traefik-down.md", "allow"),
            ("docs/../stacks/vault/main.tf", "escalate"),
        ] {
            let mut commit = commit();
            commit.files = vec!["README.md".to_owned(), file.to_owned()];
            assert_eq!(word(&judge(&change(Action::Commit(commit)))), expected, "{file}");
            let mut apply = apply(&json!({"format_version": "1.2", "planned_values": {}}));
            apply.edited = vec![file.to_owned()];
            assert_eq!(word(&judge(&change(Action::ApplyPlan(Box::new(apply))))), expected, "{file}");
        }
    }

    #[test]
    fn the_platform_is_found_inside_of_other_stacks() {
        let fine = || update("x", json!({"a": 1}), json!({"a": 2}));
        assert_eq!(word(&judge(&planned(&[fine()]))), "allow");
        let mut in_module = fine();
        in_module["module_address"] = json!("module.apps.module.traefik[\"edge\"]");
        let mut by_name = fine();
        by_name["name"] = json!("authentik_server");
        let mut by_provider = fine();
        by_provider["provider_name"] = json!("registry.terraform.io/goauthentik/authentik");
        let by_namespace = update("x", json!({"metadata": [{"namespace": "kyverno"}], "a": 1}), json!({"a": 2}));
        for hidden in [in_module, by_name, by_provider, by_namespace] {
            assert_eq!(word(&judge(&planned(&[fine(), hidden.clone()]))), "escalate", "{hidden}");
        }
    }

    #[test]
    fn pods_and_workloads_of_the_platform_are_left_alone() {
        let (mut pod, mut workload) = (restart(), scaling());
        assert_eq!(word(&judge(&change(Action::RestartPod(pod.clone())))), "allow");
        assert_eq!(word(&judge(&change(Action::Scale(workload.clone())))), "allow");
        pod.pod = "vault-0".to_owned();
        workload.workload.namespace = "dbaas".to_owned();
        assert_eq!(word(&judge(&change(Action::RestartPod(pod)))), "escalate");
        assert_eq!(word(&judge(&change(Action::Scale(workload)))), "escalate");
    }

    #[test]
    fn the_list_is_the_operators() {
        let rule = PlatformIsHandsOff::new(&["Cert-Manager".to_owned()].into(), BTreeSet::new());
        for (stack, expected) in [("vault", "allow"), ("edge/cert-manager", "escalate"), ("Cert_Manager", "escalate")] {
            assert_eq!(word(&rule.judge(&on_stack(stack))), expected, "{stack}");
        }
    }

    proptest! {
        #[test]
        fn never_a_protected_stack(
            which in 0..5_usize, upper: Vec<bool>, before in "([a-zA-Z0-9._-]{1,6}/){0,3}", after in "(/[a-zA-Z0-9._-]{1,6}){0,3}",
            junk in "[ \\t\\u{200b}\\u{feff}./\\\\-]{0,2}", at: prop::sample::Index,
        ) {
            let name = ["vault", "dbaas", "traefik", "authentik", "kyverno"][which];
            let mut name: String = name
                .chars()
                .enumerate()
                .map(|(i, c)| if upper.get(i) == Some(&true) { c.to_ascii_uppercase() } else { c })
                .collect();
            // Disguised at one of its ends: inside of the name a plain character makes it another name.
            if at.index(2) == 0 { name.insert_str(0, &junk) } else { name.push_str(&junk) }
            let said = judge(&on_stack(&format!("{before}{name}{after}")));
            prop_assert!(!said.is_allow(), "{}{}{}", before, name, after);
        }

        #[test]
        fn only_plain_names_are_let_through(name in "\\PC{0,12}") {
            if judge(&on_stack(&name)).is_allow() {
                prop_assert!(name.is_ascii() && !name.contains("..") && name.trim() == name);
            }
        }
    }
}
