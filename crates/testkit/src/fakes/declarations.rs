//! What a fake stack's file says, and the plans between two of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use lamplighter_core::plan::{Actions, Plan, ResourceChange, ResourceMode};
use lamplighter_core::ports::{Knob, Monitoring, StackEdit};
use lamplighter_core::words::{StackName, WorkloadRef};
use serde_json::{Value, json};

/// Declarations by name, one a line: `memory_limit:deployment/apps/wiki:wiki = "128Mi"`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Declarations(BTreeMap<String, String>);

const MONITOR: &str = "monitor:";

/// The file of a stack.
pub(super) fn file_of(stack: &StackName) -> String {
    format!("stacks/{stack}/main.tf")
}

/// The stack of a file.
pub(super) fn name_of(path: &str) -> Option<StackName> {
    path.strip_prefix("stacks/")?.strip_suffix("/main.tf").map(StackName::new)
}

impl Declarations {
    pub(super) fn parse(text: &str) -> Self {
        let declaration = |line: &str| {
            let (name, value) = line.split_once(" = ")?;
            Some((name.to_owned(), serde_json::from_str(value).ok()?))
        };
        Self(text.lines().filter_map(declaration).collect())
    }

    pub(super) fn text(&self) -> String {
        self.0.iter().fold(String::new(), |text, (name, value)| text + &line(name, value) + "\n")
    }

    pub(super) fn set(&mut self, workload: &WorkloadRef, knob: &Knob, value: &str) {
        self.0.insert(name(workload, knob), value.to_owned());
    }

    pub(super) fn get(&self, workload: &WorkloadRef, knob: &Knob) -> Option<&str> {
        self.0.get(&name(workload, knob)).map(String::as_str)
    }

    /// The line, counted from 1, and the value of a setting.
    pub(super) fn line_of(&self, workload: &WorkloadRef, knob: &Knob) -> Option<(u32, &str)> {
        let wanted = name(workload, knob);
        let (number, (_, value)) = (1..).zip(&self.0).find(|(_, (name, _))| **name == wanted)?;
        Some((number, value))
    }

    pub(super) fn add_monitor(&mut self, name: &str, url: &str) {
        self.0.insert(format!("{MONITOR}{}", json!(name)), url.to_owned());
    }

    pub(super) fn monitors(&self) -> Vec<Monitoring> {
        let monitor = |(name, url): (&String, &String)| {
            let name = serde_json::from_str(name.strip_prefix(MONITOR)?).ok()?;
            Some(Monitoring { name, url: url.clone() })
        };
        self.0.iter().filter_map(monitor).collect()
    }

    /// Makes an edit, or says why it has no place here.
    pub(super) fn edit(&mut self, edit: &StackEdit) -> Result<(), String> {
        match edit {
            StackEdit::Set { workload, knob, from, to } => match self.get(workload, knob) {
                Some(value) if value == from => {
                    self.set(workload, knob, to);
                    Ok(())
                }
                Some(value) => Err(format!("{workload} is set to {value}, not to {from}")),
                None => Err(format!("{workload} is not set here")),
            },
            StackEdit::AddMonitor(Monitoring { .. }) if self.monitors().is_empty() => {
                Err("this stack has no monitors, so their shape is not known".to_owned())
            }
            StackEdit::AddMonitor(Monitoring { name, url }) => {
                self.add_monitor(name, url);
                Ok(())
            }
        }
    }

    /// The lines that differ, as in a unified diff.
    pub(super) fn diff(&self, other: &Self, stack: &StackName) -> String {
        let mut diff = format!("--- a/{0}\n+++ b/{0}\n", file_of(stack));
        for name in self.names(other) {
            let (before, after) = (self.0.get(name), other.0.get(name));
            if before != after {
                for (sign, value) in [('-', before), ('+', after)] {
                    if let Some(value) = value {
                        let _ = writeln!(diff, "{sign}{}", line(name, value));
                    }
                }
            }
        }
        diff
    }

    fn names<'a>(&'a self, other: &'a Self) -> BTreeSet<&'a String> {
        self.0.keys().chain(other.0.keys()).collect()
    }
}

/// The plan that leads from what has been applied to what is declared. These resources are replaced as well.
pub(super) fn plan_between(applied: &Declarations, declared: &Declarations, replaced: &BTreeSet<String>) -> Plan {
    let change = |name: &String| {
        let (before, after) = (applied.0.get(name), declared.0.get(name));
        let actions = match (before, after) {
            (before, after) if before == after => Actions::NoOp,
            (None, _) => Actions::Create,
            (_, None) => Actions::Delete,
            _ => Actions::Update,
        };
        let values = |value: Option<&String>| value.map_or(Value::Null, |value| json!({ "input": value }));
        resource(&format!("terraform_data.this[{}]", json!(name)), actions, values(before), values(after))
    };
    let mut resources: Vec<_> = applied.names(declared).into_iter().map(change).collect();
    let replacement = |address: &String| {
        let actions = Actions::Replace { create_first: false };
        resource(address, actions, json!({ "input": "old" }), json!({ "input": "new" }))
    };
    resources.extend(replaced.iter().map(replacement));
    Plan {
        format_version: "1.2".to_owned(),
        resources,
        drift: Vec::new(),
        outputs: Vec::new(),
        incomplete_because: Vec::new(),
    }
}

fn resource(address: &str, actions: Actions, before: Value, after: Value) -> ResourceChange {
    let (resource_type, name) = address.split_once('.').unwrap_or(("terraform_data", address));
    ResourceChange {
        address: address.to_owned(),
        previous_address: None,
        module_address: None,
        mode: ResourceMode::Managed,
        resource_type: resource_type.to_owned(),
        name: name.split('[').next().unwrap_or(name).to_owned(),
        provider: "terraform.io/builtin/terraform".to_owned(),
        deposed: None,
        actions,
        importing: false,
        before,
        after,
        after_unknown: json!({}),
        before_sensitive: json!({}),
        after_sensitive: json!({}),
        replace_paths: Vec::new(),
    }
}

fn name(workload: &WorkloadRef, knob: &Knob) -> String {
    let (knob, container) = match knob {
        Knob::MemoryLimit { container } => ("memory_limit", container.as_str()),
        Knob::MemoryRequest { container } => ("memory_request", container.as_str()),
        Knob::CpuLimit { container } => ("cpu_limit", container.as_str()),
        Knob::Replicas => ("replicas", ""),
    };
    format!("{knob}:{}/{}/{}:{container}", workload.kind, workload.namespace, workload.name)
}

fn line(name: &str, value: &str) -> String {
    format!("{name} = {}", json!(value))
}
