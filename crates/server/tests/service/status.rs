//! The status page of a running service.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lamplighter::core::ports::{Beat, Heartbeat, Heartbeats, IssueReader, MonitorState, Publisher};
use lamplighter::core::words::status::{OverallState, Renewal, ServiceState, Status};
use lamplighter::core::words::{FiledIssue, IssueNumber, Label, Login, Permission, PostedComment, Source};
use lamplighter::core::{CancellationToken, Clock, Error, ErrorKind, Result, async_trait};
use lamplighter::{DispatchSettings, Lamplighter, StatusLease, StatusPageSettings, StatusSite};
use lamplighter_server::{Keys, Server, ServerSettings, StatusEvent, StatusKeeper, StatusSource};
use lamplighter_testkit::fakes::{
    FakeAuditLog, FakeClock, FakeCluster, FakeInbox, FakeIssues, FakeJournal, FakeLogs, FakePublisher, FakeStopSwitch,
    FakeUptimeHistory,
};
use lamplighter_testkit::objects::cluster;

use crate::bench::{Bench, SECRET};

/// Monitors that look once a minute, and answer as slowly and as badly as they are told.
struct Monitors {
    clock: FakeClock,
    asked: AtomicUsize,
    /// Whether they answer at all is by the number of the question.
    troubled: bool,
}

#[async_trait]
impl Heartbeats for Monitors {
    async fn heartbeats(&self) -> Result<Vec<Heartbeat>> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        if self.troubled {
            let seconds = match asked % 41 {
                7 => 3600,
                11 | 12 => 25,
                n => n as u64 % 4,
            };
            self.clock.sleep(Duration::from_secs(seconds)).await;
            if asked % 17 == 5 {
                return Err(Error::new(ErrorKind::Unavailable, "connection refused"));
            }
        }
        let beats = vec![Beat { at: self.clock.now(), state: MonitorState::Up, millis: Some(30) }];
        Ok(vec![Heartbeat { id: None, name: "wiki".to_owned(), group: None, beats, day: None }])
    }

    fn source(&self) -> Source {
        Source::new("Uptime Kuma")
    }
}

/// A tracker that waits for its rate limit now and then.
struct Limited {
    issues: FakeIssues,
    clock: FakeClock,
    asked: AtomicU64,
    troubled: bool,
}

#[async_trait]
impl IssueReader for Limited {
    async fn issue(&self, number: IssueNumber) -> Result<FiledIssue> {
        self.issues.issue(number).await
    }

    async fn comments(&self, number: IssueNumber) -> Result<Vec<PostedComment>> {
        self.issues.comments(number).await
    }

    async fn permission(&self, login: &Login) -> Result<Permission> {
        self.issues.permission(login).await
    }

    async fn open_issues(&self, labels: &std::collections::BTreeSet<Label>) -> Result<Vec<FiledIssue>> {
        if self.troubled && self.asked.fetch_add(1, Ordering::Relaxed) % 29 == 13 {
            self.clock.sleep(Duration::from_mins(20)).await;
        }
        self.issues.open_issues(labels).await
    }

    async fn ourselves(&self) -> Result<Login> {
        self.issues.ourselves().await
    }
}

fn lamplighter(clock: &FakeClock, issues: &FakeIssues, troubled: bool) -> Lamplighter {
    let reader = Limited { issues: issues.clone(), clock: clock.clone(), asked: AtomicU64::new(0), troubled };
    let monitors = Monitors { clock: clock.clone(), asked: AtomicUsize::new(0), troubled };
    Lamplighter::builder()
        .tracker(Arc::new(reader), Arc::new(issues.clone()))
        .cluster(Arc::new(FakeCluster::new(cluster())), Arc::new(FakeLogs::new()))
        .closed_issues(Arc::new(issues.clone()))
        .heartbeats(Arc::new(monitors))
        .journal(Arc::new(FakeJournal::new()), Arc::new(FakeAuditLog::new()))
        .inbox(Arc::new(FakeInbox::new()))
        .uptime_history(Arc::new(FakeUptimeHistory::new()))
        .stop_switch(Arc::new(FakeStopSwitch::new()))
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap()
}

fn site(publisher: &FakePublisher) -> StatusSite {
    StatusSite::new(StatusPageSettings::default()).published_to("here", Arc::new(publisher.clone()))
}

/// Who looks, and when that was last.
struct Timed {
    lamplighter: Lamplighter,
    seen: Arc<Mutex<Vec<Timestamp>>>,
}

#[async_trait]
impl StatusSource for Timed {
    async fn status_by(&self, until: Option<Timestamp>) -> Result<Status> {
        let status = self.lamplighter.status_by(until).await?;
        self.seen.lock().unwrap().push(status.generated_at);
        Ok(status)
    }

    async fn lease(&self) -> Result<Option<StatusLease>> {
        StatusSource::lease(&self.lamplighter).await
    }

    async fn settle(&self) -> Result<()> {
        self.lamplighter.settle_status().await
    }

    fn clock(&self) -> Arc<dyn Clock> {
        StatusSource::clock(&self.lamplighter)
    }
}

const EVERY: Duration = Duration::from_mins(5);

#[tokio::test]
async fn in_a_week_of_trouble_the_page_is_never_older_than_five_minutes_and_ten_seconds() {
    let (clock, issues) = (FakeClock::auto(), FakeIssues::new());
    let (stop, end) = (CancellationToken::new(), FakeClock::START + SignedDuration::from_hours(7 * 24));
    let (ages, seen) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let source = Timed { lamplighter: lamplighter(&clock, &issues, true), seen: Arc::clone(&seen) };
    let watcher = {
        let (clock, stop, ages, seen) = (clock.clone(), stop.clone(), Arc::clone(&ages), Arc::clone(&seen));
        Arc::new(move |event: StatusEvent<'_>| {
            if !matches!(event, StatusEvent::Looked(_)) {
                return;
            }
            // Up to now the look before this one was answered with.
            let before = seen.lock().unwrap().iter().rev().nth(1).copied();
            ages.lock().unwrap().extend(before.map(|before| clock.now().duration_since(before)));
            if clock.now() > end {
                stop.cancel();
            }
        })
    };
    let site = StatusSite::new(StatusPageSettings::default());
    let keeper = StatusKeeper::new(Arc::new(source), site, EVERY).watched_by(watcher);
    keeper.run(&stop).await;
    let worst = ages.lock().unwrap().iter().max().copied().unwrap();
    let looks = seen.lock().unwrap().len();
    assert!((2_000..2_500).contains(&looks), "{looks} looks in a week");
    assert!(worst <= SignedDuration::from_secs(310), "the oldest page was {worst} old");
}

#[tokio::test]
async fn no_failure_ends_it_and_each_is_told() {
    let (clock, issues, publisher) = (FakeClock::auto(), FakeIssues::new(), FakePublisher::new());
    publisher.calls().fail_always("publish", || Error::new(ErrorKind::Permission, "the remote refuses"));
    let stop = CancellationToken::new();
    let events = Arc::new(Mutex::new(Vec::new()));
    let watcher = {
        let (stop, events) = (stop.clone(), Arc::clone(&events));
        Arc::new(move |event: StatusEvent<'_>| {
            let mut events = events.lock().unwrap();
            events.push(match event {
                StatusEvent::Looked(_) => "looked",
                StatusEvent::Failed => "failed",
                StatusEvent::Published { written: None, .. } => "not published",
                StatusEvent::Published { .. } => "published",
            });
            if events.iter().filter(|event| **event == "not published").count() >= 3 {
                stop.cancel();
            }
        })
    };
    let keeper = StatusKeeper::new(Arc::new(lamplighter(&clock, &issues, false)), site(&publisher), EVERY);
    keeper.watched_by(watcher).run(&stop).await;
    let events = events.lock().unwrap();
    assert!(events.iter().filter(|event| **event == "looked").count() >= 3, "{events:?}");
}

#[tokio::test]
async fn one_process_keeps_the_page_and_another_waits() {
    let clock = FakeClock::auto();
    let source = Arc::new(lamplighter(&clock, &FakeIssues::new(), false));
    let lease = source.status_lease().await.unwrap();
    let (stop, publisher) = (CancellationToken::new(), FakePublisher::new());
    let failed = Arc::new(AtomicUsize::new(0));
    let watcher = {
        let (failed, stop) = (Arc::clone(&failed), stop.clone());
        Arc::new(move |event: StatusEvent<'_>| {
            if matches!(event, StatusEvent::Failed) && failed.fetch_add(1, Ordering::Relaxed) == 3 {
                stop.cancel();
            }
        })
    };
    let keeper = StatusKeeper::new(source, site(&publisher), EVERY).watched_by(watcher);
    keeper.run(&stop).await;
    assert!(keeper.made().is_none() && publisher.paths().is_empty());
    drop(lease);
}

/// A service with a page, which has looked once.
pub(crate) async fn service(publisher: &FakePublisher) -> (Bench, FakeClock, FakeIssues) {
    let (clock, issues) = (FakeClock::new(), FakeIssues::new().collaborator("maria"));
    let dispatcher = lamplighter(&clock, &issues, false)
        .dispatcher(DispatchSettings { concurrency: 0, ..DispatchSettings::default() })
        .unwrap();
    let keys = Keys { webhook: vec![SECRET.into()], ..Keys::default() };
    let settings =
        ServerSettings { repository: Some(crate::bench::REPOSITORY.to_owned()), ..ServerSettings::default() };
    let server = Server::new(dispatcher, keys, settings).with_status(site(publisher), EVERY, true);
    let bench = Bench::of(server).await;
    bench.until(|answer| answer.status == 200, "GET", "/").await;
    (bench, clock, issues)
}

#[tokio::test]
async fn the_page_is_answered_from_memory_with_what_browsers_and_widgets_need() {
    let (bench, clock, _) = service(&FakePublisher::new()).await;
    let page = bench.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.head.contains("content-type: text/html; charset=utf-8"), "{}", page.head);
    assert!(page.head.contains("frame-ancestors 'none'") && page.head.contains("default-src 'none'"), "{}", page.head);
    assert!(page.head.contains("x-content-type-options: nosniff") && page.head.contains("cache-control: no-cache"));
    assert!(page.head.contains("last-modified: Sun, 01 Mar 2026 12:00:00 GMT"), "{}", page.head);
    assert!(!page.head.contains("access-control"));
    assert_eq!(bench.get("/index.html").await.body, page.body);
    let json = bench.get("/status.json").await;
    assert!(
        json.head.contains("content-type: application/json") && json.head.contains("access-control-allow-origin: *")
    );
    let status: Status = serde_json::from_str(&json.body).unwrap();
    assert_eq!((status.renewal, status.state), (Renewal::EveryLook, OverallState::Operational));
    assert_eq!(status.services().next().unwrap().state, ServiceState::Up);

    let tag = page.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().trim().to_owned();
    for (known, expected) in
        [(tag.as_str(), 304), ("*", 304), (&format!("\"x\", W/{tag}"), 304), ("\"x\"", 200), ("", 200)]
    {
        let again = bench.ask("GET", "/", &[("If-None-Match", known)], b"").await;
        assert_eq!(again.status, expected, "{known}");
        assert_eq!(again.body.is_empty(), expected == 304);
        assert!(again.head.contains(&tag) && again.head.contains("content-security-policy"));
    }
    assert_eq!(bench.ask("HEAD", "/status.json", &[], b"").await.body, "");
    assert_eq!(bench.get("/health").await.status, 200, "what else is there stays there");
    assert!(bench.get("/metrics").await.body.contains("lamplighter_status_looks_total{outcome=\"done\"} 1"));

    clock.until_sleeping(1).await;
    clock.advance(EVERY);
    bench.until(|answer| answer.head.contains("12:05:00 GMT"), "GET", "/").await;
    let later = bench.ask("GET", "/", &[("If-None-Match", &tag)], b"").await;
    assert_eq!(later.status, 200, "a page that was looked at anew is another one");
}

#[tokio::test]
async fn a_message_of_github_has_it_looked_at_soon_and_many_are_one() {
    let publisher = FakePublisher::new();
    let (bench, clock, issues) = service(&publisher).await;
    issues.open("maria", "wiki is slow", "x", ["incident", "sev2"]);
    for _ in 0..5 {
        let delivery = bench.opened("maria");
        assert!(bench.deliver(&delivery).await.status < 300);
    }
    // Not at once, and not later than 15 seconds after the last one.
    assert!(!bench.get("/status.json").await.body.contains("wiki is slow"));
    // The clock stops before a minute has passed, however slow this machine is.
    let mut seconds = 0;
    let seen = async {
        while !bench.get("/status.json").await.body.contains("wiki is slow") {
            if seconds < 55 {
                clock.advance(Duration::from_secs(1));
                seconds += 1;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), seen).await.unwrap();
    let page: Status = serde_json::from_str(&bench.get("/status.json").await.body).unwrap();
    assert_eq!(page.issues.unwrap().incidents.len(), 1);
    let metrics = bench.get("/metrics").await.body;
    assert!(metrics.contains("lamplighter_status_looks_total{outcome=\"done\"} 2"), "{metrics}");
    let after = page.generated_at.duration_since(FakeClock::START);
    assert!(after < SignedDuration::from_secs(60), "{after}");
}

#[tokio::test]
async fn a_slow_place_makes_no_page_old() {
    struct Slow(FakePublisher);

    #[async_trait]
    impl Publisher for Slow {
        async fn publish(
            &self,
            files: &[lamplighter::core::ports::SiteFile],
        ) -> Result<lamplighter::core::ports::Published> {
            self.0.publish(files).await?;
            std::future::pending().await
        }

        async fn published(&self, path: &str) -> Result<Option<Vec<u8>>> {
            self.0.published(path).await
        }
    }

    let clock = FakeClock::auto();
    let stop = CancellationToken::new();
    let source = Arc::new(lamplighter(&clock, &FakeIssues::new(), false));
    let site =
        StatusSite::new(StatusPageSettings::default()).published_to("slow", Arc::new(Slow(FakePublisher::new())));
    let looks = Arc::new(AtomicUsize::new(0));
    let watcher = {
        let stop = stop.clone();
        Arc::new(move |event: StatusEvent<'_>| {
            if matches!(event, StatusEvent::Looked(_)) && looks.fetch_add(1, Ordering::Relaxed) == 10 {
                stop.cancel();
            }
        })
    };
    let keeper = StatusKeeper::new(source, site, EVERY).watched_by(watcher);
    keeper.run(&stop).await;
    let age = clock.now().duration_since(keeper.made().unwrap());
    assert!(age <= SignedDuration::from_secs(310), "{age}");
}
