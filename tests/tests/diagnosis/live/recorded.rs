//! A live cluster in the configuration file, and as a recording.

use std::sync::Arc;

use lamplighter::adapters::Snapshot;
use lamplighter::config::Config;
use lamplighter::core::diagnosis::{Cause, Diagnosis, DiagnosisRequest};
use lamplighter::core::ports::{Alert, Scope};
use lamplighter::{Diagnostics, Options, Sources, record, standalone};

use super::LIBRARY;
use super::history::History;
use super::site::{Place, Site, alert, check, told, usage};

/// One app is short of CPU, and another cannot be pulled.
async fn troubled() -> Option<Site> {
    let spec = LIBRARY.replace("name = \"loans\"", "name = \"loans\"\nfault = { kind = \"image-pull\" }");
    let alter = |history: &mut History, places: &[Place]| {
        for place in places.iter().filter(|place| place.app == "catalog") {
            usage(history, place, (0.05, 0.49), (0.0, 0.6));
        }
        history.requests(("library", "catalog"), (20.0, 20.0), (0.0, 0.0), (20.0, 900.0));
    };
    Site::start(&spec, alter).await
}

fn slow() -> Alert {
    alert("CatalogIsSlow", "catalog", "Half a second and more for a page")
}

fn lines(diagnosis: &Diagnosis) -> Vec<String> {
    diagnosis.causes.iter().map(told).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_file_wires_the_live_sources() {
    let Some(site) = troubled().await else { return };
    site.alertmanager().post(&[slow()]);
    let file = site.dir.path().join("lamplighter.toml");
    let text = format!(
        "owner = \"maria\"\n\
         [tracker]\nkind = \"files\"\ndir = \"issues\"\n\
         [cluster]\nkind = \"kubernetes\"\nkubeconfig = {:?}\n\
         [prometheus]\nurl = {:?}\n[alertmanager]\nurl = {:?}\n",
        site.kubeconfig,
        site.prometheus().url(),
        site.alertmanager().url()
    );
    std::fs::write(&file, text).unwrap();
    let config = Config::load(&file, std::iter::empty()).unwrap();
    let diagnostics = config.diagnostics().await.unwrap();
    let diagnosis = diagnostics.diagnose(&standalone("diagnose"), DiagnosisRequest::default()).await.unwrap();
    check(&diagnosis, Cause::IncorrectImageReference, "app/loans", "deploy", "registry.example.org/loans:1.0");
    let second = &diagnosis.causes[1];
    assert_eq!((second.cause, second.culprit.name()), (Cause::PodCpuOverload, "catalog"), "{:#?}", lines(&diagnosis));
    assert!(format!("{:?}", diagnosis.reports).contains("Half a second and more for a page"));
    assert_eq!(lines(&diagnosis), lines(&site.diagnose().await), "as when it is wired by hand");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_of_a_live_cluster_has_the_same_causes() {
    let Some(site) = troubled().await else { return };
    site.alertmanager().post(&[slow()]);
    let (cx, request) = (standalone("diagnose"), DiagnosisRequest::default());
    let live = site.diagnostics();
    let scene = live.survey(&cx, request.clone()).await.unwrap();
    let seen = live.diagnose_scene(&cx, &request, Arc::clone(&scene)).await.unwrap();
    let folder = record(&scene, &Scope::everything(), &site.dir.path().join("recording")).unwrap();

    let snapshot = Arc::new(Snapshot::open(&folder).unwrap());
    let sources = Sources::new(snapshot.clone())
        .with_logs(snapshot.clone())
        .with_metrics(snapshot.clone())
        .with_monitors(snapshot.clone())
        .with_topology(snapshot.clone())
        .with_units(snapshot.clone())
        .with_manifests(snapshot);
    let recorded = Diagnostics::new(sources, &Options::default()).diagnose(&cx, request).await.unwrap();
    assert!(seen.causes.len() >= 2, "{:#?}", lines(&seen));
    assert_eq!(lines(&recorded), lines(&seen));
    assert_eq!((recorded.verdict, recorded.severity), (seen.verdict, seen.severity));
    let alerts = |diagnosis: &Diagnosis| format!("{:?}", diagnosis.reports).contains("alert CatalogIsSlow fires");
    assert!(alerts(&seen) && alerts(&recorded));
}
