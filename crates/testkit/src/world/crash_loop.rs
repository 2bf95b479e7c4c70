//! The kubelet's way with a container that dies at each start: at once again the first time, then after
//! 10 s, 20 s, 40 s … and at last every 5 min (`kubelet` `MaxContainerBackOff`).

use jiff::{SignedDuration, Timestamp};

const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(10);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(300);

/// Where a crash loop is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CrashLoop {
    /// The first start.
    pub(super) began_at: Timestamp,
    /// The starts after the first one.
    pub(super) restarts: u32,
    /// The last start.
    pub(super) started_at: Timestamp,
    /// The pause that it is in since the last crash; `None` while the container runs.
    pub(super) pause: Option<SignedDuration>,
    /// The start and the end of the last instance that has ended.
    pub(super) last: Option<(Timestamp, Timestamp)>,
}

/// Where a loop is `now` that began with a start at `from` and whose container lives for `life`.
pub(super) fn crash_loop(from: Timestamp, life: SignedDuration, now: Timestamp) -> CrashLoop {
    let mut at = CrashLoop { began_at: from, restarts: 0, started_at: from, pause: None, last: None };
    let mut pause = SignedDuration::ZERO;
    loop {
        let end = at.started_at + life;
        if now < end {
            return at;
        }
        at.last = Some((at.started_at, end));
        if now < end + pause {
            at.pause = Some(pause);
            return at;
        }
        at.started_at = end + pause;
        at.restarts = at.restarts.saturating_add(1);
        pause = if pause.is_zero() { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let from = Timestamp::UNIX_EPOCH;
        let cases = [
            (0, 0, None),
            (1, 1, None),
            (2, 1, Some(10)),
            (11, 1, Some(10)),
            (12, 2, None),
            (13, 2, Some(20)),
            (33, 3, None),
            (3600, 16, Some(300)),
        ];
        for (second, restarts, pause) in cases {
            let at = crash_loop(from, SignedDuration::from_secs(1), from + SignedDuration::from_secs(second));
            assert_eq!((at.restarts, at.pause.map(|pause| pause.as_secs())), (restarts, pause), "after {second} s");
        }
    }
}
