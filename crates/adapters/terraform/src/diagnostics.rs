//! What Terraform says when it fails, reduced to what is safe to repeat.

use serde::Deserialize;

use crate::error::LockHolder;

/// The most diagnostics that are repeated.
const SHOWN: usize = 5;

/// One error of Terraform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    summary: String,
    detail: String,
    place: Option<String>,
}

/// The errors in the output of a run with `-json`; those of a run without are read from its stderr.
pub(crate) fn errors(stdout: &[u8], stderr: &[u8]) -> Vec<Diagnostic> {
    let lines = stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok());
    let mut errors: Vec<Diagnostic> = lines
        .filter_map(|line| line.diagnostic)
        .filter(|diagnostic| diagnostic.severity == "error")
        .map(RawDiagnostic::read)
        .collect();
    if errors.is_empty() {
        errors = plain_errors(&String::from_utf8_lossy(stderr));
    }
    errors
}

/// The errors in one line, without anything that a provider may have put a secret into.
pub(crate) fn reason(errors: &[Diagnostic]) -> String {
    if errors.is_empty() {
        return "Terraform gave no reason".to_owned();
    }
    let mut reasons: Vec<String> = errors.iter().take(SHOWN).map(Diagnostic::public).collect();
    reasons.dedup();
    if errors.len() > SHOWN {
        reasons.push(format!("and {} more", errors.len() - SHOWN));
    }
    reasons.join("; ")
}

/// The holder of the lock, when the lock is what failed.
pub(crate) fn lock_holder(errors: &[Diagnostic]) -> Option<LockHolder> {
    let error = errors.iter().find(|error| error.summary.contains("acquiring the state lock"))?;
    let field = |name: &str| {
        error.detail.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::trim).map(str::to_owned)
    };
    let holder = LockHolder { operation: field("Operation:"), who: field("Who:"), created: field("Created:") };
    // Without the holder's particulars it is the backend that failed, not somebody who holds the lock.
    (holder.operation.is_some() || holder.who.is_some()).then_some(holder)
}

/// Whether the plan is stale.
pub(crate) fn is_stale(errors: &[Diagnostic]) -> bool {
    errors.iter().any(|error| {
        error.summary.contains("plan is stale") || error.summary.contains("plan does not match the given state")
    })
}

impl Diagnostic {
    fn public(&self) -> String {
        let summary = if is_plain(&self.summary) { &self.summary } else { "an error that is not repeated here" };
        match &self.place {
            Some(place) => format!("{summary} ({place})"),
            None => summary.to_owned(),
        }
    }
}

/// Terraform's own summaries are plain words. Anything with an address, a number or a quotation comes from
/// further away.
fn is_plain(summary: &str) -> bool {
    summary.len() <= 80
        && summary.split(' ').all(|word| word.len() <= 20)
        && summary.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | ',' | '\'' | '-'))
}

fn plain_errors(stderr: &str) -> Vec<Diagnostic> {
    let mut errors: Vec<Diagnostic> = Vec::new();
    for line in stderr.lines() {
        let line = line.trim_start_matches(['│', '╷', '╵', ' ']);
        if let Some(summary) = line.strip_prefix("Error: ") {
            errors.push(Diagnostic { summary: summary.trim().to_owned(), detail: String::new(), place: None });
        } else if let Some(error) = errors.last_mut() {
            error.detail.push_str(line);
            error.detail.push('\n');
        }
    }
    errors
}

#[derive(Deserialize)]
struct Line {
    diagnostic: Option<RawDiagnostic>,
}

#[derive(Deserialize)]
struct RawDiagnostic {
    severity: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    detail: String,
    address: Option<String>,
    range: Option<Range>,
}

#[derive(Deserialize)]
struct Range {
    filename: String,
    start: Start,
}

#[derive(Deserialize)]
struct Start {
    line: u64,
}

impl RawDiagnostic {
    fn read(self) -> Diagnostic {
        let range = self.range.map(|range| format!("{} line {}", range.filename, range.start.line));
        let place = match (range, self.address.filter(|address| !address.is_empty())) {
            (Some(range), Some(address)) => Some(format!("{range}, {address}")),
            (range, address) => range.or(address),
        };
        Diagnostic { summary: self.summary, detail: self.detail, place }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stdout: &str, stderr: &str, expected: &str) {
        assert_eq!(reason(&errors(stdout.as_bytes(), stderr.as_bytes())), expected);
    }

    #[test]
    fn only_plain_words_and_places_are_repeated() {
        check(
            r#"{"type":"version"}
{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Unsupported argument","detail":"token=hunter2","range":{"filename":"main.tf","start":{"line":3}},"address":"terraform_data.web"}}"#,
            "",
            "Unsupported argument (main.tf line 3, terraform_data.web)",
        );
        check(
            r#"{"diagnostic":{"severity":"error","summary":"Post \"https://u:hunter2@10.0.0.1/\": refused"}}"#,
            "",
            "an error that is not repeated here",
        );
        check(
            r#"{"diagnostic":{"severity":"error","summary":"bad token ghpabcdefghijklmnopqrstuvwxyz"}}"#,
            "",
            "an error that is not repeated here",
        );
        check(
            "not json",
            "╷\n│ Error: Failed to get existing workspaces\n│ \n│ s3cr3t\n╵\n",
            "Failed to get existing workspaces",
        );
        check("", "", "Terraform gave no reason");
    }

    #[test]
    fn warnings_are_no_errors() {
        check(r#"{"diagnostic":{"severity":"warning","summary":"Deprecated"}}"#, "", "Terraform gave no reason");
    }

    #[test]
    fn a_holder_of_a_lock_is_named_without_host_in_public() {
        let line = r#"{"diagnostic":{"severity":"error","summary":"Error acquiring the state lock","detail":"Error message: resource temporarily unavailable\nLock Info:\n  ID:        1\n  Path:      /x\n  Operation: OperationTypeApply\n  Who:       ann@box\n  Version:   1.11.4\n  Created:   2026-01-02 03:04:05 UTC\n  Info:      \n"}}"#;
        let holder = lock_holder(&errors(line.as_bytes(), b"")).unwrap();
        assert_eq!(holder.to_string(), "ann@box (OperationTypeApply) since 2026-01-02 03:04:05 UTC");
        assert_eq!(holder.public(), "somebody else (OperationTypeApply) since 2026-01-02 03:04:05 UTC");
    }
}
