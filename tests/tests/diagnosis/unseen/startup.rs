use serde_json::json;

use super::observatory::{NAMESPACE, Recording, observatory};
use super::variations::Variations;

/// A container whose image does not come: the pod's state, and the events in which the kubelet says why.
fn unpulled(app: &str, image: &str, why: &str, reason: &str, with_message: bool, with_events: bool) -> Recording {
    let mut recording = observatory();
    recording.spec(app, |spec| spec["containers"][0]["image"] = json!(image));
    let waiting = match (reason, with_message) {
        (_, false) => None,
        ("ImagePullBackOff", true) => Some(format!("Back-off pulling image \"{image}\": ErrImagePull: {why}")),
        (_, true) => Some(why.to_owned()),
    };
    recording.waiting(app, reason, waiting.as_deref());
    if with_events {
        recording.warn(app, "Failed", &format!("Failed to pull image \"{image}\": {why}"), 4, 40);
        recording.warn(app, "Failed", "Error: ErrImagePull", 4, 40);
        recording.warn(app, "Failed", "Error: ImagePullBackOff", 6, 12);
        recording.warn(app, "BackOff", &format!("Back-off pulling image \"{image}\""), 6, 12);
    }
    recording
}

async fn expect_pulls(
    all: &mut Variations,
    what: &str,
    app: &str,
    image: &str,
    words: &[String],
    code: &str,
    secret: Option<&str>,
) {
    for why in words {
        for (reason, with_message, with_events) in [
            ("ErrImagePull", false, true),
            ("ImagePullBackOff", false, true),
            ("ImagePullBackOff", true, false),
            ("ErrImagePull", true, true),
        ] {
            let mut recording = unpulled(app, image, why, reason, with_message, with_events);
            if let Some(secret) = secret {
                recording.spec(app, |spec| spec["imagePullSecrets"] = json!([{"name": secret}]));
                if with_events {
                    recording.warn(app, "FailedToRetrieveImagePullSecret", &format!("Unable to retrieve some image pull secrets ({secret}); attempting to pull the image may not succeed."), 5, 12);
                }
            }
            let what = format!("{what} {reason} message {with_message} events {with_events}: {why}");
            all.expect(&what, &recording, "Startup_Fault", &format!("app/{app}"), code).await;
        }
    }
}

#[tokio::test]
async fn images_that_do_not_come() {
    let mut all = Variations::default();
    for app in ["ephemeris", "starstore"] {
        let image = "harbor.hilltop.example/stars/ephemerisk:7.4.0";
        let words = [
            format!(
                "rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
            ),
            format!(
                "rpc error: code = Unknown desc = Error response from daemon: manifest for {image} not found: manifest unknown: manifest unknown"
            ),
            "rpc error: code = Unknown desc = reading manifest 7.4.0 in harbor.hilltop.example/stars/ephemerisk: manifest unknown: artifact stars/ephemerisk:7.4.0 not found".to_owned(),
        ];
        expect_pulls(&mut all, "no such image", app, image, &words, "incorrect_image_reference", None).await;
        let image = "starlight/postgress:16.3";
        let words = [format!(
            "rpc error: code = Unknown desc = failed to pull and unpack image \"docker.io/{image}\": failed to resolve reference \"docker.io/{image}\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"
        )];
        expect_pulls(&mut all, "no such repository", app, image, &words, "incorrect_image_reference", None).await;
        let image = "harbor.hiltop.example/stars/ephemeris:7.4.0";
        let words = [
            format!("rpc error: code = Unknown desc = failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": failed to do request: Head \"https://harbor.hiltop.example/v2/stars/ephemeris/manifests/7.4.0\": dial tcp: lookup harbor.hiltop.example on 10.44.0.2:53: no such host"),
            "rpc error: code = Unavailable desc = failed to pull image: dial tcp: lookup harbor.hiltop.example: i/o timeout".to_owned(),
            "rpc error: code = Unknown desc = Error response from daemon: Get \"https://harbor.hiltop.example/v2/\": dial tcp: lookup harbor.hiltop.example on 127.0.0.53:53: server misbehaving".to_owned(),
            "rpc error: code = Unknown desc = Error response from daemon: Get https://harbor.hiltop.example/v2/: dial tcp: lookup harbor.hiltop.example: Temporary failure in name resolution".to_owned(),
        ];
        expect_pulls(&mut all, "no such registry", app, image, &words, "image_registry_dns_failure", None).await;
        let image = "harbor.hilltop.example/private/ephemeris:7.4.0";
        let words = [
            format!("rpc error: code = Unknown desc = failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized"),
            format!("failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": unexpected status from HEAD request to https://harbor.hilltop.example/v2/private/ephemeris/manifests/7.4.0: 403 Forbidden"),
            "rpc error: code = Unknown desc = Error response from daemon: unauthorized: unauthorized to access repository: private/ephemeris, action: pull".to_owned(),
            "rpc error: code = Unknown desc = Error response from daemon: Head \"https://harbor.hilltop.example/v2/private/ephemeris/manifests/7.4.0\": no basic auth credentials".to_owned(),
        ];
        expect_pulls(&mut all, "no credentials", app, image, &words, "missing_image_pull_secret", None).await;
        expect_pulls(
            &mut all,
            "a secret that is not there",
            app,
            image,
            &words,
            "missing_image_pull_secret",
            Some("harbor-login"),
        )
        .await;
    }
    let image = "harbor.hilltop.example/stars/Portal:7.4.1";
    let mut recording = observatory();
    recording.spec("portal", |spec| spec["containers"][0]["image"] = json!(image));
    recording.waiting("portal", "InvalidImageName", Some(&format!("Failed to apply default image tag \"{image}\": couldn't parse image reference \"{image}\": invalid reference format: repository name must be lowercase")));
    all.expect("an invalid name", &recording, "Startup_Fault", "app/portal", "incorrect_image_reference").await;
    recording.container("portal")["state"]["waiting"].as_object_mut().unwrap().remove("message");
    all.expect("an invalid name, no message", &recording, "Startup_Fault", "app/portal", "incorrect_image_reference")
        .await;
    all.judge();
}

#[tokio::test]
async fn secrets_and_volumes_that_do_not_come() {
    let mut all = Variations::default();
    for app in ["bookings", "starstore"] {
        let object = format!("app/{app}");
        let expect = |what: &str| format!("{what} {app}");
        // An environment variable from a secret that is not there, or lacks the key.
        for (key, from) in [(None, "env"), (Some("token"), "env"), (None, "envFrom")] {
            for events in [true, false] {
                let mut recording = observatory();
                recording.spec(app, |spec| {
                    let container = &mut spec["containers"][0];
                    match from {
                        "envFrom" => container["envFrom"] = json!([{"secretRef": {"name": "night-keys"}}]),
                        _ => container["env"] = json!([{"name": "API_TOKEN", "valueFrom": {"secretKeyRef": {"name": "night-keys", "key": "token"}}}]),
                    }
                });
                let message = match key {
                    None => "secret \"night-keys\" not found".to_owned(),
                    Some(key) => format!("couldn't find key {key} in Secret {NAMESPACE}/night-keys"),
                };
                if key.is_some() {
                    recording.list("secrets").push(json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "night-keys", "namespace": NAMESPACE}, "type": "Opaque", "data": {"tokn": ""}}));
                }
                recording.waiting(app, "CreateContainerConfigError", None);
                if events {
                    recording.warn(app, "Failed", &format!("Error: {message}"), 9, 10);
                }
                all.expect(
                    &expect(&format!("{from} {message} events {events}")),
                    &recording,
                    "Startup_Fault",
                    &object,
                    "missing_secret_binding",
                )
                .await;
            }
        }
        // A volume of a secret that is not there.
        for events in [true, false] {
            let mut recording = observatory();
            recording.spec(app, |spec| {
                spec["volumes"] = json!([{"name": "keys", "secret": {"secretName": "night-keys"}}]);
                spec["containers"][0]["volumeMounts"] = json!([{"name": "keys", "mountPath": "/keys"}]);
            });
            recording.waiting(app, "ContainerCreating", None);
            if events {
                recording.warn(
                    app,
                    "FailedMount",
                    "MountVolume.SetUp failed for volume \"keys\" : secret \"night-keys\" not found",
                    8,
                    20,
                );
                recording.warn(app, "FailedMount", "Unable to attach or mount volumes: unmounted volumes=[keys], unattached volumes=[keys kube-api-access-x]: timed out waiting for the condition", 1, 20);
            }
            all.expect(
                &expect(&format!("secret volume events {events}")),
                &recording,
                "Startup_Fault",
                &object,
                "missing_secret_binding",
            )
            .await;
        }
        // The program may not write where it must.
        for line in [
            "mkdir: cannot create directory '/var/lib/sky/data': Permission denied",
            "Fatal: open /var/lib/sky/journal.db: permission denied",
            "java.nio.file.AccessDeniedException: /var/lib/sky/index",
            "PermissionError: [Errno 13] Permission denied: '/var/lib/sky/plates'",
            "Error: EACCES: permission denied, open '/var/lib/sky/session.json'",
            "chown: changing ownership of '/var/lib/sky': Operation not permitted",
            "OSError: [Errno 30] Read-only file system: '/var/lib/sky/plates'",
        ] {
            let mut recording = observatory();
            recording.spec(app, |spec| {
                spec["volumes"] = json!([{"name": "sky", "persistentVolumeClaim": {"claimName": "sky"}}]);
                spec["containers"][0]["volumeMounts"] = json!([{"name": "sky", "mountPath": "/var/lib/sky"}]);
                spec["securityContext"] = json!({"runAsUser": 10001, "runAsNonRoot": true});
                if line.contains("Read-only") {
                    spec["containers"][0]["volumeMounts"][0]["readOnly"] = json!(true);
                }
            });
            recording.list("persistentvolumeclaims").push(json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "sky", "namespace": NAMESPACE}, "spec": {"volumeName": "vol-s"}, "status": {"phase": "Bound"}}));
            recording.waiting(app, "CrashLoopBackOff", None);
            recording.pod(app)["status"]["phase"] = json!("Running");
            let container = recording.container(app);
            container["restartCount"] = json!(5);
            container["lastState"] =
                json!({"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": "2026-03-04T21:39:20Z"}});
            recording.warn(app, "BackOff", "Back-off restarting failed container main in pod", 12, 9);
            recording.logs(app, &["starting", line]);
            all.expect(&expect(line), &recording, "Startup_Fault", &object, "volume_mount_permission_denied").await;
        }
    }
    all.judge();
}
