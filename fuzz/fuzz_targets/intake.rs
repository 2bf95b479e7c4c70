//! Whatever an issue says: its readers answer, and nothing comes out that must not.
#![no_main]

use lamplighter_core::trust::Trusted;
use lamplighter_core::words::{IssueText, ServiceCatalog};
use lamplighter_issue_responder::intake::{FeatureRequest, feature_request, report, start_guess};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|issue: &str| {
    // The first line is the title, so that a seed is a file that can be read.
    let (title, body) = issue.split_once('\n').unwrap_or((issue, ""));
    let text = Trusted::from_operator(IssueText { title: title.to_owned(), body: body.to_owned() });
    let report = report(&text, &ServiceCatalog::default());
    assert!(report.service.is_none_or(|service| !service.trim().is_empty()));
    if let Some(url) = &report.url {
        assert!(url.starts_with("http://") || url.starts_with("https://"), "{url}");
        assert!(!url.contains(char::is_whitespace) && !url.contains(char::is_control), "{url}");
    }
    if let Some(started) = &report.started {
        let filed_at = "2026-03-14T16:20:00Z".parse().expect("a timestamp");
        assert!(start_guess(started, filed_at).is_none_or(|guess| guess.at <= filed_at));
    }
    if let FeatureRequest::AddMonitor { name, url } = feature_request(&text) {
        let meaningful = ['$', '{', '}', '"', '\\', '\n', '#', '`'];
        assert!(!name.contains(meaningful) && !url.contains(meaningful), "{name} {url}");
        assert!(url.is_ascii(), "{url}");
    }
});
