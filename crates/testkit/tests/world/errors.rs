//! What the API refuses.

use reqwest::Method;

use crate::visit::{TOWN, Visit, number, text};

#[tokio::test]
async fn errors_are_statuses() {
    let visit = Visit::to(TOWN);
    for (method, path, code, reason) in [
        (Method::GET, "/api/v1/namespaces/apps/pods/nope", 404, "NotFound"),
        (Method::GET, "/api/v1/namespaces/apps/pods/nope/log", 404, "NotFound"),
        (Method::DELETE, "/api/v1/namespaces/apps/pods/nope", 404, "NotFound"),
        (Method::GET, "/apis/apps/v1/namespaces/apps/deployments/nope/scale", 404, "NotFound"),
        (Method::GET, "/api/v1/podtemplates", 404, "NotFound"),
        (Method::GET, "/nothing/here", 404, "NotFound"),
        (Method::POST, "/api/v1/namespaces/apps/pods", 405, "MethodNotAllowed"),
        (Method::DELETE, "/apis/apps/v1/namespaces/apps/deployments/wiki", 405, "MethodNotAllowed"),
        (Method::DELETE, "/api/v1/namespaces/data/persistentvolumeclaims/db-data", 405, "MethodNotAllowed"),
        (Method::GET, "/api/v1/pods?watch=true", 405, "MethodNotAllowed"),
        (Method::GET, "/api/v1/pods?limit=many", 400, "BadRequest"),
    ] {
        let answer = visit.answer(visit.request(method.clone(), path)).await;
        assert_eq!((answer.code, text(&answer.body, "/reason")), (code, reason), "{method} {path}");
        assert_eq!((text(&answer.body, "/kind"), number(&answer.body, "/code")), ("Status", u64::from(code)));
        assert!(!text(&answer.body, "/message").is_empty());
    }
}

#[tokio::test]
async fn nobody_gets_in_without_the_token() {
    let visit = Visit::to(TOWN);
    for token in [None, Some(""), Some("wrong")] {
        for path in ["/version", "/api/v1/pods", "/nothing/here"] {
            let request = visit.http.get(format!("{}{path}", visit.world.url()));
            let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
            let answer = visit.answer(request).await;
            assert_eq!((answer.code, text(&answer.body, "/reason")), (401, "Unauthorized"), "{token:?} {path}");
        }
    }
}

#[tokio::test]
async fn a_denied_verb_is_forbidden_and_says_what_is_missing() {
    let visit = Visit::to(TOWN);
    visit.world.deny("list", "events");
    visit.world.deny("*", "pods/log");
    let events = visit.answer(visit.request(Method::GET, "/api/v1/events")).await;
    assert_eq!((events.code, text(&events.body, "/reason")), (403, "Forbidden"));
    assert_eq!(
        text(&events.body, "/message"),
        "events is forbidden: User \"system:serviceaccount:lamplighter:lamplighter\" cannot list resource \
         \"events\" in API group \"\" at the cluster scope"
    );
    let pod = visit.pod("apps", "wiki").await;
    let log = visit.log(&pod, "").await;
    assert_eq!(log.code, 403);
    assert!(text(&log.body, "/message").contains("resource \"pods/log\" in API group \"\" in the namespace \"apps\""));
    visit.world.permit_everything();
    assert_eq!(visit.log(&pod, "").await.code, 200);
}
