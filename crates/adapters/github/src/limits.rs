//! When GitHub may be asked again.
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::Clock;

use crate::GithubError;
use crate::answer::Answer;

/// How long to wait after a limit that does not say. It doubles each time.
const UNSAID: Duration = Duration::from_mins(1);
/// How often that doubles.
const DOUBLINGS: u32 = 6;

/// What is known of the limits, by all clones of an adapter.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    until: Option<Timestamp>,
    /// How many limits in a row did not say how long they last.
    unsaid: u32,
}

impl Limits {
    /// Returns when GitHub may be asked.
    ///
    /// # Errors
    /// [`GithubError::Limited`] when that is after `deadline`.
    pub(crate) async fn wait(&self, clock: &dyn Clock, deadline: Timestamp) -> Result<(), GithubError> {
        loop {
            let now = clock.now();
            let Some(until) = self.lasting(now) else { return Ok(()) };
            if until > deadline {
                return Err(GithubError::Limited { until });
            }
            tracing::info!(until = %lamplighter_core::utc(until), "GitHub's rate limit is reached; waiting");
            clock.sleep(until.duration_since(now).unsigned_abs()).await;
        }
    }

    /// Learns from an answer, and says whether it is the refusal of a limit, which has done nothing.
    pub(crate) fn learn(&self, answer: &Answer, now: Timestamp) -> bool {
        let is_limit = is_limit(answer);
        let mut known = self.known();
        if !is_limit {
            known.unsaid = if answer.status < 400 { 0 } else { known.unsaid };
            // The last request of the hour: the next one would be refused.
            if answer.remaining == Some(0) && answer.status < 400 {
                known.begin(answer.reset.filter(|reset| *reset > now));
            }
            return false;
        }
        let after = |wait: Duration| now.checked_add(wait).unwrap_or(Timestamp::MAX);
        let said = match answer.retry_after {
            Some(wait) => Some(after(wait.max(Duration::from_secs(1)))),
            None if answer.remaining == Some(0) => answer.reset.filter(|reset| *reset > now),
            None => None,
        };
        let until = said.unwrap_or_else(|| {
            let wait = UNSAID * 2_u32.pow(known.unsaid.min(DOUBLINGS));
            known.unsaid += 1;
            after(wait)
        });
        known.begin(Some(until));
        true
    }

    /// Until when the limit lasts, where there is one.
    fn lasting(&self, now: Timestamp) -> Option<Timestamp> {
        let mut known = self.known();
        known.until.take_if(|until| *until <= now);
        known.until
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// A limit lasts until the later of what was said.
    fn begin(&mut self, until: Option<Timestamp>) {
        self.until = self.until.max(until);
    }
}

/// Whether an answer refuses for a limit. A `403` is that only if something says so.
fn is_limit(answer: &Answer) -> bool {
    match answer.status {
        429 => true,
        403 => {
            answer.retry_after.is_some()
                || answer.remaining == Some(0)
                || answer.message().to_lowercase().contains("rate limit")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_772_366_400, 0);

    fn answer(status: u16, message: &str) -> Answer {
        Answer { body: format!("{{\"message\":{message:?}}}").into_bytes().into(), ..Answer::empty(status) }
    }

    fn until(limits: &Limits) -> Option<i64> {
        limits.known().until.map(|until| until.as_second() - NOW.as_second())
    }

    #[test]
    fn a_limit_lasts_as_long_as_it_says_or_a_minute_doubling() {
        let after = |seconds| Some(Duration::from_secs(seconds));
        let at = |seconds| Timestamp::from_second(NOW.as_second() + seconds).ok();
        let secondary = "You have exceeded a secondary rate limit";
        for (answer, is_limit, waits) in [
            (Answer { retry_after: after(30), ..answer(403, secondary) }, true, Some(30)),
            (Answer { retry_after: after(0), ..answer(429, "") }, true, Some(1)),
            (
                Answer { remaining: Some(0), reset: at(1800), ..answer(403, "API rate limit exceeded") },
                true,
                Some(1800),
            ),
            (Answer { remaining: Some(0), reset: at(-5), ..answer(429, "") }, true, Some(60)),
            (Answer { remaining: Some(9), reset: at(1800), ..answer(403, secondary) }, true, Some(60)),
            (Answer { remaining: Some(9), ..answer(403, "Resource not accessible") }, false, None),
            (Answer { remaining: Some(0), reset: at(1800), ..answer(200, "") }, false, Some(1800)),
            (Answer { remaining: Some(0), reset: at(-5), ..answer(200, "") }, false, None),
            (answer(500, "rate limit"), false, None),
        ] {
            let limits = Limits::default();
            assert_eq!(limits.learn(&answer, NOW), is_limit, "{answer:?}");
            assert_eq!(until(&limits), waits, "{answer:?}");
        }
        let limits = Limits::default();
        for waits in [60, 120, 240, 480, 960, 1920, 3840, 3840] {
            limits.learn(&answer(429, ""), NOW);
            assert_eq!(until(&limits), Some(waits));
        }
        limits.learn(&answer(200, ""), NOW);
        assert_eq!(until(&limits), Some(3840), "a limit is not over because somebody was let through");
    }
}
