//! Whole issues, as people and GitHub's forms write them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test data that does not read is a failed test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lamplighter_core::agent::Classifier;
use lamplighter_core::trust::{AdmittedIssue, Trusted};
use lamplighter_core::words::{
    ErrorKindReported, IssueNumber, IssueState, IssueText, Login, Report, ReportScope, ServiceCatalog, Tier,
};
use lamplighter_issue_responder::intake::{FeatureRequest, Route, Router, feature_request, report};
use lamplighter_testkit::context;
use proptest::prelude::*;
use serde_json::Value;

fn text(title: &str, body: &str) -> Trusted<IssueText> {
    Trusted::from_operator(IssueText { title: title.to_owned(), body: body.to_owned() })
}

fn catalog() -> ServiceCatalog {
    let service = |name: &str, aliases: &[&str]| lamplighter_core::words::CatalogedService {
        name: name.to_owned(),
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        tier: Tier::Important,
        workloads: Vec::new(),
        monitors: Vec::new(),
        stack: None,
        depends_on: Vec::new(),
        urls: Vec::new(),
    };
    ServiceCatalog::new(vec![
        service("Nextcloud", &["cloud"]),
        service("Immich", &["photos"]),
        service("AdGuard", &["dns"]),
    ])
}

fn read(title: &str, body: &str) -> Report {
    report(&text(title, body), &catalog())
}

const FORM: &str = "### Affected Service

Nextcloud (files, calendar, contacts)

### What's happening?

The page shows an error.

```
### Affected Service
Immich
```

### What kind of error?

502

### Is it just you or others too?

Others too

### When did it start?

about 3pm today

### URL you were accessing

https://cloud.example.org/apps/files

### Contact

_No response_
";

#[test]
fn a_form_is_read_field_by_field() {
    let expected = Report {
        service: Some("Nextcloud".to_owned()),
        what: Some("The page shows an error.\n\n```\n### Affected Service\nImmich\n```".to_owned()),
        error: Some(ErrorKindReported::BadGateway),
        scope: Some(ReportScope::Others),
        started: Some("about 3pm today".to_owned()),
        url: Some("https://cloud.example.org/apps/files".to_owned()),
        contact: None,
    };
    assert_eq!(read("[Report]", FORM), expected);
    let same = [
        FORM.replace('\n', "\r\n"),
        FORM.replace("### ", "## 🔥 ").replace("## 🔥 Affected Service\nImmich", "### Affected Service\nImmich"),
        FORM.replace("What's happening?", "WHAT’S HAPPENING"),
        FORM.replace("Nextcloud (", "Next\u{200b}cloud ("),
        FORM.replace("### Contact", "<!-- ### Affected Service -->\n<!--\n### What kind of error?\n-->\n### Contact"),
        format!("{FORM}\n### Code of Conduct\n\n- [x] I agree\n"),
        format!("\u{feff}{FORM}"),
    ];
    for body in same {
        assert_eq!(read("[Report]", &body), expected, "{body}");
    }
}

#[test]
fn a_translated_form_is_read_like_the_form() {
    let german = "### Betroffener Dienst\n\nNextcloud\n\n### Was passiert?\n\nNichts\n\n### Welche Art von Fehler?\n\nAnmeldung geht nicht\n\n### Seit wann?\n\ngestern Abend\n";
    let french = "### Service concerné\n\nNextcloud\n\n### Que se passe-t-il ?\n\nRien\n\n### Quel type d'erreur ?\n\nConnexion impossible\n\n### Depuis quand ?\n\nhier soir\n";
    let spanish = "### Servicio afectado\n\nNextcloud\n\n### ¿Qué está pasando?\n\nNada\n\n### ¿Qué tipo de error?\n\nNo puedo iniciar sesión\n\n### ¿Desde cuándo?\n\nayer\n";
    for body in [german, french, spanish] {
        let report = read("?", body);
        assert_eq!(report.service.as_deref(), Some("Nextcloud"), "{body}");
        assert_eq!(report.error, Some(ErrorKindReported::LoginBroken), "{body}");
        assert!(report.missing().is_empty(), "{body}: {:?}", report.missing());
    }
}

#[test]
fn what_the_form_left_open_is_read_from_the_words() {
    let body = "### Affected Service\n\nOther / not listed\n\n### What's happening?\n\nImmich gives 503 since 14:00 at photos.example.org\n\n### What kind of error?\n\nNot sure\n\n### When did it start?\n\n_No response_\n";
    let report = read("help", body);
    assert_eq!(report.service.as_deref(), Some("Immich"));
    assert_eq!(report.error, Some(ErrorKindReported::ServiceUnavailable));
    assert_eq!(report.started.as_deref(), Some("since 14:00 at photos.example.org"));
    assert_eq!(report.url.as_deref(), Some("https://photos.example.org"));
}

#[test]
fn the_first_answer_to_a_field_counts() {
    let body = "### Affected Service\n\nNextcloud\n\n### What's happening?\n\nx\n\n### Affected Service\n\nAdGuard\n";
    assert_eq!(read("?", body).service.as_deref(), Some("Nextcloud"));
}

#[test]
fn several_services_are_all_kept() {
    let report = read("?", "### Affected Service\n\nNextcloud (files), Immich\n\n### What's happening?\n\nslow\n");
    assert_eq!(report.service.as_deref(), Some("Nextcloud"));
    assert_eq!(report.what.as_deref(), Some("slow\n\nAffected too: Immich"));
}

#[test]
fn free_text_is_read_as_far_as_it_goes() {
    let report = read("Nextcloud returns 502 since 14:00", "");
    assert_eq!(report.service.as_deref(), Some("Nextcloud"));
    assert_eq!(report.error, Some(ErrorKindReported::BadGateway));
    assert_eq!(report.started.as_deref(), Some("since 14:00"));
    assert!(report.missing().is_empty());
}

#[test]
fn a_report_without_facts_is_bare_and_says_what_is_missing() {
    for (title, body) in [("nothing works", ""), ("", ""), ("help", "<p>Nothing works</p>"), ("🤷", "\u{200b}\r\n\r\n")]
    {
        let report = read(title, body);
        assert!(report.is_bare(), "{report:?}");
        assert_eq!(report.missing(), ["Affected Service", "What kind of error?", "When did it start?"], "{report:?}");
    }
}

#[test]
fn passwords_in_an_address_are_not_repeated() {
    let report = read("Nextcloud", "### URL you were accessing\n\nhttps://ada:s3cret@cloud.example.org/x\n");
    assert_eq!(report.url.as_deref(), Some("https://cloud.example.org/x"));
}

/// A megabyte of whatever is worst for a reader takes as long as a megabyte of anything else.
#[test]
fn huge_bodies_are_survived() {
    let pieces = [
        "a",
        "\n",
        "### ",
        "### x\n",
        "```\n",
        "~~~\n`",
        "<!--",
        "-->",
        "<!-- -->",
        "((((",
        "https://a.example ",
        "a.example/",
        "since ",
        "since 1 ",
        "502 ",
        "- [x] ",
        "[",
        "](",
        "\u{200b}",
        "ß",
        "日",
        "\u{301}",
        "add a monitor for a.example ",
        "### Affected Service\n\nNextcloud\n\n",
        "Nextcloud ",
        "\u{202e}",
        "called \"",
    ];
    for piece in pieces {
        let body = piece.repeat(1_000_000 / piece.len());
        let report = read(&body, &body);
        let longest = [report.service, report.started, report.url, report.contact].into_iter().flatten();
        assert!(longest.map(|value| value.len()).all(|length| length <= 2_000), "{piece:?}");
        assert!(report.what.is_none_or(|what| what.len() <= 10_000), "{piece:?}");
        let request = feature_request(&text(&body, &body));
        assert!(matches!(request, FeatureRequest::Unknown { .. }), "{piece:?}");
    }
}

fn answer() -> impl Strategy<Value = String> {
    "[A-Za-z0-9äéñ][A-Za-z0-9äéñ .:/-]{0,30}[A-Za-z0-9äéñ]".prop_filter("says something", |answer| {
        !["other", "others", "none", "n/a", "all"].contains(&answer.to_lowercase().as_str())
    })
}

/// A body that a form would make of these answers.
fn rendered(answers: &[(&str, Option<&str>)], newline: &str) -> String {
    let answer = |answer: Option<&str>| answer.unwrap_or("_No response_").to_owned();
    let parts: Vec<String> = answers.iter().map(|(q, a)| format!("### {q}{newline}{newline}{}", answer(*a))).collect();
    parts.join(&format!("{newline}{newline}"))
}

proptest! {
    #[test]
    fn what_a_form_was_filled_with_is_what_is_read(
        service in answer(),
        what in answer(),
        started in answer(),
        contact in proptest::option::of(answer()),
        crlf in any::<bool>(),
    ) {
        let answers = [
            ("Affected Service", Some(service.as_str())),
            ("What's happening?", Some(what.as_str())),
            ("What kind of error?", Some("Data missing")),
            ("Is it just you or others too?", Some("Just me")),
            ("When did it start?", Some(started.as_str())),
            ("URL you were accessing", Some("https://cloud.example.org/a?b=c")),
            ("Contact", contact.as_deref()),
        ];
        let body = rendered(&answers, if crlf { "\r\n" } else { "\n" });
        let expected = Report {
            service: Some(service.split_whitespace().collect::<Vec<_>>().join(" ")),
            what: Some(what.clone()),
            error: Some(ErrorKindReported::DataMissing),
            scope: Some(ReportScope::JustMe),
            started: Some(started.clone()),
            url: Some("https://cloud.example.org/a?b=c".to_owned()),
            contact: contact.clone(),
        };
        prop_assert_eq!(report(&text("?", &body), &ServiceCatalog::default()), expected);
    }

    #[test]
    fn no_text_makes_a_reader_fail(
        title in any::<String>(),
        body in proptest::collection::vec(
            prop_oneof![
                any::<String>(),
                Just("### Affected Service\n".to_owned()),
                Just("### What do you need?\r\n".to_owned()),
                Just("```\n".to_owned()),
                Just("<!--".to_owned()),
                Just("-->".to_owned()),
                Just("- [x] ".to_owned()),
                Just("https://".to_owned()),
                Just("add a monitor for ".to_owned()),
            ],
            0..20,
        ),
    ) {
        let issue = text(&title, &body.concat());
        let report = report(&issue, &catalog());
        prop_assert!(report.service.is_none_or(|service| !service.trim().is_empty()));
        let _ = feature_request(&issue);
    }
}

/// GitHub's own examples of webhook payloads, where they are installed (`./run setup` does).
#[tokio::test]
async fn real_payloads_are_read_and_routed() {
    let Some(folder) = std::env::var_os("LAMPLIGHTER_WEBHOOK_EXAMPLES").map(PathBuf::from) else {
        println!("skipped: LAMPLIGHTER_WEBHOOK_EXAMPLES names no folder with @octokit/webhooks-examples");
        return;
    };
    let issues = issues_in(&folder.join("api.github.com/index.json"));
    assert!(issues.len() >= 29, "{} issues", issues.len());
    for issue in issues {
        let routed = Router.classify(&context("payload"), &issue).await.unwrap();
        let expected = if issue.text.get().body.contains("we need") { Route::Feature } else { Route::Incident };
        assert_eq!(routed.label, expected, "{:?}", issue.text.get());
        let report = report(&issue.text, &catalog());
        assert!(report.is_bare() && report.what.is_some(), "{report:?}");
        assert!(matches!(feature_request(&issue.text), FeatureRequest::Unknown { .. }));
    }
}

fn issues_in(index: &Path) -> Vec<AdmittedIssue> {
    let index: Vec<Value> = serde_json::from_slice(&std::fs::read(index).unwrap()).unwrap();
    let examples = index.iter().filter_map(|event| event["examples"].as_array()).flatten();
    examples.map(|example| &example["issue"]).filter(|issue| issue.is_object()).map(admitted).collect()
}

fn admitted(issue: &Value) -> AdmittedIssue {
    let words = |key: &str| issue[key].as_str().unwrap_or_default().to_owned();
    let labels = issue["labels"].as_array().into_iter().flatten().filter_map(|label| label["name"].as_str());
    AdmittedIssue {
        number: IssueNumber(issue["number"].as_u64().unwrap()),
        author: Login::new(issue["user"]["login"].as_str().unwrap()),
        labels: labels.map(str::to_owned).collect::<BTreeSet<_>>(),
        state: IssueState::Open,
        created_at: issue["created_at"].as_str().and_then(|at| at.parse().ok()),
        text: text(&words("title"), &words("body")),
    }
}
