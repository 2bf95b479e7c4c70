use super::*;

const BLOCKS: &str = r#"
resource "kubernetes_namespace" "apps" {
  metadata { name = "apps" }
}

resource "kubernetes_deployment_v1" "wiki" {
  metadata {
    name      = "wiki"
    namespace = kubernetes_namespace.apps.metadata[0].name
  }
  spec {
    replicas = 2
    template {
      metadata { labels = { app = "wiki" } }
      spec {
        init_container {
          name = "migrate"
          resources { limits = { memory = "64Mi" } }
        }
        container {
          name = "wiki"
          resources {
            limits   = { memory = "128Mi", cpu = 1 }
            requests = { "memory" = "32Mi" }
          }
        }
        container {
          name = "sidecar"
        }
      }
    }
  }
}
"#;

fn object(value: &str, more: &str) -> String {
    format!(
        r#"resource "terraform_data" "wiki" {{
  input = {{
    kind     = "Deployment"
    metadata = {{ name = "wiki", namespace = "apps" }}
    spec     = {{ replicas = 2, template = {{ spec = {{ containers = [{{ name = "wiki", resources = {{ limits = {{ memory = {value} }} }} }}] }} }} }}
  }}
}}
{more}"#
    )
}

fn wiki() -> WorkloadRef {
    WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")
}

fn memory(container: &str) -> Knob {
    Knob::MemoryLimit { container: container.to_owned() }
}

/// What is found: file, line and value.
fn found(files: &[(&str, &str)], workload: &WorkloadRef, knob: &Knob) -> Option<(String, u32, String)> {
    let module = Module::of(files);
    let literal = find(&module, workload, knob)?;
    let file = module.file(literal.file)?;
    Some((file.name.clone(), file.line_of(literal.range.start), literal.value))
}

fn check(files: &[(&str, &str)], knob: &Knob, expected: Option<(&str, u32, &str)>) {
    let expected = expected.map(|(file, line, value)| (file.to_owned(), line, value.to_owned()));
    assert_eq!(found(files, &wiki(), knob), expected, "{knob:?} in {files:#?}");
}

#[test]
fn settings_in_blocks_are_found() {
    let files = &[("main.tf", BLOCKS)];
    let in_wiki = |name: &str| name.to_owned();
    check(files, &memory("wiki"), Some(("main.tf", 23, "128Mi")));
    check(files, &memory("migrate"), Some(("main.tf", 18, "64Mi")));
    check(files, &Knob::MemoryRequest { container: in_wiki("wiki") }, Some(("main.tf", 24, "32Mi")));
    check(files, &Knob::CpuLimit { container: in_wiki("wiki") }, Some(("main.tf", 23, "1")));
    check(files, &Knob::Replicas, Some(("main.tf", 12, "2")));
    check(files, &memory("sidecar"), None);
    check(files, &memory("nobody"), None);
}

#[test]
fn settings_in_objects_are_found_also_encoded_ones() {
    let plain = object("\"128Mi\"", "");
    check(&[("main.tf", &plain)], &memory("wiki"), Some(("main.tf", 5, "128Mi")));
    check(&[("main.tf", &plain)], &Knob::Replicas, Some(("main.tf", 5, "2")));
    for function in ["yamlencode", "jsonencode"] {
        let encoded =
            plain.replace("input = {", &format!("yaml_body = {function}({{")).replace("  }\n}\n", "  })\n}\n");
        check(&[("main.tf", &encoded)], &memory("wiki"), Some(("main.tf", 5, "128Mi")));
    }
}

#[test]
fn references_are_followed_to_the_value_that_counts() {
    let main = object("var.memory", "variable \"memory\" {\n  default = \"1Mi\"\n}\n");
    check(&[("main.tf", &main)], &memory("wiki"), Some(("main.tf", 9, "1Mi")));
    let set = ("terraform.tfvars", "memory = \"2Mi\"\n");
    check(&[("main.tf", &main), set], &memory("wiki"), Some(("terraform.tfvars", 1, "2Mi")));
    let more = ("b.auto.tfvars", "memory = \"3Mi\"\n");
    check(&[("b.auto.tfvars", more.1), ("main.tf", &main), set], &memory("wiki"), Some(("b.auto.tfvars", 1, "3Mi")));
    let main = object("local.size", "locals {\n  size = var.memory\n}\nvariable \"memory\" { default = \"4Mi\" }\n");
    check(&[("main.tf", &main)], &memory("wiki"), Some(("main.tf", 11, "4Mi")));
    let main = object("local.sizes.wiki[\"memory\"]", "locals {\n  sizes = { wiki = { memory = (\"5Mi\") } }\n}\n");
    check(&[("main.tf", &main)], &memory("wiki"), Some(("main.tf", 9, "5Mi")));
}

#[test]
fn what_is_computed_shared_or_set_elsewhere_is_not_a_setting() {
    let variable = "variable \"memory\" {\n  default = \"1Mi\"\n}\n";
    for (value, more) in [
        ("\"${var.memory}\"", variable),
        ("format(\"%dMi\", 128)", ""),
        ("var.big ? \"1Gi\" : \"1Mi\"", ""),
        ("64 * 2", ""),
        ("-1", ""),
        ("null", ""),
        ("true", ""),
        ("<<EOT\n128Mi\nEOT\n", ""),
        ("var.memory", ""),
        ("var.memory", "variable \"memory\" {}\n"),
        ("local.memory", ""),
        ("module.sizes.memory", ""),
        ("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n"),
        ("local.a", "locals { a = \"1Mi\" }\nlocals { a = \"2Mi\" }\n"),
        ("var.memory", &format!("{variable}resource \"x\" \"other\" {{\n  m = \"${{var.memory}}\"\n}}\n")),
        ("var.memory", &format!("{variable}locals {{ x = var.memory }}\n")),
    ] {
        check(&[("main.tf", &object(value, more))], &memory("wiki"), None);
    }
    let shown = object("var.memory", &format!("{variable}output \"o\" {{\n  value = var.memory\n}}\n"));
    check(&[("main.tf", &shown)], &memory("wiki"), Some(("main.tf", 9, "1Mi")));
    let mut elsewhere = Module::of(&[("main.tf", &object("var.memory", variable))]);
    elsewhere.set_elsewhere.push("memory".to_owned());
    assert_eq!(find(&elsewhere, &wiki(), &memory("wiki")), None);
}

#[test]
fn only_the_workload_that_is_meant_is_found_and_only_once() {
    let plain = object("\"128Mi\"", "");
    let twice = format!("{plain}{}", plain.replace("\"terraform_data\" \"wiki\"", "\"terraform_data\" \"again\""));
    check(&[("main.tf", &twice)], &memory("wiki"), None);
    let overridden = ("main_override.tf", "resource \"terraform_data\" \"wiki\" {\n  input = {}\n}\n");
    check(&[("main.tf", &plain), overridden], &memory("wiki"), None);
    check(&[("main.tf", &plain.replace("resource", "data"))], &memory("wiki"), None);
    check(&[("main.tf", &plain.replace(", namespace = \"apps\"", ""))], &memory("wiki"), None);
    check(&[("main.tf", &plain.replace("\"apps\"", "var.unknown"))], &memory("wiki"), None);
    let files = &[("main.tf", plain.as_str())];
    for (kind, namespace, name) in [
        (WorkloadKind::StatefulSet, "apps", "wiki"),
        (WorkloadKind::Deployment, "default", "wiki"),
        (WorkloadKind::Deployment, "apps", "wik"),
    ] {
        assert_eq!(found(files, &WorkloadRef::new(kind, namespace, name), &memory("wiki")), None);
    }
    let in_default = plain.replace(", namespace = \"apps\"", "");
    let workload = WorkloadRef::new(WorkloadKind::Deployment, "default", "wiki");
    assert!(found(&[("main.tf", &in_default)], &workload, &memory("wiki")).is_some());
}

#[test]
fn names_may_be_put_together_from_values() {
    let main = object("\"1Mi\"", "locals {\n  env = \"ap\"\n  app = \"wiki\"\n}\n")
        .replace("\"wiki\", namespace = \"apps\"", "local.app, namespace = \"${local.env}ps\"");
    check(&[("main.tf", &main)], &memory("wiki"), Some(("main.tf", 5, "1Mi")));
}
