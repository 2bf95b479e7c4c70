//! The rules that judge a change before it may be executed.
//!
//! Every rule of SPEC §6 that can be decided from the proposed change, the clock and the audit log is a
//! file of its own below `rules/`. [`guardrails`] puts them together; [`Policy`] is what an operator may set.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::ports::StopSwitch;
//! use lamplighter_core::{Mode, Result};
//! use lamplighter_core::words::{Action, Change, ChangeKey, Confidence, DirectAction, ObjectRef};
//! use lamplighter_guardrails::{Policy, guardrails};
//! use lamplighter_testkit::context;
//!
//! struct NeverStopped;
//!
//! #[lamplighter_core::async_trait]
//! impl StopSwitch for NeverStopped {
//!     async fn stopped(&self) -> Result<Option<String>> {
//!         Ok(None)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let cx = context("issue/7").with_mode(Mode::Apply);
//! let change = Change {
//!     key: ChangeKey::new(cx.run(), "free-disk"),
//!     action: Action::Direct(DirectAction {
//!         verb: "delete".to_owned(),
//!         object: ObjectRef::namespaced("persistentvolumeclaim", "apps", "wiki-data"),
//!     }),
//!     reason: "the disk is full".to_owned(),
//!     requested_by: None,
//!     confidence: Confidence::High,
//!     impact: Vec::new(),
//!     evidence: Vec::new(),
//!     proposed_at: cx.now(),
//! };
//! let refusal = guardrails(Policy::default(), Arc::new(NeverStopped)).review(&cx, change).await.unwrap_err();
//! assert!(refusal.summary().contains("volume"));
//! # }
//! ```
//!
//! What the rules deliberately do not do: they carry nothing out, ask no system but the audit log and the stop
//! switch, remember nothing between two judgements, and never quote a value out of a plan (it may be a
//! secret): reasons name addresses and attributes only.

mod policy;
mod reading;
mod rules;

pub use policy::{ActionKind, MinConfidence, Policy};
pub use rules::guardrails;
