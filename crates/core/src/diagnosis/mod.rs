//! What diagnosis is made of: the [`Scene`] that was found, the [`Rule`]s that examine it, and the
//! [`RootCause`]s that they name.
//!
//! A scene is read once and shared; a [`Specialist`] runs its rules over it; a [`Diagnosis`] is what comes of all
//! specialists together.

mod calls;
mod cause;
mod connections;
mod logs;
mod outcome;
mod rule;
mod scene;
mod shift;
mod signals;
mod templates;
mod units;

pub use calls::{Call, Calls};
pub use cause::{Cause, Culprit, Likelihood, RootCause, Taxonomy};
pub use connections::{ConnectionFailure, ConnectionFailureKind};
pub use logs::{LogBook, LogGroup, LogStream, Utterance};
pub use outcome::{Diagnosis, DiagnosisRequest};
pub use rule::{Examination, Rule, Specialist, SpecialistReport};
pub use scene::Scene;
pub use shift::Shift;
pub use signals::{Signal, SignalSeries, Signals, Subject};
pub use templates::{Template, mine};
pub use units::{UnitState, UnitStatus};
