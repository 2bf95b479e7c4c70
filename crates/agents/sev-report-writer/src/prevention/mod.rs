//! What prevents a cause, keeps it small, notices it and makes it easier the next time: a table over all causes.
//!
//! The table is about how Kubernetes, networks and databases fail. It knows no system by name; names are filled in from
//! the incident, and only characters that names of Kubernetes objects have get into a draft. A draft is given only where
//! the evidence shows what it needs; otherwise the row says in words what to do and where.

mod alerts;
mod causes;
mod draft;
mod fragments;
mod settings;
mod shown;

use lamplighter_documents::ActionKind;

pub(crate) use alerts::Alert;
pub(crate) use causes::recipe;
pub(crate) use draft::{Draft, Names, Scope};
pub(crate) use settings::Setting;
pub(crate) use shown::Shown;

/// What is to be done about a cause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recipe {
    /// P0: prevents this exact failure.
    pub(crate) prevent: Step,
    /// P1: reduces the blast radius.
    pub(crate) contain: Step,
    /// P2: notices it faster.
    pub(crate) notice: Alert,
    /// P3: improves resilience.
    pub(crate) harden: Step,
}

/// One thing to do. `%name%`, `%namespace%` and `%code%` stand for the culprit and the code of its cause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) kind: ActionKind,
    pub(crate) action: &'static str,
    pub(crate) details: &'static str,
    /// Where it stands and what drafts it, where it is a setting.
    pub(crate) setting: Option<Setting>,
    /// What of the workload it is about, as [`Place::what`](lamplighter_core::words::Place) calls it.
    pub(crate) about: &'static str,
}

impl Step {
    /// A setting in a stack.
    const fn config(action: &'static str, details: &'static str, setting: Setting) -> Self {
        Self { kind: ActionKind::Config, action, details, setting: Some(setting), about: "" }
    }

    /// Something that a person decides.
    const fn other(kind: ActionKind, action: &'static str, details: &'static str) -> Self {
        Self { kind, action, details, setting: None, about: "" }
    }

    /// Where it is to be done; empty where a person decides that.
    pub(crate) fn place(&self) -> &'static str {
        self.setting.map_or("", |setting| setting.place)
    }

    /// The draft, where the evidence shows what it needs.
    pub(crate) fn draft(&self, shown: &Shown<'_>) -> Option<Draft> {
        self.setting?.drafting?(shown)
    }

    /// The same about one setting of the workload.
    const fn about(mut self, what: &'static str) -> Self {
        self.about = what;
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use lamplighter_core::diagnosis::Cause;

    use super::*;

    fn texts(recipe: &Recipe) -> Vec<&'static str> {
        let steps = [recipe.prevent, recipe.contain, recipe.harden];
        let said = steps
            .iter()
            .flat_map(|step| [step.action, step.details, step.setting.map_or("x", |setting| setting.place)]);
        said.chain([recipe.notice.name, recipe.notice.expr, recipe.notice.summary]).collect()
    }

    #[test]
    fn every_cause_has_a_recipe() {
        for cause in Cause::ALL {
            let recipe = recipe(*cause).unwrap_or_else(|| panic!("nothing is to be done about {cause}"));
            for text in texts(&recipe) {
                assert!(!text.trim().is_empty(), "{cause}: an empty text");
                assert!(!text.ends_with('.') || text.contains('\n'), "{cause}: {text:?} ends as a sentence does");
            }
        }
    }

    #[test]
    fn what_prevents_a_cause_is_its_own() {
        let actions: BTreeSet<_> =
            Cause::ALL.iter().filter_map(|cause| recipe(*cause)).map(|r| r.prevent.action).collect();
        assert_eq!(actions.len(), Cause::ALL.len(), "two causes are prevented by the same words");
    }

    #[test]
    fn placeholders_are_those_that_are_filled_in() {
        for cause in Cause::ALL {
            for text in texts(&recipe(*cause).unwrap()) {
                let rest = ["%name%", "%namespace%", "%code%"].iter().fold(text.to_owned(), |t, p| t.replace(p, ""));
                assert!(!rest.contains('%'), "{cause}: {text}");
            }
        }
    }
}
