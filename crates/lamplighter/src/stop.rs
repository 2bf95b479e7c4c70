use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::ports::{IssueReader, StopSwitch};
use lamplighter_core::words::labels;

/// Everything is stopped while one of these says so, or cannot be read.
pub(crate) struct AnyStop(pub(crate) Vec<Arc<dyn StopSwitch>>);

#[async_trait]
impl StopSwitch for AnyStop {
    async fn stopped(&self) -> Result<Option<String>> {
        for switch in &self.0 {
            if let Some(why) = switch.stopped().await? {
                return Ok(Some(why));
            }
        }
        Ok(None)
    }
}

/// Everything is stopped while an open issue has the [label](labels::STOP), whoever put it there: stopping is always safe.
pub(crate) struct StopLabel(pub(crate) Arc<dyn IssueReader>);

#[async_trait]
impl StopSwitch for StopLabel {
    async fn stopped(&self) -> Result<Option<String>> {
        let issues = self.0.open_issues(&[labels::STOP.to_owned()].into()).await?;
        Ok(issues.first().map(|issue| format!("issue {} has the label {}", issue.number, labels::STOP)))
    }
}
