//! Deleting pods and reading their logs.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::cluster::Cluster;
use super::super::json::{put, text};
use super::super::logs::{Line, NoLog};
use super::super::{DeletedPod, Ledger};
use super::route::{Resource, Target};
use super::{Answer, Call, Status};

/// Deletes a pod. Answers with the pod as it is on its way out, as the API server does while the grace
/// period runs.
pub(super) fn delete(
    cluster: &mut Cluster,
    ledger: &mut Ledger,
    target: &Target,
    call: &Call,
) -> Result<Answer, Status> {
    let options = call.json()?;
    let key = target.key();
    let mut object = cluster.object(Resource::Pods, &key).ok_or_else(|| Status::not_found(target))?;
    check_preconditions(&options, &object, target)?;
    let is_dry = call.is_dry() || options.pointer("/dryRun/0").and_then(Value::as_str) == Some("All");
    let is_going = object.pointer("/metadata/deletionTimestamp").is_some();
    if !is_dry && !is_going {
        let uid = text(&object, "/metadata/uid").to_owned();
        cluster.delete_pod(&key);
        ledger.pods_deleted.push(DeletedPod { namespace: key.namespace, name: key.name, uid, at: cluster.now });
        put(
            &mut object,
            &["metadata", "deletionTimestamp"],
            cluster.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
        );
        put(&mut object, &["metadata", "deletionGracePeriodSeconds"], json!(30));
    }
    cluster.advance(cluster.now);
    Ok(Answer::Json(200, object))
}

fn check_preconditions(options: &Value, object: &Value, target: &Target) -> Result<(), Status> {
    let checks = [("uid", "UID"), ("resourceVersion", "ResourceVersion")];
    for (field, title) in checks {
        let wanted = options.pointer(&format!("/preconditions/{field}")).and_then(Value::as_str);
        let actual = text(object, &format!("/metadata/{field}"));
        if let Some(wanted) = wanted.filter(|wanted| *wanted != actual) {
            let why =
                format!("Precondition failed: {title} in precondition: {wanted}, {title} in object meta: {actual}");
            return Err(Status::conflict(target, &why));
        }
    }
    Ok(())
}

/// A container's log as text.
pub(super) fn log(cluster: &Cluster, target: &Target, call: &Call) -> Result<Answer, Status> {
    let pod = cluster.pods.get(&target.key()).ok_or_else(|| Status::not_found(target))?;
    let (name, container) = (&pod.key.name, &pod.container);
    if let Some(wanted) = call.parameter("container").filter(|wanted| *wanted != container) {
        return Err(Status::bad_request(format!("container {wanted} is not valid for pod {name}")));
    }
    let lines = cluster.log_of(pod, call.is_set("previous")).map_err(|none| {
        Status::bad_request(match none {
            NoLog::NoPrevious => format!("previous terminated container \"{container}\" in pod \"{name}\" not found"),
            NoLog::Waiting(why) => format!("container \"{container}\" in pod \"{name}\" is waiting to start: {why}"),
        })
    })?;
    Ok(Answer::Text(written(&lines, cluster.now, call)?))
}

/// The lines that were asked for.
fn written(lines: &[Line], now: Timestamp, call: &Call) -> Result<String, Status> {
    let since = number(call, "sinceSeconds")?.map(|seconds| now - SignedDuration::from_secs(seconds.min(1 << 32)));
    let recent: Vec<&Line> = lines.iter().filter(|(time, _)| since.is_none_or(|since| *time >= since)).collect();
    let wanted = number(call, "tailLines")?.map_or(recent.len(), |count| usize::try_from(count).unwrap_or(usize::MAX));
    let skipped = recent.len().saturating_sub(wanted);
    let stamped = call.is_set("timestamps");
    let line = |(time, line): &Line| if stamped { format!("{time} {line}\n") } else { format!("{line}\n") };
    Ok(recent.into_iter().skip(skipped).map(line).collect())
}

fn number(call: &Call, name: &str) -> Result<Option<i64>, Status> {
    let Some(text) = call.parameter(name) else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(number) if number >= 0 => Ok(Some(number)),
        _ => Err(Status::bad_request(format!("{name}: {text:?} is no number of zero or more"))),
    }
}
