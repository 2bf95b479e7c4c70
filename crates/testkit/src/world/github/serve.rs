//! From the wire to the state and back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body as WireBody, to_bytes};
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Query, State as Shared};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};

use super::super::connection::Line;
use super::super::disruption::Mishap;
use super::super::ids;
use super::super::ledger::{Outcome, RequestRecord};
use super::GithubExchange;
use super::answer::{Answer, Body, failure, problem};
use super::api;
use super::call::Call;
use super::caller::Caller;
use super::state::State;

/// The largest body that is read.
const BODY_LIMIT: usize = 4 << 20;
/// The versions of the API that may be asked for.
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];
/// What GitHub says to those who do not say what they are.
const NAMELESS: &str = "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent \
                        header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). \
                        Check https://developer.github.com for other possible causes.\r\n";

pub(super) type World = Arc<Mutex<State>>;

pub(super) fn locked(world: &Mutex<State>) -> MutexGuard<'_, State> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn routes(world: World) -> Router {
    Router::new().fallback(wire).with_state(world)
}

async fn wire(
    Shared(world): Shared<World>,
    ConnectInfo(line): ConnectInfo<Line>,
    Query(query): Query<Vec<(String, String)>>,
    request: Request<WireBody>,
) -> Response {
    let latency = locked(&world).latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        raw_query: parts.uri.query().unwrap_or_default().to_owned(),
        query,
        headers: parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: body.to_vec(),
    };
    let (answer, outcome, mishap) = locked(&world).deal_with(&call);
    match (outcome, mishap) {
        (Outcome::AnswerLost(_), Some(Mishap::Truncate)) => line.halve(),
        (Outcome::Reset | Outcome::AnswerLost(_), _) => line.cut(),
        (Outcome::Answered(_), _) => {}
    }
    response(&answer)
}

fn response(answer: &Answer) -> Response {
    let mut response = Response::new(WireBody::from(answer.bytes()));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &answer.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

impl State {
    /// Answers a request, and writes down what became of it.
    fn deal_with(&mut self, call: &Call) -> (Answer, Outcome, Option<Mishap>) {
        let target = format!("{}?{}", call.path, call.raw_query);
        let mishap = self.mishap(&call.method, &target);
        let answer = match mishap {
            Some(Mishap::Reset) => Answer::empty(204),
            Some(Mishap::Refuse(status)) => self.dressed(failure(status), &Caller::Anonymous),
            Some(Mishap::LoseAnswer | Mishap::Truncate) | None => self.serve(call),
        };
        let outcome = match mishap {
            Some(Mishap::Reset) => Outcome::Reset,
            Some(Mishap::LoseAnswer | Mishap::Truncate) => Outcome::AnswerLost(answer.status),
            Some(Mishap::Refuse(_)) | None => Outcome::Answered(answer.status),
        };
        let request = RequestRecord {
            at: self.clock.now(),
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.raw_query.clone(),
            outcome,
        };
        self.exchanges.push(GithubExchange {
            request,
            headers: call.headers.clone(),
            body: call.body.clone(),
            answer_headers: answer.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            answer: answer.bytes(),
        });
        (answer, outcome, mishap)
    }

    fn mishap(&mut self, method: &str, target: &str) -> Option<Mishap> {
        let what = self.disruptions.iter_mut().find_map(|one| one.strikes(method, target).then_some(one.what));
        self.disruptions.retain(|one| !one.is_over());
        what.or_else(|| self.dice.as_mut()?.throw())
    }

    fn serve(&mut self, call: &Call) -> Answer {
        if call.header("user-agent").unwrap_or_default().trim().is_empty() {
            return Answer { status: 403, headers: Vec::new(), body: Body::Text(NAMELESS.to_owned()) };
        }
        let caller = match Caller::of(self, call.header("authorization")) {
            Ok(caller) => caller,
            Err(refusal) => return self.dressed(refusal, &Caller::Anonymous),
        };
        let (who, now) = (caller.counted_as(), self.now());
        let is_free = call.path.ends_with("/rate_limit");
        if !is_free && let Some(refusal) = self.limits.refusal(who.as_deref(), now) {
            return self.dressed(refusal, &caller);
        }
        let answer = version(call).and_then(|()| api::answer(self, &caller, call));
        let answer = tagged(call, answer.unwrap_or_else(|refusal| refusal));
        if !is_free && answer.status != 304 {
            self.limits.count(who.as_deref(), now);
        }
        self.dressed(answer, &caller)
    }

    /// The same with the headers that every answer has.
    fn dressed(&mut self, mut answer: Answer, caller: &Caller) -> Answer {
        let now = self.now();
        let standing = self.limits.standing(caller.counted_as().as_deref(), now);
        answer.headers.extend(standing.headers());
        let id = ids::hex(&["request", &self.exchanges.len().to_string()], 24).to_uppercase();
        answer.headers.push(("x-github-request-id", format!("{}:{}", &id.get(..4).unwrap_or_default(), id)));
        answer.headers.push(("x-github-media-type", "github.v3; format=json".to_owned()));
        answer.headers.push(("x-github-api-version-selected", "2022-11-28".to_owned()));
        let content_type = match &answer.body {
            Body::Json(_) => "application/json; charset=utf-8",
            Body::Text(_) => "text/html; charset=utf-8",
            Body::Empty => return answer,
        };
        answer.with("content-type", content_type.to_owned())
    }
}

/// Gives what was read a tag, and leaves the body out for somebody who has it. Where the next page is is no part of it.
/// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate>
fn tagged(call: &Call, answer: Answer) -> Answer {
    if call.method != "GET" || answer.status != 200 {
        return answer;
    }
    let body = String::from_utf8_lossy(&answer.bytes()).into_owned();
    let digest = ids::hex(&[&body, call.header("authorization").unwrap_or_default()], 64);
    let tag = format!("W/\"{digest}\"");
    let is_known =
        |known: &str| known.split(',').any(|one| one.trim().trim_start_matches("W/") == format!("\"{digest}\""));
    let answer = if call.header("if-none-match").is_some_and(is_known) { Answer::empty(304) } else { answer };
    answer.with("etag", tag).with("cache-control", "private, max-age=60, s-maxage=60".to_owned())
}

fn version(call: &Call) -> Result<(), Answer> {
    match call.header("x-github-api-version") {
        Some(version) if !VERSIONS.contains(&version) => {
            Err(problem(400, &format!("Version {version} is not supported.")))
        }
        _ => Ok(()),
    }
}
