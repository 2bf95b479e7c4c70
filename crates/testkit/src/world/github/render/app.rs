use serde_json::{Value, json};

use super::super::app::App;
use super::super::state::State;
use super::{node_id, time, user};

/// An App, as `GET /app` tells it.
pub(in super::super) fn integration(state: &State, app: &App) -> Value {
    json!({
        "id": app.id,
        "slug": app.slug,
        "node_id": node_id("Integration", app.id),
        "client_id": format!("Iv1.{:016x}", app.id),
        "owner": user(state, &state.shown_user(&app.owner)),
        "name": app.slug,
        "description": null,
        "external_url": "https://example.org",
        "html_url": format!("{}/apps/{}", state.html, app.slug),
        "created_at": time(app.created_at),
        "updated_at": time(app.created_at),
        "permissions": permissions(app),
        "events": ["issue_comment", "issues"],
        "installations_count": 1,
    })
}

pub(in super::super) fn installation(state: &State, app: &App) -> Value {
    let owner = state.shown_user(&app.owner);
    json!({
        "id": app.installation,
        "account": user(state, &owner),
        "repository_selection": "selected",
        "access_tokens_url": format!("{}/app/installations/{}/access_tokens", state.api, app.installation),
        "repositories_url": format!("{}/installation/repositories", state.api),
        "html_url": format!("{}/settings/installations/{}", state.html, app.installation),
        "app_id": app.id,
        "app_slug": app.slug,
        "client_id": format!("Iv1.{:016x}", app.id),
        "target_id": owner.id,
        "target_type": owner.kind.as_str(),
        "permissions": permissions(app),
        "events": ["issue_comment", "issues"],
        "created_at": time(app.created_at),
        "updated_at": time(app.created_at),
        "single_file_name": null,
        "has_multiple_single_files": false,
        "single_file_paths": [],
        "suspended_by": null,
        "suspended_at": null,
    })
}

pub(in super::super) fn permissions(app: &App) -> Value {
    json!({ "issues": if app.may_write { "write" } else { "read" }, "metadata": "read" })
}
