//! Which path an issue takes.

use async_trait::async_trait;
use lamplighter_core::agent::{Classification, Classifier};
use lamplighter_core::trust::AdmittedIssue;
use lamplighter_core::words::{Confidence, IssueText, labels};
use lamplighter_core::{Context, Result};
use serde::{Deserialize, Serialize};

use super::fields::Field;
use super::form::Form;
use super::prose;
use super::request::{self, FeatureRequest};
use super::words::Words;

/// The paths of SPEC §1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Something does not work.
    Incident,
    /// Something is wanted.
    Feature,
}

/// Routes an issue: by its labels, and where they do not say, by its words.
///
/// An issue that says neither is taken for an incident, with low confidence: looking at the cluster once too
/// often does no harm, and a missed outage does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Router;

#[async_trait]
impl Classifier<AdmittedIssue> for Router {
    type Label = Route;

    async fn classify(&self, _cx: &Context, issue: &AdmittedIssue) -> Result<Classification<Route>> {
        Ok(by_labels(issue).unwrap_or_else(|| by_words(issue.text.get())))
    }
}

fn by_labels(issue: &AdmittedIssue) -> Option<Classification<Route>> {
    let has = |label: &str| issue.labels.contains(label);
    let incident = [labels::USER_REPORT, labels::INCIDENT].into_iter().find(|label| has(label));
    let says = |label: &str| format!("it is labelled `{label}`");
    match (incident, has(labels::FEATURE_REQUEST)) {
        (Some(label), true) => {
            let reasons =
                vec![says(label), format!("it is labelled `{}` too; an outage comes first", labels::FEATURE_REQUEST)];
            Some(Classification { label: Route::Incident, confidence: Confidence::Medium, reasons })
        }
        (Some(label), false) => Some(certain(Route::Incident, says(label))),
        (None, true) => Some(certain(Route::Feature, says(labels::FEATURE_REQUEST))),
        (None, false) => None,
    }
}

fn certain(label: Route, reason: String) -> Classification<Route> {
    Classification { label, confidence: Confidence::High, reasons: vec![reason] }
}

fn by_words(text: &IssueText) -> Classification<Route> {
    let form = Form::read(&text.body);
    if form.report_fields() >= 3 {
        return certain(
            Route::Incident,
            format!("it follows the outage report form in {} fields", form.report_fields()),
        );
    }
    if form.answer_to(Field::Need).is_some() {
        return certain(Route::Feature, "it follows the feature request form".to_owned());
    }
    if matches!(request::read(text), FeatureRequest::AddMonitor { .. }) {
        return certain(Route::Feature, "it asks for an uptime monitor and nothing else".to_owned());
    }
    weigh(&format!("{}\n{}", text.title, text.body))
}

fn weigh(text: &str) -> Classification<Route> {
    let words = Words::of(text);
    let wrong = words.first_of(WRONG).map(|phrase| format!("it says \"{phrase}\""));
    let error = prose::error(text, &words).map(|_| "it describes a kind of error".to_owned());
    let wanted = words.first_of(WANTED).map(|phrase| format!("it says \"{phrase}\""));
    let broken: Vec<String> = wrong.into_iter().chain(error).collect();
    match (broken.is_empty(), wanted) {
        (false, None) => {
            let confidence = if broken.len() > 1 { Confidence::High } else { Confidence::Medium };
            Classification { label: Route::Incident, confidence, reasons: broken }
        }
        (true, Some(wanted)) => {
            Classification { label: Route::Feature, confidence: Confidence::Medium, reasons: vec![wanted] }
        }
        (false, Some(wanted)) => {
            let reasons = broken.into_iter().chain([format!("{wanted} too; an outage comes first")]).collect();
            Classification { label: Route::Incident, confidence: Confidence::Low, reasons }
        }
        (true, None) => {
            let reason = "nothing in it says what is wrong or what is wanted; the facts have to be asked for";
            Classification { label: Route::Incident, confidence: Confidence::Low, reasons: vec![reason.to_owned()] }
        }
    }
}

const WRONG: &[&str] = &[
    "is down",
    "are down",
    "went down",
    "goes down",
    "down since",
    "outage",
    "broken",
    "not working",
    "doesnt work",
    "does not work",
    "stopped working",
    "nothing works",
    "no longer works",
    "crashed",
    "crashes",
    "crashing",
    "crash",
    "fails",
    "failing",
    "failed",
    "fail",
    "error",
    "errors",
    "offline",
    "unavailable",
    "not available",
    "unreachable",
    "not responding",
    "doesnt respond",
    "hangs",
    "frozen",
    "cannot",
    "cant",
    "geht nicht",
    "funktioniert nicht",
    "kaputt",
    "ausgefallen",
    "ausfall",
    "storung",
    "ne marche pas",
    "ne fonctionne pas",
    "en panne",
    "panne",
    "no funciona",
    "caido",
];

const WANTED: &[&str] = &[
    "feature request",
    "feature",
    "please add",
    "add a",
    "add an",
    "add the",
    "would like",
    "id like",
    "it would be nice",
    "would be great",
    "could we have",
    "can we have",
    "could you",
    "can you",
    "i want",
    "we want",
    "i need",
    "we need",
    "request for",
    "deploy",
    "install",
    "set up",
    "increase",
    "enable",
    "please create",
    "create a",
    "support for",
    "bitte",
    "wunsch",
    "hinzufugen",
    "ajouter",
    "je voudrais",
    "quiero",
    "anadir",
    "agregar",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use lamplighter_core::trust::Trusted;
    use lamplighter_core::words::{IssueNumber, IssueState, Login};
    use lamplighter_testkit::context;

    use super::*;

    async fn route(labels: &[&str], title: &str, body: &str) -> Classification<Route> {
        let issue = AdmittedIssue {
            number: IssueNumber(1),
            author: Login::new("ada"),
            labels: labels.iter().map(|&label| label.to_owned()).collect::<BTreeSet<_>>(),
            state: IssueState::Open,
            created_at: None,
            text: Trusted::from_operator(IssueText { title: title.to_owned(), body: body.to_owned() }),
        };
        let routed = Router.classify(&context("route"), &issue).await.unwrap();
        assert!(!routed.reasons.is_empty());
        routed
    }

    #[tokio::test]
    async fn labels_decide() {
        let cases: [(&[&str], Route, Confidence); 5] = [
            (&["user-report"], Route::Incident, Confidence::High),
            (&["incident", "sev1"], Route::Incident, Confidence::High),
            (&["feature-request"], Route::Feature, Confidence::High),
            (&["feature-request", "user-report"], Route::Incident, Confidence::Medium),
            (&["User-Report"], Route::Incident, Confidence::Low),
        ];
        for (labels, expected, confidence) in cases {
            let routed = route(labels, "hello", "").await;
            assert_eq!((routed.label, routed.confidence), (expected, confidence), "{labels:?}");
        }
        assert_eq!(route(&["feature-request"], "Nextcloud is down", "").await.label, Route::Feature);
    }

    #[tokio::test]
    async fn words_decide_where_labels_do_not() {
        let report = "### Affected Service\nA\n### What's happening?\nB\n### What kind of error?\nC";
        let cases = [
            ("x", report, Route::Incident, Confidence::High),
            ("x", "### What do you need?\n\nA pony", Route::Feature, Confidence::High),
            ("add a monitor for wiki.example.org", "", Route::Feature, Confidence::High),
            ("Nextcloud returns 502 since 14:00", "", Route::Incident, Confidence::Medium),
            ("Nextcloud is down", "I get a 502", Route::Incident, Confidence::High),
            ("nothing works", "", Route::Incident, Confidence::Medium),
            ("Please add a wiki", "", Route::Feature, Confidence::Medium),
            ("Please add memory, it crashed", "", Route::Incident, Confidence::Low),
            ("Nextcloud geht nicht", "", Route::Incident, Confidence::Medium),
            ("", "", Route::Incident, Confidence::Low),
            ("asdf", "🤷", Route::Incident, Confidence::Low),
        ];
        for (title, body, expected, confidence) in cases {
            let routed = route(&["bug"], title, body).await;
            assert_eq!((routed.label, routed.confidence), (expected, confidence), "{title:?}: {:?}", routed.reasons);
        }
    }
}
