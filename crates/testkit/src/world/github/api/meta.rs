//! <https://docs.github.com/en/rest/rate-limit/rate-limit>, <https://docs.github.com/en/rest/meta/meta>

use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::state::State;

/// Where somebody stands. Asking does not count.
pub(super) fn rate_limit(state: &mut State, caller: &Caller) -> Answer {
    let now = state.now();
    let standing = state.limits.standing(caller.counted_as().as_deref(), now);
    let shown: Value = json!({
        "limit": standing.limit,
        "used": standing.used,
        "remaining": standing.limit - standing.used,
        "reset": standing.reset.as_second(),
    });
    Answer::json(200, json!({ "resources": { "core": shown, "search": shown }, "rate": shown }))
}

pub(super) fn meta() -> Answer {
    Answer::json(200, json!({ "verifiable_password_authentication": false, "hooks": ["127.0.0.0/8"] }))
}
