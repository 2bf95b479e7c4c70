//! The issue responder: reads an issue, routes it, and answers it.
//!
//! An outage report is verified against the running systems, classified, investigated, fixed where that is
//! safe, and handed to a person with everything that was found where it is not. A feature request of a known,
//! simple kind is carried out. What an outsider wrote is never read.
//!
//! The responder decides and speaks; it touches the outside world through [`Ports`] alone, and changes
//! infrastructure through the [`Actuator`](lamplighter_core::Actuator), which asks the guardrails first.
//!
//! What an issue says is read by [`intake`], which can be used alone:
//!
//! ```
//! use lamplighter_core::trust::Trusted;
//! use lamplighter_core::words::{IssueText, ServiceCatalog};
//! use lamplighter_issue_responder::intake;
//!
//! let body = "### Affected Service\n\nWiki (pages, search)\n\n### When did it start?\n\n_No response_\n";
//! let text = Trusted::from_operator(IssueText { title: "Wiki shows 502".to_owned(), body: body.to_owned() });
//! let report = intake::report(&text, &ServiceCatalog::default());
//! assert_eq!(report.service.as_deref(), Some("Wiki"));
//! assert_eq!(report.missing(), ["When did it start?"]);
//! ```
//!
//! What it deliberately does not do: find root causes across services (that is diagnosis) or write post-mortems
//! (it has them written, keeps them and says where).

mod case;
mod comments;
mod desk;
mod diagnosis;
mod feature;
pub mod intake;
mod ports;
mod post_mortem;
mod recovery;
mod remedies;
mod responder;
mod stages;
mod survey;

pub use case::{Outcome, Resolution};
pub use ports::{Ports, SelfService, Settings, Tracker};
pub use post_mortem::{PostMortemSite, PostMortems, own_post_mortem};
pub use responder::IssueResponder;
