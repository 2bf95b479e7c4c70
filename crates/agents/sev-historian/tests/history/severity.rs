use lamplighter_core::words::Severity::{self, Sev1, Sev2, Sev3};

use crate::archive::{document, index};

#[test]
fn the_severity_that_is_claimed_is_held_against_what_is_told() {
    let cases: [(&str, &str, Severity, Option<Severity>); 8] = [
        ("wiki", "The wiki was down for an hour.", Sev3, Some(Sev2)),
        ("wiki", "The wiki was down for an hour.", Sev2, None),
        ("coredns", "No name resolved: DNS was down.", Sev2, Some(Sev1)),
        ("keycloak", "Sign-in was slow for some users.", Sev1, Some(Sev2)),
        ("mail", "Some letters were delayed, and data was lost for good.", Sev3, Some(Sev1)),
        ("mail", "Mail was down. Data loss: none.", Sev2, None),
        ("report", "Reports were late. There was no user impact.", Sev1, Some(Sev3)),
        ("wiki", "All users were locked out during the complete outage.", Sev2, Some(Sev1)),
    ];
    for (service, summary, claimed, ruled) in cases {
        let text = format!(
            "# {service} on a bad day\n\n**Date:** 2026-01-02\n**Severity:** {claimed}\n**Affected Services:** {service}\n\n## Summary\n\n{summary}\n"
        );
        let stats = index(&[document("2026-01-02-a.md", &text)]).stats();
        let found: Vec<_> = stats.disagreements.iter().map(|one| (one.claimed, one.ruled)).collect();
        let expected: Vec<_> = ruled.map(|ruled| (claimed, ruled)).into_iter().collect();
        assert_eq!(found, expected, "{summary}");
        assert!(stats.disagreements.iter().all(|one| !one.reasons.is_empty()));
    }
}

#[test]
fn an_archive_is_counted() {
    let stats = index(&crate::archive::reports("shop")).stats();
    assert_eq!((stats.incidents, stats.other_documents), (30, 2));
    assert_eq!(stats.by_month.values().sum::<usize>(), 30);
    assert_eq!(stats.by_severity.values().sum::<usize>(), 30);
    let certificates: usize =
        ["certificate", "certificate_expired"].iter().filter_map(|code| stats.by_cause.get(*code)).sum();
    assert_eq!(certificates, 3, "{:?}", stats.by_cause);
    assert!(stats.by_service.get("basket").is_some_and(|count| *count >= 3), "{:?}", stats.by_service);
    assert!(stats.open_items > 5);
}
