//! Lists in pages.
//! <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>

use serde_json::Value;

use super::answer::Answer;
use super::call::Call;

/// How many are on a page when nobody says.
const DEFAULT: usize = 30;
/// How many are on a page at most.
const MOST: usize = 100;

/// One page of a list, with a `Link` to the others where there are any.
pub(super) fn page(call: &Call, api: &str, all: Vec<Value>) -> Answer {
    let number = |name: &str| call.parameter(name).and_then(|text| text.parse::<usize>().ok()).filter(|n| *n > 0);
    let per_page = number("per_page").unwrap_or(DEFAULT).min(MOST);
    let page = number("page").unwrap_or(1);
    let last = all.len().div_ceil(per_page).max(1);
    let shown: Vec<Value> = all.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page).collect();
    let answer = Answer::json(200, Value::Array(shown));
    let mut links = Vec::new();
    if page > 1 {
        links.extend([("prev", (page - 1).min(last)), ("first", 1)]);
    }
    if page < last {
        links.extend([("next", page + 1), ("last", last)]);
    }
    if links.is_empty() {
        return answer;
    }
    let links: Vec<String> =
        links.into_iter().map(|(name, page)| format!("<{}>; rel=\"{name}\"", url(call, api, page))).collect();
    answer.with("link", links.join(", "))
}

/// The address of another page: the same one with another number.
fn url(call: &Call, api: &str, page: usize) -> String {
    let host = api.strip_suffix("/api/v3").unwrap_or(api);
    let kept = call.raw_query.split('&').filter(|part| !part.is_empty() && !part.starts_with("page="));
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("page={page}")]).collect();
    format!("{host}{}?{}", call.path, query.join("&"))
}
