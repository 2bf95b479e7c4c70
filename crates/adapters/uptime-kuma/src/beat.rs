//! What a monitor saw when it looked last.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use lamplighter_core::markdown::shorten;
use lamplighter_core::ports::{self, MonitorState, MonitorStatus};
use lamplighter_core::redact;
use serde_json::Value;

/// How much of a monitor's message is repeated, in characters.
const LONGEST_MESSAGE: usize = 200;

/// A heartbeat of the socket, or of a status page. What is not in it, or cannot be read, is not known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beat {
    status: Option<f64>,
    /// When it was (UTC).
    at: Option<Timestamp>,
    msg: Option<String>,
    ping: Option<f64>,
}

impl Beat {
    /// Those of a monitor, and of how many not all could be read that matters: the others are used nevertheless.
    pub(crate) fn list(json: &Value) -> (Vec<Self>, usize) {
        let Some(list) = json.as_array() else { return (Vec::new(), usize::from(!json.is_null())) };
        let beats: Vec<(Self, bool)> = list.iter().map(Self::read).collect();
        let malformed = beats.iter().filter(|(_, is_whole)| !is_whole).count();
        (beats.into_iter().map(|(beat, _)| beat).collect(), malformed)
    }

    /// One of them, and whether its state and its time are what they should be.
    fn read(json: &Value) -> (Self, bool) {
        let field = |name: &str| json.get(name).filter(|value| !value.is_null());
        let (status, time) = (field("status"), field("time"));
        let beat = Self {
            status: status.and_then(Value::as_f64),
            at: time.and_then(Value::as_str).and_then(at),
            msg: field("msg").and_then(Value::as_str).map(str::to_owned),
            ping: field("ping").and_then(Value::as_f64),
        };
        let is_whole =
            json.is_object() && (status.is_none() || beat.status.is_some()) && (time.is_none() || beat.at.is_some());
        (beat, is_whole)
    }

    /// The newest of several. Where that one cannot be read, nobody knows what it saw: the one before it is not taken for it.
    pub(crate) fn newest(beats: &[Self]) -> Option<Self> {
        if Self::end_is_unplaced(beats) {
            return Some(Self::default());
        }
        // Of two without a time the later in the list, which is oldest first.
        beats.iter().max_by_key(|beat| beat.at).cloned()
    }

    /// All of them in our words. A time that is not told is that of asking, and then there is one look only.
    pub(crate) fn looks(beats: &[Self], now: Timestamp) -> Vec<ports::Beat> {
        let look =
            |beat: &Self, at: Timestamp| ports::Beat { at, state: state(beat.status), millis: millis(beat.ping) };
        let mut looks: Vec<_> = beats.iter().filter_map(|beat| Some(look(beat, beat.at?))).collect();
        match beats.last() {
            Some(last) if looks.is_empty() => vec![look(last, now)],
            _ => {
                if Self::end_is_unplaced(beats) {
                    looks.push(look(&Self::default(), now));
                }
                looks
            }
        }
    }

    /// Whether others have a time and the newest one has none that can be read.
    fn end_is_unplaced(beats: &[Self]) -> bool {
        let mut times = beats.iter().filter_map(|beat| beat.at);
        let Some(first) = times.next() else { return false };
        let is_newest_first = times.next_back().is_some_and(|last| last < first);
        let end = if is_newest_first { beats.first() } else { beats.last() };
        end.is_some_and(|beat| beat.at.is_none())
    }

    /// What it says of a monitor, asked at `now`.
    pub(crate) fn status(&self, name: String, now: Timestamp) -> MonitorStatus {
        let state = state(self.status);
        let said = self.msg.as_deref().map(str::trim).filter(|said| !said.is_empty());
        // What was seen may hold the address that was looked at.
        let said = said.map(|said| shorten(&redact(&without_addresses(said)), LONGEST_MESSAGE));
        let detail = match (state, said) {
            (MonitorState::Up, said) => {
                let answers = said.unwrap_or_else(|| "up".to_owned());
                self.ping.map_or_else(|| answers.clone(), |ping| format!("{answers} in {ping:.0} ms"))
            }
            (state, said) => said.unwrap_or_else(|| described(state).to_owned()),
        };
        MonitorStatus { name, state, at: self.at.unwrap_or(now), detail }
    }
}

/// A time (UTC): `2026-03-01 12:00:00.123`.
fn at(time: &str) -> Option<Timestamp> {
    let time: DateTime = time.parse().ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A response time; where there was none it is absent, `null` or negative.
pub(crate) fn millis(ping: Option<f64>) -> Option<u32> {
    let ping = ping.filter(|ping| ping.is_finite() && *ping >= 0.0)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no fraction, and not negative")]
    Some(ping.round().min(f64::from(u32::MAX)) as u32)
}

/// Uptime Kuma's numbers (`src/util.ts`).
pub(crate) fn state(status: Option<f64>) -> MonitorState {
    [(0.0, MonitorState::Down), (1.0, MonitorState::Up), (2.0, MonitorState::Pending), (3.0, MonitorState::Maintenance)]
        .into_iter()
        .find(|(number, _)| Some(*number) == status)
        .map_or(MonitorState::Unknown, |(_, state)| state)
}

/// A state in words, where nothing more is known.
pub(crate) const fn described(state: MonitorState) -> &'static str {
    match state {
        MonitorState::Up => "up",
        MonitorState::Down => "down",
        MonitorState::Pending => "failed, and is being tried again",
        MonitorState::Maintenance => "in maintenance",
        MonitorState::Unknown => "the monitor does not say",
    }
}

/// `connect ECONNREFUSED 10.0.0.7:3000` says what happened; where is not for everybody.
fn without_addresses(said: &str) -> String {
    let is_address = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != ':');
        let host = word.split(['/', ':']).next().unwrap_or_default();
        let is_name =
            host.rsplit_once('.').is_some_and(|(_, top)| top.len() > 1 && top.chars().all(char::is_alphabetic));
        word.contains("://") || word.contains("::") || is_name || host.parse::<Ipv4Addr>().is_ok()
    };
    let words = said.split_whitespace().map(|word| if is_address(word) { "[address]" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_772_366_400, 0);

    fn status(json: &str) -> MonitorStatus {
        Beat::read(&serde_json::from_str(json).unwrap()).0.status("wiki".to_owned(), NOW)
    }

    #[test]
    fn a_beat_says_what_was_seen_and_when() {
        use MonitorState::{Down, Maintenance, Pending, Unknown, Up};
        let before = "2026-03-01T11:59:30.5Z";
        for (json, state, detail, at) in [
            (
                r#"{"status":1,"msg":"200 - OK","ping":34.4,"time":"2026-03-01 11:59:30.500"}"#,
                Up,
                "200 - OK in 34 ms",
                before,
            ),
            (r#"{"status":1,"ping":null,"msg":""}"#, Up, "up", "2026-03-01T12:00:00Z"),
            (
                r#"{"status":0,"msg":"timeout of 48000ms exceeded","ping":5}"#,
                Down,
                "timeout of 48000ms exceeded",
                "2026-03-01T12:00:00Z",
            ),
            (r#"{"status":0,"time":"2026-03-01 11:59:30.5"}"#, Down, "down", before),
            (r#"{"status":2,"msg":" "}"#, Pending, "failed, and is being tried again", "2026-03-01T12:00:00Z"),
            (r#"{"status":3,"time":"yesterday"}"#, Maintenance, "in maintenance", "2026-03-01T12:00:00Z"),
            (r#"{"status":4}"#, Unknown, "the monitor does not say", "2026-03-01T12:00:00Z"),
            ("{}", Unknown, "the monitor does not say", "2026-03-01T12:00:00Z"),
        ] {
            let found = status(json);
            assert_eq!((found.state, found.detail.as_str(), found.at), (state, detail, at.parse().unwrap()), "{json}");
        }
    }

    #[test]
    fn a_message_says_what_and_not_where() {
        for (said, expected) in [
            ("connect ECONNREFUSED 10.0.0.7:3000", "connect ECONNREFUSED [address]"),
            ("getaddrinfo ENOTFOUND wiki.example.org", "getaddrinfo ENOTFOUND [address]"),
            ("connect ECONNREFUSED ::1:3000", "connect ECONNREFUSED [address]"),
            ("redirected to https://maria:hunter2@wiki.example.org/?token=x", "redirected to [address]"),
            ("Request failed with status code 502", "Request failed with status code 502"),
            ("HTTP/1.1 needs TLS 1.2", "HTTP/1.1 needs TLS 1.2"),
            ("token=hunter2", "token=[redacted]"),
        ] {
            let found = status(&serde_json::json!({"status": 0, "msg": said}).to_string());
            assert_eq!(found.detail, expected);
        }
    }

    #[test]
    fn the_newest_beat_counts_wherever_it_stands() {
        let beats = |json: &str| Beat::list(&serde_json::from_str(json).unwrap()).0;
        let newest = |json: &str| Beat::newest(&beats(json)).and_then(|beat| beat.status);
        let (one, two) =
            (r#"{"status":1,"time":"2026-03-01 12:00:00"}"#, r#"{"status":0,"time":"2026-03-01 12:01:00"}"#);
        assert_eq!(newest(&format!("[{one},{two}]")), Some(0.0));
        assert_eq!(newest(&format!("[{two},{one}]")), Some(0.0));
        assert_eq!(newest(r#"[{"status":1},{"status":2}]"#), Some(2.0));
        assert!(Beat::newest(&[]).is_none());
    }

    #[test]
    fn what_is_malformed_is_counted_and_never_makes_the_one_before_it_the_newest() {
        use MonitorState::{Down, Unknown, Up};
        let (up, down) =
            (r#"{"status":1,"time":"2026-03-01 11:58:00"}"#, r#"{"status":0,"time":"2026-03-01 11:59:00"}"#);
        for (list, malformed, states) in [
            (format!("[{up},{down}]"), 0, vec![Up, Down]),
            (format!("[7,{up},null,{down}]"), 2, vec![Up, Down]),
            (format!("[{up},\"x\"]"), 1, vec![Up, Unknown]),
            (format!("[{up},{{\"status\":0,\"time\":\"yesterday\"}}]"), 1, vec![Up, Unknown]),
            (format!("[{up},{{\"status\":\"1\",\"time\":\"2026-03-01 11:59:00\"}}]"), 1, vec![Up, Unknown]),
            (format!("[{{}},{down},{up}]"), 0, vec![Down, Up, Unknown]),
            (
                format!("[{up},{{\"status\":1,\"time\":\"2026-03-01 11:59:00\",\"ping\":\"fast\",\"msg\":[]}}]"),
                0,
                vec![Up, Up],
            ),
            ("[[]]".to_owned(), 1, vec![Unknown]),
            ("{}".to_owned(), 1, vec![]),
            ("null".to_owned(), 0, vec![]),
        ] {
            let (beats, counted) = Beat::list(&serde_json::from_str(&list).unwrap());
            let looks: Vec<_> = Beat::looks(&beats, NOW).iter().map(|look| look.state).collect();
            assert_eq!((counted, looks), (malformed, states), "{list}");
            let newest = Beat::newest(&beats).map(|beat| state(beat.status));
            let looks = Beat::looks(&beats, NOW);
            assert_eq!(newest, looks.iter().max_by_key(|look| look.at).map(|look| look.state), "{list}");
        }
    }
}
