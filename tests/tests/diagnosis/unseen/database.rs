use serde_json::{Value, json};

use super::clinic::{Clinic, check, ip};

const LINK: &str = "2026-03-04 09:29:11.201 ERROR 1 --- [main] com.zaxxer.hikari.pool.HikariPool : HikariPool-1 - Exception during pool initialization.\n\
    com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure\n\
    The last packet sent successfully to the server was 0 milliseconds ago. The driver has not received any packets from the server.\n\
    Caused by: java.net.ConnectException: Connection refused (Connection refused)";

fn from_secret(it: &mut Value) {
    it["env"] = json!([]);
    it["envFrom"] = json!([{"secretRef": {"name": "visits-mysql-access"}}]);
}

fn access() -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "visits-mysql-access"},
        "data": {"VISITS_MYSQL_HOST": "", "VISITS_MYSQL_PORT": "", "VISITS_MYSQL_USER": "", "VISITS_MYSQL_PASSWORD": ""}})
}

fn by_secret() -> Clinic {
    Clinic::new().container("visits-service", from_secret).object("secrets", access())
}

#[tokio::test]
async fn a_wrong_port_of_a_database() {
    let wrong = || Clinic::new().env("visits-service", "VISITS_MYSQL_PORT", "3307");
    let url = "jdbc:mysql://doctors-mysql:13306/doctors?useSSL=false";
    let cases = vec![
        ("crashing, logs", "visits-service", wrong().crashing("visits-service", "visits-service", 1).said("visits-service", LINK)),
        ("running, pattern", "visits-service", wrong().pattern("visits-service", 40, LINK)),
        ("crashing, no logs", "visits-service", wrong().crashing("visits-service", "visits-service", 1).without_edges().without_probes()),
        ("url", "doctors-service", Clinic::new().env("doctors-service", "SPRING_DATASOURCE_URL", url).crashing("doctors-service", "doctors-service", 1).said("doctors-service", LINK)),
        ("secret, link failure", "visits-service", by_secret().crashing("visits-service", "visits-service", 1).said("visits-service", LINK)),
        ("secret, not restarted", "visits-service", by_secret().without_edges().said("visits-service", LINK)),
        ("node", "billing-service", Clinic::new().env("billing-service", "DB_PORT", "3316").said("billing-service", "Error: connect ECONNREFUSED 10.90.7.16:3316\n    at TCPConnectWrap.afterConnect [as oncomplete] (net.js:1159:16) {\n  errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '10.90.7.16', port: 3316, fatal: true }")),
        ("timed out", "visits-service", wrong().unready("visits-service", 2).said("visits-service", "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure\nCaused by: java.net.SocketTimeoutException: connect timed out").event("visits-service", "Unhealthy", "Readiness probe failed: dial tcp 10.44.1.22:12031: connect: connection refused")),
        ("callers pass it on", "visits-service", by_secret().said("visits-service", LINK).said("edge", "ERROR o.s.web: 500 Server Error for HTTP GET \"/visits\" Could not open JDBC Connection for transaction; nested exception is com.mysql.jdbc.exceptions.jdbc4.CommunicationsException: Communications link failure")),
    ];
    check("Runtime_Fault", "mysql_invalid_port", cases).await;
}

#[tokio::test]
async fn a_wrong_password_of_a_database() {
    let denied = |from: &str| {
        format!(
            "java.sql.SQLException: Access denied for user 'visits'@'{}' (using password: YES)\n\tat com.mysql.jdbc.SQLError.createSQLException(SQLError.java:965)",
            ip(from)
        )
    };
    let cases = vec![
        ("secret, crashing", "visits-service", by_secret().crashing("visits-service", "visits-service", 1).said("visits-service", &denied("visits-service"))),
        ("secret, running", "visits-service", by_secret().pattern("visits-service", 12, &denied("visits-service")).without_edges()),
        ("env", "visits-service", Clinic::new().env("visits-service", "VISITS_MYSQL_PASSWORD", "x").said("visits-service", &denied("visits-service"))),
        ("passed on", "visits-service", by_secret().said("visits-service", &denied("visits-service")).said("edge", "500 org.springframework.jdbc.CannotGetJdbcConnectionException: Access denied for user 'visits'@'10.44.1.22' (using password: YES)")),
        ("said by the server", "visits-service", by_secret().unready("visits-service", 3).said("visits-mysql", "2026-03-04T09:29:01.1Z 88 [Note] Access denied for user 'visits'@'10.44.1.22' (using password: YES)")),
        ("node", "billing-service", Clinic::new().said("billing-service", "Error: ER_ACCESS_DENIED_ERROR: Access denied for user 'bill'@'10.44.1.24' (using password: YES)\n    at Handshake.Sequence._packetToError")),
        ("python", "letters-service", Clinic::new().env("letters-service", "DATABASE_HOST", "visits-mysql").said("letters-service", "pymysql.err.OperationalError: (1045, \"Access denied for user 'letters'@'10.44.1.25' (using password: YES)\")").crashing("letters-service", "letters-service", 1)),
        ("database unknown", "visits-service", by_secret().said("visits-service", "Caused by: java.sql.SQLException: Access denied for user 'visits'@'%' to database 'visits'")),
    ];
    check("Runtime_Fault", "mysql_invalid_credentials", cases).await;
}

#[tokio::test]
async fn a_database_without_connections() {
    let many = "com.mysql.cj.jdbc.exceptions.MySQLNonTransientConnectionException: Data source rejected establishment of connection,  message from server: \"Too many connections\"";
    let pool = "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.";
    let few = |clinic: Clinic| clinic.container("visits-mysql", |it| it["args"] = json!(["--max_connections=2"]));
    let cases = vec![
        ("java", "visits-mysql", Clinic::new().said("visits-service", many)),
        (
            "secret",
            "visits-mysql",
            by_secret().said("visits-service", many).crashing("visits-service", "visits-service", 1),
        ),
        (
            "two clients",
            "visits-mysql",
            Clinic::new()
                .pattern("visits-service", 80, many)
                .said("billing-service", "Error: ER_CON_COUNT_ERROR: Too many connections"),
        ),
        ("few and a pool", "visits-mysql", few(Clinic::new()).said("visits-service", pool)),
        (
            "few and refused",
            "visits-mysql",
            few(Clinic::new()).said("visits-service", many).unready("visits-service", 1),
        ),
        ("only a pool", "visits-mysql", Clinic::new().pattern("visits-service", 60, pool)),
        (
            "passed on",
            "visits-mysql",
            Clinic::new().said("visits-service", many).said("edge", &format!("500 Server Error: {many}")),
        ),
    ];
    check("Runtime_Fault", "db_connection_exhaustion", cases).await;
}

#[tokio::test]
async fn a_database_that_does_not_write() {
    let refused = "java.sql.SQLException: The MySQL server is running with the --read-only option so it cannot execute this statement";
    let cases = vec![
        ("java", "visits-mysql", Clinic::new().said("visits-service", refused)),
        ("secret, super", "visits-mysql", by_secret().pattern("visits-service", 14, "The MySQL server is running with the --super-read-only option so it cannot execute this statement")),
        ("node", "visits-mysql", Clinic::new().said("billing-service", "Error: ER_OPTION_PREVENTS_STATEMENT: The MySQL server is running with the --read-only option so it cannot execute this statement")),
        ("setting", "doctors-mysql", Clinic::new().container("doctors-mysql", |it| it["args"] = json!(["--read-only=1"])).said("doctors-service", refused)),
        ("crashing at migrations", "doctors-mysql", Clinic::new().crashing("doctors-service", "doctors-service", 1).said("doctors-service", &format!("org.hibernate.tool.schema.spi.CommandAcceptanceException: Error executing DDL\nCaused by: {refused}"))),
        ("transaction", "visits-mysql", by_secret().said("visits-service", "ERROR 1792 (25006): Cannot execute statement in a READ ONLY transaction.")),
        ("passed on", "visits-mysql", by_secret().said("visits-service", refused).pattern("edge", 30, &format!("500 INTERNAL_SERVER_ERROR {refused}"))),
    ];
    check("Runtime_Fault", "db_read_only", cases).await;
}
