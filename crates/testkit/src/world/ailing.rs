//! Faults that come and go while a world runs.

use super::WorldError;
use super::cluster::Cluster;
use super::fault::Fault;
use super::ids::Key;
use super::pod::Standing;

impl Cluster {
    /// Makes something ail a workload from now on.
    pub(super) fn break_workload(&mut self, key: &Key, fault: Fault) -> Result<(), WorldError> {
        self.heal_workload(key)?;
        let now = self.now;
        if let Some(workload) = self.workloads.get_mut(key) {
            workload.ail(fault, now);
        }
        self.pods.values_mut().filter(|pod| pod.owned_by(key)).for_each(|pod| pod.stuck = true);
        self.advance(now);
        Ok(())
    }

    /// Makes a workload well again. A container that was in a crash loop starts once more and stays up.
    pub(super) fn heal_workload(&mut self, key: &Key) -> Result<(), WorldError> {
        let now = self.now;
        let standings: Vec<(Key, Standing)> =
            self.pods_of(key).map(|pod| (pod.key.clone(), self.standing(pod))).collect();
        let workload = self.workloads.get_mut(key).ok_or_else(|| WorldError::Unknown(format!("workload {key}")))?;
        workload.ailment = None;
        for (key, standing) in standings {
            let Some(pod) = self.pods.get_mut(&key) else { continue };
            pod.stuck = false;
            if let Standing::Crashes { cycle, .. } = &standing {
                pod.last_end = pod.previous_end(&standing);
                let last_start = i64::from(cycle.pause.is_some());
                pod.restarts = i64::from(pod.restart_count(&standing)) + last_start;
                pod.up_at = now + self.startup;
            }
            if let Standing::PullFails { .. } = standing {
                pod.up_at = now + self.startup;
            }
        }
        self.advance(now);
        Ok(())
    }
}
