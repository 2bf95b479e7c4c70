use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{MonitorState, Monitors};
use crate::Result;
use crate::words::Source;
use crate::words::status::Ratio;

/// One look of a monitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// When it looked, by the clock of its system (UTC).
    pub at: Timestamp,
    /// What it saw.
    pub state: MonitorState,
    /// How long the answer took, in milliseconds, where there was one and it was measured.
    pub millis: Option<u32>,
}

/// What a monitor has seen lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// What its system tells it apart by, where it does, for as long as there is this monitor.
    pub id: Option<String>,
    /// The monitor's name; several may have the same, or none.
    pub name: String,
    /// The group that its system shows it in, where it has groups.
    pub group: Option<String>,
    /// Its looks, oldest first, as many as its system tells. Empty where it has not looked yet.
    pub beats: Vec<Beat>,
    /// How much of the last 24 hours it was up, as its system says, where it does.
    pub day: Option<Ratio>,
}

/// Maintenance that a monitoring system has planned, with its begin and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedWork {
    /// What is done, as whoever planned it calls it.
    pub title: String,
    /// When it begins (UTC).
    pub from: Timestamp,
    /// When it is over (UTC).
    pub to: Timestamp,
}

/// The looks of monitors, with as much of the past as their system tells.
#[async_trait]
pub trait Heartbeats: Send + Sync {
    /// The looks of every monitor. One that cannot say now ends with an [`Unknown`](MonitorState::Unknown) look.
    ///
    /// # Errors
    /// When no monitor at all can be asked.
    async fn heartbeats(&self) -> Result<Vec<Heartbeat>>;

    /// Maintenance that is planned or going on. Empty also where the system does not tell of it.
    ///
    /// # Errors
    /// When it cannot say now.
    async fn planned_work(&self) -> Result<Vec<PlannedWork>> {
        Ok(Vec::new())
    }

    /// Whether this system looks again itself before it calls something down, as far as it is set up to. Its word counts at
    /// once then; what does not look again is believed with its second look.
    fn looks_again(&self) -> bool {
        false
    }

    /// The name of this source, the same for as long as its history is to go on.
    fn source(&self) -> Source;
}

/// Monitors that tell their last look only.
pub struct LastBeats(pub Arc<dyn Monitors>);

#[async_trait]
impl Heartbeats for LastBeats {
    async fn heartbeats(&self) -> Result<Vec<Heartbeat>> {
        let statuses = self.0.statuses().await?;
        let heartbeat = |status: super::MonitorStatus| {
            let beats = vec![Beat { at: status.at, state: status.state, millis: None }];
            Heartbeat { id: None, name: status.name, group: None, beats, day: None }
        };
        Ok(statuses.into_iter().map(heartbeat).collect())
    }

    fn source(&self) -> Source {
        self.0.source()
    }
}
