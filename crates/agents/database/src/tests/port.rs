use lamplighter_core::diagnosis::Cause;
use serde_json::json;

use super::fixtures::{MARIA, POSTGRES, REDIS, check, codes, till_and, till_with, unready};

const CAUSE: Cause = Cause::MysqlInvalidPort;
const FAILURE: &str = "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure";

#[test]
fn a_client_with_a_port_that_the_service_does_not_take_is_configured_wrongly() {
    let configurations: [&[(&str, &str)]; 6] = [
        &[("STORE_ADDR", "store:3307")],
        &[("DB_HOST", "store"), ("DB_PORT", "3307")],
        &[("ORDERS_MYSQL_HOST", "store.shop.svc.cluster.local"), ("ORDERS_MYSQL_PORT", "3307")],
        &[("SPRING_DATASOURCE_URL", "jdbc:mysql://store:3307/till?useSSL=false")],
        &[("DSN", "till:secret@tcp(store:3307)/till")],
        &[("ConnectionStrings__Till", "Server=store;Port=3307;Uid=till")],
    ];
    for env in configurations {
        let named = check(till_with(MARIA, 3306, env).said("shop", "till", &[FAILURE]), CAUSE, "app/till");
        assert!(named.confidence.get() > 0.9, "{env:?}");
        check(unready(till_with(MARIA, 3306, env), "till"), CAUSE, "app/till");
        assert!(codes(till_with(MARIA, 3306, env)).is_empty(), "it works");
    }
}

#[test]
fn a_port_may_be_configured_in_a_config_map() {
    let scene = till_with(MARIA, 3306, &[]).said("shop", "till", &[FAILURE]).object(json!({"kind": "ConfigMap",
        "metadata": {"namespace": "shop", "name": "till"}, "data": {"DB_HOST": "store", "DB_PORT": "3366"}}));
    let scene = scene.change(|state| {
        let mut sets = state.stateful_sets.items().to_vec();
        let till = sets.iter_mut().find(|set| set.metadata.name == "till").unwrap();
        let from = json!({"configMapRef": {"name": "till"}});
        till.spec.template.spec.containers[0].env_from = vec![serde_json::from_value(from).unwrap()];
        state.stateful_sets = lamplighter_core::cluster::Observed::Seen(sets);
    });
    check(scene, CAUSE, "app/till");
}

#[test]
fn a_failed_connection_to_a_wrong_port_is_enough() {
    let lines = [
        "dial tcp 10.96.0.40:3307: connect: connection refused",
        "Can't connect to MySQL server on 'store:3307' (111)",
        "connect ECONNREFUSED 10.96.0.40:3307",
    ];
    for line in lines {
        check(till_with(MARIA, 3306, &[]).said("shop", "till", &[line]), CAUSE, "app/till");
    }
}

#[test]
fn a_failed_connection_to_the_right_port_has_another_cause() {
    let lines = [FAILURE, "dial tcp 10.96.0.40:3306: connect: connection refused"];
    assert!(codes(till_and(MARIA, 3306).said("shop", "till", &lines)).is_empty());
}

#[test]
fn the_one_client_that_does_not_reach_a_database_that_is_up_may_ask_elsewhere() {
    let alone = || till_with(MARIA, 3306, &[]).said("shop", "till", &[FAILURE]);
    assert!(check(alone(), CAUSE, "app/till").confidence.get() < 0.6);
    assert!(codes(unready(alone(), "store")).is_empty(), "the database is down");
    assert!(codes(till_and(MARIA, 3306).said("shop", "till", &[FAILURE])).is_empty(), "it asks the right port");
    for line in [
        "PDOException: SQLSTATE[HY000] [2002] Connection refused",
        "mysqli_connect(): (HY000/2002): Connection refused",
        "OperationalError: (2002, \"Can't connect to server on 'store' (115)\")",
        "MySqlException: Unable to connect to any of the specified MySQL hosts",
    ] {
        check(till_with(MARIA, 3306, &[]).said("shop", "till", &[line]), CAUSE, "app/till");
    }
    let both = alone().call("desk", "store").said("shop", "desk", &[FAILURE]);
    assert!(codes(both).is_empty(), "it is something on the way");
}

#[test]
fn the_name_fits_other_servers_less() {
    let postgres = till_with(POSTGRES, 5432, &[("PGHOST", "store"), ("PGPORT", "5433")]);
    let line = "connection to server at \"store\" (10.96.0.40), port 5433 failed: Connection refused";
    assert!(check(postgres.said("shop", "till", &[line]), CAUSE, "app/till").confidence.get() < 0.6);
    let redis = till_with(REDIS, 6379, &[("CACHE", "store:6380")]);
    assert!(codes(redis.said("shop", "till", &["dial tcp 10.96.0.40:6380: connect: connection refused"])).is_empty());
}

#[test]
fn where_nobody_asks_for_what_a_service_takes_the_service_is_off() {
    let moved = |env: &[(&str, &str)]| {
        till_with(MARIA, 3309, env).said("shop", "till", &[FAILURE]).change(|state| {
            let mut sets = state.stateful_sets.items().to_vec();
            let store = sets.iter_mut().find(|set| set.metadata.name == "store").unwrap();
            let port = json!([{"containerPort": 3306}]);
            store.spec.template.spec.containers[0].ports = serde_json::from_value(port).unwrap();
            state.stateful_sets = lamplighter_core::cluster::Observed::Seen(sets);
        })
    };
    assert!(codes(moved(&[("STORE_ADDR", "store:3306")])).is_empty());
    check(moved(&[("STORE_ADDR", "store:3307")]), CAUSE, "app/till");
    check(moved(&[("STORE_ADDR", "store:3306"), ("OTHER_ADDR", "store:3309")]), CAUSE, "app/till");
}
