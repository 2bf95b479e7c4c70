//! What somebody changed, or what was wrong in what was made.

use super::Family;

pub(super) const FAMILIES: &[Family] = &[
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
        "feature-flag",
        "a feature flag",
        "feature flag, launchdarkly, feature toggle, flag enabled, flag flipped, flag rollout, flag turned on, \
         experiment enabled, dark launch, kill switch, flag default, rollout percentage, enabled for everybody, \
         enabled for all, switched on for, flag service, behind a flag, flag for everyone, flag was on, flag off, \
         flag switched, flag shown to everyone, percentage rollout",
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
        "maintenance",
        "maintenance",
        "maintenance, planned maintenance, scheduled maintenance, maintenance window, during maintenance, \
         datacenter move, switch upgrade, firmware upgrade, decommissioning, maintenance work, change window, \
         planned work, reboot of hosts, patch day, rack move, migration of datacenter, scheduled work, node \
         patches",
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
];
