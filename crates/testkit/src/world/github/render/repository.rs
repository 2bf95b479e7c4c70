use serde_json::{Value, json};

use super::super::repository::{GithubRole, Repository};
use super::super::state::State;
use super::{node_id, time, user};

/// What the URLs of a repository end in, by field.
const URLS: &[(&str, &str)] = &[
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

/// A repository as a webhook tells it.
pub(in super::super) fn short_repository(state: &State, repository: &Repository) -> Value {
    let name = repository.full_name();
    let (api, html) = (format!("{}/repos/{name}", state.api), format!("{}/{name}", state.html));
    let open = repository.issues.values().filter(|issue| issue.closed.is_none() && !issue.is_deleted).count();
    let mut value = json!({
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": name,
        "private": repository.private,
        "owner": user(state, &state.shown_user(&repository.owner)),
        "html_url": html,
        "description": null,
        "fork": false,
        "created_at": time(repository.created_at),
        "updated_at": time(repository.created_at),
        "pushed_at": time(repository.created_at),
        "git_url": format!("git://127.0.0.1/{name}.git"),
        "ssh_url": format!("git@127.0.0.1:{name}.git"),
        "clone_url": format!("{html}.git"),
        "svn_url": html,
        "visibility": if repository.private { "private" } else { "public" },
        "open_issues_count": open,
        "open_issues": open,
    });
    if let (Some(fields), Value::Object(more)) = (value.as_object_mut(), unremarkable()) {
        fields.extend(more);
        fields.extend(URLS.iter().map(|(field, end)| ((*field).to_owned(), format!("{api}{end}").into())));
    }
    value
}

/// A repository asked for by itself, by somebody with this role.
pub(in super::super) fn repository(state: &State, one: &Repository, role: GithubRole) -> Value {
    let mut value = short_repository(state, one);
    let more = json!({
        "subscribers_count": 0,
        "network_count": 0,
        "permissions": {
            "admin": role >= GithubRole::Admin,
            "maintain": role >= GithubRole::Maintain,
            "push": role >= GithubRole::Write,
            "triage": role >= GithubRole::Triage,
            "pull": true,
        },
    });
    if let (Some(fields), Value::Object(more)) = (value.as_object_mut(), more) {
        fields.extend(more);
    }
    value
}

/// What is the same for every repository here.
fn unremarkable() -> Value {
    json!({
        "mirror_url": null,
        "homepage": null,
        "size": 1,
        "stargazers_count": 0,
        "watchers_count": 0,
        "forks_count": 0,
        "forks": 0,
        "watchers": 0,
        "language": null,
        "has_issues": true,
        "has_projects": true,
        "has_downloads": true,
        "has_wiki": true,
        "has_pages": false,
        "has_discussions": false,
        "archived": false,
        "disabled": false,
        "license": null,
        "allow_forking": true,
        "is_template": false,
        "web_commit_signoff_required": false,
        "topics": [],
        "custom_properties": {},
        "default_branch": "main",
    })
}
