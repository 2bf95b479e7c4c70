use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{Cause, Examination, LogBook, Rule, Scene};

use crate::apps::said;
use crate::wording::any_of;

/// How servers refuse those who do not say who they are, or say it wrongly (RFC 9110, 401; RFC 6749, section 5.2; RFC
/// 6750, section 3.1).
const REFUSED: &[&str] = &[
    "401 unauthorized",
    "status code 401",
    "statuscode: 401",
    "http 401",
    "invalid_grant",
    "invalid_client",
    "invalid_token",
    "invalid token",
    "token has expired",
    "token is expired",
    "jwt expired",
    "expired token",
    "signature verification failed",
    "bad credentials",
    "invalid credentials",
    "authentication failed",
    "unauthenticated desc",
    "the server has asked for the client to provide credentials",
];

/// Tells who is refused for not saying who it is. Names no cause: whether a password is wrong, a token old or a stranger
/// at the door, the words do not tell, and for databases another specialist knows more.
pub(super) struct RefusedLogin;

impl Rule for RefusedLogin {
    fn name(&self) -> &'static str {
        "refused-login"
    }

    fn causes(&self) -> &'static [Cause] {
        &[]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let mut known = BTreeSet::new();
        for line in scene.logs.seen().into_iter().flat_map(LogBook::all) {
            if any_of(&line.text.to_ascii_lowercase(), REFUSED) && known.insert(line.app) {
                let (namespace, app) = line.app;
                examination.find(said(scene, format!("A login is refused, {namespace}/{app} says"), &line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_testkit::objects::{cluster, deployment};
    use lamplighter_testkit::scene::scene;

    use super::*;

    fn found(line: &str) -> usize {
        let scene = scene(cluster().workload(deployment("apps", "wiki"))).said("apps", "wiki", &[line, line]).build();
        let mut examination = Examination::default();
        RefusedLogin.examine(&scene, &mut examination);
        assert!(examination.causes().is_empty());
        let told = crate::Security::new().examine(&scene).findings;
        assert!(examination.findings().iter().all(|finding| told.contains(finding)), "the specialist does not tell");
        examination.findings().len()
    }

    #[test]
    fn refusals_are_told_once_for_each_app() {
        for line in
            ["GET /me: 401 Unauthorized", "oauth2: \"invalid_grant\" \"Token is not active\"", "JWT expired at 12:00"]
        {
            assert_eq!(found(line), 1, "{line}");
        }
        assert_eq!(found("user ann has logged in"), 0);
    }
}
