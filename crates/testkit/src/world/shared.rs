//! The state behind one mutex, and what each request does with it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::api::{self, Answer, Call, Denial, Status};
use super::cluster::Cluster;
use super::disruption::{Disruption, Mishap};
use super::ids::Key;
use super::ledger::{Ledger, Outcome, RequestRecord};
use super::provider::FollowedState;

/// Everything that is in a world and happens to it.
#[derive(Debug)]
pub(super) struct State {
    pub(super) cluster: Cluster,
    pub(super) ledger: Ledger,
    pub(super) states: Vec<FollowedState>,
    pub(super) denials: Vec<Denial>,
    pub(super) disruptions: Vec<Disruption>,
    pub(super) latency: Duration,
}

#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    began: (Timestamp, Instant),
}

/// What goes back to the client.
#[derive(Debug)]
pub(super) enum Reply {
    Answer(Result<Answer, Status>),
    /// Only the first half of it.
    Half(Result<Answer, Status>),
    Reset,
}

impl Shared {
    pub(super) fn new(cluster: Cluster) -> Self {
        let began = (cluster.now, Instant::now());
        let state = State {
            cluster,
            ledger: Ledger::default(),
            states: Vec::new(),
            denials: Vec::new(),
            disruptions: Vec::new(),
            latency: Duration::ZERO,
        };
        Self { state: Mutex::new(state), began }
    }

    /// The state as it is now: what was applied has come about, and the controllers have done their work.
    pub(super) fn now(&self) -> MutexGuard<'_, State> {
        let mut state = self.raw();
        state.catch_up(self.time());
        state
    }

    /// The state as it was left.
    pub(super) fn raw(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time (UTC), which never goes back.
    fn time(&self) -> Timestamp {
        let (timestamp, instant) = self.began;
        timestamp + SignedDuration::try_from(instant.elapsed()).unwrap_or(SignedDuration::ZERO)
    }

    /// Answers a request to the API, and writes down what became of it.
    pub(super) fn answer(&self, call: &Call, query: &str) -> Reply {
        let mut state = self.now();
        let mishap = state.mishap(&call.method, &format!("{}?{query}", call.path));
        let answer = match mishap {
            Some(Mishap::Reset) => None,
            Some(Mishap::Refuse(code)) => Some(Err(Status::with_code(code))),
            Some(Mishap::LoseAnswer | Mishap::Truncate) | None => Some(state.serve(call)),
        };
        let code = answer.as_ref().map_or(0, code);
        let outcome = match mishap {
            Some(Mishap::Reset) => Outcome::Reset,
            Some(Mishap::LoseAnswer | Mishap::Truncate) => Outcome::AnswerLost(code),
            Some(Mishap::Refuse(_)) | None => Outcome::Answered(code),
        };
        let at = state.cluster.now;
        let (method, path, query) = (call.method.clone(), call.path.clone(), query.to_owned());
        state.ledger.requests.push(RequestRecord { at, method, path, query, outcome });
        match (answer, outcome) {
            (Some(answer), Outcome::Answered(_)) => Reply::Answer(answer),
            (Some(answer), Outcome::AnswerLost(_)) if mishap == Some(Mishap::Truncate) => Reply::Half(answer),
            _ => Reply::Reset,
        }
    }

    /// What somebody outside sees of a service: the HTTP status that its ingress answers with.
    pub(super) fn outside_view(&self, service: &Key) -> u16 {
        let state = self.now();
        match state.cluster.workloads.get(service).filter(|workload| workload.service) {
            None => 502,
            Some(_) if state.cluster.serves(service) => 200,
            Some(_) => 503,
        }
    }
}

impl State {
    fn catch_up(&mut self, now: Timestamp) {
        self.cluster.advance(now);
        for state in &mut self.states {
            state.follow(&mut self.cluster);
        }
        self.cluster.advance(now);
    }

    fn serve(&mut self, call: &Call) -> Result<Answer, Status> {
        api::answer(&mut self.cluster, &mut self.ledger, &self.denials, call)
    }

    fn mishap(&mut self, method: &str, path_and_query: &str) -> Option<Mishap> {
        let what = self.disruptions.iter_mut().find_map(|one| one.strikes(method, path_and_query).then_some(one.what));
        self.disruptions.retain(|one| !one.is_over());
        what
    }
}

fn code(answer: &Result<Answer, Status>) -> u16 {
    match answer {
        Ok(Answer::Json(code, _)) => *code,
        Ok(Answer::Text(_)) => 200,
        Err(status) => status.code,
    }
}
