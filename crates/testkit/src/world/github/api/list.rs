//! <https://docs.github.com/en/rest/issues/issues#list-repository-issues>

use jiff::Timestamp;

use super::super::answer::{Outcome, invalid};
use super::super::call::Call;
use super::super::page::page;
use super::super::render;
use super::super::repository::{Issue, Repository};
use super::super::state::State;
use super::Seat;

/// The issues of a repository, pull requests among them.
pub(super) fn issues(state: &State, seat: &Seat<'_>, call: &Call) -> Outcome {
    let one = seat.get(state)?;
    let wish = Wish::read(call).map_err(|field| invalid("Issue", field, "invalid", ""))?;
    let mut found: Vec<&Issue> = one.issues.values().filter(|issue| wish.is_for(one, issue)).collect();
    found.sort_by_key(|issue| wish.order(issue));
    if wish.is_descending {
        found.reverse();
    }
    let found = found.into_iter().map(|issue| render::issue(state, one, issue)).collect();
    Ok(page(call, &state.api, found))
}

/// What is asked for.
struct Wish<'a> {
    state: &'a str,
    labels: Vec<&'a str>,
    creator: Option<&'a str>,
    since: Option<Timestamp>,
    sort: &'a str,
    is_descending: bool,
}

impl<'a> Wish<'a> {
    /// Reads the query, or names the parameter that makes no sense.
    fn read(call: &'a Call) -> Result<Self, &'static str> {
        let one_of = |name: &'static str, known: &[&str], default: &'a str| match call.parameter(name) {
            None => Ok(default),
            Some(value) if known.contains(&value) => Ok(value),
            Some(_) => Err(name),
        };
        let since = call.parameter("since").map(|text| text.parse().map_err(|_| "since")).transpose()?;
        let labels = call.parameter("labels").unwrap_or_default();
        Ok(Self {
            state: one_of("state", &["open", "closed", "all"], "open")?,
            labels: labels.split(',').filter(|name| !name.is_empty()).collect(),
            creator: call.parameter("creator"),
            since,
            sort: one_of("sort", &["created", "updated", "comments"], "created")?,
            is_descending: one_of("direction", &["asc", "desc"], "desc")? == "desc",
        })
    }

    fn is_for(&self, one: &Repository, issue: &Issue) -> bool {
        let has = |name: &&str| one.label(name).is_some_and(|label| issue.labels.contains(&label.id));
        let is_in_state = match self.state {
            "open" => issue.closed.is_none(),
            "closed" => issue.closed.is_some(),
            _ => true,
        };
        !issue.is_deleted
            && is_in_state
            && self.labels.iter().all(has)
            && self.creator.is_none_or(|login| login.eq_ignore_ascii_case(&issue.author))
            && self.since.is_none_or(|since| issue.updated_at >= since)
    }

    fn order(&self, issue: &Issue) -> (i64, u64) {
        let first = match self.sort {
            "updated" => issue.updated_at.as_second(),
            "comments" => i64::try_from(issue.comments.len()).unwrap_or(i64::MAX),
            _ => issue.created_at.as_second(),
        };
        (first, issue.number)
    }
}
