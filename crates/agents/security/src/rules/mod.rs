//! The rules, one file each.

mod forbidden_access;
mod missing_account;
mod refused_certificate;
mod refused_login;
mod sealed_store;
mod short_lived_certificate;

use lamplighter_core::diagnosis::Rule;

/// All of them.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(missing_account::MissingAccount),
        Box::new(forbidden_access::ForbiddenAccess),
        Box::new(refused_certificate::RefusedCertificate),
        Box::new(short_lived_certificate::ShortLivedCertificate),
        Box::new(sealed_store::SealedStore),
        Box::new(refused_login::RefusedLogin),
    ]
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use lamplighter_core::diagnosis::{Examination, Rule, Scene};
    use lamplighter_testkit::objects::{cluster, daemon_set, deployment, node, service, stateful_set};
    use lamplighter_testkit::scene::scene;

    use super::rules;

    /// Asserts what a rule names: code, culprit and likelihood.
    pub(crate) fn check_named(rule: &dyn Rule, scene: &Scene, expected: &[(&str, &str, f64)]) {
        let mut examination = Examination::default();
        rule.examine(scene, &mut examination);
        let named = examination.causes().iter();
        let named: Vec<_> = named.map(|it| (it.cause.code(), it.culprit.to_string(), it.confidence.get())).collect();
        let expected: Vec<_> = expected.iter().map(|(code, at, sure)| (*code, (*at).to_owned(), *sure)).collect();
        assert_eq!(named, expected);
        for cause in examination.causes() {
            assert!(!cause.evidence.is_empty() && !cause.chain.is_empty(), "{cause:?}");
            assert!(rule.causes().contains(&cause.cause), "{cause:?}");
        }
        let all = rules();
        assert!(all.iter().any(|listed| listed.name() == rule.name()), "{} is not among the rules", rule.name());
    }

    /// Asserts that a rule names nothing.
    pub(crate) fn check_healthy(rule: &dyn Rule, scene: &Scene) {
        check_named(rule, scene, &[]);
    }

    #[test]
    fn a_healthy_cluster_has_no_causes() {
        let state = cluster()
            .node(node("n1"))
            .workload(deployment("apps", "wiki").replicas(3))
            .workload(stateful_set("apps", "store").replicas(2))
            .workload(daemon_set("system", "agent"))
            .service(service("apps", "wiki"));
        let report = crate::Security::new().examine(&scene(state).call("wiki", "store").build());
        assert_eq!((report.causes, report.findings, report.gaps), (Vec::new(), Vec::new(), Vec::new()));
    }

    #[test]
    fn names_are_unique() {
        let all = rules();
        let names: BTreeSet<_> = all.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), all.len());
    }
}
