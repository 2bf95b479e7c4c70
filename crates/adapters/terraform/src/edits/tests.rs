use lamplighter_core::words::WorkloadKind;
use proptest::prelude::*;

use super::*;

const STACK: &str = r#"# Größe: ${not} code — "really"
/* block
   comment */
resource "terraform_data" "wiki" {
  input = {
    kind     = "Deployment" // kept
    metadata = { "name" = "wiki", namespace : "apps" }
    spec = {
      replicas = 2 # two
      template = { spec = { containers = [{
        name      = "wiki",
        resources = { limits = { memory =    "128Mi"   } }, # odd spaces
      }] } }
    }
  }
  script = <<-EOT
    memory = "128Mi"
    ${upper("x")} %{ if true }y%{ endif }
  EOT
}

locals { same = "128Mi" }
"#;

const MONITORS: &str = r#"resource "uptimekuma_monitor" "files" {
  name     = "Files"
  url      = "https://files.example.org"
  interval = 60
}

resource "uptimekuma_monitor" "mail" {
  name     = "mail" # the last one
  url      = "https://mail.example.org"
  interval = 30
}
"#;

fn set(from: &str, to: &str) -> StackEdit {
    let knob = Knob::MemoryLimit { container: "wiki".to_owned() };
    let workload = WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki");
    StackEdit::Set { workload, knob, from: from.to_owned(), to: to.to_owned() }
}

fn replicas(to: &str) -> StackEdit {
    let workload = WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki");
    StackEdit::Set { workload, knob: Knob::Replicas, from: "2".to_owned(), to: to.to_owned() }
}

fn monitor(name: &str, url: &str) -> StackEdit {
    StackEdit::AddMonitor(Monitoring { name: name.to_owned(), url: url.to_owned() })
}

/// What the edits make of one file, or why not. `None` where they change nothing.
fn edited(text: &str, edits: &[StackEdit]) -> Result<Option<String>, String> {
    let mut module = Module::of(&[("main.tf", text)]);
    make(&mut module, edits)?;
    Ok(module.edited().pop().map(|file| file.after))
}

fn check(text: &str, edit: StackEdit, expected: &str) {
    assert_eq!(edited(text, &[edit]).unwrap().as_deref(), Some(expected));
}

#[test]
fn exactly_the_literal_is_replaced() {
    check(STACK, set("128Mi", "256Mi"), &STACK.replace("memory =    \"128Mi\"   ", "memory =    \"256Mi\"   "));
    check(STACK, replicas("3"), &STACK.replace("replicas = 2 # two", "replicas = 3 # two"));
    let windows = STACK.replace('\n', "\r\n");
    let expected = windows.replace("memory =    \"128Mi\"   ", "memory =    \"256Mi\"   ");
    check(&windows, set("128Mi", "256Mi"), &expected);
}

#[test]
fn edits_add_up() {
    let all = [set("128Mi", "256Mi"), replicas("3"), set("256Mi", "512Mi")];
    let expected = STACK.replace("memory =    \"128Mi\"", "memory =    \"512Mi\"").replace("= 2 #", "= 3 #");
    assert_eq!(edited(STACK, &all).unwrap(), Some(expected));
    assert_eq!(edited(STACK, &[set("128Mi", "256Mi"), set("256Mi", "128Mi")]).unwrap(), None);
}

#[test]
fn an_edit_that_is_there_already_changes_nothing() {
    assert_eq!(edited(STACK, &[set("64Mi", "128Mi")]).unwrap(), None);
    assert_eq!(edited(MONITORS, &[monitor("mail", "https://mail.example.org")]).unwrap(), None);
}

#[test]
fn an_edit_without_a_place_says_why() {
    for (text, edit, reason) in [
        (
            STACK,
            set("64Mi", "256Mi"),
            "the memory limit of container wiki of deployment apps/wiki is `128Mi` and not `64Mi`",
        ),
        (STACK, replicas("many"), "the replica count of deployment apps/wiki is a number and `many` is none"),
        (
            "",
            set("128Mi", "1Gi"),
            "the memory limit of container wiki of deployment apps/wiki is not set by a plain value of its own here",
        ),
        (STACK, monitor("a", "https://a"), "the stack has no monitor whose shape can be copied"),
        (MONITORS, monitor("", "https://a"), "a monitor needs a name and an address"),
        (MONITORS, monitor("mail", "https://other"), "there is a monitor of that name for another address"),
    ] {
        assert_eq!(edited(text, &[edit]).unwrap_err(), reason);
    }
}

#[test]
fn a_monitor_is_added_in_the_shape_of_the_others() {
    let added = |label: &str, name: &str| {
        format!(
            "{MONITORS}\nresource \"uptimekuma_monitor\" \"{label}\" {{\n  name     = {name} # the last one\n  url      = \"https://new.example.org\"\n  interval = 30\n}}\n"
        )
    };
    for (name, label, written) in [
        ("wiki", "wiki", "\"wiki\""),
        ("Wiki (new)", "wiki_new", "\"Wiki (new)\""),
        ("FILES", "files_2", "\"FILES\""),
        ("9 lives", "monitor_9_lives", "\"9 lives\""),
        ("日本", "monitor", "\"日本\""),
        ("a\" ${x}\n}", "a_x", "\"a\\\" \\u0024{x}\\n}\""),
    ] {
        check(MONITORS, monitor(name, "https://new.example.org"), &added(label, written));
    }
}

#[test]
fn a_monitor_is_added_at_the_end_of_its_file_in_its_line_ends() {
    let windows = MONITORS.trim_end().replace('\n', "\r\n");
    let after = edited(&windows, &[monitor("wiki", "https://wiki")]).unwrap().unwrap();
    let expected = "\r\n\r\nresource \"uptimekuma_monitor\" \"wiki\" {\r\n  name     = \"wiki\" # the last one\r\n  url      = \"https://wiki\"\r\n  interval = 30\r\n}\r\n";
    assert_eq!(after.strip_prefix(windows.as_str()), Some(expected));
}

#[test]
fn monitors_given_as_objects_are_copied_too() {
    let text = "resource \"kubernetes_manifest\" \"m\" {\n  manifest = {\n    kind = \"Monitor\"\n    metadata = { name = \"mail\" }\n    spec = { url = \"https://mail\" }\n  }\n}\n";
    let expected = text.replace("\"m\"", "\"wiki\"").replace("\"mail\"", "\"wiki\"").replace("//mail", "//wiki");
    check(text, monitor("wiki", "https://wiki"), &format!("{text}\n{expected}"));
}

#[test]
fn a_monitor_that_says_more_about_itself_is_not_copied() {
    for more in ["for_each = local.all", "count = 2", "parent = \"mail\"", "check = \"https://mail.example.org\""] {
        let odd = MONITORS.replace("interval = 30", &format!("interval = 30\n  {more}"));
        let after = edited(&odd, &[monitor("wiki", "https://wiki")]).unwrap().unwrap();
        let added = after.strip_prefix(odd.as_str()).unwrap();
        assert!(added.contains("interval = 60") && !added.contains(more), "the other one is copied: {added}");
    }
    let computed = "resource \"uptimekuma_monitor\" \"m\" {\n  name = each.key\n  url  = each.value\n}\n";
    assert!(edited(computed, &[monitor("wiki", "https://wiki")]).is_err());
}

fn hostile() -> impl Strategy<Value = String> {
    let parts = [
        "${",
        "%{",
        "$",
        "%",
        "\"",
        "\\",
        "}",
        "\n",
        "\r\n",
        "]",
        "<<EOT",
        "#",
        "resource \"x\" \"y\" {",
        "a",
        "é",
        "\0",
        "\u{202e}",
    ];
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..12).prop_map(|parts| parts.concat()),
    ]
}

proptest! {
    #[test]
    fn any_value_reads_back_and_nothing_else_changes(to in hostile()) {
        let Some(after) = edited(STACK, &[set("128Mi", &to)]).unwrap() else {
            prop_assert_eq!(to, "128Mi");
            return Ok(());
        };
        let (head, tail) = STACK.split_once("\"128Mi\"   ").unwrap();
        let written = after.strip_prefix(head).and_then(|rest| rest.strip_suffix(&format!("   {tail}")));
        let parsed = hcl_edit::parser::parse_expr(written.unwrap()).unwrap();
        prop_assert_eq!(parsed.as_str(), Some(to.as_str()));
        prop_assert_eq!(edited(&after, &[set(&to, "128Mi")]).unwrap(), Some(STACK.to_owned()));
    }

    #[test]
    fn any_monitor_is_one_more_resource_with_that_name_and_address(name in hostile(), url in hostile()) {
        prop_assume!(!name.trim().is_empty() && !url.trim().is_empty() && !["Files", "mail"].contains(&name.as_str()));
        let after = edited(MONITORS, &[monitor(&name, &url)]).unwrap().unwrap();
        prop_assert!(after.starts_with(MONITORS));
        let body = hcl_edit::parser::parse_body(&after).unwrap();
        prop_assert_eq!(body.len(), 3);
        let added = body.get_blocks("resource").last().unwrap();
        let value = |key: &str| added.body.get_attribute(key).unwrap().value.as_str().unwrap().to_owned();
        prop_assert_eq!((value("name"), value("url")), (name, url));
        prop_assert_eq!(added.body.len(), 3);
        let label = added.labels[1].as_str();
        prop_assert!(label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{}", label);
    }
}
