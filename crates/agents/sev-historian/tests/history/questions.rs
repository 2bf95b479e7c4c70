use std::sync::Arc;

use lamplighter_core::Agent as _;
use lamplighter_core::ports::ArchivedDocument;
use lamplighter_core::words::{CatalogedService, History, HistoryQuestion, ServiceCatalog};
use lamplighter_sev_historian::{Search, SevHistorian};
use lamplighter_testkit::context;
use lamplighter_testkit::fakes::FakeArchive;

use crate::archive::reports;

async fn ask(question: HistoryQuestion) -> History {
    ask_in(reports("shop"), question).await
}

async fn ask_in(documents: Vec<ArchivedDocument>, question: HistoryQuestion) -> History {
    let archive = Arc::new(FakeArchive::new());
    for report in documents {
        archive.put(&report.path, &report.text);
    }
    let historian = SevHistorian::new(archive).with_catalog(catalog());
    historian.run(&context("history"), question).await.unwrap()
}

fn catalog() -> ServiceCatalog {
    let service = |name: &str, aliases: &[&str], needs: &[&str]| -> CatalogedService {
        serde_json::from_value(serde_json::json!({ "name": name, "aliases": aliases, "depends_on": needs })).unwrap()
    };
    ServiceCatalog::new(vec![
        service("warehouse-db", &["warehouse database"], &[]),
        service("picking", &[], &["warehouse-db"]),
        service("catalogue", &[], &["warehouse database"]),
        service("shop", &[], &["catalogue"]),
        service("basket", &[], &[]),
    ])
}

fn question(title: &str, symptoms: &str, services: &[&str]) -> HistoryQuestion {
    HistoryQuestion {
        title: title.to_owned(),
        symptoms: symptoms.to_owned(),
        services: services.iter().map(|name| (*name).to_owned()).collect(),
        ..HistoryQuestion::default()
    }
}

#[tokio::test]
async fn what_happened_before_is_told_with_what_was_done_and_what_was_not() {
    let mut asked =
        question("warehouse-db refuses inserts", "could not extend file: No space left on device", &["warehouse-db"]);
    asked.cause = Some("db_storage_full".to_owned());
    let history = ask(asked).await;
    let again: Vec<_> = history.recurrences().iter().map(|past| past.path.as_str()).collect();
    assert_eq!(again, ["2024-06-20-warehouse-disk-again.md", "2023-02-20-warehouse-disk.md"]);
    let first = history.related.iter().find(|past| past.path.starts_with("2023-02-20")).unwrap();
    assert!(first.resolution.as_ref().unwrap().starts_with("Grew the volume"), "{:?}", first.resolution);
    assert!(first.open_items.iter().any(|item| item.action.contains("predicted fill time")), "{:?}", first.open_items);
    let trend = history.trend.unwrap();
    assert_eq!((trend.times, trend.median_days_between), (2, Some(486)));
    assert_eq!(history.cascade, ["picking", "catalogue", "shop"]);
}

#[tokio::test]
async fn only_what_was_before_counts_and_never_the_incident_itself() {
    let mut asked = question("warehouse-db read only", "No space left on device", &["warehouse-db"]);
    asked.before = "2024-06-20".parse().ok();
    let history = ask(asked.clone()).await;
    assert!(history.related.iter().all(|past| past.date < asked.before), "{:?}", history.related);
    asked.before = None;
    let own = "2024-06-20-warehouse-disk-again.md";
    assert!(ask(asked.clone()).await.related.iter().any(|past| past.path == own));
    // Two documents of it, of which one quotes another's mark.
    let mark = "<!-- lamplighter:post-mortem incident/0123456789ab -->";
    let mut documents = reports("shop");
    let report = documents.iter_mut().find(|document| document.path == own).unwrap();
    report.text = format!("{}\n<!-- lamplighter:post-mortem issue/7 -->\n\n{mark}\n", report.text);
    let again = ArchivedDocument { path: "again.md".to_owned(), ..report.clone() };
    documents.push(again);
    asked.mark = Some(mark.to_owned());
    let history = ask_in(documents, asked).await;
    assert!(!history.related.is_empty(), "others are found");
    assert!(history.related.iter().all(|past| past.path != own && past.path != "again.md"), "{:?}", history.related);
}

#[tokio::test]
async fn known_trouble_and_patterns_are_matched() {
    let history =
        ask(question("Tills refuse tokens", "the clock of old tills drifts after a power cut", &["tills"])).await;
    assert_eq!(history.known_issues.len(), 1, "{:?}", history.known_issues);
    assert_eq!(history.known_issues[0].title, "Tills lose their clock");
    assert!(history.known_issues[0].text.contains("Workaround"));
    let history =
        ask(question("Basket hangs", "connection pool runs dry, sessions are not released", &["basket"])).await;
    assert_eq!(history.patterns[0].title, "Handles that are not given back");
}

#[tokio::test]
async fn the_first_of_its_kind_has_no_past() {
    let history = ask(question("A fibre was cut", "an excavator hit the line of the office", &["office"])).await;
    assert_eq!(history, History { searched: 30, ..History::default() });
}

#[tokio::test]
async fn trouble_of_what_many_share_is_the_same_again_whomever_it_struck() {
    let mut documents = reports("shop");
    let text = "# Orders namespace memory quota exceeded\n\n**Services:** picking\n\n## Root cause\n\nThe quota on memory of \
                the namespace orders was used up, and no pod could be made: exceeded quota memory.\n";
    documents.push(ArchivedDocument { path: "2024-01-02-quota.md".to_owned(), text: text.to_owned() });
    let symptoms = "Error creating: pods are forbidden: exceeded quota: memory";
    let mut asked = question("", symptoms, &["orders", "basket"]);
    asked.cause = Some("namespace_memory_quota_exceeded".to_owned());
    let history = ask_in(documents.clone(), asked.clone()).await;
    let first = &history.related[0];
    assert!(first.path == "2024-01-02-quota.md" && first.is_recurrence, "{first:?}");

    // The quota of something else is other trouble.
    asked.services[0] = "payroll".to_owned();
    let history = ask_in(documents, asked).await;
    assert!(history.recurrences().is_empty(), "{:?}", history.recurrences());
}

#[test]
fn one_word_is_a_question_too() {
    let index = crate::archive::index(&reports("shop"));
    let found = |word: &str| index.search(word, &Search::default());
    for service in ["basket", "warehouse-db"] {
        let first = found(service).into_iter().next().unwrap();
        assert!(first.why.contains(&format!("The same service is affected: {service}.")), "{:?}", first.why);
    }
    assert!(!found("expired").is_empty() && !found("WAL").is_empty());
    assert!(found("xylophone").is_empty());
}

#[test]
fn what_is_told_in_other_words_is_not_called_the_same_word() {
    let report = |path: &str, text: &str| ArchivedDocument { path: path.to_owned(), text: text.to_owned() };
    let documents = [
        report(
            "2024-01-01-a.md",
            "# Mail refused\n\n## Root cause\n\nThe certificate of the relay lapsed overnight.\n",
        ),
        report("2024-02-02-b.md", "# Disk of the relay\n\n## Root cause\n\nLogs filled the volume.\n"),
    ];
    let index = crate::archive::index(&documents);
    let found = index.search("x509: relay has expired", &Search::default());
    let first = found.first().unwrap();
    assert_eq!(first.path, "2024-01-01-a.md");
    let words = |start: &str| first.why.iter().find(|why| why.starts_with(start)).cloned().unwrap_or_default();
    assert!(words("Both speak of").contains("relay") && !words("Both speak of").contains("x509"), "{:?}", first.why);
    assert!(words("Both speak, in other words or forms, of").contains("x509"), "{:?}", first.why);
}
