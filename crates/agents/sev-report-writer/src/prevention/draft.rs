//! Drafts of changes, each valid for its kind.

use lamplighter_core::diagnosis::{Cause, Culprit};

use super::Alert;

/// What a draft is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The language of its block: `hcl`, `yaml`, `toml`.
    pub(crate) language: &'static str,
    /// What it is, for a person.
    pub(crate) kind: &'static str,
    /// Its text, with a line feed at the end.
    pub(crate) text: String,
    /// Where it belongs.
    pub(crate) scope: Scope,
}

/// Where a draft belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// It is a whole file of this name.
    File(String),
    /// It is a part of a block of a resource: where that is.
    Fragment(String),
}

/// The names that are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    /// The name of the culprit.
    pub(crate) name: String,
    /// Its namespace; `default` where it has none.
    pub(crate) namespace: String,
    /// The code of the cause.
    pub(crate) code: &'static str,
}

impl Names {
    /// Those of a cause. Only characters that names of Kubernetes objects have are kept.
    pub(crate) fn new(cause: Cause, culprit: &Culprit) -> Self {
        Self {
            name: plain(culprit.name(), "unnamed"),
            namespace: plain(culprit.in_namespace().unwrap_or("default"), "default"),
            code: cause.code(),
        }
    }

    /// A text with the names in it.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("%namespace%", &self.namespace).replace("%name%", &self.name).replace("%code%", self.code)
    }
}

impl Draft {
    /// A part of a block of Terraform.
    pub(crate) fn fragment(place: String, text: String) -> Self {
        Self { language: "hcl", kind: "fragment of Terraform", text, scope: Scope::Fragment(place) }
    }

    /// A whole file of Terraform.
    pub(crate) fn file(name: String, text: String) -> Self {
        Self { language: "hcl", kind: "Terraform, a whole file", text, scope: Scope::File(name) }
    }

    /// An alert as a `PrometheusRule` of the Prometheus operator (`monitoring.coreos.com/v1`). What is in `spec` is a
    /// rule file of Prometheus itself.
    pub(crate) fn rule(names: &Names, alert: &Alert, severity: &str) -> Self {
        let expr = names.fill(alert.expr);
        let summary = names.fill(alert.summary);
        let text = format!(
            "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: {name}-{alert_name}\n  \
             namespace: {namespace}\nspec:\n  groups:\n    - name: {name}\n      rules:\n        - alert: {alert}\n          \
             expr: >-\n            {expr}\n          for: {minutes}m\n          labels:\n            severity: {severity}\n          \
             annotations:\n            summary: \"{summary}\"\n",
            name = names.name,
            namespace = names.namespace,
            alert_name = alert.name.to_lowercase(),
            alert = alert.name,
            minutes = alert.minutes,
        );
        let file = format!("{}-{}.yaml", names.name, alert.name.to_lowercase());
        Self { language: "yaml", kind: "PrometheusRule, a whole file", text, scope: Scope::File(file) }
    }

    /// A monitor, as Lamplighter's configuration has it.
    pub(crate) fn monitor(name: &str, url: &str) -> Self {
        let text = format!("[[monitor]]\nname = \"{}\"\nurl = \"{}\"\n", plain(name, "unnamed"), address(url));
        let scope = Scope::File("monitors.toml".to_owned());
        Self { language: "toml", kind: "monitor of Lamplighter's configuration", text, scope }
    }
}

/// A name of a Kubernetes object, or what is left of it (RFC 1123 subdomains).
fn plain(name: &str, otherwise: &str) -> String {
    let kept: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).take(253).collect();
    if kept.is_empty() { otherwise.to_owned() } else { kept }
}

/// An address without anything that could leave a quoted string.
fn address(url: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || ":/.-_~%?&=+,@[]".contains(*c);
    url.chars().filter(is_plain).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_draft() {
        let culprit = Culprit::app("apps\"\n}", "wiki\" }\nresource \"x\" \"y\" {");
        let names = Names::new(Cause::OomKilled, &culprit);
        assert_eq!((names.name.as_str(), names.namespace.as_str()), ("wikiresourcexy", "apps"));
        assert_eq!(
            Draft::monitor("a\"\n", "https://x/\"\\\n").text,
            "[[monitor]]\nname = \"a\"\nurl = \"https://x/\"\n"
        );
    }
}
