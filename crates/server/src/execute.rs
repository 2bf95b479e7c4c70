//! The HTTP API of the service that Lamplighter takes the place of (SPEC §2): `POST /execute` and `GET /jobs/{id}`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use http::{HeaderMap, StatusCode};
use lamplighter::core::Usd;
use lamplighter::core::ports::{Job, JobId, JobLimits, JobState, Message, Work};
use lamplighter::core::words::IssueNumber;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::app::Service;
use crate::auth::check_bearer;

/// The agents that can be asked for by name, and what stands for them.
const AGENTS: [&str; 1] = ["issue-responder"];

/// The longest that a job may be given: a day.
const LONGEST: f64 = 86_400.0;

/// What is asked for. Other fields are somebody else's business.
#[derive(Deserialize)]
struct Order {
    prompt: String,
    #[serde(default)]
    agent: Option<String>,
    #[serde(default)]
    max_budget_usd: Option<f64>,
    #[serde(default)]
    timeout_seconds: Option<f64>,
}

/// `POST /execute`: takes an issue to be answered and gives the id of the job. Each request is a job of its own, and an issue
/// is answered once all the same: a second job of it ends as the first one.
pub(crate) async fn execute(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    check_bearer(&headers, &service.keys().api)?;
    let order: Order = serde_json::from_slice(&body)
        .map_err(|error| Refusal::bad_request(format!("the body is not the JSON that is expected: {error}")))?;
    let work = work(&order)?;
    let issue = work.issue();
    let id = JobId::new(uuid::Uuid::new_v4().to_string());
    let message = Message {
        id: format!("execute/{id}"),
        at: service.now(),
        words: None,
        job: Some((id.clone(), work)),
        wake: None,
    };
    service.dispatcher().submit(message).await.map_err(|error| Refusal::of(&error))?;
    service.metrics().orders.increment(1);
    Ok((StatusCode::ACCEPTED, Json(json!({ "job_id": id, "status": "queued", "issue": issue }))))
}

fn work(order: &Order) -> Result<Work, Refusal> {
    let agent = order.agent.as_deref().map_or("issue-responder", name_of);
    if !AGENTS.contains(&agent) {
        let known = AGENTS.join(", ");
        return Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("there is no such agent; there is {known}"),
        ));
    }
    let issue = issue_number(&order.prompt).ok_or_else(|| {
        Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "the prompt names no issue; write \"Process GitHub Issue #N: TITLE\"",
        )
    })?;
    let budget = order.max_budget_usd.map(|dollars| number("max_budget_usd", dollars, 0.0, 1e6)).transpose()?;
    let seconds = order.timeout_seconds.map(|seconds| number("timeout_seconds", seconds, 1.0, LONGEST)).transpose()?;
    let limits =
        JobLimits { budget: budget.map(|dollars| Usd::micros(whole(dollars * 1e6))), seconds: seconds.map(whole) };
    Ok(Work::Answer { issue, again: false, limits })
}

/// `.claude/agents/issue-responder.md` and `issue-responder` are the same agent.
fn name_of(agent: &str) -> &str {
    let name = agent.trim().trim_end_matches('/');
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.strip_suffix(".md").unwrap_or(name)
}

/// The first `#N` of a prompt that a tracker could have given. What follows is the title, which somebody else may have
/// written and nobody here reads.
fn issue_number(prompt: &str) -> Option<IssueNumber> {
    prompt.split('#').skip(1).find_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..end)?.parse::<u32>().ok().filter(|number| *number > 0).map(|number| IssueNumber(number.into()))
    })
}

fn number(name: &str, value: f64, least: f64, most: f64) -> Result<f64, Refusal> {
    if value.is_finite() && (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{name} must be from {least} to {most}")))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// `GET /jobs/{id}`: how far a job is.
pub(crate) async fn job(
    State(service): State<Service>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    check_bearer(&headers, &service.keys().api)?;
    let found = service.dispatcher().inbox().job(&JobId::new(id)).await.map_err(|error| Refusal::of(&error))?;
    let job = found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "there is no job of this id"))?;
    Ok(Json(told(&job)))
}

fn told(job: &Job) -> Value {
    let mut told = json!({
        "job_id": job.id,
        "status": status(&job.state),
        "issue": job.work.issue(),
        "attempts": job.attempts,
        "created_at": job.created_at,
        "updated_at": job.changed_at,
    });
    let (name, value) = match &job.state {
        JobState::Queued { .. } | JobState::Running => return told,
        JobState::Waiting { until } => ("waiting_until", json!(until)),
        JobState::Completed { outcome } => ("result", outcome.clone()),
        JobState::Failed { reason } | JobState::TimedOut { reason } => ("error", json!(reason)),
    };
    if let Some(fields) = told.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
    told
}

/// The words of the service that is replaced. A job that waits for a person is not done.
pub(crate) const fn status(state: &JobState) -> &'static str {
    match state {
        JobState::Queued { .. } => "queued",
        JobState::Running | JobState::Waiting { .. } => "running",
        JobState::Completed { .. } => "completed",
        JobState::Failed { .. } => "failed",
        JobState::TimedOut { .. } => "timeout",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(json: &str) -> Result<Work, StatusCode> {
        work(&serde_json::from_str(json).unwrap()).map_err(|refusal| refusal.status)
    }

    #[test]
    fn the_issue_is_the_first_number_of_the_prompt() {
        for (prompt, expected) in [
            ("Process GitHub Issue #42: Wiki is down", Some(42)),
            ("Process GitHub Issue #42: as in #41", Some(42)),
            ("issue # 7, that is #8", Some(8)),
            ("#0 #5", Some(5)),
            ("##3", Some(3)),
            ("#99999999999999999999999 #2", Some(2)),
            ("#18446744073709551615", None),
            ("nothing", None),
            ("#x", None),
            ("", None),
        ] {
            assert_eq!(issue_number(prompt).map(|issue| issue.0), expected, "{prompt:?}");
        }
    }

    #[test]
    fn an_agent_is_a_name_or_a_path() {
        for agent in
            ["issue-responder", ".claude/agents/issue-responder", "./agents/issue-responder.md", " issue-responder/ "]
        {
            assert_eq!(name_of(agent), "issue-responder", "{agent:?}");
        }
        let wrong = order(r##"{"prompt": "#1", "agent": "rm -rf"}"##);
        assert_eq!(wrong.map(|work| work.issue()), Err(StatusCode::UNPROCESSABLE_ENTITY));
    }

    #[test]
    fn what_a_job_may_take_is_in_a_sane_range() {
        let json = r##"{"prompt": "#1", "max_budget_usd": 2.5, "timeout_seconds": 90, "model": "any"}"##;
        let Ok(Work::Answer { limits, .. }) = order(json) else { panic!("it is an order") };
        assert_eq!(limits, JobLimits { budget: Some(Usd::micros(2_500_000)), seconds: Some(90) });
        for field in [r#""max_budget_usd": -1"#, r#""timeout_seconds": 0"#, r#""timeout_seconds": 1e9"#] {
            let json = format!(r##"{{"prompt": "#1", {field}}}"##);
            assert_eq!(order(&json).map(|work| work.issue()), Err(StatusCode::UNPROCESSABLE_ENTITY), "{json}");
        }
    }
}
