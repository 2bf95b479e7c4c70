//! The status page, from a played Uptime Kuma, a played GitHub and a simulated cluster to the files that people read, while
//! everything goes wrong that can.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod house;

use jiff::SignedDuration;
use lamplighter::core::ports::MonitorState::{Down, Up};
use lamplighter::core::words::status::{OverallState, ServiceState, SourceState, Status};

use house::{House, Seen};

/// Names that break what is careless with them.
const HOSTILE: [&str; 5] =
    ["<script>alert(1)</script>", "../../index", "\u{202e}gnp.wiki\"'&", "a\nb", "☂\u{200b}\u{feff}"];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_nothing_is_green_that_was_not_seen_to_work() {
    let mut house = House::new().await;
    let all_is_well = house.look(&[]).await;
    assert_eq!(all_is_well.status.state, OverallState::Operational, "{:?}", all_is_well.status.sources);
    all_is_well.is_true(&["wiki", "mail"]);

    // A monitor flaps: one failure is no outage yet, and Uptime Kuma's word for it is not green either.
    house.pass(5);
    let flap = house.look(&[("mail", Down)]).await;
    assert_eq!(state(&flap.status, "mail"), ServiceState::Down);
    assert!(flap.status.outages.is_empty());
    flap.is_true(&["wiki"]);
    house.pass(5);
    let over = house.look(&[("mail", Up)]).await;
    assert!(over.status.outages.is_empty());
    over.is_true(&["wiki", "mail"]);

    // A report of 10,000 lines by somebody whom nobody knows.
    house.report("eve", "<b>mail</b> is evil", &"evil <script>alert(2)</script>\n".repeat(10_000));
    house.pass(5);
    let reported = house.look(&[]).await;
    assert_eq!(reported.status.issues.as_ref().unwrap().reports.total, 1);
    reported.is_true(&["wiki", "mail"]);
    reported.says_nothing_of(&["evil"]);

    // Names that nobody would give, and monitors that are down.
    for name in HOSTILE {
        house.watch(name);
    }
    house.pass(5);
    let failing: Vec<_> = HOSTILE.iter().map(|name| (*name, Down)).collect();
    house.look(&failing).await;
    house.pass(1);
    let hostile = house.look(&failing).await;
    assert_eq!(hostile.status.outages.len(), HOSTILE.len());
    hostile.is_true(&["wiki", "mail"]);
    hostile.says_nothing_of(&["\u{202e}", "\u{200b}", "alert(2)"]);
    hostile.runs_nothing_of(&["<script>alert"]);
    for name in HOSTILE {
        house.unwatch(name);
    }

    // GitHub has had enough of us: what it told last is told with its time.
    house.pass(5);
    house.look(&[]).await;
    house.limit_github();
    house.pass(5);
    let limited = house.look(&[]).await;
    assert_eq!(source(&limited.status, "tracker"), SourceState::Unreachable);
    assert!(limited.status.issues.as_ref().unwrap().read_at < limited.status.generated_at);

    // Its clock is ahead by two hours.
    house.pass(5);
    let ahead = house.look_with_a_clock(SignedDuration::from_hours(2), &[]).await;
    assert_eq!(source(&ahead.status, "Uptime Kuma"), SourceState::ClockSkewed);
    ahead.is_true(&[]);

    // It does not answer at all, and then for long.
    house.pass(5);
    house.stop_kuma();
    for minutes in [0, 5, 120] {
        house.pass(minutes);
        let away = house.look(&[]).await;
        assert_eq!(source(&away.status, "Uptime Kuma"), SourceState::Unreachable);
        assert_eq!(state(&away.status, "wiki"), ServiceState::Unknown);
        away.is_true(&[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_again_is_not_written_and_not_pushed_by_any_process() {
    let mut house = House::new().await;
    house.look(&[]).await;
    house.pass(1);
    house.look(&[]).await;
    // For now each quarter of an hour more was observed, which is news.
    let (head, files, commits) = (house.head(), house.files(), house.commits());
    house.pass(1);
    assert!(house.look(&[]).await.is_unchanged());
    house.restart().await;
    house.pass(1);
    let seen = house.look(&[]).await;
    assert!(seen.is_unchanged(), "{:?}", seen.published);
    assert!(house.look(&[]).await.is_unchanged());
    assert_eq!((house.head(), house.files()), (head.clone(), files));
    house.pass(1);
    let down = house.look(&[("mail", Down)]).await;
    assert!(!down.is_unchanged());
    assert_ne!(house.head(), head);
    assert_eq!(house.commits(), commits + 1);
}

fn state(status: &Status, name: &str) -> ServiceState {
    status.services().find(|service| service.name == name).unwrap().state
}

fn source(status: &Status, name: &str) -> SourceState {
    status.sources.iter().find(|source| source.name == name).unwrap().state
}

impl Seen {
    fn is_unchanged(&self) -> bool {
        self.published.iter().all(lamplighter::core::ports::Published::is_unchanged)
    }
}
