use jiff::SignedDuration;
use lamplighter_core::diagnosis::Signal;
use lamplighter_core::utc;
use lamplighter_core::words::Severity;

use crate::measured::{Measured, newest};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `backups-fresh`: every backup has succeeded lately.
///
/// Relies on [`Signal::BackupSucceeded`], such as Velero's `velero_backup_last_successful_timestamp`, in seconds since
/// 1970; 0 is a backup that has never succeeded. How old one may be is a setting of the scan
/// ([`HealthSettings::backup_hours`](crate::HealthSettings::backup_hours)); three times that is a failure, since data
/// would be lost then.
#[derive(Debug, Clone, Copy)]
pub struct BackupsFresh;

impl Check for BackupsFresh {
    fn name(&self) -> &'static str {
        "backups-fresh"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let backups = newest(view, Signal::BackupSucceeded, f64::max)?;
        Ok(Outcome::over("backups", backups, |backup| look(view, &backup)))
    }
}

fn look(view: &ClusterView<'_>, backup: &Measured<'_>) -> Option<Observation> {
    let object = backup.object("backup");
    let succeeded = backup.time().filter(|at| at.as_second() > 0);
    let Some(at) = succeeded else {
        let finding = backup.finding(format!("{object} has never succeeded"), "backup");
        return Some(Observation::fail(Severity::Sev2, finding));
    };
    let limit = SignedDuration::from_hours(i64::from(view.settings().backup_hours));
    let age = view.age(at);
    if age <= limit {
        return None;
    }
    let summary = format!("{object} has not succeeded for {} hours", age.as_hours());
    let finding = backup.finding(summary, "backup").with_evidence(format!("it last succeeded at {}", utc(at)));
    Some(Observation::fail(Severity::Sev2, finding).softened_if(age <= limit.saturating_mul(3)))
}
