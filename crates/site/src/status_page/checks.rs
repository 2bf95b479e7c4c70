//! What people can check themselves.

use lamplighter_core::words::status::SelfCheck;
use serde::Serialize;

use super::words;
use crate::layout::Safe;
use crate::markup;

/// A row of the table.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    symptom: &'static str,
    /// The operator's Markdown as HTML that does nothing.
    what: Safe,
}

pub(super) fn of(checks: &[SelfCheck]) -> Vec<Check> {
    let check = |check: &SelfCheck| Check {
        symptom: words::error(check.symptom),
        what: Safe(markup::written(&markup::markdown(&check.check))),
    };
    checks.iter().map(check).collect()
}
