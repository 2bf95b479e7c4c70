use lamplighter_core::cluster::{ClusterState, Pod};
use lamplighter_core::markdown::code;
use lamplighter_core::words::{Action, Health, PodRestart};
use lamplighter_core::{Carried, Context, Result, utc};

use super::{Fix, change, stopped};
use crate::case::Case;
use crate::desk::{Desk, Ordered};
use crate::diagnosis::Suspect;
use crate::survey::read_cluster;

/// Deletes the pod that is worst off, so that its controller recreates it.
pub(super) async fn restart(desk: &Desk, cx: &Context, case: &Case, suspect: &Suspect, attempt: u32) -> Result<Fix> {
    let name = format!("restart-{attempt}:{}", suspect.workload);
    // The choice is recorded, so that a restart of ours goes on with this pod and not with its successor.
    let chosen = cx
        .step(&format!("{name}:pod"), || async {
            let state = read_cluster(&desk.ports).await?;
            Ok(choose(&state, suspect))
        })
        .await?;
    let Some((restart, health)) = chosen else {
        return Ok(stopped(format!("no pod of {} is left that a restart could help", suspect.workload)));
    };
    let pod = format!("{}/{}", restart.namespace, restart.pod);
    let uid = restart.uid.clone();
    let change = change(cx, case, suspect, &name, health, Action::RestartPod(restart));
    let at = change.proposed_at;
    Ok(match desk.carry_out(cx, case.issue, Ordered::plain(change)).await? {
        Carried::Done(_) => Fix::Tried { actions: vec![format!("restarted pod {} ({})", code(&pod), utc(at))] },
        Carried::Refused { .. } if is_ready_now(desk, &uid, &pod).await? => Fix::Tried { actions: Vec::new() },
        Carried::Refused { reasons, .. } => {
            stopped(format!("restarting pod {} was not allowed: {}", code(&pod), reasons.join("; ")))
        }
        Carried::Failed { reason } => stopped(format!("restarting pod {} failed: {reason}", code(&pod))),
    })
}

/// Whether the pod has become ready by itself since it was chosen.
async fn is_ready_now(desk: &Desk, uid: &str, pod: &str) -> Result<bool> {
    let Some((namespace, name)) = pod.split_once('/') else { return Ok(false) };
    let now = desk.ports.cluster.pod(namespace, name).await?;
    Ok(now.is_some_and(|pod| pod.metadata.uid == uid && pod.is_ready()))
}

fn choose(state: &ClusterState, suspect: &Suspect) -> Option<(PodRestart, Health)> {
    let pods = state.pods_of(&suspect.workload);
    let ready = pods.iter().filter(|pod| pod.is_ready()).count();
    let health = if ready == 0 { Health::Down } else { Health::Degraded };
    let broken = pods.iter().filter(|pod| !pod.is_ready() && !pod.is_terminating());
    let worst = broken.max_by_key(|pod| (pod.restarts(), std::cmp::Reverse(created(pod))))?;
    let restart = PodRestart {
        namespace: worst.metadata.namespace().to_owned(),
        pod: worst.metadata.name.clone(),
        uid: worst.metadata.uid.clone(),
        workload: state.workload_of(worst),
        ready: worst.is_ready(),
        ready_siblings: u32::try_from(ready).unwrap_or(u32::MAX),
    };
    Some((restart, health))
}

fn created(pod: &Pod) -> Option<jiff::Timestamp> {
    pod.metadata.creation_timestamp
}
