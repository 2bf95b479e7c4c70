use lamplighter_core::cluster::{IntOrString, Service, ServicePort, ServiceSpec, ServiceStatus};

use super::{APP, meta};

/// Makes a [`Service`].
#[derive(Debug, Clone)]
#[must_use = "a builder makes nothing until it is built"]
pub struct ServiceBuilder(Service);

/// A service on port 80 that selects the pods of the workload of its name.
pub fn service(namespace: &str, name: &str) -> ServiceBuilder {
    let port = ServicePort {
        name: Some("http".to_owned()),
        port: 80,
        target_port: Some(IntOrString::Int(8080)),
        protocol: Some("TCP".to_owned()),
        ..ServicePort::default()
    };
    let spec = ServiceSpec {
        r#type: Some("ClusterIP".to_owned()),
        selector: [(APP.to_owned(), name.to_owned())].into(),
        ports: vec![port],
        ..ServiceSpec::default()
    };
    ServiceBuilder(Service { metadata: meta("service", Some(namespace), name), spec, status: ServiceStatus::default() })
}

impl ServiceBuilder {
    /// The service.
    #[must_use]
    pub fn build(self) -> Service {
        self.0
    }

    /// For the pods of a workload of another name.
    pub fn selecting(mut self, workload: &str) -> Self {
        self.0.spec.selector.insert(APP.to_owned(), workload.to_owned());
        self
    }
}

impl From<ServiceBuilder> for Service {
    fn from(builder: ServiceBuilder) -> Self {
        builder.build()
    }
}
