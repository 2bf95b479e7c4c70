//! The status page, brought to where it is published: what is written, and what is not.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use lamplighter::adapters::{FolderPublisher, SqliteStore};
use lamplighter::core::ports::{CloseReason, IssueWriter as _, MonitorState, Publisher, UptimeHistory};
use lamplighter::core::words::status::{Ratio, Renewal, Status};
use lamplighter::core::{Error, ErrorKind};
use lamplighter::{Lamplighter, StatusPageSettings, StatusSite};
use lamplighter_testkit::fakes::{
    FakeAuditLog, FakeClock, FakeCluster, FakeIssues, FakeJournal, FakeLogs, FakeMonitors, FakePublisher,
    FakeStopSwitch, FakeUptimeHistory,
};
use lamplighter_testkit::objects::cluster;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

struct Home {
    clock: FakeClock,
    issues: FakeIssues,
    monitors: FakeMonitors,
    lamplighter: Lamplighter,
}

impl Home {
    fn new(history: Arc<dyn UptimeHistory>) -> Self {
        let clock = FakeClock::new();
        let issues = FakeIssues::with_clock(Arc::new(clock.clone())).collaborator("ada");
        let monitors = FakeMonitors::with_clock(Arc::new(clock.clone())).up("wiki").up("mail");
        let tracker = Arc::new(issues.clone());
        let lamplighter = Lamplighter::builder()
            .tracker(tracker.clone(), tracker.clone())
            .closed_issues(tracker)
            .cluster(Arc::new(FakeCluster::new(cluster())), Arc::new(FakeLogs::new()))
            .monitors(Arc::new(monitors.clone()))
            .journal(Arc::new(FakeJournal::new()), Arc::new(FakeAuditLog::new()))
            .uptime_history(history)
            .stop_switch(Arc::new(FakeStopSwitch::new()))
            .clock(Arc::new(clock.clone()))
            .build()
            .unwrap();
        Self { clock, issues, monitors, lamplighter }
    }

    async fn look(&self, minutes: i64) -> Status {
        self.clock.set(at(minutes));
        self.lamplighter.status().await.unwrap()
    }

    /// The same, where the monitors have just looked too.
    async fn watched(&self, minutes: i64, is_mail_down: bool) -> Status {
        self.clock.set(at(minutes));
        self.monitors.set("wiki", MonitorState::Up, "");
        self.monitors.set("mail", if is_mail_down { MonitorState::Down } else { MonitorState::Up }, "");
        self.look(minutes).await
    }
}

fn at(minutes: i64) -> Timestamp {
    FakeClock::START + SignedDuration::from_mins(minutes)
}

fn site(publisher: impl Publisher + 'static) -> StatusSite {
    StatusSite::new(StatusPageSettings::default()).published_to("here", Arc::new(publisher))
}

/// What was written and removed at the one place.
async fn published(site: &StatusSite, status: &Status) -> BTreeSet<String> {
    let mut all = site.publish(status).await;
    let published = all.remove(0).outcome.unwrap();
    published.written.into_iter().chain(published.removed).collect()
}

fn told(publisher: &FakePublisher) -> Status {
    serde_json::from_slice(&publisher.file("status.json").unwrap()).unwrap()
}

/// Everything that is written, made, renamed or removed in a folder, as the operating system tells it.
struct Watch(std::os::fd::OwnedFd);

impl Watch {
    fn on(folder: &Path) -> Self {
        let watch = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
        let flags = WatchFlags::MODIFY
            | WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO;
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            inotify::add_watch(&watch, &folder, flags).unwrap();
            let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
            open.extend(entries.filter(|path| path.is_dir()));
        }
        Self(watch)
    }

    /// What happened since it was asked last.
    fn happened(&self) -> Vec<String> {
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.0, &mut buffer);
        let mut happened = Vec::new();
        while let Ok(event) = reader.next() {
            happened.push(format!("{:?} {:?}", event.events(), event.file_name()));
        }
        happened
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_finds_nothing_new_writes_no_byte_anywhere_and_is_told() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let clock: Arc<FakeClock> = Arc::new(FakeClock::new());
    let store = SqliteStore::open(&data.path().join("journal.sqlite"), clock).await.unwrap();
    let home = Home::new(Arc::new(store));
    let mut site = self::site(FolderPublisher::new(folder.path()));
    published(&site, &home.look(0).await).await;
    let (of_data, of_site) = (Watch::on(data.path()), Watch::on(folder.path()));
    let index = || std::fs::read(folder.path().join("index.html")).unwrap();
    let (mut quiet, mut before) = (0, index());
    for round in 1..=36 {
        if round == 18 {
            // Another process.
            site = self::site(FolderPublisher::new(folder.path()));
        }
        let status = home.look(round * 5).await;
        let written = published(&site, &status).await;
        let (happened, of_history) = (of_site.happened(), of_data.happened());
        assert_eq!(happened.is_empty(), written.is_empty(), "round {round}: {happened:?}, {written:?} written");
        let seen = std::fs::metadata(folder.path().join("status.json")).unwrap().modified().unwrap();
        if written.is_empty() {
            quiet += usize::from(of_history.is_empty());
            assert_eq!(index(), before);
            assert_eq!(seen, SystemTime::from(status.generated_at), "the look is told all the same");
        }
        before = index();
    }
    assert!(quiet >= 16, "of 36 looks {quiet} wrote nothing at all; at first the page says how much was observed");
}

#[tokio::test]
async fn a_change_writes_what_it_changes_and_nothing_else() {
    let home = Home::new(Arc::new(FakeUptimeHistory::new()));
    let publisher = FakePublisher::new();
    let site = site(publisher.clone());
    let first = published(&site, &home.look(0).await).await;
    assert!(first.contains("index.html") && first.contains("status.json"));
    let all: BTreeSet<String> = publisher.paths().into_iter().collect();
    assert_eq!(first, all);
    home.monitors.set("mail", MonitorState::Down, "refused");
    let written = published(&site, &home.look(5).await).await;
    assert!(written.contains("index.html") && written.contains("status.json"));
    let about_others = written.iter().filter(|path| path.contains("wiki") || path.as_str() == "style.css");
    assert_eq!(about_others.count(), 0, "{written:?}");
    assert_eq!(told(&publisher).renewal, Renewal::OnChange);
}

#[tokio::test]
async fn what_is_over_changes_its_own_pages_and_not_that_of_now() {
    let home = Home::new(Arc::new(FakeUptimeHistory::new()));
    let number = home.issues.open("ada", "wiki down", "x", ["incident", "sev2"]);
    home.issues.close(number, CloseReason::Completed).await.unwrap();
    let publisher = FakePublisher::new();
    let site = site(publisher.clone());
    // After a week it is in the history alone.
    let week = 8 * 24 * 60;
    published(&site, &home.look(week).await).await;
    home.issues.comment(number, "pm", "**Postmortem:** https://status.example.org/pm.html").await.unwrap();
    home.issues.relabel(number, &["postmortem-done".to_owned()].into(), &[].into()).await.unwrap();
    let mut written = BTreeSet::new();
    for minute in (5..=90).step_by(5) {
        written.extend(published(&site, &home.look(week + minute).await).await);
    }
    assert!(written.iter().any(|path| path.contains("2026-03")), "{written:?}");
}

/// A look that differs in figures and wording from what it would otherwise be.
fn slid(status: &Status, millionths: u64) -> Status {
    let mut slid = status.clone();
    // The dump stays as old as it is, which is news of its own.
    slid.sources.retain(|source| source.name != "cluster");
    for service in slid.groups.iter_mut().flat_map(|group| &mut group.services) {
        service.uptime.day.ratio = Ratio::of(millionths, 1_000_000);
        service.note = Some(format!("{millionths} probes answered"));
        service.since = Some(status.generated_at);
    }
    slid
}

#[tokio::test]
async fn figures_and_wording_go_along_with_news_and_by_themselves_once_an_hour() {
    let home = Home::new(Arc::new(FakeUptimeHistory::new()));
    let publisher = FakePublisher::new();
    let site = site(publisher.clone());
    let mut copies = Vec::new();
    for minute in (0..=180).step_by(5) {
        let status = slid(&home.watched(minute, minute >= 75).await, 900_000 + minute.unsigned_abs() * 100);
        if !published(&site, &status).await.is_empty() {
            copies.push(minute);
            assert_eq!(told(&publisher).services().next().unwrap().uptime, status.services().next().unwrap().uptime);
        }
    }
    assert_eq!(copies, [0, 60, 75, 80, 140], "what is new is told at once: a first failure, and that it is one");
}

#[tokio::test]
async fn of_several_who_publish_to_one_place_none_undoes_what_another_has_said() {
    let homes = [Home::new(Arc::new(FakeUptimeHistory::new())), Home::new(Arc::new(FakeUptimeHistory::new()))];
    let publisher = FakePublisher::new();
    let sites = [site(publisher.clone()), site(publisher.clone())];
    let mut copies = Vec::new();
    for minute in (0..55).step_by(5) {
        for (at, (home, site)) in homes.iter().zip(&sites).enumerate() {
            // Each knows another past.
            let status = slid(&home.watched(minute, minute >= 30).await, 500_000 + u64::try_from(at).unwrap());
            if !published(site, &status).await.is_empty() {
                copies.push((minute, at));
            }
        }
    }
    assert_eq!(copies, [(0, 0), (30, 0), (35, 0)], "whoever sees it first");
}

#[tokio::test]
async fn a_copy_is_renewed_before_it_gets_too_old_where_that_is_wanted() {
    let home = Home::new(Arc::new(FakeUptimeHistory::new()));
    let publisher = FakePublisher::new();
    let (longest, every) = (Duration::from_mins(8), Duration::from_mins(2));
    let site =
        StatusSite::new(StatusPageSettings::default()).renewed_at("b", Arc::new(publisher.clone()), longest, every);
    let mut copies = BTreeSet::new();
    for minute in (0..=60).step_by(2) {
        let status = home.look(minute).await;
        site.publish(&status).await;
        let copy = told(&publisher);
        assert_eq!(copy.renewal, Renewal::EveryLook);
        let age = status.generated_at.duration_since(copy.generated_at);
        assert!(age <= SignedDuration::from_mins(8), "{age}");
        copies.insert(copy.generated_at);
    }
    assert!(copies.len() < 20, "and not with each look: {}", copies.len());
}

#[tokio::test]
async fn a_place_that_fails_takes_no_other_with_it_and_is_looked_at_anew() {
    let home = Home::new(Arc::new(FakeUptimeHistory::new()));
    let (good, bad) = (FakePublisher::new(), FakePublisher::new());
    let site = StatusSite::new(StatusPageSettings::default())
        .published_to("bad", Arc::new(bad.clone()))
        .published_to("good", Arc::new(good.clone()));
    bad.calls().fail_always("publish", || Error::new(ErrorKind::Unavailable, "the disk is full"));
    let status = home.look(0).await;
    let outcomes: Vec<_> = site.publish(&status).await.into_iter().map(|to| (to.place, to.outcome.is_ok())).collect();
    assert_eq!(outcomes, [("bad".to_owned(), false), ("good".to_owned(), true)]);
    bad.calls().recover();
    site.publish(&status).await;
    assert_eq!(told(&bad), told(&good));
    // Somebody has spoilt the page: that is mended though nothing has changed.
    good.plant("index.html", b"spoilt");
    let mended = site.publish(&status).await.remove(1).outcome.unwrap();
    assert_eq!(mended.written, ["index.html"]);
}

#[tokio::test]
async fn a_page_of_the_future_is_made_anew() {
    let home = Home::new(Arc::new(FakeUptimeHistory::new()));
    let publisher = FakePublisher::new();
    let site = site(publisher.clone());
    published(&site, &home.look(60).await).await;
    assert_eq!(told(&publisher).generated_at, at(60));
    published(&site, &home.look(5).await).await;
    assert_eq!(told(&publisher).generated_at, at(5), "the clock was wrong, and is not now");
    publisher.plant("status.json", b"{\"version\":99}");
    let site = self::site(publisher.clone());
    published(&site, &home.look(10).await).await;
    assert_eq!(told(&publisher).generated_at, at(10), "what another version has written is not guessed at");
}
