//! The rules, one file each.

mod exceeded_quota;

use lamplighter_core::diagnosis::Rule;

/// All of them.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    vec![Box::new(exceeded_quota::ExceededQuota)]
}

#[cfg(test)]
pub(crate) mod tests {
    use lamplighter_core::diagnosis::{Examination, Rule, Scene};

    /// Asserts what a rule names: code, culprit and likelihood.
    pub(crate) fn check_named(rule: &dyn Rule, scene: &Scene, expected: &[(&str, &str, f64)]) {
        let mut examination = Examination::default();
        rule.examine(scene, &mut examination);
        let named =
            examination.causes().iter().map(|it| (it.cause.code(), it.culprit.to_string(), it.confidence.get()));
        let named: Vec<_> = named.collect();
        let expected: Vec<_> = expected.iter().map(|(code, at, sure)| (*code, (*at).to_owned(), *sure)).collect();
        assert_eq!(named, expected);
        for cause in examination.causes() {
            assert!(!cause.evidence.is_empty() && !cause.chain.is_empty(), "{cause:?}");
            assert!(rule.causes().contains(&cause.cause), "{cause:?}");
        }
    }

    /// Asserts that a rule names nothing.
    pub(crate) fn check_healthy(rule: &dyn Rule, scene: &Scene) {
        check_named(rule, scene, &[]);
    }
}
