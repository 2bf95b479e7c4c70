//! A draft has the names and values that the evidence shows, or there is none.

use lamplighter_core::diagnosis::{Cause, Culprit};
use lamplighter_core::words::{Incident, ServiceCatalog};

use crate::{incidents, write};

/// The draft of what prevents a cause that rests on these lines, with its place.
fn prevents(cause: Cause, culprit: Culprit, lines: &[&str], steps: &[&str]) -> Option<String> {
    let mut incident = incidents::of(cause, culprit);
    let first = incident.causes.first_mut().unwrap();
    first.evidence.first_mut().unwrap().evidence = lines.iter().map(|&line| line.to_owned()).collect();
    first.chain = steps.iter().map(|&step| step.to_owned()).collect();
    let text = write(&incident).text;
    let section = text.split("### P0").nth(1).unwrap().split("### P1").next().unwrap();
    Some(section.split_once("**Draft")?.1.trim().to_owned())
}

fn ledger() -> Culprit {
    Culprit::app("office", "ledger")
}

/// A cause of a culprit, the lines that it rests on, the steps of its rule, and what the draft has to say.
type Case<'a> = (Cause, Culprit, &'a [&'a str], &'a [&'a str], &'a [&'a str]);

#[test]
fn a_draft_has_what_the_evidence_shows() {
    let refused = "pods \"ledger-1\" is forbidden: exceeded quota: small, requested: requests.cpu=1, used: requests.cpu=10, limited: requests.cpu=10";
    let cases: [Case<'_>; 11] = [
        (
            Cause::NamespaceCpuQuotaExceeded,
            Culprit::namespace("office"),
            &[refused],
            &[],
            &["quota small of office, block spec)", "\"requests.cpu\" = \"11\" # 10 in use and 1 asked for"],
        ),
        (
            Cause::NamespaceServiceQuotaExceeded,
            Culprit::namespace("office"),
            &["quota few: services 11 of 11"],
            &[],
            &["quota few of office", "\"services\" = \"12\""],
        ),
        (
            Cause::MissingServiceAccount,
            ledger(),
            &["forbidden: error looking up service account office/clerk: serviceaccount \"clerk\" not found"],
            &[],
            &["a whole file, for `stacks/office/service-account-clerk.tf:1`", "name      = \"clerk\""],
        ),
        (
            Cause::TaintTolerationMismatch,
            ledger(),
            &["node-a: critical=true:NoSchedule", "node-b: critical=true:NoSchedule"],
            &[],
            &[
                "block spec.template.spec)",
                "  key      = \"critical\"\n  operator = \"Equal\"\n  value    = \"true\"\n",
            ],
        ),
        (
            Cause::DeploymentZeroReplicas,
            ledger(),
            &["Scaled down replica set ledger-1 to 0 from 3"],
            &[],
            &["block spec)", "replicas = 3\n"],
        ),
        (
            Cause::ServicePortMappingMismatch,
            ledger(),
            &["service ledger: port 9555, targetPort grpc-api", "pods of ledger: grpc:9555/TCP"],
            &[],
            &["block spec.port of port 9555)", "\ntarget_port = \"grpc\"\n"],
        ),
        (
            Cause::ServiceProtocolMismatch,
            ledger(),
            &["service ledger: port 6379, protocol UDP", "pods of ledger: 6379/TCP"],
            &[],
            &["block spec.port of port 6379)", "\nprotocol = \"TCP\"\n"],
        ),
        (
            Cause::ServiceSelectorMismatch,
            ledger(),
            &["selector of service ledger: application=ledger", "labels of the pods of ledger: app=ledger"],
            &[],
            &["\nselector = {\n  \"app\" = \"ledger\"\n}\n"],
        ),
        (
            Cause::ServiceEnvVarAddressMismatch,
            ledger(),
            &["TAX_ADDR of container server: tax:7001", "service tax has the ports 7000"],
            &[],
            &["block spec.template.spec.container of server)", "  name  = \"TAX_ADDR\"\n  value = \"tax:7000\"\n"],
        ),
        (
            Cause::LivenessProbeIncorrectPort,
            ledger(),
            &["container server declares port 50051"],
            &["the gRPC liveness probe to port 50052 of container server asks a port on which nothing listens"],
            &["container server, block spec.template.spec.container.liveness_probe.grpc)", "\nport = 50051\n"],
        ),
        (
            Cause::ReadinessProbeIncorrectProtocol,
            ledger(),
            &["the other probe of the container speaks gRPC to the same port and succeeds"],
            &["the HTTP readiness probe to port 5050 of container server speaks another protocol"],
            &["\ngrpc {\n  port = 5050\n}\n"],
        ),
    ];
    for (cause, culprit, lines, steps, expected) in cases {
        let draft = prevents(cause, culprit, lines, steps).unwrap_or_else(|| panic!("{cause} has no draft"));
        for words in expected {
            assert!(draft.contains(words), "{cause}: {words} is not in\n{draft}");
        }
    }
}

#[test]
fn what_was_refused_is_allowed_and_no_more() {
    let line = "configmaps is forbidden: User \"system:serviceaccount:office:clerk\" cannot list resource \"configmaps\" in API group \"\" in the namespace \"office\"";
    let draft = prevents(Cause::AccessForbidden, ledger(), &[line], &[]).unwrap();
    insta::assert_snapshot!(draft);
}

#[test]
fn without_evidence_a_setting_has_no_draft() {
    for cause in Cause::ALL {
        for culprit in [ledger(), Culprit::node("node-a"), Culprit::namespace("office")] {
            assert_eq!(prevents(*cause, culprit, &["it fails"], &[]), None, "{cause}");
        }
    }
}

#[test]
fn values_that_contradict_or_could_leave_their_quotes_make_no_draft() {
    let cases: [(Cause, &[&str]); 4] = [
        (Cause::TaintTolerationMismatch, &["a: one=1:NoSchedule", "b: two=2:NoSchedule"]),
        (Cause::TaintTolerationMismatch, &["a: one\"}${x=1:NoSchedule"]),
        (Cause::ServicePortMappingMismatch, &["service a: port 1, targetPort x", "pods of a: one:1/TCP, two:2/TCP"]),
        (Cause::MissingServiceAccount, &["serviceaccount \"a b\" not found"]),
    ];
    for (cause, lines) in cases {
        assert_eq!(prevents(cause, ledger(), lines, &[]), None, "{cause} {lines:?}");
    }
}

#[test]
fn a_monitor_is_drafted_only_for_an_address_that_is_known() {
    let text = write(&Incident { catalog: ServiceCatalog::default(), report: None, ..incidents::resolved() }).text;
    assert!(!text.contains("[[monitor]]") && !text.contains("example.org"), "{text}");
}
