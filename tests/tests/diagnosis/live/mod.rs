//! The diagnosis of a live cluster: the simulated one over HTTP, a real Prometheus, a real Alertmanager, and the
//! adapters. One fault for each specialist, which it alone or first can tell from these sources.

#![expect(clippy::panic, reason = "a test fails by one")]

mod history;
mod promql;
mod recorded;
mod site;
mod specialists;

/// A library: readers come to the desk, which asks the catalog and the loans.
const LIBRARY: &str = r#"
nodes = [{ name = "n1" }, { name = "n2" }]

[[workload]]
namespace = "library"
name = "desk"
replicas = 2
cpu_limit = "500m"

[[workload]]
namespace = "library"
name = "catalog"
cpu_limit = "500m"

[[workload]]
namespace = "library"
name = "loans"
cpu_limit = "500m"
"#;
