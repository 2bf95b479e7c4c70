//! The issue forms, filled in and rendered as GitHub does, are read whole by our own intake.

use std::collections::BTreeMap;

use lamplighter::core::trust::Trusted;
use lamplighter::core::words::{ErrorKindReported, IssueText, Report, ReportScope, ServiceCatalog, labels};
use lamplighter_issue_responder::intake::{self, FeatureRequest};
use serde_json::{Value, json};

use crate::files::yaml;
use crate::vendors::{holds, schema};

const OUTAGE: &str = "github/ISSUE_TEMPLATE/outage.yml";
const FEATURE: &str = "github/ISSUE_TEMPLATE/feature-request.yml";

/// What somebody answered, by the fields' ids.
type Answers<'a> = BTreeMap<&'a str, &'a str>;

#[test]
fn the_forms_are_what_github_takes() {
    let breaks = [("type: textarea", "type: textbox"), ("body:", "bodies:"), ("      label:", "      name:")];
    holds(schema("vendor.github-issue-forms"), OUTAGE, &breaks);
    holds(schema("vendor.github-issue-forms"), FEATURE, &breaks);
    let breaks = [("url:", "link:"), ("blank_issues_enabled: false", "blank_issues_enabled: no-thanks")];
    holds(schema("vendor.github-issue-config"), "github/ISSUE_TEMPLATE/config.yml", &breaks);
}

/// What the schema does not say and GitHub refuses: ids that are there twice, and an option called `None`.
#[test]
fn ids_are_there_once_and_options_are_ones_that_github_allows() {
    for form in [OUTAGE, FEATURE] {
        let form = yaml(form);
        let ids: Vec<&str> = fields(&form).map(|field| text(field, "/id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<std::collections::BTreeSet<_>>().len(), "{ids:?}");
        for field in fields(&form).filter(|field| field["type"] == "dropdown") {
            let options = options(&form, text(field, "/id"));
            assert!(!options.is_empty() && options.iter().all(|option| *option != "None"), "{options:?}");
        }
    }
}

#[test]
fn the_outage_form_asks_what_the_intake_reads() {
    let form = yaml(OUTAGE);
    let asked: Vec<&str> = fields(&form).map(|field| text(field, "/attributes/label")).collect();
    let expected = [
        "Affected Service",
        "What's happening?",
        "What kind of error?",
        "Is it just you or others too?",
        "When did it start?",
        "URL you were accessing",
        "Contact",
    ];
    assert_eq!(asked, expected);
    assert_eq!(form["labels"], json!([labels::USER_REPORT]));
}

#[test]
fn every_answer_of_an_outage_report_is_found() {
    let answers = Answers::from([
        ("service", "Nextcloud (files, calendar, contacts)"),
        ("what", "The calendar says so.\n\nAgain and again."),
        ("error", "503 Service Unavailable"),
        ("scope", "Others too"),
        ("started", "about 3pm today"),
        ("url", "https://nextcloud.example.org/apps/calendar"),
        ("contact", "Ada, in the chat"),
    ]);
    let whole = |text: &str| Some(text.to_owned());
    let expected = Report {
        service: whole("Nextcloud"),
        what: whole("The calendar says so.\n\nAgain and again."),
        error: Some(ErrorKindReported::ServiceUnavailable),
        scope: Some(ReportScope::Others),
        started: whole("about 3pm today"),
        url: whole("https://nextcloud.example.org/apps/calendar"),
        contact: whole("Ada, in the chat"),
    };
    assert_eq!(report(&answers), expected);
}

#[test]
fn what_need_not_be_answered_is_missing_and_nothing_is_made_up() {
    let form = yaml(OUTAGE);
    let required: Vec<&str> =
        fields(&form).filter(|f| f["validations"]["required"] == true).map(|f| text(f, "/id")).collect();
    assert_eq!(required, ["service", "what", "error"]);
    let answers = Answers::from([("service", "Something else"), ("what", "It is broken."), ("error", "Not sure")]);
    let expected =
        Report { what: Some("It is broken.".to_owned()), error: Some(ErrorKindReported::NotSure), ..Report::default() };
    let report = report(&answers);
    assert_eq!(report, expected);
    assert_eq!(report.missing(), ["Affected Service", "When did it start?"]);
}

#[test]
fn every_option_of_the_outage_form_is_understood() {
    use ErrorKindReported::{
        BadGateway, DataMissing, FeatureBroken, LoginBroken, NotSure, PageWontLoad, ServiceUnavailable, Slow,
    };
    let form = yaml(OUTAGE);
    let errors: Vec<_> =
        options(&form, "error").into_iter().map(|option| report(&[("error", option)].into()).error.unwrap()).collect();
    let expected =
        [PageWontLoad, BadGateway, ServiceUnavailable, LoginBroken, Slow, FeatureBroken, DataMissing, NotSure];
    assert_eq!(errors, expected);

    let scopes: Vec<_> =
        options(&form, "scope").into_iter().map(|option| report(&[("scope", option)].into()).scope.unwrap()).collect();
    assert_eq!(scopes, [ReportScope::JustMe, ReportScope::Others, ReportScope::NotSure]);

    let services = options(&form, "service");
    let (none, services) = services.split_last().unwrap();
    assert_eq!(report(&[("service", *none)].into()).service, None);
    for option in services {
        let (name, _hint) = option.split_once(" (").unwrap();
        assert_eq!(report(&[("service", *option)].into()).service.as_deref(), Some(name));
    }
}

#[test]
fn what_the_feature_form_gives_as_its_example_is_done_without_a_person() {
    let form = yaml(FEATURE);
    assert_eq!(form["labels"], json!([labels::FEATURE_REQUEST]));
    let field = fields(&form).next().unwrap();
    let example = text(field, "/attributes/placeholder");
    let request = intake::feature_request(&issue(&form, &[(text(field, "/id"), example)].into()));
    let expected =
        FeatureRequest::AddMonitor { name: "wiki.example.org".to_owned(), url: "https://wiki.example.org".to_owned() };
    assert_eq!(request, expected);
}

fn report(answers: &Answers<'_>) -> Report {
    intake::report(&issue(&yaml(OUTAGE), answers), &ServiceCatalog::default())
}

/// The issue that a form makes of answers: each heading, then the answer (GitHub docs, "Syntax for GitHub's form schema").
fn issue(form: &Value, answers: &Answers<'_>) -> Trusted<IssueText> {
    let ids: Vec<&str> = fields(form).map(|field| text(field, "/id")).collect();
    assert!(answers.keys().all(|id| ids.contains(id)), "{answers:?} is not answered in {ids:?}");
    let sections = fields(form).map(|field| {
        let answer = answers.get(text(field, "/id")).copied().unwrap_or("_No response_");
        format!("### {}\n\n{answer}", text(field, "/attributes/label"))
    });
    let body = sections.collect::<Vec<_>>().join("\n\n");
    Trusted::from_operator(IssueText { title: text(form, "/title").to_owned(), body })
}

/// What is asked; text in between is not.
fn fields(form: &Value) -> impl Iterator<Item = &Value> {
    form["body"].as_array().unwrap().iter().filter(|element| element["type"] != "markdown")
}

fn options<'a>(form: &'a Value, id: &str) -> Vec<&'a str> {
    let field = fields(form).find(|field| field["id"] == id).unwrap();
    let options = field["attributes"]["options"].as_array().unwrap();
    options.iter().map(|option| option.as_str().unwrap()).collect()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("there is no {pointer} in {value}"))
}
