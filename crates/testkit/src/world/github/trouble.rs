//! What goes wrong, when a test says so.

use std::time::Duration;

use super::super::disruption::Disruption;
use super::GithubWorld;
use super::faults::Dice;

impl GithubWorld {
    /// Makes something go wrong with the next requests that match. Disruptions strike in the order in which they were
    /// added.
    pub fn disrupt(&self, disruption: Disruption) {
        self.state().disruptions.push(disruption);
    }

    /// Lets one request in so many fail, in a way of its own: `500`, `502`, `503`, a reset before or after the effect,
    /// an answer that breaks off. The same seed gives the same failures for the same requests.
    pub fn fail_one_in(&self, requests: u64, seed: u64) {
        self.state().dice = Some(Dice::new(seed, requests));
    }

    /// Ends all disruptions and random failures.
    pub fn calm(&self) {
        let mut state = self.state();
        state.dice = None;
        state.disruptions.clear();
        state.latency = Duration::ZERO;
    }

    /// Makes each request wait so long, in real time, before anything is done.
    pub fn set_latency(&self, latency: Duration) {
        self.state().latency = latency;
    }

    /// How many requests somebody may send in an hour, 5000 unless something else is said.
    pub fn set_rate_limit(&self, requests: u64) {
        self.state().limits.limit = requests;
    }

    /// Leaves so many requests of the hour to everybody who has sent one.
    pub fn leave_requests(&self, remaining: u64) {
        self.state().limits.leave(remaining);
    }

    /// The status that requests over the primary limit get: 403, as for most, or 429.
    pub fn refuse_over_limit_with(&self, status: u16) {
        self.state().limits.status = status;
    }

    /// Begins a secondary rate limit that lasts so long: 403 or 429, with a `retry-after` or without.
    pub fn begin_secondary_limit(&self, status: u16, says_when: bool, lasts: Duration) {
        let mut state = self.state();
        let now = state.now();
        state.limits.begin_secondary(status, says_when, now, lasts);
    }

    /// How many requests were refused for a limit. A client that is told when to come back causes one.
    #[must_use]
    pub fn requests_over_limit(&self) -> usize {
        self.state().limits.ignored
    }
}
