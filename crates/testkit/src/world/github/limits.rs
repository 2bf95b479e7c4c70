//! Rate limits, as GitHub counts them.
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::answer::{Answer, problem};

/// How long a window of the primary limit lasts.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// The limit of those who do not say who they are.
const ANONYMOUS: u64 = 60;

/// What has been used, and by whom.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) limit: u64,
    /// The status of an answer that is over the limit: 403 or 429.
    pub(super) status: u16,
    windows: BTreeMap<String, Window>,
    secondary: Option<Secondary>,
    /// How many requests came although the limit was reached.
    pub(super) ignored: usize,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    used: u64,
    reset: Timestamp,
}

#[derive(Debug, Clone)]
struct Secondary {
    status: u16,
    until: Timestamp,
    says_when: bool,
}

/// Where somebody stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) limit: u64,
    pub(super) used: u64,
    pub(super) reset: Timestamp,
}

impl Default for Limits {
    fn default() -> Self {
        Self { limit: 5000, status: 403, windows: BTreeMap::new(), secondary: None, ignored: 0 }
    }
}

impl Limits {
    /// Where somebody stands now. `None` is nobody in particular.
    pub(super) fn standing(&mut self, who: Option<&str>, now: Timestamp) -> Standing {
        let limit = if who.is_some() { self.limit } else { ANONYMOUS };
        let window = self.window(who, now);
        Standing { limit, used: window.used.min(limit), reset: window.reset }
    }

    fn window(&mut self, who: Option<&str>, now: Timestamp) -> &mut Window {
        let window =
            self.windows.entry(who.unwrap_or_default().to_owned()).or_insert(Window { used: 0, reset: now + WINDOW });
        if window.reset <= now {
            *window = Window { used: 0, reset: now + WINDOW };
        }
        window
    }

    /// Counts a request.
    pub(super) fn count(&mut self, who: Option<&str>, now: Timestamp) {
        self.window(who, now).used += 1;
    }

    /// Uses up all but so many requests of everybody who has begun a window.
    pub(super) fn leave(&mut self, remaining: u64) {
        let used = self.limit.saturating_sub(remaining);
        self.windows.values_mut().for_each(|window| window.used = used);
    }

    pub(super) fn begin_secondary(&mut self, status: u16, says_when: bool, now: Timestamp, lasts: Duration) {
        let until = now.checked_add(lasts).unwrap_or(Timestamp::MAX);
        self.secondary = Some(Secondary { status, until, says_when });
    }

    /// The refusal of somebody who has reached a limit.
    pub(super) fn refusal(&mut self, who: Option<&str>, now: Timestamp) -> Option<Answer> {
        self.secondary.take_if(|secondary| secondary.until <= now);
        if let Some(secondary) = self.secondary.clone() {
            self.ignored += 1;
            let words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
            let mut answer = problem(secondary.status, words);
            if secondary.says_when {
                let seconds = secondary.until.duration_since(now).as_secs().max(1);
                answer.headers.push(("retry-after", seconds.to_string()));
            }
            return Some(answer);
        }
        let standing = self.standing(who, now);
        if standing.used < standing.limit {
            return None;
        }
        self.ignored += 1;
        let whose = who.unwrap_or("127.0.0.1");
        Some(problem(self.status, &format!("API rate limit exceeded for {whose}.")))
    }
}

impl Standing {
    /// The headers of every answer.
    pub(super) fn headers(&self) -> [(&'static str, String); 5] {
        [
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", (self.limit - self.used).to_string()),
            ("x-ratelimit-used", self.used.to_string()),
            ("x-ratelimit-reset", self.reset.as_second().to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
        ]
    }
}
