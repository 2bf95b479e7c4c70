//! What a Terraform plan would do, read from `terraform show -json PLANFILE`.
//!
//! Source: Terraform's documentation of its JSON output format, format version 1; OpenTofu writes the
//! same. Unknown fields are ignored, but nothing that could mean a change is: an action, a mode or a
//! top-level marker that this reader does not know makes the plan [unreadable in
//! part](Plan::incomplete_because), and the guardrails refuse it.
//!
//! Values that Terraform marks as sensitive are not kept.

mod provisioners;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Error, ErrorKind, Result};

/// A plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of the JSON format, such as `1.2`.
    pub format_version: String,
    /// Every resource in the plan, no-ops too.
    pub resources: Vec<ResourceChange>,
    /// Resources that changed outside of Terraform since the last apply.
    pub drift: Vec<ResourceChange>,
    /// The outputs that would change, with what would happen to them.
    pub outputs: Vec<OutputChange>,
    /// Why this plan cannot be judged as a whole: errored, incomplete, deferred changes, unknown words.
    /// Empty for a plan that can.
    pub incomplete_because: Vec<String>,
}

/// What would happen to one resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceChange {
    /// Its full address, module included: `module.db.aws_db_instance.main["a"]`.
    pub address: String,
    /// Where it was before a `moved` block, if it moves.
    pub previous_address: Option<String>,
    /// The module's address; `None` in the root module.
    pub module_address: Option<String>,
    /// Managed resource or data source.
    pub mode: ResourceMode,
    /// Its type: `kubernetes_deployment_v1`.
    pub resource_type: String,
    /// Its name within its type.
    pub name: String,
    /// The provider's address.
    pub provider: String,
    /// The object key where only a deposed object of the resource is meant.
    pub deposed: Option<String>,
    /// What would happen.
    pub actions: Actions,
    /// Whether it would be taken over by an `import` block.
    pub importing: bool,
    /// Its values before; `Null` where it does not exist.
    pub before: Value,
    /// Its values after, as far as they are known; `Null` where it would not exist.
    pub after: Value,
    /// Where values after are only known when applied: `true` in the shape of the values.
    pub after_unknown: Value,
    /// Which values before are sensitive, in the same form.
    pub before_sensitive: Value,
    /// Which values after are sensitive, in the same form.
    pub after_sensitive: Value,
    /// The paths that force a replacement.
    pub replace_paths: Vec<Value>,
}

/// Managed resource or data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceMode {
    /// A resource that Terraform manages.
    Managed,
    /// A data source: only read.
    Data,
    /// A mode that this reader does not know.
    Other(String),
}

/// What would happen to a resource or an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actions {
    /// Nothing.
    NoOp,
    /// Create it.
    Create,
    /// Read it, at apply time.
    Read,
    /// Change it in place.
    Update,
    /// Destroy it.
    Delete,
    /// Destroy it and create another; `before` when the new one comes first.
    Replace {
        /// Whether the new one is created before the old one is destroyed.
        create_first: bool,
    },
    /// Drop it from the state without destroying it.
    Forget,
    /// Words that this reader does not know.
    Other(Vec<String>),
}

impl Actions {
    /// Whether it changes nothing.
    #[must_use]
    pub const fn is_harmless(&self) -> bool {
        matches!(self, Self::NoOp | Self::Read)
    }

    fn of(words: &[String]) -> Self {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["no-op"] => Self::NoOp,
            ["create"] => Self::Create,
            ["read"] => Self::Read,
            ["update"] => Self::Update,
            ["delete"] => Self::Delete,
            ["delete", "create"] => Self::Replace { create_first: false },
            ["create", "delete"] => Self::Replace { create_first: true },
            ["forget"] => Self::Forget,
            other => Self::Other(other.iter().map(|&word| word.to_owned()).collect()),
        }
    }

    /// The word for it in a summary.
    #[must_use]
    pub fn verb(&self) -> &str {
        match self {
            Self::NoOp => "keep",
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "destroy",
            Self::Replace { .. } => "replace",
            Self::Forget => "forget",
            Self::Other(_) => "do something unknown to",
        }
    }
}

/// What would happen to an output of the stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputChange {
    /// Its name.
    pub name: String,
    /// What would happen.
    pub actions: Actions,
}

/// How many resources a plan would touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlanCounts {
    /// Created, the new half of a replacement included, as Terraform counts.
    pub add: usize,
    /// Changed in place.
    pub change: usize,
    /// Destroyed, the old half of a replacement included.
    pub destroy: usize,
    /// Dropped from the state.
    pub forget: usize,
}

impl Plan {
    /// Reads the output of `show -json PLANFILE`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for anything that is not a plan of format version 1: not JSON, no
    /// `resource_changes` where there are planned values, another major version.
    pub fn parse(json: &[u8]) -> Result<Self> {
        let raw: RawPlan = serde_json::from_slice(json)
            .map_err(|error| unreadable("this is not the output of `show -json` on a plan file").with_source(error))?;
        raw.read()
    }

    /// The resources that something would happen to.
    pub fn changes(&self) -> impl Iterator<Item = &ResourceChange> {
        self.resources
            .iter()
            .filter(|resource| !resource.actions.is_harmless() || resource.importing || resource.moves())
    }

    /// Whether applying it would change nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none() && self.outputs.iter().all(|output| output.actions.is_harmless())
    }

    /// How many resources it would touch.
    #[must_use]
    pub fn counts(&self) -> PlanCounts {
        let mut counts = PlanCounts::default();
        for resource in self.resources.iter().filter(|resource| resource.mode == ResourceMode::Managed) {
            match resource.actions {
                Actions::Create => counts.add += 1,
                Actions::Update => counts.change += 1,
                Actions::Delete => counts.destroy += 1,
                Actions::Replace { .. } => {
                    counts.add += 1;
                    counts.destroy += 1;
                }
                Actions::Forget => counts.forget += 1,
                Actions::NoOp | Actions::Read | Actions::Other(_) => {}
            }
        }
        counts
    }

    /// One line for a person: `1 to add, 2 to change, 0 to destroy`.
    #[must_use]
    pub fn headline(&self) -> String {
        let PlanCounts { add, change, destroy, forget } = self.counts();
        let forget = if forget == 0 { String::new() } else { format!(", {forget} to forget") };
        format!("{add} to add, {change} to change, {destroy} to destroy{forget}")
    }

    /// One line for each resource that would be touched: `update terraform_data.web`.
    #[must_use]
    pub fn summary(&self) -> Vec<String> {
        self.changes()
            .map(|resource| match &resource.previous_address {
                Some(previous) => format!("{} `{}` (was `{previous}`)", resource.actions.verb(), resource.address),
                None => format!("{} `{}`", resource.actions.verb(), resource.address),
            })
            .collect()
    }
}

impl ResourceChange {
    /// Whether a `moved` block gives it another address.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.previous_address.as_ref().is_some_and(|previous| *previous != self.address)
    }
}

fn unreadable(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
}

#[derive(Deserialize)]
struct RawPlan {
    format_version: Option<String>,
    planned_values: Option<Value>,
    resource_changes: Option<Vec<RawResource>>,
    #[serde(default)]
    resource_drift: Vec<RawResource>,
    #[serde(default)]
    output_changes: Map<String, Value>,
    errored: Option<bool>,
    complete: Option<bool>,
    applyable: Option<bool>,
    #[serde(default)]
    configuration: Value,
    #[serde(default)]
    deferred_changes: Vec<Value>,
    #[serde(default)]
    deferred_action_invocations: Vec<Value>,
    #[serde(default)]
    action_invocations: Vec<Value>,
    #[serde(default)]
    checks: Vec<Value>,
}

#[derive(Deserialize)]
struct RawResource {
    address: String,
    previous_address: Option<String>,
    module_address: Option<String>,
    mode: String,
    #[serde(rename = "type")]
    resource_type: String,
    name: String,
    #[serde(default)]
    provider_name: String,
    deposed: Option<String>,
    change: RawChange,
}

#[derive(Deserialize)]
struct RawChange {
    actions: Vec<String>,
    #[serde(default)]
    before: Value,
    #[serde(default)]
    after: Value,
    #[serde(default)]
    after_unknown: Value,
    #[serde(default)]
    before_sensitive: Value,
    #[serde(default)]
    after_sensitive: Value,
    #[serde(default)]
    replace_paths: Vec<Value>,
    importing: Option<Value>,
}

impl RawPlan {
    fn read(self) -> Result<Plan> {
        let format_version = self
            .format_version
            .clone()
            .ok_or_else(|| unreadable("this JSON has no format_version, so it is not the output of `show -json`"))?;
        if format_version.split('.').next() != Some("1") {
            return Err(unreadable(format!("plan format version {format_version} is not known; this reads version 1")));
        }
        if self.planned_values.is_none() && self.resource_changes.is_none() {
            return Err(unreadable("this is a state, not a plan: run `show -json` on the plan file"));
        }
        let mut incomplete_because = self.doubts();
        let configuration = self.configuration;
        let resources: Vec<_> = self.resource_changes.unwrap_or_default().into_iter().map(RawResource::read).collect();
        for resource in &resources {
            if let Actions::Other(words) = &resource.actions {
                incomplete_because.push(format!("{} has the unknown action {words:?}", resource.address));
            }
            if let ResourceMode::Other(mode) = &resource.mode {
                incomplete_because.push(format!("{} has the unknown mode {mode:?}", resource.address));
            }
        }
        incomplete_because.extend(provisioners::doubts(&configuration, &resources));
        let outputs = self
            .output_changes
            .into_iter()
            .map(|(name, change)| OutputChange { actions: Actions::of(&words_of(&change)), name })
            .collect();
        let drift = self.resource_drift.into_iter().map(RawResource::read).collect();
        Ok(Plan { format_version, resources, drift, outputs, incomplete_because })
    }

    fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        if self.errored == Some(true) {
            doubts.push("planning ended with an error".to_owned());
        }
        if self.complete == Some(false) {
            doubts.push("the plan is not complete: another plan and apply would have to follow".to_owned());
        }
        if self.applyable == Some(false) && self.has_changes() {
            doubts.push("Terraform says that this plan cannot be applied".to_owned());
        }
        if self.resource_changes.is_none() && self.has_planned_resources() {
            doubts.push("the plan names resources but not what happens to them".to_owned());
        }
        if !self.deferred_changes.is_empty() || !self.deferred_action_invocations.is_empty() {
            doubts.push("some changes are deferred to a later plan".to_owned());
        }
        if !self.action_invocations.is_empty() {
            doubts.push("the plan invokes provider actions, which cannot be judged from it".to_owned());
        }
        for check in &self.checks {
            let status = check.get("status").and_then(Value::as_str).unwrap_or("unknown");
            if matches!(status, "fail" | "error") {
                let name = check.pointer("/address/to_display").and_then(Value::as_str).unwrap_or("a check");
                doubts.push(format!("{name} does not hold"));
            }
        }
        doubts
    }

    fn has_changes(&self) -> bool {
        self.resource_changes.iter().flatten().any(|resource| !Actions::of(&resource.change.actions).is_harmless())
    }

    fn has_planned_resources(&self) -> bool {
        let root = self.planned_values.as_ref().and_then(|values| values.get("root_module"));
        root.is_some_and(|root| root.get("resources").is_some() || root.get("child_modules").is_some())
    }
}

/// What stands in the place of a sensitive value.
const SENSITIVE: &str = "(sensitive)";
/// The same after a change of the value.
const SENSITIVE_CHANGED: &str = "(sensitive, changed)";

/// Takes the sensitive values out, so that a plan can be journalled and shown. Whether a value changes can
/// still be seen; what it is cannot. Terraform prints them in plain text and says by a mask of the same shape
/// where they are.
fn hide_sensitive(change: &mut RawChange) {
    let (before, after) = (change.before.clone(), change.after.clone());
    let word = |pointer: &str| {
        let changed = !after.is_null() && before.pointer(pointer) != after.pointer(pointer);
        if changed { SENSITIVE_CHANGED } else { SENSITIVE }
    };
    hide(&mut change.before, &change.before_sensitive, "", &|_| SENSITIVE);
    hide(&mut change.after, &change.after_sensitive, "", &word);
}

fn hide(value: &mut Value, mask: &Value, pointer: &str, word: &dyn Fn(&str) -> &'static str) {
    match (value, mask) {
        // That there is nothing is no secret.
        (Value::Null, _) => {}
        (value, Value::Bool(true)) => *value = Value::from(word(pointer)),
        (Value::Object(fields), Value::Object(masks)) => {
            for (name, mask) in masks {
                if let Some(field) = fields.get_mut(name) {
                    hide(field, mask, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), word);
                }
            }
        }
        (Value::Array(items), Value::Array(masks)) => {
            for (index, (item, mask)) in items.iter_mut().zip(masks).enumerate() {
                hide(item, mask, &format!("{pointer}/{index}"), word);
            }
        }
        _ => {}
    }
}

impl RawResource {
    fn read(mut self) -> ResourceChange {
        hide_sensitive(&mut self.change);
        ResourceChange {
            mode: match self.mode.as_str() {
                "managed" => ResourceMode::Managed,
                "data" => ResourceMode::Data,
                _ => ResourceMode::Other(self.mode),
            },
            actions: Actions::of(&self.change.actions),
            importing: self.change.importing.is_some_and(|importing| !importing.is_null()),
            address: self.address,
            previous_address: self.previous_address,
            module_address: self.module_address,
            resource_type: self.resource_type,
            name: self.name,
            provider: self.provider_name,
            deposed: self.deposed,
            before: self.change.before,
            after: self.change.after,
            after_unknown: self.change.after_unknown,
            before_sensitive: self.change.before_sensitive,
            after_sensitive: self.change.after_sensitive,
            replace_paths: self.change.replace_paths,
        }
    }
}

fn words_of(change: &Value) -> Vec<String> {
    let words = change.get("actions").and_then(Value::as_array).into_iter().flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sensitive_values_are_not_kept_and_their_changes_are_seen() {
        let plan = json!({
            "format_version": "1.2",
            "resource_changes": [{
                "address": "x.y", "mode": "managed", "type": "x", "name": "y",
                "change": {
                    "actions": ["update"],
                    "before": {"password": "one", "keys": ["a", "b"], "name": "n", "none": null},
                    "after": {"password": "two", "keys": ["a", "b"], "name": "m", "none": null},
                    "before_sensitive": {"password": true, "keys": [true, false], "none": true},
                    "after_sensitive": {"password": true, "keys": true, "none": true},
                },
            }],
        });
        let plan = Plan::parse(plan.to_string().as_bytes()).unwrap();
        let change = &plan.resources[0];
        assert_eq!(change.before, json!({"password": SENSITIVE, "keys": [SENSITIVE, "b"], "name": "n", "none": null}));
        assert_eq!(change.after, json!({"password": SENSITIVE_CHANGED, "keys": SENSITIVE, "name": "m", "none": null}));
    }
}
