use std::sync::Arc;

use lamplighter_core::ports::{IssueWriter, LastBeats};
use lamplighter_core::words::status::{OverallState, SourceState, Status, TimelineWord};
use lamplighter_core::words::{
    CatalogedService, ErrorKindReported, IssueNumber, ReportScope, ServiceCatalog, Severity,
};
use lamplighter_core::{Agent, Error, ErrorKind};
use lamplighter_status_publisher::{ClusterVerdict, StatusPublisher, StatusSettings};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeClock, FakeIssues, FakeMonitors, FakeUptimeHistory};
use serde_json::json;

use crate::world::{at, minutes};

const EVIL: &str = "<script>alert(1)</script> @everyone \u{202e}";

struct Desk {
    clock: FakeClock,
    issues: FakeIssues,
    publisher: StatusPublisher,
}

impl Desk {
    fn new() -> Self {
        let clock = FakeClock::new();
        let issues = FakeIssues::with_clock(Arc::new(clock.clone())).collaborator("ada");
        let wiki: CatalogedService = serde_json::from_value(json!({
            "name": "wiki", "aliases": ["pages"], "monitors": ["wiki"],
            "workloads": [{"kind": "deployment", "namespace": "apps", "name": "wiki"}],
        }))
        .unwrap();
        let mail: CatalogedService = serde_json::from_value(json!({"name": "mail", "monitors": ["mail"]})).unwrap();
        let settings = StatusSettings {
            catalog: ServiceCatalog::new(vec![wiki, mail]),
            names: [("wiki".to_owned(), "The Wiki".to_owned())].into(),
            ..StatusSettings::default()
        };
        let monitors = FakeMonitors::with_clock(Arc::new(clock.clone())).up("wiki").up("mail");
        let publisher = StatusPublisher::new(Arc::new(FakeUptimeHistory::new()), settings)
            .with_monitors(Arc::new(LastBeats(Arc::new(monitors))))
            .with_tracker(Arc::new(issues.clone()))
            .with_closed_issues(Arc::new(issues.clone()));
        Self { clock, issues, publisher }
    }

    async fn status(&self) -> Status {
        let cx = ContextBuilder::new("status").clock(self.clock.clone()).build();
        self.publisher.run(&cx, ClusterVerdict::NotAsked).await.unwrap()
    }

    async fn say(&self, number: IssueNumber, key: &str, body: &str) {
        self.issues.comment(number, key, body).await.unwrap();
    }
}

#[tokio::test]
async fn an_incident_is_told_with_our_words_and_those_of_collaborators() {
    let desk = Desk::new();
    let number = desk.issues.open("ada", "Pages are\u{202e} slow", "x", ["incident", "sev2"]);
    desk.say(number, "ack", "**Investigating:** SEV2, seen.\n\nAffected: `wiki`, `unheard of`\n").await;
    desk.clock.advance(minutes(3));
    desk.issues.say(number, "eve", &format!("**Resolved:** {EVIL}"));
    desk.issues.say(number, "eve", &format!("**Resolved:** {EVIL}\n\n<!-- lamplighter:ack -->"));
    desk.issues.say(number, "ada", "**Findings:** the disk is full");
    desk.issues.say(number, "ada", "I will look tonight");
    let status = desk.status().await;
    let issues = status.issues.as_ref().unwrap();
    let incident = &issues.incidents[0];
    assert_eq!(incident.title.as_deref(), Some("Pages are slow"));
    assert_eq!((incident.severity, incident.opened_at), (Some(Severity::Sev2), Some(at(0))));
    assert_eq!(incident.services, ["The Wiki"]);
    let told: Vec<_> = incident.timeline.iter().map(|one| (one.at, one.word, one.text.as_str())).collect();
    assert_eq!(
        told,
        [
            (Some(at(0)), TimelineWord::Investigating, "SEV2, seen."),
            (Some(at(3)), TimelineWord::Findings, "the disk is full"),
        ]
    );
    assert_eq!(status.state, OverallState::Degraded);
}

#[tokio::test]
async fn no_word_of_an_outsider_is_published() {
    let desk = Desk::new();
    let form = format!(
        "### Affected Service\n\npages (all of them)\n\n### What's happening?\n\n{EVIL}\n\n### What kind of error?\n\n\
         502 Bad Gateway\n\n### Is it just you or others too?\n\nOthers too\n\n### Contact\n\n{EVIL}\n"
    );
    let reported = desk.issues.open("eve", EVIL, &form, ["user-report"]);
    desk.issues.open("eve", EVIL, &"### x\n<b>evil</b>\n".repeat(10_000), ["user-report"]);
    let incident = desk.issues.open("eve", EVIL, &form, ["incident", "user-report"]);
    desk.say(incident, "ack", "**Investigating:** looking").await;
    let edited = desk.issues.open("ada", "mail is slow", "x", ["incident"]);
    desk.issues.edit(edited, "eve", EVIL);
    let status = desk.status().await;
    let json = serde_json::to_string(&status).unwrap();
    for word in ["script", "alert", "everyone", "evil", "slow", "all of them"] {
        assert!(!json.contains(word), "{word} in {json}");
    }
    let issues = status.issues.unwrap();
    assert_eq!(issues.reports.total, 2);
    let report = issues.reports.newest.iter().find(|report| report.number == reported).unwrap();
    assert_eq!(report.service.as_deref(), Some("The Wiki"));
    assert_eq!((report.error, report.scope), (Some(ErrorKindReported::BadGateway), Some(ReportScope::Others)));
    let told = issues.incidents.iter().find(|one| one.number == incident).unwrap();
    assert_eq!((told.title.as_deref(), told.services.len(), told.timeline.len()), (None, 1, 1));
}

#[tokio::test]
async fn there_is_one_incident_for_a_condition() {
    let desk = Desk::new();
    let first = desk.issues.open("ada", "wiki does not answer", "x", ["incident", "sev3"]);
    desk.clock.advance(minutes(1));
    let second = desk.issues.open("ada", "the wiki is down", "x", ["incident", "sev1"]);
    let other = desk.issues.open("ada", "mail is late", "x", ["incident", "sev3"]);
    let status = desk.status().await;
    let incidents = status.issues.unwrap().incidents;
    let shown: Vec<_> = incidents.iter().map(|one| (one.number, one.also.clone(), one.severity)).collect();
    assert_eq!(shown, [(second, vec![first], Some(Severity::Sev1)), (other, Vec::new(), Some(Severity::Sev3))]);
    assert_eq!(incidents[0].opened_at, Some(at(0)));
    assert_eq!(status.state, OverallState::MajorOutage);
}

#[tokio::test]
async fn what_is_resolved_is_told_for_a_week_with_its_post_mortem() {
    let desk = Desk::new();
    let number = desk.issues.open("ada", "wiki down", "x", ["incident", "sev2", "postmortem-done"]);
    desk.say(number, "pm", "**Postmortem:** [2026-03-01](docs/post-mortems/2026-03-01-wiki.md)").await;
    let open = desk.issues.open("ada", "wiki slow", "x", ["incident"]);
    desk.clock.advance(minutes(30));
    desk.issues.close(number, lamplighter_core::ports::CloseReason::Completed).await.unwrap();
    desk.clock.advance(minutes(10));
    let status = desk.status().await;
    let issues = status.issues.unwrap();
    assert_eq!(issues.incidents.iter().map(|one| one.number).collect::<Vec<_>>(), [open]);
    let resolved = &issues.resolved.unwrap()[0];
    assert_eq!((resolved.number, resolved.resolved_at), (number, at(30)));
    assert_eq!(resolved.post_mortem.as_deref(), Some("docs/post-mortems/2026-03-01-wiki.md"));
    desk.clock.advance(minutes(7 * 24 * 60));
    assert!(desk.status().await.issues.unwrap().resolved.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_over_is_told_for_a_year_and_read_seldom() {
    let desk = Desk::new();
    let number = desk.issues.open("ada", "wiki down", "x", ["incident", "sev2"]);
    let outside = desk.issues.open("eve", EVIL, "x", ["incident"]);
    for number in [number, outside] {
        desk.issues.close(number, lamplighter_core::ports::CloseReason::Completed).await.unwrap();
    }
    desk.clock.advance(minutes(30 * 24 * 60));
    let numbers =
        |status: &Status| status.past.as_ref().unwrap().incidents.iter().map(|one| one.number).collect::<Vec<_>>();
    let status = desk.status().await;
    assert_eq!(numbers(&status), [outside, number]);
    let past = status.past.unwrap();
    assert_eq!((past.since, past.is_cut_off), (at(30 * 24 * 60 - 365 * 24 * 60 - 12 * 60), false));
    let [evil, wiki] = &past.incidents[..] else { panic!("{past:?}") };
    assert_eq!((evil.title.as_deref(), wiki.title.as_deref()), (None, Some("wiki down")));
    assert_eq!((wiki.severity, wiki.opened_at, wiki.resolved_at), (Some(Severity::Sev2), Some(at(0)), at(0)));
    assert_eq!((wiki.services[0].as_str(), wiki.post_mortem.as_deref()), ("The Wiki", None));

    // Its post-mortem is written late: that is seen within an hour. What is over since then is seen at once.
    desk.say(number, "pm", "**Postmortem:** [x](docs/wiki.md)").await;
    desk.issues.relabel(number, &["postmortem-done".to_owned()].into(), &[].into()).await.unwrap();
    let new = desk.issues.open("ada", "mail down", "x", ["incident"]);
    desk.issues.close(new, lamplighter_core::ports::CloseReason::Completed).await.unwrap();
    let asked =
        || desk.issues.calls().of("comments").iter().filter(|call| **call == format!("comments {number}")).count();
    let before = asked();
    for minute in [5, 60, 65, 120, 125] {
        desk.clock.set(at(30 * 24 * 60 + minute));
        let status = desk.status().await;
        assert_eq!(numbers(&status), [new, outside, number]);
        let link = status.past.unwrap().incidents[2].post_mortem.clone();
        assert_eq!(link.as_deref(), (minute >= 60).then_some("docs/wiki.md"));
    }
    assert_eq!(asked() - before, 1, "what was read of an issue that is over is remembered");
    desk.issues.reopen(number);
    assert_eq!(numbers(&desk.status().await), [new, outside], "what is open again is not over");
}

#[tokio::test]
async fn a_tracker_that_cannot_be_read_is_not_one_without_incidents() {
    let desk = Desk::new();
    let limited = || Error::new(ErrorKind::Unavailable, "rate limit of token 123");
    desk.issues.calls().fail_always("open_issues", limited);
    let first = desk.status().await;
    assert!(first.issues.is_none(), "nobody knows whether there are incidents");
    assert_eq!(first.sources.last().unwrap().state, SourceState::Unreachable);
    desk.issues.calls().recover();
    desk.issues.open("ada", "wiki down", "x", ["incident"]);
    desk.status().await;
    for method in ["open_issues", "comments", "permission", "closed_issues"] {
        desk.clock.advance(minutes(5));
        desk.issues.calls().fail_always(method, limited);
        let later = desk.status().await;
        let issues = later.issues.as_ref().unwrap();
        assert_eq!((issues.read_at, issues.incidents.len()), (at(0), 1), "{method}");
        assert_eq!(later.sources.last().unwrap().last_look, Some(at(0)));
        assert!(!serde_json::to_string(&later).unwrap().contains("123"));
        desk.issues.calls().recover();
    }
}
