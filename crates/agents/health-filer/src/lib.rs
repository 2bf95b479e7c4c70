//! Files one issue for each serious condition that a health scan finds, and says when it is over (SPEC §5,
//! cluster-health: "auto-files one issue per SEV1/SEV2 condition").
//!
//! [`HealthFiler`] takes a [`HealthReport`](lamplighter_core::words::HealthReport) of the whole cluster and compares it
//! with the open issues that it has filed before. It keeps no memory of its own: an issue says in its hidden marker
//! which condition it is about, so that a scan that is killed, repeated, or run twice at once ends in the same issues.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::Agent;
//! use lamplighter_core::words::{CheckResult, CheckStatus, Finding, HealthReport, ObjectRef, Severity, Source};
//! use lamplighter_health_filer::HealthFiler;
//! use lamplighter_testkit::context;
//! use lamplighter_testkit::fakes::FakeIssues;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let (issues, cx) = (Arc::new(FakeIssues::new()), context("example"));
//! let filer = HealthFiler::new(issues.clone(), issues.clone());
//! let mut finding =
//!     Finding::new("node n1 is not ready", ObjectRef::global("node", "n1"), Source::new("kubernetes api"), cx.now());
//! finding.severity = Some(Severity::Sev1);
//! let check = CheckResult { findings: vec![finding], ..CheckResult::new("nodes-ready", CheckStatus::Fail, "") };
//! let report = HealthReport { taken_at: cx.now(), cluster: "home".to_owned(), checks: vec![check] };
//!
//! let first = filer.run(&cx, report.clone()).await?;
//! assert_eq!(issues.labels(first.filed[0]), ["incident", "sev1"]);
//! let second = filer.run(&cx, report).await?;
//! assert!(second.filed.is_empty(), "it is filed already");
//! # Ok(())
//! # }
//! ```
//!
//! # What is one condition
//! All findings of SEV1 and SEV2 on one object, and on what belongs to it: a deployment without a ready pod, its pods
//! that crash and its service without endpoints are one condition. Its key is the worst of its checks with the object.
//!
//! # When it is over
//! When that check has run and finds nothing on the object any more, and no other check finds anything serious on it. A
//! check that could not run says nothing, so that a condition is never over because nobody could look. Then the
//! issue gets a comment, once, and is closed only where that is asked for; when the condition comes back while the issue
//! is still open, that is said too.
//!
//! What is deliberately not here: scanning, fixing, answering the issues (the issue responder does), and trouble that is
//! minor or known.

mod condition;
mod filer;
mod settings;
mod words;

pub use filer::{Filing, HealthFiler};
pub use settings::FilerSettings;
