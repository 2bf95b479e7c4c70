//! What everything stands on: machines, what keeps copies of data, and what looks after them.

use super::Family;

pub(super) const FAMILIES: &[Family] = &[
    (
        "data-loss",
        "lost or damaged data",
        "corruption, restore point, unrecoverable, data loss, data lost, lost data, lost writes, data corruption, \
         corrupted data, corrupt index, deleted production data, accidentally deleted, table dropped, dropped \
         database, backup missing, no backup, backup failed, backups were empty, restore from backup, \
         irrecoverable, overwritten data, truncated table, bit rot, deleted bucket, lifecycle rule deleted, \
         deleted files, files were gone, progress lost, lost records, rows missing, restored from, point in time \
         recovery, last good backup, bucket, rm -rf, delete without where, update without where, versioning of \
         bucket, corrupted, damaged data, checksum mismatch, inconsistent data, deleted wrong data, deleted wrong \
         rows, deleted by mistake, removed by mistake, dropped by mistake, dropped table, truncate, truncated, \
         flushall, missing where, where clause missing, rows gone, rows were gone, objects gone, files gone, no \
         undo, restored data from, restored table, reconstructed from, deleted in production, wrong bucket, wrong \
         prefix, lifecycle deleted",
    ),
    (
        "hardware",
        "hardware",
        "raid, psu, nvme, hardware, hardware failure, disk failure, failed disk, drive failed, raid controller, \
         faulty memory module, dimm, faulty nic, bad cable, switch failed, router failed, motherboard, server \
         died, broken fan, firmware, ecc errors, power supply unit, smart errors, line card, optics, sata, \
         controller failed, battery of controller, ram module, faulty disk, bad sectors, worn ssd, backplane, nic \
         died, replaced part, spare part, hba, gpu, fan failed, bios, capacitor, disks failed, second disk, \
         rebuild of array, degraded array, disk died, disk broke, broken disk, dead disk, memory module, nic \
         broke, broken switch, dead switch, switch died, psu died, raid degraded",
    ),
    (
        "power",
        "power or cooling",
        "power outage, power loss, power failure, lost power, ups failed, generator failed, breaker tripped, \
         utility power, cooling failure, overheating, air conditioning, temperature rose, brownout, blackout, \
         thermal shutdown, ats failure, battery, ups, generator, breaker, electrician, rack lost power, pdu, \
         cooling, chiller, air conditioner, flooding of room, fire suppression, transfer switch, ups battery, \
         lost both feeds, feed lost, power feed, power was cut, hall lost power, diesel, grid",
    ),
    (
        "failover",
        "a failover",
        "failover, promoted, promote standby, take over primary, takeover, failover failed, failover did not, \
         failed to fail over, automatic failover, primary database failed, promoted replica, promotion failed, no \
         automatic failover, failover took, primary crashed, replica promotion, standby promotion, vip did not \
         move, keepalived, sentinel failover, patroni, orchestrator failover, switched over, standby took over, \
         primary lost, new primary, old primary, failback, did not take over, fence, passive node, active \
         passive, dr site, disaster recovery, promote, pacemaker, corosync, cold standby, did not fail over, \
         failed over, primary died, standby did not, stayed on dead primary, old primary came back, took over, \
         virtual address did not move",
    ),
    (
        "replication",
        "replication",
        "lag, behind primary, replica lag, replication lag, replica lagging, replication broken, replication \
         stopped, replica fell behind, replication slot, out of sync replica, binlog, wal accumulated, stale \
         replica, replication delay, diverged replica, stale reads, wal retention, seconds behind, replica \
         behind, replica rebuild, out of date reads, replication stream, base backup, followers behind, resync, \
         read replica, stale data, slots kept wal, read from replica, replica was behind, minutes behind, stale \
         replica read, read own writes, read after write, reads from replica old, lagging, lagged, replay lag, \
         standby behind, apply lag, missing rows on replica, not yet replicated",
    ),
    (
        "split-brain",
        "a lost quorum",
        "quorum, split-brain, split brain, quorum lost, lost quorum, leader election, no leader, raft, two \
         primaries, etcd quorum, zookeeper session, consensus, cluster partitioned, election storm, fencing, etcd \
         database space, galera, both nodes primary, majority, minority, elected, elections, lost majority, two \
         leaders, partitioned members",
    ),
    (
        "probe",
        "a probe",
        "liveness, readiness, healthcheck, liveness probe, readiness probe, health check misconfigured, probe \
         failed, health check timeout, probe timeout, health check path, killed by liveness, startup probe, \
         health check too aggressive, failing health checks, healthcheck endpoint, probes, restarts by probe, \
         killed while starting, slow start, health endpoint, deep health check, health check depends, timeout of \
         probe, liveness restarts, marked unhealthy, readiness flapping, killed by probe, liveness killed, \
         restarted by kubelet probe, probe too strict, probe too early, start takes longer",
    ),
    (
        "scheduling",
        "placing of pods",
        "unschedulable, taint, affinity, cordon, pending pods, pod pending, insufficient cpu, failed scheduling, \
         toleration, node affinity, anti affinity, node selector, cordoned, no nodes available, insufficient \
         memory, pods could not be scheduled, resource requests too high, drained node, evicted pods, preempted, \
         no node fits, requests too large, bin packing, drained, nodes full, pods waiting, priority class, \
         preemption, pod disruption budget, topology spread, node pool, no room for pods, not enough cpu to \
         schedule, cluster full, nodes were full, requests exceed",
    ),
    (
        "image",
        "an image",
        "imagepullbackoff, image registry, image pull, errimagepull, image not found, wrong tag, registry \
         unreachable, image tag, manifest unknown, image deleted, missing image, registry credentials, pull \
         secret, wrong architecture image, registry down, pull image, pulling images, tag moved, latest tag, \
         arm64 image, architecture of image, ghcr, image was removed, image cleanup, could not pull, cannot pull, \
         failed to pull, image missing, image gone, pull failed, pulls failed, registry refused, errimage",
    ),
    (
        "volume",
        "a volume",
        "nfs, csi, pvc, mount, persistentvolume, iops, volume mount, mount failed, stuck attaching, multi attach, \
         volume not attached, pvc pending, csi driver, read only filesystem, nfs server, stale file handle, \
         storage backend, iscsi, ceph, storage latency, io errors, failed to mount, persistent volume, \
         failedmount, volume detached, storage class, longhorn, ebs degraded, disk latency, stale handles, \
         multipath, volume stuck, block storage, object storage, storage cluster, osd, replica of volume \
         degraded, slow disk, io wait, iowait, read-only remount, mounted read only",
    ),
    (
        "monitoring",
        "monitoring itself",
        "prometheus, alertmanager, monitoring blind, alert did not fire, prometheus down, monitoring outage, \
         missing alert, alerts silenced, metrics missing, false positive alerts, alert storm, log pipeline, \
         logging pipeline down, metrics cardinality, cardinality explosion, alertmanager silent, no alert, \
         grafana, silence, alert routing, pager, pagerduty, scrape, metrics gap, dashboards empty, logs lost, log \
         shipper, cardinality, false alarm, nobody was paged, watchdog, no alert fired, alert was missing, nobody \
         was alerted, noticed by customers, dashboards were blank, monitoring down",
    ),
    (
        "control-plane",
        "the control plane",
        "etcd, kubelet, containerd, apiserver, control plane, api server, kube proxy, scheduler down, controller \
         manager, node notready, node not ready, kubelet stopped, container runtime, docker daemon, hypervisor, \
         kube-system, admission webhook, webhook timeout, cni, control planes, api of cluster, crd, webhook \
         failed, apiservice, etcd slow, etcd full, kube-proxy, cni plugin, lease lost, node agent",
    ),
    (
        "node-loss",
        "a lost machine",
        "kernel panic, reboot loop, node failure, node unreachable, lost node, host crashed, server crashed, node \
         rebooted, node went down, hung node, spot instance terminated, instance terminated, host down, \
         hypervisor failure, node crashed, unresponsive server, machine died, machine was lost, worker lost, host \
         failed, host lost, preemptible, spot reclaimed, node replaced, kernel crashed, machine hung, hung task, \
         watchdog reset, node died, vm died, vm gone, machine gone, host rebooted, node gone, hypervisor died",
    ),
    (
        "backup",
        "a backup",
        "backup, snapshot restore, backup failed, backups not running, restore failed, untested backup, stale \
         backup, snapshot failed, backup corrupted, backup never tested, backup job failed, backups, restore \
         test, backup encryption key, backup prefix, backups missing, off site, pg_dump, velero, restic, \
         retention of backups",
    ),
];
