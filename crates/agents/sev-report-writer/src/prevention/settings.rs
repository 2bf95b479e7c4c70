//! Terraform for settings that prevent or contain, in the words of the Kubernetes provider. Each is what stands in the
//! resource of the workload or a resource of its own, formatted as `terraform fmt` does it.

/// Below `spec.template.spec.container`.
pub(super) const MEMORY: &str = r#"resources {
  requests = {
    memory = "256Mi" # what it uses when busy, measured over a week
  }
  limits = {
    memory = "512Mi" # above its highest use, measured over a week
  }
}
"#;

/// Below `spec.template.spec.container`.
pub(super) const CPU: &str = r#"resources {
  requests = {
    cpu = "500m" # what it uses when busy, measured over a week
  }
}
"#;

/// Below `spec.template.spec.container`; room for every pod of the namespace.
pub(super) const REQUESTS: &str = r#"resources {
  requests = {
    cpu    = "250m"  # at most what the largest node has free
    memory = "256Mi" # at most what the largest node has free
  }
}
"#;

/// Below `spec.template.spec.container`.
pub(super) const PROBES: &str = r#"startup_probe {
  http_get {
    path = "/healthz"
    port = "http" # the name of the container's port, so that both change together
  }
  period_seconds    = 10
  failure_threshold = 30
}
liveness_probe {
  http_get {
    path   = "/healthz"
    port   = "http"
    scheme = "HTTP" # what the port speaks
  }
  period_seconds    = 10
  timeout_seconds   = 5
  failure_threshold = 3
}
readiness_probe {
  http_get {
    path   = "/healthz"
    port   = "http"
    scheme = "HTTP"
  }
  period_seconds  = 10
  timeout_seconds = 5
}
"#;

/// Below `spec`.
pub(super) const REPLICAS: &str = "replicas = 2 # never 0; scale down only what nobody calls
";

/// A resource of its own.
pub(super) const DISRUPTION: &str = r#"resource "kubernetes_pod_disruption_budget_v1" "%name%" {
  metadata {
    name      = "%name%"
    namespace = "%namespace%"
  }
  spec {
    min_available = "1"
    selector {
      match_labels = {
        app = "%name%" # the labels of its pods
      }
    }
  }
}
"#;

/// A resource of its own.
pub(super) const ACCOUNT: &str = r#"resource "kubernetes_service_account_v1" "%name%" {
  metadata {
    name      = "%name%"
    namespace = "%namespace%"
  }
}
"#;

/// A resource of its own.
pub(super) const ROLE: &str = r#"resource "kubernetes_role_v1" "%name%" {
  metadata {
    name      = "%name%"
    namespace = "%namespace%"
  }
  rule {
    api_groups = [""]
    resources  = ["configmaps"] # what it was refused, and no more
    verbs      = ["get", "list", "watch"]
  }
}
"#;

/// A resource of its own.
pub(super) const QUOTA: &str = r#"resource "kubernetes_resource_quota_v1" "%namespace%" {
  metadata {
    name      = "%namespace%"
    namespace = "%namespace%"
  }
  spec {
    hard = {
      "requests.cpu"     = "8"
      "requests.memory"  = "16Gi"
      "requests.storage" = "200Gi"
      pods               = "60"
      services           = "30"
    }
  }
}
"#;

/// A resource of its own.
pub(super) const DEFAULTS: &str = r#"resource "kubernetes_limit_range_v1" "%namespace%" {
  metadata {
    name      = "%namespace%"
    namespace = "%namespace%"
  }
  spec {
    limit {
      type = "Container"
      default = {
        cpu    = "500m"
        memory = "256Mi"
      }
      default_request = {
        cpu    = "100m"
        memory = "128Mi"
      }
    }
  }
}
"#;

/// Below `spec.template.spec`.
pub(super) const PLACEMENT: &str = r#"node_selector = {
  "kubernetes.io/os" = "linux" # only labels that several nodes have
}
"#;

/// Below `spec.template.spec`.
pub(super) const TOLERATION: &str = r#"toleration {
  key      = "dedicated" # the taint of the nodes that it belongs on
  operator = "Equal"
  value    = "%name%"
  effect   = "NoSchedule"
}
"#;

/// Below `spec.template.spec`.
pub(super) const SPREAD: &str = r#"topology_spread_constraint {
  max_skew           = 1
  topology_key       = "kubernetes.io/hostname"
  when_unsatisfiable = "ScheduleAnyway" # a second pod on a node is better than none
  label_selector {
    match_labels = {
      app = "%name%"
    }
  }
}
"#;

/// Below `spec.template.spec`.
pub(super) const AFFINITY: &str = r#"affinity {
  node_affinity {
    preferred_during_scheduling_ignored_during_execution {
      weight = 50 # a wish and no condition
      preference {
        match_expressions {
          key      = "kubernetes.io/hostname"
          operator = "Exists"
        }
      }
    }
  }
}
"#;

/// A resource of its own.
pub(super) const CLAIM: &str = r#"resource "kubernetes_persistent_volume_claim_v1" "%name%" {
  metadata {
    name      = "%name%"
    namespace = "%namespace%"
  }
  spec {
    access_modes       = ["ReadWriteOnce"] # one that the class offers
    storage_class_name = "standard"        # one that exists and has a provisioner
    resources {
      requests = {
        storage = "20Gi" # at most what a volume of the class can have
      }
    }
  }
}
"#;

/// A resource of its own.
pub(super) const SERVICE: &str = r#"resource "kubernetes_service_v1" "%name%" {
  metadata {
    name      = "%name%"
    namespace = "%namespace%"
  }
  spec {
    selector = {
      app = "%name%" # the labels of the pods, from one local value for both
    }
    port {
      name         = "http"
      port         = 80
      target_port  = "http" # the name of the container's port
      app_protocol = "http"
    }
  }
}
"#;

/// Below `spec.template.spec.container`.
pub(super) const ADDRESS: &str = r#"env {
  name  = "UPSTREAM_URL"
  value = "http://${kubernetes_service_v1.upstream.metadata[0].name}:${kubernetes_service_v1.upstream.spec[0].port[0].port}"
}
"#;

/// A resource of its own.
pub(super) const ROUTE: &str = r#"resource "kubernetes_ingress_v1" "%name%" {
  metadata {
    name      = "%name%"
    namespace = "%namespace%"
  }
  spec {
    ingress_class_name = "default" # a class that a controller serves
    rule {
      http {
        path {
          path      = "/"
          path_type = "Prefix"
          backend {
            service {
              name = "%name%"
              port {
                name = "http"
              }
            }
          }
        }
      }
    }
  }
}
"#;

/// A resource of its own.
pub(super) const POLICY: &str = r#"resource "kubernetes_network_policy_v1" "%name%" {
  metadata {
    name      = "%name%"
    namespace = "%namespace%"
  }
  spec {
    policy_types = ["Ingress"]
    pod_selector {
      match_labels = {
        app = "%name%"
      }
    }
    ingress {
      from {
        namespace_selector {
          match_labels = {
            "kubernetes.io/metadata.name" = "%namespace%" # whoever calls it
          }
        }
      }
      ports {
        port     = "http"
        protocol = "TCP"
      }
    }
  }
}
"#;

/// Below `spec.template.spec.container`.
pub(super) const IMAGE: &str = r#"image             = "registry.example.org/%name%@sha256:0000000000000000000000000000000000000000000000000000000000000000"
image_pull_policy = "IfNotPresent" # a digest that was pulled once is good for good
"#;

/// Below `spec.template.spec`.
pub(super) const PULL_SECRET: &str = r#"image_pull_secrets {
  name = "registry" # a secret of this namespace, made by the same stack
}
"#;

/// Below `spec.template.spec.container`.
pub(super) const BINDING: &str = r#"env_from {
  secret_ref {
    name     = "%name%" # from the resource that makes it, so that a missing one fails the plan
    optional = false
  }
}
"#;

/// Below `spec.template.spec`.
pub(super) const VOLUME_GROUP: &str = r#"security_context {
  fs_group               = 1000 # the group of the process, so that it may write
  fs_group_change_policy = "OnRootMismatch"
}
"#;

/// Below `spec.template.spec.container`.
pub(super) const CONTAINER: &str = "security_context {
  run_as_non_root            = true
  run_as_user                = 1000 # the image must not need root then
  allow_privilege_escalation = false
}
";

/// Below `spec.template.spec.container`.
pub(super) const PORTS: &str = r#"port {
  name           = "http"
  container_port = 8080 # a port that no other container of the pod has
}
"#;

/// Below `spec`.
pub(super) const ROLLOUT: &str = r#"progress_deadline_seconds = 300
min_ready_seconds         = 10
strategy {
  type = "RollingUpdate"
  rolling_update {
    max_unavailable = "0" # the old pods serve until the new ones do
    max_surge       = "1"
  }
}
"#;

/// Below `spec.template.spec.container`.
pub(super) const POOL: &str = r#"env {
  name  = "DB_POOL_SIZE"
  value = "10" # replicas times this stays below the server's max_connections
}
"#;

/// Below `spec.template.spec.container`.
pub(super) const DATABASE_SECRET: &str = r#"env {
  name = "DB_PASSWORD"
  value_from {
    secret_key_ref {
      name = "%name%-database" # the one secret that the database's user is made from
      key  = "password"
    }
  }
}
"#;

/// A resource of its own.
pub(super) const CERTIFICATE: &str = r#"resource "kubernetes_manifest" "%name%_certificate" {
  manifest = {
    apiVersion = "cert-manager.io/v1"
    kind       = "Certificate"
    metadata = {
      name      = "%name%"
      namespace = "%namespace%"
    }
    spec = {
      secretName  = "%name%-tls"
      duration    = "2160h"
      renewBefore = "720h" # a month to notice that the renewal fails
      dnsNames    = ["%name%.%namespace%.svc"]
      issuerRef = {
        kind = "ClusterIssuer"
        name = "default"
      }
    }
  }
}
"#;

/// Below `spec.template.spec`.
pub(super) const DNS: &str = r#"dns_config {
  option {
    name  = "ndots"
    value = "2" # fewer questions for names outside of the cluster
  }
  option {
    name  = "timeout"
    value = "2"
  }
}
"#;
