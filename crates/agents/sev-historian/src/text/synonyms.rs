//! Words of the trade that mean the same.

/// A line for each meaning: the word that is counted, then those that are counted as it.
pub(crate) const SYNONYMS: &str = "\
database db dbs rdbms databases
postgres postgresql psql pg pgsql
mysql mariadb
kubernetes k8s kube
certificate cert certs tls ssl x509
config configuration configure cfg settings configmap configs
authentication auth authn login logins sso signin sign-in
authorization authz rbac
loadbalancer lb lbs balancer elb alb nlb
datacenter datacentre dc dcs colo
repository repo repos
application app apps
credential credentials cred creds password passwords passphrase
replica replicas replication replicated secondary standby follower slave slaves
primary master leader
ingress-controller ingresscontroller
oom oomkilled oomkill oomkiller oom-killed oom-killer
cpu cpus processor processors
memory mem ram heap
disk disks hdd ssd filesystem volume volumes pv pvc
latency slow slowness sluggish slower latencies
timeout timeouts timed-out timedout
crash crashed crashing crashes crashloop crashloopbackoff crash-looping crash-loop
restart restarts restarted restarting reboot rebooted reboots rebooting respawn bounce bounced
rollback rolled-back rollbacks revert reverted reverting backout
deploy deployment deployments deployed rollout rollouts rolled-out redeploy redeployed shipped
upgrade upgraded upgrades upgrading
failover fail-over failovers failed-over switchover
nameserver nameservers resolver resolvers
dns coredns kube-dns bind9
network networking
firewall firewalls iptables nftables
queue queues backlog backlogs backlogged
consumer consumers subscriber subscribers
message messages msg msgs
node nodes host hosts machine machines server servers vm vms instance instances box boxes
pod pods container containers
cache caches cached caching
throttle throttled throttling ratelimit ratelimited rate-limit rate-limited rate-limiting
quota quotas
traffic load requests qps rps throughput
overload overloaded overwhelm overwhelmed saturated saturation swamped
spike spikes spiked surge surged burst bursts
leak leaks leaked leaking leakage
bug bugs defect defects regression regressions
secret secrets token tokens
key keys apikey api-key
delete deleted deletes deletion deleting deletions wiped wipe erased purge purged
corrupt corrupted corruption corrupting
schema schemas ddl
lock locks locked locking deadlock deadlocks deadlocked
thread threads
power electricity electrical
upstream third-party thirdparty vendor supplier
gateway gateways proxy proxies
endpoint endpoints
region regions zone zones az azs
email mail e-mail emails smtp
purchase purchases checkout checkouts billing
storage nfs ceph longhorn
job jobs cronjob cronjobs cron
clock ntp chrony time-sync
exhaust exhausted exhaustion depleted depletion starved starvation
expire expired expiry expires expiration lapsed lapse
stale outdated
unreachable inaccessible
";
