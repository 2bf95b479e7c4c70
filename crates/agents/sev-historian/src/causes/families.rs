//! The families of causes that public post-mortems have, with the words that they are told in.

/// A family: its code, what it is called, and its phrases. The words of a phrase may stand in any order and a few words
/// apart, within a sentence.
pub(crate) type Family = (&'static str, &'static str, &'static str);

/// The families. A document may show several; which is its cause, its weight says.
pub(crate) const FAMILIES: &[Family] = &[
    (
        "deploy",
        "a deployment",
        "rollback, rollout, deploy, bad deploy, faulty deploy, broken release, bad release, new version \
         introduced, regression introduced, after deploying, deploy introduced, release contained bug, faulty \
         build, bad build, bad push, code push, rolled out new version, deploy triggered, deploy caused, release \
         caused, regression in release, introduced by release, canary skipped, bad binary, pipeline deployed, \
         rolled back to previous, previous version, canary, blue green, new build, pull request merged, commit \
         introduced, went live, shipped version, released version, release train, since release, since the \
         release, after release, release went out, new release, rolled back release, after rollout, rolled back, \
         roll back, last deploy, broken build, bug in release",
    ),
    (
        "config-change",
        "a change of configuration",
        "yaml, rolled settings back, settings were pushed, rule file, values file, indentation, template variable \
         empty, unvalidated configuration, default of setting, config change, configuration error, \
         misconfiguration, misconfigured, wrong setting, config push, invalid config, typo in config, incorrect \
         configuration, wrong value, bad config, configuration mistake, setting was changed, config drift, wrong \
         parameter, malformed config, syntax error in config, terraform apply changed, empty value, default \
         value, environment variable missing, missing variable, environment variable, helm values, ansible, \
         puppet, chef, feature setting, wrong unit, milliseconds instead of seconds, copied from staging, staging \
         value, edited by hand, manual change, limit set too low, threshold wrong, wrong path, missing quote, \
         unvalidated rules, rules file, validated before, wrong value in config, wrong value pushed, config was \
         pushed, values yaml, changed value, wrong unit in config, missing key in config, merged config, bad \
         value, config not validated, setting lost, default changed, toggled setting, misplaced, env var",
    ),
    (
        "certificate",
        "a certificate",
        "certificate, x509, ssl_error, pkix path building, handshake, renewal job certificate, certificate \
         expired, expired certificate, certificate renewal failed, certificate invalid, certificate not trusted, \
         handshake failed certificate, certificate lapsed, certificate not renewed, certificate rotation, acme \
         renewal, letsencrypt renewal, intermediate certificate, root ca expired, ca expired, certificate chain, \
         unknown authority, certificate past validity, certbot, tls certificate, mtls, keystore, truststore, \
         cert-manager, not after, intermediate missing, chain incomplete, self signed, ocsp, crl, sni, tls \
         handshake error, private key mismatch, wrong common name, hostname mismatch certificate, crypto \
         certificate, expiry of certificate, old certificate, renewed certificate, certificate was not reloaded, \
         still presented old certificate, not reload certificate, expired on certificate, certificate ran out, \
         valid until, certificate unknown, trust store, ca bundle, pinned certificate, handshake error",
    ),
    (
        "dns",
        "DNS",
        "dns, nameserver, temporary failure in name resolution, getaddrinfo, enotfound, eai_again, cname, name \
         lookups, zone transfer, dns failure, dns resolution, dns outage, could not resolve, name resolution, no \
         such host, nxdomain, servfail, dns record, dns misconfiguration, zone file, dns lookups failed, resolver \
         failure, ndots, dns timeout, dnssec, dns propagation, dns server down, coredns, unresolvable host, wrong \
         dns record, hostname lookup, name not resolve, glue record, authoritative, search domain, soa, serial \
         number zone, delegation, mx record, a record, resolv.conf, unbound, dnsmasq, negative cache, record \
         deleted, record pointed, wrong address record, internal names, names resolved, lookups failed, hostname \
         resolved, hostname not resolved, cannot resolve, could not find host, unknown host, \
         unknownhostexception, resolve name, resolves to wrong address, stopped resolving, name servers, lookup \
         took seconds, lookup of names, lookups of names, domain pointed, ttl of record, cluster-dns, five \
         seconds lookup",
    ),
    (
        "domain-expiry",
        "an expired domain",
        "domain expired, domain registration lapsed, registrar suspended, domain renewal",
    ),
    (
        "overload",
        "overload",
        "overload, thundering herd, load shedding, capacity, at full capacity, traffic spike, capacity exceeded, \
         insufficient capacity, out of capacity, more traffic than, could not keep up with load, under \
         provisioned, underprovisioned, load exceeded, request surge, hot shard, hot partition, noisy neighbor, \
         peak traffic, not scaled, saturated, flash crowd, capacity planning, demand exceeded, autoscaling did \
         not, autoscaler failed, expensive query, runaway query, slow query, launch day, ticket sale, \
         advertisement, tv spot, too many users, event traffic, viral, load test, scaling limit, max replicas, \
         could not scale, more players than, record traffic, black friday, queue of users, waiting room, hot key, \
         n+1 queries, unindexed query, full table scan, more users than, rush, peak, on sale, sold out, opening \
         of sale, start of sale, strike day, holiday traffic, could not take the load, broke under load, too slow \
         under load",
    ),
    (
        "retry-storm",
        "retries that cascade",
        "retries, retry, backoff, jitter, hammered, repeats failed call, tried again immediately, circuit \
         breaker, requests amplified, calls multiplied, retry storm, retries amplified, cascading failure, \
         cascaded, retry loop, retries without backoff, amplification, clients retried, reconnect storm, \
         thundering herd, feedback loop, death spiral, metastable, aggressive retries, retries overwhelmed, no \
         circuit breaker, again and again, without pause, kept it from recovering, retried at once, clients \
         reconnect, reconnected at once, synchronised clients, exponential backoff, retry budget, pile up, \
         hammering, clients looped, clients loop, loop without backoff, retried every second, hammered us, \
         hammer, hammering us, retry immediately, retries immediately, repeated requests, own clients flooded, \
         app retried, retry traffic, kept falling over, came up and fell over, could not come back up, reconnect \
         loop, polling every second, multiplied traffic",
    ),
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
        "network",
        "the network",
        "packets, mtu, bgp, link down, uplink, i/o timeout, no route to host, packet loss, network partition, \
         network outage, link flapping, fiber cut, fibre cut, cable cut, route leak, routing loop, routing table, \
         network congestion, switch misconfiguration, vlan, spanning tree, broadcast storm, network unreachable, \
         peering, connectivity lost, isp outage, network split, vpn tunnel down, conntrack full, firewall rule, \
         nat gateway, ip conflict, route withdrawn, dropped packets, uplink saturated, fragmentation, fragments, \
         packet size, jumbo frames, path mtu, retransmissions, submarine cable, excavator, patch cable, \
         transceiver, trunk port, duplex, asymmetric routing, bandwidth exhausted, dhcp, multicast, large \
         packets, big packets, bigger packets dropped, small packets pass, ping works, transfers stall, tunnel \
         overhead, vxlan, wireguard, ipsec, gre, icmp blocked, fragmentation needed, mss, mss clamping, 1500, \
         9000, 1450, black hole, stalled transfers, lossy link, crc errors, dark fibre",
    ),
    (
        "network-policy",
        "a rule of the network",
        "network policy, firewall rule blocked, security group, egress blocked, acl blocked, traffic denied by \
         policy, ingress rule denied, port blocked, iptables rules, deny all, default deny, egress rule, \
         networkpolicy, ports closed, blocked by firewall, cilium policy, calico policy, allow list, allowlist, \
         ip range not allowed, firewall blocked, security groups",
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
        "lock",
        "locks",
        "lock, could not obtain lock, lock wait timeout exceeded, canceling statement due to lock timeout, \
         waiting for lock, deadlock, lock contention, table lock, row lock, exclusive lock, lock wait, blocked by \
         lock, long running transaction, idle in transaction, held lock, mutex contention, lock timeout, lock \
         queue, access exclusive, advisory lock, metadata lock, blocked writes, blocking query, waiting \
         transaction, mutex, long transaction, vacuum blocked, table was locked, lock held, blocked behind, \
         waited for lock, queries queued behind, everything queued behind, table frozen, table froze, blocked all \
         reads, blocked all writes, alter waited, waits on lock, lock_timeout, waiting queries, hung on table",
    ),
    (
        "migration",
        "a migration",
        "migration, alter table, schema, schema migration, database migration, migration locked, migration \
         failed, adding index, create index, migration script, data migration, column dropped, backfill, ddl \
         statement, incompatible schema, missing column, missing index, migration ran, index missing, rewrite of \
         table, rewrote table, ddl, rename column, type change, not null constraint, backwards incompatible, \
         foreign key, dropped index, expand contract, data conversion, sequential scan, missing index query, \
         release migration, alter on table, added column, add column, column with default, changed column, ddl on \
         table, new index without concurrently, index without concurrently, create index blocked, schema change, \
         rewrote whole table",
    ),
    (
        "connections",
        "connections that ran out",
        "too many clients, sorry too many clients already, connection is not available, timeout waiting for \
         connection, queuepool limit, sessions not released, session never closed, handles not released, pool \
         sessions, pool connection, connection pool, pool slots, all sessions in use, idle connections, all \
         connections in use, no free connections, acquire timed out pool, shared pool starved, connection pool \
         exhausted, too many connections, connection exhaustion, connection leak, pool exhausted, max \
         connections, no available connections, connection limit, connection slots, pool size, unable to acquire \
         connection, waiting for connection, pgbouncer, leaked connections, connections not closed, connections \
         not released, connections ran out, out of connections, remaining connection slots, pool starved, \
         connection refused by pool, pool of, borrowed, returned to pool, idle in transaction connections, \
         connections per process, opened connection for each, max_connections, connection churn, connection \
         storm, no connection free, connection not returned, connections not returned, connection held, held \
         connections, waiting for a connection, wait for connection, connection timeout pool, no slot free, \
         remaining slots, max_connections reached, reserved for superuser, hikari, hikaripool, pool timeout, pool \
         was empty, database sessions open, leaked sessions, cursor left open",
    ),
    (
        "disk-full",
        "a full disk",
        "no space left on device, could not extend file, disk space, free space, disk quota exceeded, volume \
         grew, disk usage, disk full, full disk, no space left, out of disk space, disk space exhausted, ran out \
         of disk, disk filled, filled disk, filled up, inode exhaustion, out of inodes, volume full, log \
         rotation, logrotate, disk usage reached, storage full, enospc, disk pressure, logs filled, partition \
         full, volume out of space, ran out of space, disk at capacity, logs consumed disk, debug log, core \
         dumps, orphaned files, images filled, docker layers, wal filled, old backups, retention not set, \
         tablespace, no space, disk was full, volume was full, filesystem full, quota of disk, inodes, tmp \
         filled, trace logging, audit log grew, disk at 100 percent, partition at 100 percent, volume at 100 \
         percent, temp files never cleaned, temporary files, verbose logging, debug logging left on, logs never \
         rotated, nothing was deleted disk, retention raised disk, disk ran full, disk ran out, could not write \
         disk, write failed no space, database read only disk, free space alarm, used up disk, filesystem at 100",
    ),
    (
        "memory",
        "memory",
        "memory, outofmemoryerror, cannot allocate memory, killed process memory, heap, oom killer, kernel \
         killed, out of memory, oom, oom killed, oomkilled, memory leak, memory exhaustion, memory limit, leaked \
         memory, memory grew, heap exhausted, heap space, memory pressure, memory usage climbed, exit code 137, \
         garbage collection pause, gc pause, gc thrashing, full gc, swap thrashing, ran out of memory, rss grew, \
         memory ballooned, memory footprint, unbounded cache growth, memory consumption, killed by kernel, memory \
         creep, listeners leak, object retention, heap dump, no swap, swapped, swapping, memory grows, memory \
         growth, leaked objects, resident set, evicted memory, jvm, limits too low memory, large result loaded \
         into memory, whole file into memory, sawtooth memory, restarts every hours memory, heap grew, map never \
         evicted, never evicted, grows until killed, grew until killed, exit 137, java heap space, memory climbs, \
         memory climbed, working set, memory rises, memory rose, unbounded map, unbounded list, listener not \
         removed, held in memory",
    ),
    (
        "cpu",
        "the processor",
        "cpu, cpu exhaustion, cpu saturation, high cpu, cpu spike, cpu throttling, cfs throttling, infinite loop, \
         busy loop, catastrophic backtracking, regular expression, regex backtracking, cpu pegged, cpu starved, \
         spinning, hot loop, quadratic, processor time, load average, core at 100, steal time, throttled, one \
         core, expensive hash, password hash, regex, encryption cost, tight loop, cpu at 100, 100 percent cpu, \
         throttled cpu, cpu limit reached, burning cpu, regex hung, pinned core",
    ),
    (
        "threads",
        "workers that ran out",
        "thread pool, file descriptors, emfile, ulimit, worker threads, thread pool exhausted, threads exhausted, \
         worker exhaustion, workers blocked, file descriptors exhausted, too many open files, open file limit, \
         ephemeral ports exhausted, port exhaustion, socket exhaustion, all workers busy, thread starvation, \
         process limit, pid limit, blocked threads, goroutine leak, file descriptor leak, worker pool starved, \
         event loop blocked, max clients, goroutines, worker processes, all workers waiting, waiting threads, \
         executor rejected, nofile, backlog of accept, listen queue, synchronous calls blocked, workers hung, all \
         threads waiting, threads blocked, threads stuck, thread dump, stuck threads, no worker free, worker \
         stuck, too many files, open files",
    ),
    (
        "upstream",
        "somebody else's outage",
        "provider outage, third party, vendor, status page of provider, third party outage, upstream outage, \
         vendor outage, cloud provider, aws outage, provider degraded, external dependency, external api, \
         upstream provider, dependency failure, vendor api, partner api, hosting provider, cdn outage, upstream \
         dependency failed, isp, s3 outage, provider incident, google cloud incident, payment provider down, \
         saas, us-east-1 outage, registry outage, docker hub, provider failure, failure of provider, our \
         provider, only provider, second provider, their status page, carrier, carriers, on their side, supplier, \
         somebody else outage, waited for provider, provider reported, provider fixed, provider confirmed, \
         identity service of, outage of third party, outside service, external service, partner outage, payment \
         provider, sms provider, hosting company, telecom, azure outage, cloudflare outage, github outage, \
         upstream registry, company that runs, external provider down, provider was down, nothing on our side, \
         not our fault, their outage, their incident, could only wait, wait for them, outage at provider, outage \
         of provider, outage of supplier, service provider, acquirer, psp, sms gateway, card processor, partner was down, partner down, fallback supplier, no second supplier, data center of provider",
    ),
    (
        "security",
        "an attack",
        "ddos, attack, attacker, breach, security breach, denial of service, compromised, credential stuffing, \
         unauthorized access, vulnerability, exploit, leaked credentials, ransomware, malicious, botnet, brute \
         force, scraping bots, abuse, phishing, syn flood, intrusion, crypto miner, flood, flooded, crawler, \
         crawlers, scraper, scrapers, captcha, half open, spoofed, scrubbing, extortion, spam, login attempts, \
         password guessing, layer 7, malware, stolen, amplification attack, junk traffic, blocked networks at \
         edge, abusive clients, bots hammered, bot traffic, scraping, scraped, login flood, password spraying, \
         attack on, attacked, packets per second",
    ),
    (
        "human-error",
        "a slip of a person",
        "wrong terminal, wrong tab, ran wrong, human error, wrong command, accidentally, by mistake, typo, wrong \
         server, wrong database, wrong host, fat finger, ran command against production, wrong environment, \
         mistakenly, unintended deletion, misread, operator mistake, wrong cluster, wrong directory, copy paste, \
         accidental deletion, by hand, wrong window, wrong line, mistyped, manually deleted, wrong account, \
         unplugged, pulled wrong, confused, wrong window open, wrong session, thought it was staging, believed it \
         was staging, was connected to production, instead of staging, pasted into, mistook, in wrong shell, \
         without where, slip",
    ),
    (
        "clock",
        "time",
        "clock, ntp, leap second, daylight saving, clock skew, clock drift, time zone, timezone bug, dst, leap \
         year, time sync, clock out of sync, unix epoch overflow, summer time, winter time, clocks go back, \
         clocks go forward, clocks were changed, local time, hour late, hour early, utc offset, leap day, wrong \
         date, system time, kerberos skew, timestamps in the future, 2038, one hour wrong, one hour off, off by \
         one hour, an hour off, shifted by hour, sixty minutes wrong, hour early or late, switch to summer time, \
         change to winter time, end of daylight saving, start of daylight saving, hour twice, hour missing, utc \
         and local, tzdata, wrong time zone, time zone of server, europe time zone",
    ),
    (
        "feature-flag",
        "a feature flag",
        "feature flag, launchdarkly, feature toggle, flag enabled, flag flipped, flag rollout, flag turned on, \
         experiment enabled, dark launch, kill switch, flag default, rollout percentage, enabled for everybody, \
         enabled for all, switched on for, flag service, behind a flag, flag for everyone, flag was on, flag off, \
         flag switched, flag shown to everyone, percentage rollout",
    ),
    (
        "cache",
        "a cache",
        "cache, redis, memcached, ttl expired cache, cache stampede, cold cache, cache miss storm, cache flushed, \
         cache eviction, cache invalidation, stale cache, redis failure, memcached failure, cache hit rate \
         dropped, cache expired simultaneously, dogpile, cache purge, cache cleared, cache down, cache warmup, \
         empty cache, poisoned cache, redis maxmemory, expired at once, cold start of cache, cache node, misses \
         went to database, cdn cache, cache key, cached error, negative caching, stampede, varnish, cache warm, \
         cache restart",
    ),
    (
        "rate-limit",
        "a limit of requests",
        "rate limit, 429, quota, rate limited, throttled by, api quota, quota exceeded, too many requests, http \
         429, request limit, api limit, account limit, service limit, vendor throttled, toomanyrequests, pull \
         rate limit, anonymous pulls, pull limit, allowance, over limit, requests per minute, quota of api, \
         provider throttles, throttling, limit reached, api calls per hour, too many calls, daily limit, spending \
         limit, concurrent executions limit, limit of requests, requests per second limit, pull limit reached, \
         quota used up, ran into quota, provider limit, limit exceeded, limited by, blocked by rate limiter, \
         throttled us",
    ),
    (
        "credentials",
        "credentials",
        "password, rotated secret, credential, credentials expired, password expired, token expired, secret \
         rotated, rotated credentials, invalid credentials, wrong password, password rotation, key expired, \
         authentication failed, access denied for user, api key revoked, password authentication failed, service \
         account key, secret rotation, stale password, revoked token, expired token, login rejected, signing key \
         rotated, jwt key, credential rotation, old password, bind account, service account password, login of \
         service, access key, deploy key, expired key, secret changed, shared password, ssh key, account locked, \
         locked out, renewed token, keytab, ticket expired, signing key, jwks, oauth, client secret, api token, \
         session secret, ldap bind, password was rotated, secret was rotated, old password still, not picked up \
         new secret, new secret not loaded, wrong key, key was deleted, key revoked, expired secret, secret \
         expired, login failed for user, invalid token, unauthorized token",
    ),
    (
        "permissions",
        "permissions",
        "permission, access denied, iam, permission denied, forbidden, iam policy, missing permission, rbac, \
         insufficient privileges, revoked access, iam role, file ownership, chmod, not authorized to, wrong \
         owner, selinux, not allowed, role missing, revoked role, unauthorised, unauthorized, policy denied, read \
         only user, group membership, umask, apparmor, seccomp",
    ),
    (
        "sealed",
        "a sealed secret store",
        "unseal, sealed, vault sealed, sealed vault, secret store sealed, auto unseal, secrets unavailable, \
         unseal keys, unsealed, vault was sealed, shamir, unseal key, kms unavailable, hsm",
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
        "load-balancer",
        "a load balancer",
        "load balancer, haproxy, ingress, load balancer misconfigured, load balancer health, removed from load \
         balancer, sticky sessions, target group, backend removed, unbalanced traffic, no healthy backends, load \
         balancer failure, no healthy upstream, ingress controller, nginx reload, envoy, traefik, metallb, \
         keepalive, virtual ip, backend pool, health checks of balancer, drain of backend, session affinity, one \
         backend, idle timeout, keep alive, connection draining, round robin, upstreams, catch all route, one \
         dead backend, dead backend, backend still in rotation, out of rotation, taken out of rotation, in \
         rotation",
    ),
    (
        "routing",
        "a route of requests",
        "misrouted, route, redirect loop, proxy, wrong backend, misrouted traffic, routing rule, wrong port, \
         wrong target port, selector mismatch, no endpoints, wrong upstream, path prefix, service mesh, sidecar, \
         wrong selector, ingress rule, host header, proxy configuration, virtual service, misroute, url rewrite, \
         catch-all, rewrite rule, regex of route, wrong host, wrong path, redirect, redirects, canonical host, \
         trailing slash, istio, linkerd, upstream address, route order, precedence of rules, cors, header missing",
    ),
    (
        "queue",
        "a queue",
        "queue, kafka, rabbitmq, consumer lag, partitions rebalance, queue backlog, queue backed up, messages \
         piled up, stuck consumer, rebalancing, poison message, dead letter, sqs, sidekiq, celery, queue full, \
         backlog grew, unprocessed messages, stuck jobs, poison pill, consumer stopped, queue depth, unacked \
         messages, queue growth, malformed message, bad message, message that could not be parsed, unparseable \
         message, offset did not advance, pubsub, nats, mqtt, redelivered, requeued, consumer crashed on message, \
         dead-letter queue, jobs waiting, retention of topic, visibility timeout, message could not be processed, \
         one message, single message, same message again, message retried forever, stuck behind message, \
         partition stuck, stuck partition, offset stuck, consumer stuck, consumer blocked, redelivery loop, \
         crashed on same message, blocked queue, dead letter topic, not acknowledged",
    ),
    (
        "batch",
        "a scheduled job",
        "cron, nightly, batch, cron job, batch job, scheduled job, nightly job, backup job, job overlapped, cron \
         overlap, job did not run, job ran twice, long running job, etl, bulk import, bulk job, cleanup job, \
         maintenance job, reindex job, vacuum, scheduled backup, import job, report job, export job, ran at same \
         time, overlapping runs, jobs started at once, midnight job, weekly job, reset ran twice, ran twice, \
         scheduler started, compaction, index build, monthly invoices, two runs overlapped, second run started, \
         still running when next, overlapped, overlap of jobs, job still running, nightly run, nightly jobs, \
         settlement, job took longer, long job",
    ),
    (
        "race",
        "a race",
        "race condition, concurrency, concurrency bug, data race, not thread safe, double processing, duplicate \
         processing, timing bug, ordering bug, non atomic, idempotency, concurrent writes, lost update, duplicate \
         charge, interleaving, at same moment, two writers, double spend, double charge, twice at once, check \
         then act, duplicate rows, not atomic, optimistic lock, out of order, concurrent requests, same time \
         twice, at the same time twice, both wrote, both processed, processed twice, paid twice, sent twice, \
         booked twice, double booking, duplicate booking",
    ),
    (
        "overflow",
        "a number that ran out",
        "overflow, wraparound, integer overflow, ids exhausted, sequence exhausted, 32 bit integer, transaction \
         id wraparound, auto increment, int overflow, maximum value, id space, primary key exhausted, counter \
         overflow, out of ids, ip addresses exhausted, ip exhaustion, subnet full, no free addresses, id \
         exhausted, counter wrapped, too long column, integer column, largest number, ran out of ids, ran out of \
         addresses, pool of addresses, int32, truncated, length limit, year 2038, ran out of numbers, reached the \
         maximum, exceeds maximum, numeric overflow, sequence reached, ids ran out, address pool empty, no \
         addresses left",
    ),
    (
        "software-bug",
        "a bug",
        "bug, exception, segfault, panic, null pointer, nullpointerexception, segmentation fault, unhandled \
         exception, off by one, logic error, latent bug, crash bug, software bug, kernel bug, kernel panic, \
         driver bug, uncaught exception, assertion failed, stack overflow, infinite recursion, parsing bug, edge \
         case, malformed input, undefined method, type error, encoding bug, unexpected input, division by zero, \
         unexpected null, index out of range, wrong condition, memory corruption, deserialization, unicode, \
         edge-case, crashes on, loop never ended, wrong default, unhandled, uninitialised",
    ),
    (
        "dependency-upgrade",
        "a new version of something used",
        "upgrade, library upgrade, dependency upgrade, incompatible version, breaking change, version mismatch, \
         major version, kernel upgrade, os upgrade, package update, unattended upgrades, deprecated api, api \
         removed, transitive dependency, minor version upgrade, kubernetes upgrade, client library, incompatible \
         client, version skew, automatic update, database upgrade, openssl upgrade, new library, updated package, \
         base image, patched nodes, after patches, driver update, kernel update, auto update, automatic upgrade, \
         protocol version, dropped support, removed option, changed default in version, after upgrade, upgraded \
         to",
    ),
    (
        "automation",
        "automation",
        "automation, terraform destroy, automation removed, runaway automation, script deleted, automation bug, \
         terraform destroyed, terraform replaced, autoscaler removed, cleanup script, garbage collector deleted, \
         automation decommissioned, bot removed, script removed, automated process deleted, gitops pruned, argo \
         pruned, decommissioned by mistake, reaper, pruned resources, gitops, argo, flux, operator deleted, \
         controller deleted, scaled to zero, autoscaler, cleanup deleted, lifecycle policy, cron removed, \
         retention job deleted",
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
        "license",
        "something that was not paid or not licensed",
        "licence, license, license expired, licence expired, license key, unpaid invoice, billing suspended, \
         account suspended, subscription expired, trial ended, credit card expired, license limit, payment method \
         declined, not paid, contract ended, seat limit, expired license, entitlement, plan limit, credit card",
    ),
    (
        "backup",
        "a backup",
        "backup, snapshot restore, backup failed, backups not running, restore failed, untested backup, stale \
         backup, snapshot failed, backup corrupted, backup never tested, backup job failed, backups, restore \
         test, backup encryption key, backup prefix, backups missing, off site, pg_dump, velero, restic, \
         retention of backups",
    ),
    (
        "maintenance",
        "maintenance",
        "maintenance, planned maintenance, scheduled maintenance, maintenance window, during maintenance, \
         datacenter move, switch upgrade, firmware upgrade, decommissioning, maintenance work, change window, \
         planned work, reboot of hosts, patch day, rack move, migration of datacenter, scheduled work, node \
         patches",
    ),
];
