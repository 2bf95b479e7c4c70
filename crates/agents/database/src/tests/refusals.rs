use lamplighter_core::diagnosis::{Cause, Likelihood, Signal, Subject};
use serde_json::json;

use super::fixtures::{MARIA, MONGO, POSTGRES, REDIS, check, codes, till_and, unready};

#[test]
fn a_database_that_refuses_to_write_is_read_only() {
    let cases = [
        (
            MARIA,
            "Error 1290 (HY000): The MariaDB server is running with the --read-only option so it cannot execute this statement",
        ),
        (MARIA, "The MySQL server is running with the --super-read-only option so it cannot execute this statement"),
        (POSTGRES, "ERROR:  cannot execute INSERT in a read-only transaction"),
        (REDIS, "READONLY You can't write against a read only replica."),
        (REDIS, "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk."),
        (MONGO, "MongoServerError: not primary (NotWritablePrimary)"),
    ];
    for (image, line) in cases {
        let named = check(till_and(image, 3306).said("shop", "till", &[line]), Cause::DbReadOnly, "app/store");
        assert_eq!(named.confidence, Likelihood::STATED, "{line}");
    }
}

#[test]
fn a_transaction_that_the_client_may_have_begun_so_is_weaker() {
    let line = "Error 1792 (25006): Cannot execute statement in a READ ONLY transaction.";
    let named = check(till_and(MARIA, 3306).said("shop", "till", &[line]), Cause::DbReadOnly, "app/store");
    assert_eq!(named.confidence, Likelihood::SHOWN);
    let line = "Connection is read-only. Queries leading to data modification are not allowed";
    let named = check(till_and(MARIA, 3306).said("shop", "till", &[line]), Cause::DbReadOnly, "app/store");
    assert_eq!(named.confidence, Likelihood::POSSIBLE);
}

#[test]
fn a_full_disk_is_said_by_the_database() {
    let cases = [
        (POSTGRES, "till", "ERROR: could not extend file \"base/5/1259\": No space left on device"),
        (MARIA, "till", "ERROR 1114 (HY000): The table 'orders' is full"),
        (MARIA, "store", "[ERROR] InnoDB: Write to file ./ibdata1 failed, errno 28: No space left on device"),
        (REDIS, "store", "Write error saving DB on disk: No space left on device"),
    ];
    for (image, who, line) in cases {
        let named = check(till_and(image, 3306).said("shop", who, &[line]), Cause::DbStorageFull, "app/store");
        assert_eq!(named.confidence, Likelihood::STATED, "{line}");
    }
    let own = till_and(MARIA, 3306).said("shop", "till", &["write /tmp/x: no space left on device"]);
    assert!(codes(own).is_empty(), "it is the client's own disk");
}

#[test]
fn a_full_claim_explains_a_database_that_is_not_ready() {
    let scene = || {
        let claim = Subject::Claim { namespace: "shop".to_owned(), name: "data".to_owned() };
        till_and(MARIA, 3306).series(Signal::VolumeUsed, claim, &[], &[0.9, 0.999]).change(|state| {
            let mut pods = state.pods.items().to_vec();
            let store = pods.iter_mut().find(|pod| pod.metadata.name == "store-0").unwrap();
            let volume = json!({"name": "data", "persistentVolumeClaim": {"claimName": "data"}});
            store.spec.volumes = vec![serde_json::from_value(volume).unwrap()];
            state.pods = lamplighter_core::cluster::Observed::Seen(pods);
        })
    };
    check(unready(scene(), "store"), Cause::DbStorageFull, "app/store");
    assert!(codes(scene()).is_empty(), "nobody suffers");
}

#[test]
fn a_replica_that_does_not_follow_is_broken() {
    let cases = [
        (MARIA, "[ERROR] Slave SQL: Error 'Duplicate entry' on query, Error_code: 1062"),
        (MARIA, "[ERROR] Replica I/O for channel '': Error connecting to source 'repl@store-0:3306'"),
        (
            POSTGRES,
            "FATAL: could not receive data from WAL stream: requested WAL segment 0001 has already been removed",
        ),
        (REDIS, "Error condition on socket for SYNC: Connection refused"),
    ];
    for (image, line) in cases {
        check(till_and(image, 3306).said("shop", "store", &[line]), Cause::DbReplicationBroken, "app/store");
    }
    let other = till_and(MARIA, 3306).said("shop", "till", &["replica SQL parser error"]);
    assert!(codes(other).is_empty());
}

#[test]
fn a_replica_that_only_falls_behind_is_likely_broken() {
    let lag = |values: &[f64]| {
        till_and(MARIA, 3306).series(Signal::DbReplicationLag, Subject::Target("store-0:9104".to_owned()), &[], values)
    };
    let growing: Vec<f64> = (0..20).map(|at| f64::from(at) * 60.0).collect();
    let named = check(lag(&growing), Cause::DbReplicationBroken, "app/store");
    assert_eq!(named.confidence, Likelihood::LIKELY);
    let falling: Vec<f64> = growing.iter().rev().copied().collect();
    assert!(codes(lag(&falling)).is_empty());
    assert!(codes(lag(&[0.0, 1.0, 0.0, 2.0])).is_empty());
}
