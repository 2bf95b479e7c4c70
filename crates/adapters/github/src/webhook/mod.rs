//! What GitHub sends when something happens on an issue.
//!
//! [`verify`] comes first, over the bytes as they came; only then does [`parse`] look into them.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_github::webhook;
//! use lamplighter_testkit::fakes::FakeClock;
//! use lamplighter_testkit::world::GithubWorld;
//! use secrecy::SecretString;
//!
//! let github = GithubWorld::start(Arc::new(FakeClock::new()))?;
//! github.add_repository("home/infra");
//! github.set_webhook_secret("s3cret");
//! github.open_issue("home/infra", "maria", "Wiki is down", "502 since 14:00", []);
//! let sent = github.take_deliveries().remove(0);
//!
//! let secret = SecretString::from("s3cret");
//! webhook::verify(&secret, &sent.body, sent.header("X-Hub-Signature-256"))?;
//! let delivery = webhook::parse(&sent.event, &sent.guid, &sent.body)?;
//! assert_eq!(delivery.action.as_deref(), Some("opened"));
//! assert_eq!(delivery.issue.map(|issue| issue.number.0), Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Deliveries have to be sent as `application/json`, which is a choice in the webhook's settings.

mod delivery;
mod payload;
mod signature;

pub use delivery::{Account, AccountKind, DeliveredComment, DeliveredIssue, DeliveredPush, Delivery};
pub use payload::{PayloadError, parse};
pub use signature::{SignatureError, verify, verify_any};
