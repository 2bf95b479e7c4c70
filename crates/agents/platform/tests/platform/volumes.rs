use lamplighter_core::diagnosis::{Likelihood, Signal, Subject};
use lamplighter_testkit::scene::{SceneBuilder, scene_of};
use serde_json::{Value, json};

use crate::fixture::*;

/// A container with a volume for data at `/srv/data`, a config map at `/etc/app` and its service account's token.
fn spec() -> Value {
    json!({
        "containers": [{"name": "main", "volumeMounts": [
            {"name": "data", "mountPath": "/srv/data"},
            {"name": "config", "mountPath": "/etc/app"},
            {"name": "token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": true},
        ]}],
        "volumes": [
            {"name": "data", "persistentVolumeClaim": {"claimName": "books"}},
            {"name": "config", "configMap": {"name": "app"}},
        ],
    })
}

fn saying(line: &str) -> SceneBuilder {
    scene_of([node("a"), crashing("ledger", "a", &spec())]).said("apps", "ledger", &["starting", line])
}

#[test]
fn a_file_below_a_mount_that_is_refused_is_the_cause() {
    for line in [
        "open /srv/data/ledger.db: permission denied",
        "Error: EACCES: permission denied, mkdir '/srv/data/tmp'",
        "PermissionError: [Errno 13] Permission denied: '/srv/data'",
        "Caused by: java.nio.file.AccessDeniedException: /srv/data/node.lock",
        "chown: changing ownership of '/srv/data': Operation not permitted",
        "mkdir: cannot create directory '/srv/data/x': Read-only file system",
        "{\"ctx\":\"initandlisten\",\"error\":\"Attempted to create a lock file on a read-only directory: /srv/data\"}",
        "System.UnauthorizedAccessException: Access to the path '/srv/data/keys' is denied. ---> Permission denied",
    ] {
        let report = report(saying(line));
        is_cause(&report, "volume_mount_permission_denied app/ledger");
        assert_eq!(first(&report).confidence, Likelihood::STATED, "{line}");
        assert!(grounds(first(&report)).contains("/srv/data: claim books"));
    }
}

#[test]
fn a_server_that_names_its_file_alone_means_its_data() {
    let report = report(saying("FATAL: can't open the journal 'ledger.log': Permission denied"));
    is_cause(&report, "volume_mount_permission_denied app/ledger");
    assert_eq!(first(&report).confidence, Likelihood::SHOWN);
}

#[test]
fn what_else_is_refused_is_no_matter_of_volumes() {
    for line in [
        "listen tcp :80: bind: permission denied",
        "ERROR: permission denied for table accounts",
        "open /usr/share/app.cache: permission denied",
        "exec /entrypoint.sh: permission denied",
        "git@example.org: Permission denied (publickey).",
        "open /srv/database: permission denied",
    ] {
        is_well(&report(saying(line)));
    }
}

#[test]
fn a_workload_that_is_well_may_grumble() {
    let scene = scene_of([node("a"), running("ledger", "a", &spec())]);
    is_well(&report(scene.said("apps", "ledger", &["open /srv/data/x: permission denied"])));
}

#[test]
fn a_name_alone_means_nothing_without_a_volume_for_data() {
    let scene = scene_of([node("a"), crashing("ledger", "a", &json!({}))]);
    is_well(&report(scene.said("apps", "ledger", &["can't open 'ledger.log': Permission denied"])));
}

#[test]
fn a_mount_that_is_refused_is_the_cause() {
    for (reason, said) in [
        (
            "FailedMount",
            "MountVolume.SetUp failed for volume \"data\" : mount failed: exit status 32 mount.nfs: access denied by server while mounting nas:/books",
        ),
        ("FailedMount", "MountVolume.SetUp failed for volume \"data\" : mkdir /var/lib/x: permission denied"),
        (
            "Failed",
            "Error: failed to create containerd task: error mounting \"/books\" to rootfs at \"/srv/data\": permission denied: unknown",
        ),
    ] {
        let report = examine([node("a"), stuck("ledger", "a"), warning("Pod", "ledger-7d9f-s", reason, said)]);
        is_cause(&report, "volume_mount_permission_denied app/ledger");
        is_well(&examine([node("a"), running("ledger", "a", &spec()), warning("Pod", "ledger-7d9f-a", reason, said)]));
    }
}

fn claim() -> Value {
    json!({"kind": "PersistentVolumeClaim", "metadata": {"namespace": "apps", "name": "books"}, "status": {"phase": "Bound"}})
}

fn used(scene: SceneBuilder, part: f64) -> SceneBuilder {
    let subject = Subject::Claim { namespace: "apps".to_owned(), name: "books".to_owned() };
    scene.series(Signal::VolumeUsed, subject, &[], &[0.5, part])
}

#[test]
fn a_volume_without_space_is_the_cause() {
    for line in ["write /srv/data/log: no space left on device", "Error: ENOSPC: write, '/srv/data/x'"] {
        let report = report(saying(line));
        is_cause(&report, "volume_full app/ledger");
        assert_eq!(first(&report).confidence, Likelihood::STATED);
    }
    let well = scene_of([node("a"), running("ledger", "a", &spec()), claim()]);
    is_cause(&report(used(well, 1.0)), "volume_full app/ledger");
    let ill = scene_of([node("a"), crashing("ledger", "a", &spec()), claim()]);
    let report = report(used(ill, 0.995));
    is_cause(&report, "volume_full app/ledger");
    assert_eq!(first(&report).confidence, Likelihood::SHOWN);
}

#[test]
fn words_and_numbers_together_are_certain() {
    let scene = scene_of([node("a"), running("ledger", "a", &spec()), claim()]);
    let report = report(used(scene, 0.96).said("apps", "ledger", &["cannot flush: No space left on device"]));
    is_cause(&report, "volume_full app/ledger");
    assert_eq!(first(&report).confidence, Likelihood::STATED);
    assert!(grounds(first(&report)).contains("0.960"));
}

#[test]
fn a_volume_that_is_nearly_full_is_only_told_of() {
    let scene = || scene_of([node("a"), running("ledger", "a", &spec()), claim()]);
    let nearly = report(used(scene(), 0.96));
    is_well(&nearly);
    assert_eq!(nearly.findings.len(), 1);
    assert!(report(used(scene(), 0.6)).findings.is_empty());
}

#[test]
fn no_space_without_a_volume_is_only_told_of() {
    let scene = scene_of([node("a"), crashing("ledger", "a", &json!({}))]);
    let report = report(scene.said("apps", "ledger", &["write /tmp/x: no space left on device"]));
    is_well(&report);
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn a_pod_that_waits_for_its_volume_is_told_of() {
    let said = "Multi-Attach error for volume \"pvc-1\" Volume is already exclusively attached to one node and can't be attached to another";
    let event = |pod: &str| warning("Pod", pod, "FailedAttachVolume", said);
    let report = examine([node("a"), stuck("ledger", "a"), event("ledger-7d9f-s")]);
    is_well(&report);
    assert!(report.findings[0].summary.contains("attached to another node"));
    assert!(examine([node("a"), running("ledger", "a", &json!({})), event("ledger-7d9f-a")]).findings.is_empty());
}

#[test]
fn a_container_that_goes_on_is_less_certain() {
    let going = json!([{"name": "main", "ready": false, "state": {"running": {}}, "lastState": {"terminated": {"exitCode": 0}}}]);
    let pod = with(crashing("ledger", "a", &spec()), "/status/containerStatuses", going);
    let said = |line: &str| report(scene_of([node("a"), pod.clone()]).said("apps", "ledger", &[line]));
    assert_eq!(first(&said("open /srv/data/x: permission denied")).confidence, Likelihood::SHOWN);
    assert_eq!(first(&said("can't open 'ledger.log': Permission denied")).confidence, Likelihood::LIKELY);
}

#[test]
fn what_is_mounted_to_be_read_is_not_where_a_server_works() {
    for change in [
        ("/containers/0/volumeMounts/0/readOnly", json!(true)),
        ("/volumes/0", json!({"name": "data", "secret": {"secretName": "s"}})),
    ] {
        let pod = crashing("ledger", "a", &with(spec(), change.0, change.1));
        let said = |line: &str| report(scene_of([node("a"), pod.clone()]).said("apps", "ledger", &[line]));
        is_well(&said("can't open 'ledger.log': Permission denied"));
        is_cause(&said("open /srv/data/key: permission denied"), "volume_mount_permission_denied app/ledger");
    }
}

#[test]
fn the_words_of_one_container_are_about_its_own_mounts() {
    let main = spec()["containers"][0].clone();
    let two = with(spec(), "/containers", json!([main, {"name": "helper"}]));
    let pod = crashing("ledger", "a", &two);
    let line = ["open /srv/data/x: permission denied"];
    let said =
        |container: &str| report(scene_of([node("a"), pod.clone()]).logged("apps", "ledger", container, false, &line));
    is_cause(&said("main"), "volume_mount_permission_denied app/ledger");
    is_well(&said("helper"));
}

#[test]
fn a_pod_that_is_leaving_or_has_ended_is_left_in_peace() {
    let line = ["open /srv/data/x: permission denied"];
    let leaving = with(crashing("ledger", "a", &spec()), "/metadata/deletionTimestamp", json!(LONG_AGO));
    is_well(&report(scene_of([node("a"), leaving]).said("apps", "ledger", &line)));
    let ended = with(crashing("ledger", "a", &spec()), "/status/phase", json!("Succeeded"));
    is_well(&report(scene_of([node("a"), ended]).said("apps", "ledger", &line)));
}

#[test]
fn what_fails_for_want_of_permission_without_a_mount_is_another_matter() {
    let said = "Error: failed to start container: exec format: permission denied: unknown";
    is_well(&examine([node("a"), stuck("ledger", "a"), warning("Pod", "ledger-7d9f-s", "Failed", said)]));
    let said = "Unable to attach or mount volumes: timed out waiting for the condition";
    is_well(&examine([node("a"), stuck("ledger", "a"), warning("Pod", "ledger-7d9f-s", "FailedMount", said)]));
}
