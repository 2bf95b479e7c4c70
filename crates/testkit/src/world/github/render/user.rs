use serde_json::{Value, json};

use super::super::state::{State, User};
use super::{node_id, percent};

/// A `simple-user`.
pub(in super::super) fn user(state: &State, user: &User) -> Value {
    let url = format!("{}/users/{}", state.api, percent(&user.login));
    let html = user.login.strip_suffix("[bot]").map_or_else(|| user.login.clone(), |slug| format!("apps/{slug}"));
    json!({
        "login": user.login,
        "id": user.id,
        "node_id": node_id(user.kind.as_str(), user.id),
        "avatar_url": format!("{}/avatars/u/{}", state.html, user.id),
        "gravatar_id": "",
        "url": url,
        "html_url": format!("{}/{html}", state.html),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"),
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": user.kind.as_str(),
        "user_view_type": "public",
        "site_admin": false,
    })
}

/// The user that a token belongs to, as `GET /user` tells it.
pub(in super::super) fn private_user(state: &State, one: &User) -> Value {
    let mut value = user(state, one);
    let more = json!({
        "name": null, "company": null, "blog": "", "location": null, "email": null, "hireable": null, "bio": null,
        "twitter_username": null, "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
        "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z", "private_gists": 0,
        "total_private_repos": 0, "owned_private_repos": 0, "disk_usage": 0, "collaborators": 0,
        "two_factor_authentication": true, "user_view_type": "private",
    });
    if let (Some(fields), Value::Object(more)) = (value.as_object_mut(), more) {
        fields.extend(more);
    }
    value
}
