use std::fmt::Write as _;

use lamplighter::core::words::Health;

use crate::sample::{diagnose, incidents};

/// The promise of the project: the first cause is right in nine of ten incidents, one of the first three in 97 of a
/// hundred, no outage is called healthy and nothing healthy is called broken.
#[tokio::test]
async fn recorded_incidents_are_diagnosed() {
    let (mut judged, mut first, mut among_three) = (0_u32, 0_u32, 0_u32);
    let mut misses = String::new();
    let mut wrong_verdicts = Vec::new();
    let incidents = incidents();
    for incident in &incidents {
        let diagnosis = diagnose(&incident.folder).await;
        match incident.truth.get("faulty").and_then(serde_json::Value::as_bool) {
            Some(true) if diagnosis.verdict == Health::Healthy => wrong_verdicts.push(&incident.id),
            Some(false) if diagnosis.verdict.is_broken() => wrong_verdicts.push(&incident.id),
            _ => {}
        }
        let Some(root_cause) = incident.truth.get("root_cause") else { continue };
        judged += 1;
        let position = diagnosis.causes.iter().position(|cause| incident.is_named_by(cause));
        first += u32::from(position == Some(0));
        among_three += u32::from(position.is_some_and(|position| position < 3));
        if position != Some(0) {
            let named: Vec<_> = diagnosis
                .causes
                .iter()
                .take(3)
                .map(|cause| format!("{} {} {}", cause.culprit, cause.cause, cause.confidence))
                .collect();
            let object = incident.truth.get("fault_object");
            let _ = writeln!(misses, "{} {root_cause} {object:?}: {}", incident.id, named.join(" | "));
        }
    }
    if incidents.is_empty() {
        return;
    }
    println!("{judged} judged, {first} right at first, {among_three} among the first three\n{misses}");
    assert_eq!(wrong_verdicts, Vec::<&String>::new(), "an outage called healthy, or the reverse");
    assert!(first * 100 >= judged * 90, "{first} of {judged} right at first\n{misses}");
    assert!(among_three * 100 >= judged * 97, "{among_three} of {judged} among the first three\n{misses}");
}
