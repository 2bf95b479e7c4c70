//! When a job that failed is begun again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::ports::JobId;

/// The wait before a job that failed for the outside's sake is begun again; doubled each time.
pub(crate) const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest such wait.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// The jobs whose last attempt failed. A process knows of its own attempts alone, so that one that was started again tries
/// for longer and never for less.
#[derive(Default)]
pub(crate) struct Failures(Mutex<HashMap<JobId, Failing>>);

#[derive(Clone, Copy)]
struct Failing {
    since: Timestamp,
    times: u32,
}

impl Failures {
    /// Notes a failure, and says when the job is begun again (UTC); `None` once it has failed for longer than `patience`.
    pub(crate) fn note(&self, job: &JobId, now: Timestamp, patience: Duration) -> Option<Timestamp> {
        let mut known = self.known();
        let failing = known.entry(job.clone()).or_insert(Failing { since: now, times: 0 });
        let Failing { since, times } = *failing;
        failing.times = times.saturating_add(1);
        if now.duration_since(since).unsigned_abs() > patience {
            known.remove(job);
            return None;
        }
        let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(times)).min(LONGEST_WAIT);
        Some(now.checked_add(wait).unwrap_or(now))
    }

    /// The job has gone on, or is over.
    pub(crate) fn forget(&self, job: &JobId) {
        self.known().remove(job);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<JobId, Failing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_772_366_400, 0);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(NOW.as_second() + seconds).unwrap()
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_begins_anew_with_the_job() {
        let (failures, job) = (Failures::default(), JobId::new("job"));
        let note = || failures.note(&job, NOW, LONGEST_WAIT).unwrap().as_second() - NOW.as_second();
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            assert_eq!(note(), wait);
        }
        failures.forget(&job);
        assert_eq!(note(), 1);
    }

    #[test]
    fn patience_counts_from_the_first_failure_and_for_each_job() {
        let (failures, job, other) = (Failures::default(), JobId::new("job"), JobId::new("other"));
        let patience = Duration::from_mins(1);
        assert!(failures.note(&job, at(0), patience).is_some());
        assert!(failures.note(&job, at(60), patience).is_some());
        assert!(failures.note(&other, at(61), patience).is_some());
        assert_eq!(failures.note(&job, at(61), patience), None);
        assert!(failures.note(&job, at(62), patience).is_some(), "asked for anew, it is tried anew");
    }
}
