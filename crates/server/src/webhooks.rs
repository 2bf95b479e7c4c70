//! `POST /webhooks/github`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use lamplighter::core::ports::Receipt;
use lamplighter_github::webhook;
use serde::Serialize;

use crate::answer::Refusal;
use crate::app::Service;
use crate::intake::{Intake, sort};

/// Longer than any id of a delivery, which is a GUID.
const LONGEST_ID: usize = 64;

/// Takes a message in. The order of the checks is that of their cost, and nothing in the body is looked at before its
/// signature was checked.
pub(crate) async fn github(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let metrics = service.metrics();
    let body = body.map_err(|rejection| {
        metrics.refused.increment(1);
        Refusal::new(rejection.status(), rejection.body_text())
    })?;
    check_signature(&service, &headers, &body).inspect_err(|_| metrics.forged.increment(1))?;
    let taken = take_in(&service, &headers, &body).await;
    let counter = match &taken {
        Ok(Taken::In { receipt: Receipt::Accepted, .. }) => &metrics.accepted,
        Ok(Taken::In { receipt: Receipt::Repeated, .. }) => &metrics.repeated,
        Ok(Taken::Pong { .. } | Taken::Ignored { .. }) => &metrics.ignored,
        Err(_) => &metrics.refused,
    };
    counter.increment(1);
    Ok(taken?.into_response())
}

/// What became of a message.
#[derive(Serialize)]
#[serde(untagged)]
enum Taken<'a> {
    In { delivery: &'a str, receipt: Receipt },
    Ignored { ignored: &'static str },
    Pong { pong: &'a str },
}

impl IntoResponse for Taken<'_> {
    fn into_response(self) -> Response {
        let status = if matches!(self, Self::In { .. }) { StatusCode::ACCEPTED } else { StatusCode::OK };
        (status, Json(self)).into_response()
    }
}

fn check_signature(service: &Service, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let keys = service.keys();
    if keys.webhook.is_empty() {
        return Err(Refusal::unauthorized("no webhook secret is configured, so nothing is taken"));
    }
    let signature = only(headers, "x-hub-signature-256")
        .ok_or_else(|| Refusal::unauthorized("X-Hub-Signature-256 is missing, or there are several"))?;
    webhook::verify_any(&keys.webhook, body, Some(signature))
        .map_err(|_forged| Refusal::unauthorized("the signature is wrong"))
}

async fn take_in<'a>(service: &Service, headers: &'a HeaderMap, body: &[u8]) -> Result<Taken<'a>, Refusal> {
    let is_json = only(headers, header::CONTENT_TYPE.as_str()).is_some_and(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !is_json {
        let reason = "set the webhook's content type to application/json";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
    }
    let event = only(headers, "x-github-event").ok_or_else(|| Refusal::bad_request("X-GitHub-Event is missing"))?;
    let id = only(headers, "x-github-delivery")
        .filter(|id| (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        .ok_or_else(|| Refusal::bad_request("X-GitHub-Delivery is missing, or is no id"))?;
    if event == "ping" {
        return Ok(Taken::Pong { pong: id });
    }
    if !matches!(event, "issues" | "issue_comment" | "push") {
        return Ok(Taken::Ignored { ignored: "this event asks for nothing" });
    }
    let delivery = webhook::parse(event, id, body).map_err(|error| Refusal::bad_request(error.to_string()))?;
    let sorted = sort(delivery, service.settings(), service.now());
    // A label or an end asks us for nothing, and is news to who reads the status page. A push may be that of the page.
    let is_news = event != "push" && !matches!(sorted, Intake::Foreign);
    if let Some(keeper) = service.keeper().filter(|_| is_news) {
        keeper.nudge();
    }
    match sorted {
        Intake::Foreign => Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "this is of another repository")),
        Intake::Ignore(why) => Ok(Taken::Ignored { ignored: why }),
        Intake::Accept(message) => {
            let receipt = service.dispatcher().submit(*message).await.map_err(|error| Refusal::of(&error))?;
            Ok(Taken::In { delivery: id, receipt })
        }
    }
}

/// The value of a header that is there once. Of two values nobody can say which one a proxy has looked at.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
    Some(value.trim())
}
