use std::fmt::Write as _;

use lamplighter_core::diagnosis::{Culprit, RootCause};
use lamplighter_core::markdown::code;
use lamplighter_core::words::{Incident, Severity};
use lamplighter_documents::{ActionKind, Priority};

use super::{facts, heading, line, row};
use crate::evidence::Ledger;
use crate::prevention::{Alert, Draft, Names, Scope, Shown, Step, recipe};

/// One row of the plan.
struct Row {
    kind: ActionKind,
    action: String,
    details: String,
    /// Where it is to be done.
    place: String,
    draft: Option<Draft>,
}

/// What prevents it, keeps it small, notices it, and makes the next one easier: a table for each, with drafts below.
pub(super) fn plan(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Prevention Plan");
    if facts::is_quiet(incident) {
        line(text, "Nothing was found to be wrong, so nothing is planned.");
        return;
    }
    let cause = incident.causes.first();
    let cited = facts::grounds(incident, ledger);
    let mut drafts = 0;
    for (priority, name) in [
        (Priority::P0, "P0: prevent this exact failure"),
        (Priority::P1, "P1: reduce the blast radius"),
        (Priority::P2, "P2: detect it faster"),
        (Priority::P3, "P3: improve resilience"),
    ] {
        let rows = rows(incident, cause, priority);
        line(text, &format!("### {name}\n"));
        row(text, &["Priority", "Action", "Type", "Details", "Status"]);
        row(text, &["---", "---", "---", "---", "---"]);
        let mut below = String::new();
        for entry in rows {
            let place = if entry.place.is_empty() { String::new() } else { format!("{}: ", entry.place) };
            let mut details = format!("{place}{}", entry.details);
            if let Some(draft) = &entry.draft {
                drafts += 1;
                let _ = write!(details, "; draft D{drafts}");
                below.push_str(&drafted(drafts, draft, &entry.place));
            }
            let _ = write!(details, " {cited}");
            row(text, &[&format!("{priority:?}"), &entry.action, &format!("{:?}", entry.kind), &details, "TODO"]);
        }
        line(text, &below);
    }
    // One blank line before the next heading is enough.
    text.truncate(text.trim_end().len());
    text.push('\n');
}

fn drafted(number: usize, draft: &Draft, place: &str) -> String {
    let place = match &draft.scope {
        Scope::Fragment(place) => place.clone(),
        Scope::File(_) => format!("for {place}"),
    };
    format!("\n**Draft D{number}** ({}, {place}):\n\n```{}\n{}```\n", draft.kind, draft.language, draft.text)
}

fn rows(incident: &Incident, cause: Option<&RootCause>, priority: Priority) -> Vec<Row> {
    let known = cause.and_then(|cause| Some((Site::new(incident, cause), recipe(cause.cause)?)));
    let mut rows: Vec<Row> = match (known, priority) {
        (Some((site, recipe)), Priority::P0) => vec![site.step(&recipe.prevent)],
        (Some((site, recipe)), Priority::P1) => vec![site.step(&recipe.contain)],
        (Some((site, recipe)), Priority::P2) => vec![site.alert(&recipe.notice)],
        (Some((site, recipe)), Priority::P3) => vec![site.step(&recipe.harden)],
        (None, priority) => vec![without_cause(incident, priority)],
    };
    match priority {
        Priority::P0 => rows.extend(unfinished(incident)),
        Priority::P2 => rows.extend(monitor(incident)),
        Priority::P1 | Priority::P3 => {}
    }
    rows
}

/// Where the culprit of a cause is, in the cluster and in the repository.
struct Site<'a> {
    incident: &'a Incident,
    cause: &'a RootCause,
    culprit: Culprit,
    names: Names,
}

impl<'a> Site<'a> {
    fn new(incident: &'a Incident, cause: &'a RootCause) -> Self {
        let culprit = facts::culprit(incident, cause);
        Self { incident, cause, names: Names::new(cause.cause, &culprit), culprit }
    }

    fn step(&self, step: &Step) -> Row {
        let draft = step.draft(&Shown::new(self.cause, &self.names, self.is_deployment()));
        let place = match (step.kind, draft.as_ref().map(|draft| &draft.scope)) {
            (_, Some(Scope::File(name))) => new_file(&format!("{}/{name}", self.folder())),
            (ActionKind::Runbook, _) => new_file(&format!("docs/runbooks/{}.md", self.names.code)),
            _ => self.place(step),
        };
        Row {
            kind: step.kind,
            action: self.names.fill(step.action),
            details: self.names.fill(step.details),
            place,
            draft,
        }
    }

    fn alert(&self, alert: &Alert) -> Row {
        let severity = if self.incident.severity == Some(Severity::Sev1) { "critical" } else { "warning" };
        let draft = Draft::rule(&self.names, alert, severity);
        let needs = if alert.expr.contains("http_request") { "; it needs that %name% counts its requests" } else { "" };
        let after = match alert.minutes {
            0 => format!("{}, at once", code(alert.name)),
            minutes => format!("{}, after {minutes} minutes", code(alert.name)),
        };
        Row {
            kind: ActionKind::Alert,
            action: format!("Alert when {}", self.names.fill(alert.summary)),
            details: format!("{after}{}", self.names.fill(needs)),
            place: match &draft.scope {
                Scope::File(name) => new_file(&format!("{}/{name}", self.folder())),
                Scope::Fragment(place) => place.clone(),
            },
            draft: Some(draft),
        }
    }

    /// Whether something of the cluster or of the repository says that the culprit is a deployment.
    fn is_deployment(&self) -> bool {
        let culprit = &self.culprit;
        let seen = self.cause.evidence.iter().chain(&self.incident.findings);
        let seen = seen.chain(self.incident.triage.iter().flat_map(|triage| &triage.critical_findings));
        let mut objects = seen.map(|finding| &finding.object);
        matches!(culprit, Culprit::App { .. })
            && objects.any(|object| {
                object.kind == "deployment"
                    && object.name == culprit.name()
                    && object.namespace.as_deref() == culprit.in_namespace()
            })
    }

    /// The file and line of the setting that a step is about, or of anything else of the workload; in words where nobody
    /// knows the file. It is empty where a person decides it.
    fn place(&self, step: &Step) -> String {
        let culprit = &self.culprit;
        let mine: Vec<_> = self
            .incident
            .places
            .iter()
            .filter(|place| place.name == culprit.name() && Some(place.namespace.as_str()) == culprit.in_namespace())
            .collect();
        let exact = mine.iter().find(|place| !step.about.is_empty() && place.what == step.about);
        if let Some(place) = exact {
            let file = code(&format!("{}:{}", place.file, place.line));
            return format!("{file} ({} {})", place.what, code(&place.value).replace('|', "\\|"));
        }
        match mine.first() {
            Some(place) => {
                let file = code(&format!("{}:{}", place.file, place.line)).replace('|', "\\|");
                let within = self.names.fill(step.place());
                if within.is_empty() { file } else { format!("{file} ({within})") }
            }
            None => self.names.fill(step.place()),
        }
    }

    /// The folder of the stack that declares the culprit, or the one that it would belong in.
    fn folder(&self) -> String {
        let culprit = &self.culprit;
        let of_place = self.incident.places.iter().find(|place| place.name == culprit.name());
        let of_place = of_place.or(self.incident.places.first());
        if let Some((folder, _)) = of_place.and_then(|place| place.file.rsplit_once('/')) {
            return folder.replace('|', "");
        }
        let mut services = self.incident.catalog.services().iter();
        let service = services.find(|service| service.workloads.iter().any(|known| known.name == culprit.name()));
        let stack = service.and_then(|service| service.stack.as_ref()).map(|stack| stack.as_str().replace('|', ""));
        format!("stacks/{}", stack.unwrap_or_else(|| self.names.namespace.clone()))
    }
}

fn new_file(path: &str) -> String {
    format!("{} (new)", code(&format!("{path}:1")))
}

/// What is to be done while nobody knows why.
fn without_cause(incident: &Incident, priority: Priority) -> Row {
    let services = facts::services(incident);
    let who = if services.is_empty() { "what was affected".to_owned() } else { facts::names(&services) };
    let (kind, action, details, place) = match priority {
        Priority::P0 => (
            ActionKind::Investigation,
            format!("Find out why {who} failed"),
            "From the evidence in the raw data; what could not be looked at is listed there too".to_owned(),
            "docs/runbooks/unknown-cause.md",
        ),
        Priority::P1 => (
            ActionKind::Architecture,
            format!("Let what calls {who} answer without it where it can"),
            "A caller that waits for its whole timeout fails with what it calls".to_owned(),
            "docs/architecture/fallbacks.md",
        ),
        Priority::P2 => (
            ActionKind::Investigation,
            format!("Say which measurement would have shown that {who} fails, and alert on it"),
            "A monitor from outside shows that it fails; a measurement from inside shows why".to_owned(),
            "docs/runbooks/unknown-cause.md",
        ),
        Priority::P3 => (
            ActionKind::Runbook,
            format!("Write down how to look at {who}: logs, metrics, who knows it"),
            "The next one who looks begins where this report ends".to_owned(),
            "docs/runbooks/unknown-cause.md",
        ),
    };
    Row { kind, action, details, place: new_file(place), draft: None }
}

/// What was planned after earlier incidents and is not done.
fn unfinished(incident: &Incident) -> Option<Row> {
    let history = incident.history.as_ref()?;
    let before = history.recurrences();
    let past = before.iter().rev().find(|past| !past.open_items.is_empty())?;
    let open: usize = before.iter().map(|past| past.open_items.len()).sum();
    let line = past.open_items.first().map_or(1, |item| item.line);
    let items = if open == 1 { "the action item".to_owned() } else { format!("the {open} action items") };
    Some(Row {
        kind: ActionKind::Investigation,
        action: format!("Do {items} that earlier incidents of this type left open, or say why not"),
        details: "They are listed under Recurrence Analysis".to_owned(),
        place: code(&format!("{}:{line}", past.path)).replace('|', "\\|"),
        draft: None,
    })
}

/// A monitor of the service, where none saw it.
fn monitor(incident: &Incident) -> Option<Row> {
    if !facts::monitors_that_saw_it(incident).is_empty() {
        return None;
    }
    let name = facts::services(incident).into_iter().next()?;
    let service = incident.catalog.find(&name);
    let of_catalog = service.and_then(|service| service.urls.first().cloned());
    let reported = incident.report.as_ref().and_then(|report| report.url.clone());
    let short = name.rsplit('/').next().unwrap_or(&name).to_owned();
    let url = of_catalog.or(reported).filter(|url| url.starts_with("http://") || url.starts_with("https://"));
    let draft = url.map(|url| Draft::monitor(&short, &url));
    let (details, place) = if draft.is_some() {
        ("Seen from outside, as users see it", new_file("monitors/monitors.toml"))
    } else {
        ("At the address at which its users or its callers reach it, which nothing here says", String::new())
    };
    Some(Row {
        kind: ActionKind::Monitor,
        action: format!("Watch {} from where it is used", code(&name).replace('|', "\\|")),
        details: details.to_owned(),
        place,
        draft,
    })
}

/// Where it is written down later what has been done.
pub(super) fn follow_up(_: &Incident, _: &mut Ledger, text: &mut String) {
    heading(text, "Follow-up Implementation");
    line(
        text,
        "Nothing of the plan is implemented yet. Rows of the types Alert, Config and Monitor that have a draft can be done automatically; the others need a person.",
    );
}
