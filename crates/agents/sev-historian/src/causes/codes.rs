//! The words that the causes of the core's table are told in.

use lamplighter_core::diagnosis::Cause;

/// A cause: its family, and its phrases. See [`families`](super::families) for how they are matched.
pub(crate) type Code = (Cause, &'static str, &'static str);

/// Every cause of the core's table.
pub(crate) const CODES: &[Code] = &[
    (
        Cause::MissingServiceAccount,
        "permissions",
        "service account missing, service account not found, serviceaccount deleted, error looking up service account",
    ),
    (Cause::NamespaceCpuQuotaExceeded, "scheduling", "cpu quota exceeded, exceeded quota cpu, resourcequota cpu"),
    (
        Cause::NamespaceMemoryQuotaExceeded,
        "scheduling",
        "memory quota exceeded, exceeded quota memory, resourcequota memory",
    ),
    (Cause::NamespacePodQuotaExceeded, "scheduling", "pod quota exceeded, exceeded quota pods, resourcequota pods"),
    (
        Cause::NamespaceServiceQuotaExceeded,
        "scheduling",
        "service quota exceeded namespace, exceeded quota services, resourcequota services",
    ),
    (
        Cause::NamespaceStorageQuotaExceeded,
        "scheduling",
        "storage quota exceeded, exceeded quota persistentvolumeclaims, resourcequota storage",
    ),
    (
        Cause::ContainerdUnavailable,
        "control-plane",
        "containerd down, container runtime down, containerd stopped, docker daemon crashed, container runtime not responding, containerd hung",
    ),
    (
        Cause::KubeProxyUnavailable,
        "control-plane",
        "kube proxy down, kube proxy stopped, kube proxy crashed, service proxy not running",
    ),
    (
        Cause::KubeSchedulerUnavailable,
        "control-plane",
        "kube scheduler down, scheduler stopped, scheduler crashed, scheduler not running",
    ),
    (
        Cause::KubeletUnavailable,
        "control-plane",
        "kubelet stopped, kubelet down, kubelet crashed, kubelet stopped posting, kubelet not running, kubelet hung",
    ),
    (Cause::NodeNetworkDelay, "network", "node network latency, node network slow, network delay node, nic slow"),
    (Cause::NodeNetworkPacketLoss, "network", "packet loss, dropped packets, packets lost, retransmits"),
    (
        Cause::PodCpuOverload,
        "cpu",
        "cpu throttling, cpu saturation, cpu limit, high cpu, cpu exhausted, cpu pegged, cfs throttling",
    ),
    (Cause::PodNetworkDelay, "network", "pod network slow, network latency between pods, network delay pod"),
    (
        Cause::DbConnectionExhaustion,
        "connections",
        "too many connections, too many clients, connection is not available, timeout waiting for connection, queuepool limit, sessions not released, all sessions in use, no free connections, connection pool exhausted, connection exhaustion, max connections reached, remaining connection slots, out of connections, connections ran out, connection leak, connections not released, connections not closed, pool exhausted, unable to acquire connection, pool starved, pool had no free connections, leaked connections",
    ),
    (
        Cause::DbReadOnly,
        "failover",
        "database read only, read only mode database, read only transaction, read only replica writes, cannot execute in read only",
    ),
    (Cause::DeploymentZeroReplicas, "deploy", "scaled to zero, zero replicas, scaled down to nothing"),
    (Cause::LivenessProbeIncorrectPort, "probe", "liveness probe wrong port, liveness probe port"),
    (
        Cause::LivenessProbeIncorrectProtocol,
        "probe",
        "liveness probe wrong protocol, liveness probe https, liveness probe protocol",
    ),
    (
        Cause::LivenessProbeIncorrectTiming,
        "probe",
        "liveness probe timeout, liveness probe too aggressive, killed by liveness probe, liveness probe delay, slow startup liveness",
    ),
    (
        Cause::MysqlInvalidCredentials,
        "credentials",
        "access denied for user, password authentication failed, wrong database password, stale database password, database credentials rotated, database credentials expired, database password rotation, old database password",
    ),
    (
        Cause::MysqlInvalidPort,
        "config-change",
        "wrong database port, database port changed, connection refused wrong port database",
    ),
    (
        Cause::OomKilled,
        "memory",
        "oom killed, oomkilled, out of memory, memory limit exceeded, exit code 137, oom killer, killed by kernel memory, ran out of memory, memory limit too low, heap exhausted",
    ),
    (Cause::ReadinessProbeIncorrectPort, "probe", "readiness probe wrong port, readiness probe port"),
    (
        Cause::ReadinessProbeIncorrectProtocol,
        "probe",
        "readiness probe wrong protocol, readiness probe https, readiness probe protocol",
    ),
    (
        Cause::ServiceSidecarPortConflict,
        "routing",
        "port conflict, address already in use, sidecar same port, port already bound",
    ),
    (
        Cause::CpuCapacityMismatch,
        "scheduling",
        "insufficient cpu, requests more cpu than any node, cpu request too large",
    ),
    (
        Cause::MemoryCapacityMismatch,
        "scheduling",
        "insufficient memory, requests more memory than any node, memory request too large",
    ),
    (Cause::NodeAffinityMismatch, "scheduling", "node affinity, affinity rule matched no node"),
    (
        Cause::NodeCordonMismatch,
        "scheduling",
        "cordoned node, node left cordoned, unschedulable node, drained never uncordoned",
    ),
    (Cause::NodeSelectorMismatch, "scheduling", "node selector, nodeselector label missing, node label removed"),
    (Cause::PodAntiAffinityConflict, "scheduling", "anti affinity"),
    (Cause::PvBindingOccupied, "volume", "volume already bound, bound to another claim, released volume claimref"),
    (
        Cause::PvcAccessModeMismatch,
        "volume",
        "access mode mismatch, readwritemany unsupported, readwriteonce two nodes, multi attach",
    ),
    (Cause::PvcCapacityMismatch, "volume", "volume too small for claim, claim larger than volume"),
    (Cause::PvcSelectorMismatch, "volume", "claim selector matched no volume, volume label claim selector"),
    (
        Cause::PvcStorageClassMismatch,
        "volume",
        "storage class not found, wrong storage class, missing storage class, storageclass does not exist",
    ),
    (
        Cause::TaintTolerationMismatch,
        "scheduling",
        "untolerated taint, missing toleration, tainted nodes, did not tolerate taint",
    ),
    (
        Cause::GatewayMisroute,
        "routing",
        "gateway misroute, gateway routed to wrong, misrouted traffic, wrong route in gateway, wrong backend, routing rule sent traffic",
    ),
    (
        Cause::ServiceDnsResolutionFailure,
        "dns",
        "name of service did not resolve, no such host, could not resolve service, nxdomain, name resolution failed, unresolvable host",
    ),
    (
        Cause::ServiceEnvVarAddressMismatch,
        "config-change",
        "wrong address in environment variable, wrong hostname in config, wrong url in environment, pointed at old host, env var pointed wrong",
    ),
    (
        Cause::ServicePortMappingMismatch,
        "routing",
        "wrong target port, targetport mismatch, service port mismatch, forwarded to wrong port, port mapping",
    ),
    (
        Cause::ServiceProtocolMismatch,
        "routing",
        "protocol mismatch, http spoken to https port, plain http to tls port, grpc to http",
    ),
    (
        Cause::ServiceSelectorMismatch,
        "routing",
        "selector mismatch, wrong selector, service selector, no endpoints selector, selector matched no pods",
    ),
    (Cause::ImageRegistryDnsFailure, "image", "registry name not resolve, registry dns, registry no such host"),
    (
        Cause::IncorrectImageReference,
        "image",
        "image tag not exist, wrong image tag, manifest unknown, image not found, nonexistent image, mistyped tag",
    ),
    (
        Cause::MissingImagePullSecret,
        "image",
        "image pull secret, imagepullsecret missing, pull access denied, registry credentials missing, registry unauthorized",
    ),
    (
        Cause::MissingSecretBinding,
        "config-change",
        "secret not found, configmap not found, missing secret key, createcontainerconfigerror, secret deleted pod, missing configmap",
    ),
    (
        Cause::VolumeMountPermissionDenied,
        "permissions",
        "permission denied volume, volume ownership, fsgroup, mount permission denied, volume wrong owner",
    ),
    (
        Cause::AdmissionDenied,
        "control-plane",
        "admission webhook denied, policy denied object, kyverno denied, gatekeeper denied, webhook refused, admission policy rejected",
    ),
    (
        Cause::NodeUnavailable,
        "node-loss",
        "node not ready, node notready, lost node, node unreachable, node crashed, node went down, host down, server crashed, node rebooted",
    ),
    (
        Cause::NodePressure,
        "node-loss",
        "memory pressure node, disk pressure, pid pressure, node evicted pods, evicted for pressure",
    ),
    (
        Cause::ControlPlaneUnavailable,
        "control-plane",
        "control plane down, api server down, apiserver unavailable, etcd down, etcd full, controller manager down, api server overloaded, etcd unavailable, control plane unavailable",
    ),
    (
        Cause::ClusterDnsUnavailable,
        "dns",
        "coredns down, coredns crashed, cluster dns down, coredns crashloop, cluster dns unavailable, coredns overloaded, coredns misconfigured, coredns oom",
    ),
    (
        Cause::MemoryLeak,
        "memory",
        "memory leak, leaked memory, memory grew steadily, memory growth, rss grew, unbounded memory, memory creep, memory climbed, unbounded cache growth, heap grew, listener leak",
    ),
    (Cause::ServerErrors, "software-bug", "internal server error, unhandled exception, http 500"),
    (
        Cause::ApplicationCrash,
        "software-bug",
        "segfault, panic, crashed on startup, crash loop, nullpointerexception, unhandled exception crashed, segmentation fault, uncaught exception, crashlooping",
    ),
    (
        Cause::DbReplicationBroken,
        "replication",
        "replication broken, replication stopped, replica stopped, replication lag, replica fell behind, replication slot, replica out of sync, replica lagging, diverged replica, stale replica",
    ),
    (
        Cause::DbStorageFull,
        "disk-full",
        "database disk full, database out of disk, database no space left, wal filled disk, binlogs filled disk, database volume full, database storage full, tablespace full",
    ),
    (
        Cause::CertificateExpired,
        "certificate",
        "certificate expired, expired certificate, certificate past validity, certificate lapsed, certificate not renewed, certificate renewal failed, certificate ran out, expiring certificate, certificate expire",
    ),
    (
        Cause::CertificateUntrusted,
        "certificate",
        "unknown authority, certificate not trusted, untrusted certificate, certificate chain incomplete, missing intermediate certificate, wrong certificate, certificate name mismatch, self signed certificate",
    ),
    (
        Cause::AccessForbidden,
        "permissions",
        "403 forbidden, rbac denied, forbidden api server, permission revoked, iam denied, missing permission, access denied role",
    ),
    (
        Cause::SecretStoreSealed,
        "sealed",
        "vault sealed, sealed vault, vault was sealed, needed unseal, unseal after restart, auto unseal failed",
    ),
    (
        Cause::VolumeFull,
        "disk-full",
        "volume full, disk full, no space left, disk filled, out of disk space, disk space exhausted, ran out of disk, enospc, logs filled disk, partition full, full disk, storage full, ran out of space, disk at capacity, filled disk, out of inodes",
    ),
    (
        Cause::NodeCapacityExhausted,
        "scheduling",
        "cluster full, nodes full, no capacity on nodes, cluster out of capacity, cluster capacity exhausted, pods pending capacity",
    ),
    (
        Cause::NetworkPolicyBlocks,
        "network-policy",
        "network policy blocked, networkpolicy, default deny policy, egress policy blocked, network policy dropped, policy blocked traffic",
    ),
    (
        Cause::IngressWithoutAddress,
        "load-balancer",
        "ingress without address, no ingress controller, ingress class missing, ingress controller down, ingressclass",
    ),
    (
        Cause::ContainerConfigInvalid,
        "config-change",
        "container config invalid, invalid command in container, createcontainererror, entrypoint not found, executable not found",
    ),
    (
        Cause::RolloutStuck,
        "deploy",
        "rollout stuck, progressdeadlineexceeded, rollout never finished, stuck rollout, deployment stuck",
    ),
];

#[cfg(test)]
mod tests {
    use super::{CODES, Cause};
    use crate::causes::families;

    #[test]
    fn every_cause_of_the_core_has_its_words() {
        let missing: Vec<_> =
            Cause::ALL.iter().filter(|cause| !CODES.iter().any(|(code, ..)| code == *cause)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_family_of_a_cause_exists() {
        for (cause, family, _) in CODES {
            assert!(families::all().any(|(name, ..)| name == family), "{cause}: {family}");
        }
    }
}
