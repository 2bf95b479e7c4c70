use lamplighter_cluster_health::Repairs;
use lamplighter_core::ports::Scope;
use lamplighter_core::words::HealthReport;
use lamplighter_core::{Agent, Result, RunKey};
use lamplighter_health_filer::Filing;

use crate::Lamplighter;

impl Lamplighter {
    /// Scans the cluster; changes nothing.
    ///
    /// # Errors
    /// When the cluster cannot be read at all, and [`NotFound`](lamplighter_core::ErrorKind::NotFound) naming the nearest one when it has
    /// no namespace of a name that the scope names.
    pub async fn health(&self, scope: &Scope) -> Result<HealthReport> {
        let scene = self.scene(scope).await?;
        self.diagnostics.health(&self.context(RunKey::new("health")), scene).await
    }

    /// Mends what undoes itself: failed pods and pods that crash again and again are deleted where a controller recreates
    /// them. Each goes through the guardrails; in a dry run nothing is done and each says so.
    ///
    /// # Idempotency
    /// By the pods' UIDs. Each call is a run of its own.
    ///
    /// # Errors
    /// As [`Lamplighter::health`], and those of the journal and the audit log.
    pub async fn repair(&self, scope: &Scope) -> Result<Repairs> {
        let scene = self.scene(scope).await?;
        // What was refused in one scan may be allowed in the next.
        let cx = self.context(RunKey::new(format!("health/repair/{}", self.clock.now())));
        self.repairer.run(&cx, scene).await
    }

    /// Files an issue for each serious condition of a report of the whole cluster, and says on those filed before what
    /// is over.
    ///
    /// # Idempotency
    /// By the conditions: the same report again changes nothing.
    ///
    /// # Errors
    /// As [`HealthFiler`](lamplighter_health_filer::HealthFiler).
    pub async fn file_issues(&self, report: HealthReport) -> Result<Filing> {
        self.filer.run(&self.context(RunKey::new("health/filing")), report).await
    }
}
