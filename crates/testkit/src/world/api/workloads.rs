//! Scaling workloads, and changing them.

use serde_json::Value;

use super::super::cluster::Cluster;
use super::super::declared::Declared;
use super::super::merge::{merge, merge_strategically};
use super::super::render;
use super::super::{Ledger, Scaled};
use super::route::Target;
use super::{Answer, Call, Status};

const MERGE_PATCH: &str = "application/merge-patch+json";
const STRATEGIC_PATCH: &str = "application/strategic-merge-patch+json";

/// `GET …/scale`.
pub(super) fn scale(cluster: &mut Cluster, target: &Target) -> Result<Answer, Status> {
    let workload = cluster.object(target.resource, &target.key()).ok_or_else(|| Status::not_found(target))?;
    Ok(Answer::Json(200, scale_of(&workload)))
}

/// `PUT …/scale` and `PATCH …/scale`.
pub(super) fn set_scale(
    cluster: &mut Cluster,
    ledger: &mut Ledger,
    target: &Target,
    call: &Call,
) -> Result<Answer, Status> {
    let workload = cluster.object(target.resource, &target.key()).ok_or_else(|| Status::not_found(target))?;
    let wanted = wanted(&scale_of(&workload), target, call)?;
    let replicas = replicas(&wanted, target)?.unwrap_or(0);
    if !call.is_dry() {
        set_replicas(cluster, ledger, target, replicas);
    }
    scale(cluster, target)
}

/// `PUT` and `PATCH` on the workload itself: its replicas and its pod template.
pub(super) fn change(
    cluster: &mut Cluster,
    ledger: &mut Ledger,
    target: &Target,
    call: &Call,
) -> Result<Answer, Status> {
    if target.resource.workload_kind().is_none() {
        return Err(Status::method_not_allowed());
    }
    let workload = cluster.object(target.resource, &target.key()).ok_or_else(|| Status::not_found(target))?;
    let wanted = wanted(&workload, target, call)?;
    let replicas = replicas(&wanted, target)?;
    let Some(declared) = Declared::from_manifest(&wanted).filter(|declared| declared.key == target.key()) else {
        return Err(Status::bad_request("the name and the namespace of an object cannot be changed"));
    };
    if !call.is_dry() {
        if let Some(replicas) = replicas {
            set_replicas(cluster, ledger, target, replicas);
        }
        cluster.declare(&declared);
        cluster.advance(cluster.now);
    }
    super::get(cluster, target)
}

/// The object as the call wants it.
fn wanted(object: &Value, target: &Target, call: &Call) -> Result<Value, Status> {
    let is_patch = call.method == "PATCH";
    if is_patch && ![MERGE_PATCH, STRATEGIC_PATCH].contains(&call.content_type.as_str()) {
        return Err(Status::unsupported_media_type(&format!("{MERGE_PATCH}, {STRATEGIC_PATCH}")));
    }
    let body = call.json()?;
    if !body.is_object() {
        return Err(Status::bad_request("the request body is no object"));
    }
    let sent = body.pointer("/metadata/resourceVersion").and_then(Value::as_str);
    let present = object.pointer("/metadata/resourceVersion").and_then(Value::as_str);
    if sent.is_some_and(|sent| !sent.is_empty() && Some(sent) != present) {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        return Err(Status::conflict(target, why));
    }
    if !is_patch {
        return Ok(body);
    }
    let mut wanted = object.clone();
    if call.content_type == STRATEGIC_PATCH {
        merge_strategically(&mut wanted, &body);
    } else {
        merge(&mut wanted, &body);
    }
    Ok(wanted)
}

/// `spec.replicas`, which must be a number of zero or more.
fn replicas(wanted: &Value, target: &Target) -> Result<Option<u32>, Status> {
    let Some(value) = wanted.pointer("/spec/replicas") else { return Ok(None) };
    match value.as_i64() {
        Some(count) => u32::try_from(count).map(Some).map_err(|_| {
            let why = format!("Invalid value: {count}: must be greater than or equal to 0");
            Status::invalid(target, "spec.replicas", &why)
        }),
        None => Err(Status::bad_request("json: cannot unmarshal spec.replicas into Go value of type int32")),
    }
}

fn set_replicas(cluster: &mut Cluster, ledger: &mut Ledger, target: &Target, to: u32) {
    let key = target.key();
    let Some(workload) = cluster.workloads.get(&key).map(super::super::workload::Workload::reference) else { return };
    if let Some(from) = cluster.set_replicas(&key, to).filter(|from| *from != to) {
        ledger.scales.push(Scaled { workload, from, to, at: cluster.now });
    }
    cluster.advance(cluster.now);
}

fn scale_of(workload: &Value) -> Value {
    let count = workload.pointer("/status/replicas").and_then(Value::as_u64).unwrap_or_default();
    render::scale(workload, count)
}
