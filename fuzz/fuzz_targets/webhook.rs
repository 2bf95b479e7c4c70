//! Whatever is posted to the webhook: it is read or refused, and nothing that was not signed is believed.
#![no_main]

use lamplighter_github::webhook::{parse, verify};
use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;

fuzz_target!(|raw: &[u8]| {
    let header = std::str::from_utf8(raw).ok();
    assert!(verify(&SecretString::from("s3cret"), raw, header).is_err());
    for event in ["issues", "issue_comment"] {
        let Ok(delivery) = parse(event, "72d3162e", raw) else { continue };
        let issue = delivery.issue.expect("both events are about an issue");
        let labels: usize = issue.labels.iter().map(String::len).sum();
        assert!(labels <= raw.len(), "a label is a part of what was posted");
        assert!(event == "issues" || delivery.comment.is_some(), "a comment is what the event is about");
    }
});
