//! What the tests of this crate share: a real API server, a scripted one, and how to connect to either.
#![expect(dead_code, reason = "each test binary uses a part")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

pub(crate) mod contract;
pub(crate) mod real;
pub(crate) mod scripted;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lamplighter_kubernetes::{KubernetesCluster, KubernetesOptions};
use lamplighter_testkit::fakes::FakeClock;
use tempfile::TempDir;

/// The options for a kubeconfig, as the tests vary them.
pub(crate) fn options(kubeconfig: &Path) -> KubernetesOptions {
    KubernetesOptions { kubeconfig: Some(kubeconfig.to_owned()), ..KubernetesOptions::default() }
}

/// Connects with a clock whose sleeps take no time.
pub(crate) async fn connect(options: KubernetesOptions) -> KubernetesCluster {
    KubernetesCluster::connect(options, Arc::new(FakeClock::auto())).await.unwrap()
}

/// Connects to a server that speaks HTTP on the loopback interface.
pub(crate) async fn connect_to(server: &str, request_timeout: Duration) -> KubernetesCluster {
    let kubeconfig = kubeconfig(server, TOKEN);
    connect(KubernetesOptions { request_timeout, page_size: 2, ..options(&kubeconfig.path().join("config")) }).await
}

/// A token that must not be seen anywhere.
pub(crate) const TOKEN: &str = "s3cr3t-t0k3n-that-nobody-may-see";

/// A folder with a kubeconfig in `config`.
pub(crate) fn kubeconfig(server: &str, token: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: it\n\
         clusters: [{{name: it, cluster: {{server: '{server}', insecure-skip-tls-verify: true}}}}]\n\
         users: [{{name: it, user: {{token: '{token}'}}}}]\n\
         contexts: [{{name: it, context: {{cluster: it, user: it}}}}]\n"
    );
    fs::write(dir.path().join("config"), text).unwrap();
    dir
}
