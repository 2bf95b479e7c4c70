//! What ran out, or was too much.

use super::Family;

pub(super) const FAMILIES: &[Family] = &[
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
        "license",
        "something that was not paid or not licensed",
        "licence, license, license expired, licence expired, license key, unpaid invoice, billing suspended, \
         account suspended, subscription expired, trial ended, credit card expired, license limit, payment method \
         declined, not paid, contract ended, seat limit, expired license, entitlement, plan limit, credit card",
    ),
    (
        "domain-expiry",
        "an expired domain",
        "domain expired, domain registration lapsed, registrar suspended, domain renewal",
    ),
];
