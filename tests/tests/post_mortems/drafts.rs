//! The drafts of every cause, held to the judges of their kinds.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use lamplighter::Config;
use lamplighter::agents::SevReportWriter;
use lamplighter::core::diagnosis::{Cause, Culprit, Likelihood, RootCause};
use lamplighter::core::words::{Finding, Incident, ObjectRef, Report, Source};

use crate::report;

/// The blocks of a document in this language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str()).skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect()
}

fn on_path(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").unwrap_or_default();
    let tools = PathBuf::from(home).join(".cache/lamplighter/tools/bin");
    let folders: Vec<PathBuf> = std::env::split_paths(&path).chain([tools]).collect();
    programs.iter().find_map(|program| folders.iter().map(|dir| dir.join(program)).find(|file| file.is_file()))
}

/// Lines of evidence with all that a draft can need.
const LINES: [&str; 13] = [
    "exceeded quota: small, requested: requests.cpu=1, used: requests.cpu=10, limited: requests.cpu=10",
    "forbidden: error looking up service account office/clerk: serviceaccount \"clerk\" not found",
    "User \"system:serviceaccount:office:clerk\" cannot list resource \"secrets\" in API group \"\" in the namespace \"office\"",
    "node-a: critical=true:NoSchedule",
    "Scaled down replica set ledger-1 from 3 to 0",
    "service ledger: port 9555, targetPort grpc-api",
    "pods of ledger: grpc:9555/TCP",
    "selector of service ledger: application=ledger",
    "labels of the pods of ledger: app=ledger",
    "TAX_ADDR of container server: tax:7001",
    "service tax has the ports 7000",
    "container server declares port 50051",
    "the other probe of the container speaks gRPC to the same port and succeeds",
];

/// The document of a cause whose evidence shows everything.
fn with_all_shown(cause: Cause, lines: &[&str]) -> String {
    let seen = Finding::new(
        "it fails",
        ObjectRef::namespaced("deployment", "office", "ledger"),
        Source::new("kubernetes api"),
        jiff::Timestamp::UNIX_EPOCH,
    );
    let seen = lines.iter().fold(seen, |seen, line| seen.with_evidence(*line));
    let kind = if cause.code().starts_with("readiness") { "readiness" } else { "liveness" };
    let chain = vec![format!("the HTTP {kind} probe to port 5050 of container server fails")];
    let known = RootCause::new(cause, Culprit::app("office", "ledger"), Likelihood::SHOWN, seen);
    let incident = Incident { causes: vec![RootCause { chain, ..known }], ..Incident::default() };
    SevReportWriter::new().write(&incident).text
}

#[test]
fn drafts_of_terraform_are_parsed_and_formatted_by_it() {
    let Some(terraform) = on_path(&["terraform", "tofu"]) else {
        println!("left out: there is no terraform and no tofu");
        return;
    };
    let folder = tempfile::TempDir::new().unwrap();
    for cause in Cause::ALL {
        // A service is drafted by its selector, or by its port.
        for (part, lines) in [&LINES[..], &LINES[..7]].into_iter().enumerate() {
            for (number, block) in blocks(&with_all_shown(*cause, lines), "hcl").into_iter().enumerate() {
                std::fs::write(folder.path().join(format!("{}-{part}-{number}.tf", cause.code())), block).unwrap();
            }
        }
    }
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(files > 40, "only {files} drafts");
    let output = Command::new(terraform).args(["fmt", "-check", "-diff"]).current_dir(folder.path()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
}

#[test]
fn drafts_of_alerts_are_rules_of_prometheus() {
    let Some(promtool) = on_path(&["promtool"]) else {
        println!("left out: there is no promtool");
        return;
    };
    let mut groups = String::from("groups:\n");
    let mut names = 0;
    for cause in Cause::ALL {
        let text = report(*cause).text;
        let [rule] = blocks(&text, "yaml")[..] else { panic!("{cause} has not one alert") };
        let parsed: serde_json::Value = serde_saphyr::from_str(rule).unwrap();
        assert_eq!(parsed["apiVersion"], "monitoring.coreos.com/v1", "{cause}");
        assert_eq!(parsed["kind"], "PrometheusRule", "{cause}");
        let name = parsed["metadata"]["name"].as_str().unwrap();
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{cause}: {name}");
        let (_, rules) = rule.split_once("  groups:\n").unwrap();
        // Groups of one file have names of their own.
        names += 1;
        for line in rules.lines() {
            let line = line.strip_prefix("  ").unwrap_or(line);
            let line =
                if line.trim_start().starts_with("- name: ") { format!("{line}-{names}") } else { line.to_owned() };
            groups.push_str(&line);
            groups.push('\n');
        }
    }
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("rules.yaml");
    std::fs::File::create(&file).unwrap().write_all(groups.as_bytes()).unwrap();
    let output = Command::new(promtool)
        .args(["check", "rules", "--lint=none"])
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains(&format!("{names} rules found")), "{said}");
}

#[test]
fn a_draft_of_a_monitor_is_one_of_our_configuration() {
    let incident = Incident {
        report: Some(Report { url: Some("https://wiki.example.org/a?b=\"c\"".to_owned()), ..Report::default() }),
        triage: Some(serde_json::from_value(serde_json::json!({
            "health": "down", "severity": "sev2", "reasons": [], "services": ["wiki"], "namespaces": [], "domains": [],
            "window": null, "trigger": "unknown", "nodes": [], "critical_findings": [], "specialists": []
        })).unwrap()),
        ..Incident::default()
    };
    let text = lamplighter::agents::SevReportWriter::new().write(&incident).text;
    let [draft] = blocks(&text, "toml")[..] else { panic!("there is not one monitor:\n{text}") };
    let least =
        "owner = \"ada\"\n[tracker]\nkind = \"files\"\ndir = \"i\"\n[cluster]\nkind = \"snapshot\"\ndir = \"d\"\n";
    let config = Config::parse(&format!("{least}{draft}"), std::iter::empty()).unwrap();
    assert_eq!(config.monitor.len(), 1);
    assert_eq!(config.monitor[0].url, "https://wiki.example.org/a?b=c");
}
