//! What an issue says: its form, its free text, what it asks for, and where it belongs.
//!
//! Everything here reads text that somebody typed, takes time in proportion to its length, and never fails:
//! what can be read is read, and the rest is left out for [`Report::missing`] to name. Only text that has
//! passed the trust gate is taken.

mod address;
mod answers;
mod fields;
mod form;
mod prose;
mod report;
mod request;
mod router;
mod sections;
mod times;
mod words;

use lamplighter_core::trust::Trusted;
use lamplighter_core::words::{IssueText, Report, ServiceCatalog};

pub use request::FeatureRequest;
pub use router::{Route, Router};
pub use times::{StartGuess, start_guess};

/// Reads an outage report: the form's answers, and from the words themselves what the form left open.
///
/// A service is taken from the words only where the catalog knows it. Nothing is guessed.
///
/// ```
/// use lamplighter_core::trust::Trusted;
/// use lamplighter_core::words::{ErrorKindReported, IssueText, ServiceCatalog};
/// use lamplighter_issue_responder::intake;
///
/// let body = "### Affected Service\n\nNextcloud (files, calendar)\n\n### What kind of error?\n\n502\n";
/// let text = Trusted::from_operator(IssueText { title: "It is down".to_owned(), body: body.to_owned() });
/// let report = intake::report(&text, &ServiceCatalog::default());
/// assert_eq!(report.service.as_deref(), Some("Nextcloud"));
/// assert_eq!(report.error, Some(ErrorKindReported::BadGateway));
/// assert_eq!(report.missing(), ["When did it start?"]);
/// ```
#[must_use]
pub fn report(text: &Trusted<IssueText>, catalog: &ServiceCatalog) -> Report {
    report::read(text.get(), catalog)
}

/// Reads what a feature request asks for. What is not clear is [`FeatureRequest::Unknown`].
///
/// ```
/// use lamplighter_core::trust::Trusted;
/// use lamplighter_core::words::IssueText;
/// use lamplighter_issue_responder::intake::{FeatureRequest, feature_request};
///
/// let asks = |title: &str| {
///     feature_request(&Trusted::from_operator(IssueText { title: title.to_owned(), body: String::new() }))
/// };
/// assert!(matches!(asks("Add a monitor for wiki.example.org"), FeatureRequest::AddMonitor { .. }));
/// assert!(matches!(asks("Replace the database"), FeatureRequest::Unknown { .. }));
/// ```
#[must_use]
pub fn feature_request(text: &Trusted<IssueText>) -> FeatureRequest {
    request::read(text.get())
}
