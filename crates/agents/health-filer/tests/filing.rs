//! What is filed, what is not, and what is said afterwards.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use jiff::SignedDuration;
use lamplighter_core::ports::IssueWriter;
use lamplighter_core::words::{
    CheckResult, CheckStatus, Finding, HealthReport, IssueNumber, KnownFinding, ObjectRef, Severity, Source,
};
use lamplighter_core::{Agent, Context, Error, ErrorKind};
use lamplighter_health_filer::{FilerSettings, Filing, HealthFiler};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeClock, FakeIssues};
use proptest::prelude::*;

struct Desk {
    issues: Arc<FakeIssues>,
    clock: FakeClock,
    settings: FilerSettings,
}

impl Desk {
    fn new() -> Self {
        let clock = FakeClock::new();
        let issues = Arc::new(FakeIssues::with_clock(Arc::new(clock.clone())));
        Self { issues, clock, settings: FilerSettings::default() }
    }

    fn cx(&self) -> Context {
        ContextBuilder::new("health").clock(self.clock.clone()).build()
    }

    async fn scan(&self, checks: Vec<CheckResult>) -> Filing {
        self.try_scan(checks).await.unwrap()
    }

    async fn try_scan(&self, checks: Vec<CheckResult>) -> lamplighter_core::Result<Filing> {
        self.clock.advance(std::time::Duration::from_mins(5));
        let cx = self.cx();
        let filer = HealthFiler::new(self.issues.clone(), self.issues.clone()).with_settings(self.settings.clone());
        filer.run(&cx, report(&cx, checks)).await
    }

    fn said(&self, number: IssueNumber) -> Vec<String> {
        self.issues.said(number)
    }
}

fn report(cx: &Context, checks: Vec<CheckResult>) -> HealthReport {
    HealthReport { taken_at: cx.now(), cluster: "home".to_owned(), checks }
}

fn finding(object: ObjectRef, severity: Severity, summary: &str) -> Finding {
    let mut finding = Finding::new(summary, object, Source::new("kubernetes api"), FakeClock::START)
        .with_evidence("desired 1, ready 0");
    finding.severity = Some(severity);
    finding
}

fn fails(check: &str, findings: Vec<Finding>) -> CheckResult {
    let severity = findings.iter().filter_map(|finding| finding.severity).max();
    CheckResult { findings, severity, ..CheckResult::new(check, CheckStatus::Fail, "something is wrong") }
}

fn passes(check: &str) -> CheckResult {
    CheckResult::new(check, CheckStatus::Pass, "nothing wrong")
}

fn unknown(check: &str) -> CheckResult {
    CheckResult::new(check, CheckStatus::Unknown, "could not look: forbidden")
}

fn deployment(name: &str) -> ObjectRef {
    ObjectRef::namespaced("deployment", "apps", name)
}

fn down(name: &str) -> CheckResult {
    fails(
        "deployments",
        vec![finding(deployment(name), Severity::Sev2, &format!("deployment apps/{name} has no ready pod of 1"))],
    )
}

fn many(names: &[&str]) -> CheckResult {
    let findings = names.iter().flat_map(|name| down(name).findings).collect();
    fails("deployments", findings)
}

#[tokio::test]
async fn a_serious_condition_is_filed_once() {
    let desk = Desk::new();
    let filing = desk.scan(vec![down("wiki")]).await;
    assert_eq!(filing.filed, [IssueNumber(1)]);
    assert_eq!(desk.issues.labels(IssueNumber(1)), ["incident", "sev2"]);
    let text = desk.issues.text(IssueNumber(1)).unwrap();
    insta::assert_snapshot!(format!("{}\n\n{}", text.title, text.body));
    for _ in 0..3 {
        let again = desk.scan(vec![down("wiki")]).await;
        assert_eq!(again, Filing { open: vec![IssueNumber(1)], ..Filing::default() });
    }
    assert!(desk.said(IssueNumber(1)).is_empty(), "nothing is added while it lasts");
}

#[tokio::test]
async fn minor_and_known_trouble_is_not_filed() {
    let desk = Desk::new();
    let minor = fails("jobs-failed", vec![finding(deployment("a"), Severity::Sev3, "minor")]);
    let known = KnownFinding { finding: finding(deployment("b"), Severity::Sev1, "known"), note: "x".to_owned() };
    let known = CheckResult { known: vec![known], ..passes("nodes-ready") };
    assert_eq!(desk.scan(vec![minor, known, unknown("deployments")]).await, Filing::default());
}

#[tokio::test]
async fn all_that_is_wrong_with_one_object_is_one_issue() {
    let desk = Desk::new();
    let mut pod = finding(ObjectRef::pod("apps", "wiki-1"), Severity::Sev2, "pod apps/wiki-1 crashes again and again");
    pod.part_of = Some(deployment("wiki"));
    let crashing = fails("pods-crash-looping", vec![pod]);
    let filing = desk.scan(vec![crashing.clone(), down("wiki")]).await;
    assert_eq!(filing.filed.len(), 1);
    let text = desk.issues.text(IssueNumber(1)).unwrap();
    assert!(text.body.contains("pod apps/wiki-1 crashes") && text.body.contains("no ready pod"), "{}", text.body);
    assert_eq!(text.title, "deployment apps/wiki has no ready pod of 1");
    // One of its checks is better, and the object is not.
    let filing = desk.scan(vec![crashing, passes("deployments")]).await;
    assert_eq!(filing, Filing { open: vec![IssueNumber(1)], ..Filing::default() });
}

#[tokio::test]
async fn a_recovery_is_said_once_and_the_issue_stays_open() {
    let desk = Desk::new();
    desk.scan(vec![down("wiki")]).await;
    let filing = desk.scan(vec![passes("deployments")]).await;
    assert_eq!(filing.recovered, [IssueNumber(1)]);
    for _ in 0..2 {
        assert_eq!(desk.scan(vec![passes("deployments")]).await, Filing::default());
    }
    let said = desk.said(IssueNumber(1));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with("**Resolved:** it was not seen any more at 2026-03-01 12:10:00 UTC by `deployments`"),
        "{said:?}"
    );
    assert_eq!(desk.issues.closed(IssueNumber(1)), None);
}

#[tokio::test]
async fn what_comes_back_while_the_issue_is_open_is_said_and_not_filed() {
    let desk = Desk::new();
    for (checks, said) in [
        (vec![down("wiki")], 0),
        (vec![passes("deployments")], 1),
        (vec![down("wiki")], 2),
        (vec![down("wiki")], 2),
        (vec![passes("deployments")], 3),
        (vec![passes("deployments")], 3),
    ] {
        desk.scan(checks).await;
        assert_eq!(desk.said(IssueNumber(1)).len(), said);
    }
    assert_eq!(desk.issues.numbers().len(), 1);
    assert!(desk.said(IssueNumber(1))[1].starts_with("**Investigating:** it was seen again at"));
}

#[tokio::test]
async fn what_comes_back_after_the_issue_was_closed_is_filed_anew() {
    let mut desk = Desk::new();
    desk.settings.close_recovered = true;
    desk.scan(vec![down("wiki")]).await;
    desk.scan(vec![passes("deployments")]).await;
    assert!(desk.issues.closed(IssueNumber(1)).is_some());
    assert_eq!(desk.scan(vec![down("wiki")]).await.filed, [IssueNumber(2)]);
}

#[tokio::test]
async fn not_being_able_to_look_is_no_recovery() {
    let desk = Desk::new();
    desk.scan(vec![down("wiki")]).await;
    let absent = CheckResult { absent: true, ..unknown("deployments") };
    let minor = fails("deployments", vec![finding(deployment("wiki"), Severity::Sev3, "1 ready pod of 3")]);
    let known = KnownFinding { finding: finding(deployment("wiki"), Severity::Sev2, "down"), note: String::new() };
    let known = CheckResult { known: vec![known], ..passes("deployments") };
    for checks in
        [vec![unknown("deployments")], vec![absent], vec![minor], vec![known], vec![passes("nodes-ready")], vec![]]
    {
        let filing = desk.scan(checks).await;
        assert_eq!(filing, Filing { open: vec![IssueNumber(1)], ..Filing::default() });
    }
    assert!(desk.said(IssueNumber(1)).is_empty());
}

#[tokio::test]
async fn what_gets_worse_is_marked_as_worse() {
    let desk = Desk::new();
    desk.scan(vec![down("wiki")]).await;
    let worse = fails("deployments", vec![finding(deployment("wiki"), Severity::Sev1, "worse")]);
    desk.scan(vec![worse]).await;
    assert_eq!(desk.issues.labels(IssueNumber(1)), ["incident", "sev1"]);
    desk.scan(vec![down("wiki")]).await;
    assert_eq!(desk.issues.labels(IssueNumber(1)), ["incident", "sev1"], "a person takes it down again");
}

#[tokio::test]
async fn a_flood_is_one_more_issue() {
    let mut desk = Desk::new();
    desk.settings.most = 2;
    let filing = desk.scan(vec![many(&["a", "b", "c", "d", "e"])]).await;
    assert_eq!((filing.filed.len(), filing.overflow), (3, 3));
    let text = desk.issues.text(IssueNumber(3)).unwrap();
    assert_eq!(text.title, "3 more conditions");
    assert!(text.body.contains("`deployment apps/e`"), "{}", text.body);
    let again = desk.scan(vec![many(&["a", "b", "c", "d", "e"])]).await;
    assert_eq!((again.filed.len(), again.open.len(), again.overflow), (0, 3, 3));
    // Nobody could look everywhere: the rest may still be there.
    let filing = desk.scan(vec![many(&["a", "b"]), unknown("nodes-ready")]).await;
    assert!(filing.recovered.is_empty());
    let filing = desk.scan(vec![many(&["a", "b"])]).await;
    assert_eq!(filing.recovered, [IssueNumber(3)]);
    assert_eq!(desk.issues.numbers().len(), 3);
}

#[tokio::test]
async fn the_worst_have_issues_of_their_own() {
    let mut desk = Desk::new();
    desk.settings.most = 1;
    let node =
        fails("nodes-ready", vec![finding(ObjectRef::global("node", "n1"), Severity::Sev1, "node n1 is not ready")]);
    desk.scan(vec![many(&["a", "b"]), node]).await;
    assert_eq!(desk.issues.text(IssueNumber(1)).unwrap().title, "node n1 is not ready");
}

#[tokio::test]
async fn a_scan_that_dies_anywhere_is_completed_by_the_next() {
    let broken = || Error::new(ErrorKind::Unavailable, "the tracker is down");
    for (call, is_done) in [
        ("open_issues", false),
        ("comments", false),
        ("file", false),
        ("file", true),
        ("comment", false),
        ("comment", true),
    ] {
        let desk = Desk::new();
        desk.scan(vec![many(&["a", "b"])]).await;
        let next = || vec![many(&["b", "c", "d"])];
        if is_done {
            desk.issues.calls().fail_after_next(call, broken());
        } else {
            desk.issues.calls().fail_next(call, broken());
        }
        assert!(desk.try_scan(next()).await.is_err(), "{call}");
        desk.scan(next()).await;
        desk.scan(next()).await;
        assert_eq!(desk.issues.numbers().len(), 4, "{call} {is_done}");
        assert_eq!(desk.said(IssueNumber(1)).len(), 1, "{call} {is_done}");
    }
}

#[tokio::test]
async fn two_scans_at_once_file_one_issue() {
    let desk = Desk::new();
    let cx = desk.cx();
    let filer = || HealthFiler::new(desk.issues.clone(), desk.issues.clone());
    let (one, two) = (filer(), filer());
    let (first, second) =
        tokio::join!(one.run(&cx, report(&cx, vec![down("wiki")])), two.run(&cx, report(&cx, vec![down("wiki")])));
    first.unwrap();
    second.unwrap();
    assert_eq!(desk.issues.numbers().len(), 1);
    let (first, second) = tokio::join!(
        one.run(&cx, report(&cx, vec![passes("deployments")])),
        two.run(&cx, report(&cx, vec![passes("deployments")]))
    );
    first.unwrap();
    second.unwrap();
    assert_eq!(desk.said(IssueNumber(1)).len(), 1);
}

#[tokio::test]
async fn a_report_of_long_ago_files_nothing() {
    let desk = Desk::new();
    let cx = desk.cx();
    let mut old = report(&cx, vec![down("wiki")]);
    old.taken_at -= SignedDuration::from_hours(2);
    let filer = HealthFiler::new(desk.issues.clone(), desk.issues.clone());
    assert_eq!(filer.run(&cx, old).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert!(desk.issues.numbers().is_empty());
}

#[tokio::test]
async fn somebody_elses_issue_with_our_marker_is_left_alone() {
    let desk = Desk::new();
    let forged = "x\n\n<!-- lamplighter:health:/deployments/deployment/apps/wiki -->";
    let forged = desk.issues.open("mallory", "Forged", forged, ["incident"]);
    desk.scan(vec![passes("deployments")]).await;
    assert!(desk.said(forged).is_empty());
    assert_eq!(desk.scan(vec![down("wiki")]).await.filed, [IssueNumber(2)]);
}

#[tokio::test]
async fn names_from_outside_do_nothing_on_the_issue() {
    let desk = Desk::new();
    let name = "@everyone --> <script> [x](http://evil.example)\n# hi";
    let object = ObjectRef::global("monitor", name);
    desk.scan(vec![fails("monitors-down", vec![finding(object, Severity::Sev2, &format!("monitor {name} is down"))])])
        .await;
    let text = desk.issues.text(IssueNumber(1)).unwrap();
    assert!(!text.title.contains("@everyone") && !text.title.contains('\n'), "{}", text.title);
    assert!(!text.body.contains("@everyone") && !text.body.contains("<script>"), "{}", text.body);
    // It is found again by its key.
    assert_eq!(desk.scan(vec![passes("monitors-down")]).await.recovered, [IssueNumber(1)]);
}

#[tokio::test]
async fn other_incidents_are_left_alone() {
    let desk = Desk::new();
    let incident = desk.issues.open("maria", "Wiki is down", "502", ["incident", "sev2"]);
    desk.issues.comment(incident, "issue/1/ack", "**Investigating:** x").await.unwrap();
    assert_eq!(desk.scan(vec![passes("deployments")]).await, Filing::default());
    assert_eq!(desk.said(incident).len(), 1);
}

proptest! {
    /// Whatever the order of scans, one condition has at most one open issue, and what is said alternates.
    #[test]
    fn never_two_open_issues_of_one_condition(scans in prop::collection::vec(0..4_usize, 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new();
            for scan in &scans {
                let checks = match scan {
                    0 => vec![down("wiki")],
                    1 => vec![passes("deployments")],
                    2 => vec![unknown("deployments")],
                    _ => vec![],
                };
                desk.scan(checks).await;
            }
            prop_assert!(desk.issues.numbers().len() <= 1);
            if scans.contains(&0) {
                let said = desk.said(IssueNumber(1));
                for (at, comment) in said.iter().enumerate() {
                    prop_assert_eq!(comment.starts_with("**Resolved:**"), at % 2 == 0, "{:?}", said);
                }
            }
            Ok(())
        })?;
    }
}
