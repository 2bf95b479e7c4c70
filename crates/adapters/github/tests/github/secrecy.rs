//! A token appears nowhere: in no error, no debug output, no line of a log.

use std::io::Write;
use std::sync::{Arc, Mutex};

use lamplighter_core::Error;
use lamplighter_core::ports::{IssueReader, IssueWriter};
use lamplighter_core::words::Login;
use lamplighter_testkit::world::{Disruption, GithubWorld};
use tracing_subscriber::fmt::MakeWriter;

use crate::visit::{TOKEN, Visit, token};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("a lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// All that an error says, and all that its sources say.
fn everything(error: &Error) -> Vec<String> {
    let mut shown = vec![format!("{error} {error:?} {} {}", error.chain(), error.public_message())];
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        shown.push(format!("{error} {error:?}"));
        source = error.source();
    }
    shown
}

#[tokio::test]
async fn no_token_and_no_key_is_ever_shown() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(tracing::Level::TRACE).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut shown = Vec::new();
    let visit = Visit::by_token();
    let (by_app, app) = Visit::by_app();
    for visit in [&visit, &by_app] {
        let number = visit.open();
        let requests = [
            Disruption::status(401).times(2),
            Disruption::status(403),
            Disruption::status(404),
            Disruption::status(500).times(9),
            Disruption::status(502).times(9),
            Disruption::reset().times(9),
            Disruption::truncate().times(9),
        ];
        for failure in requests {
            visit.world.disrupt(failure);
            if let Err(error) = visit.issues.comment(number, "ack", "looking").await {
                shown.extend(everything(&error));
            }
            if let Err(error) = visit.issues.permission(&Login::new("maria")).await {
                shown.extend(everything(&error));
            }
            visit.world.calm();
        }
        visit.issues.comment(number, "ack", "looking").await.expect("all is well again");
        shown.push(format!("{:?} {:?}", visit.issues, visit.world));
    }
    let broken = Visit::with(GithubWorld::start, |_| token(&format!("{TOKEN}\nx: y")), |settings| settings);
    let number = broken.open();
    let error = broken.issues.issue(number).await.expect_err("a token that is none");
    shown.extend(everything(&error));

    shown.push(String::from_utf8_lossy(&log.0.lock().expect("a lock")).into_owned());
    let shown = shown.join("\n");
    assert!(shown.contains("503") || shown.contains("500"), "something was logged");
    assert!(shown.lines().count() > 50, "{shown}");
    let installation: Vec<String> = by_app
        .world
        .exchanges()
        .iter()
        .map(|one| one.answer.clone())
        .filter_map(|answer| {
            let answer: serde_json::Value = serde_json::from_slice(&answer).ok()?;
            answer["token"].as_str().map(str::to_owned)
        })
        .collect();
    assert!(!installation.is_empty());
    let key_line = app.private_key.lines().nth(3).expect("a line of the key");
    for secret in installation.iter().map(String::as_str).chain([TOKEN, key_line, "eyJ"]) {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}

#[tokio::test]
async fn a_public_message_names_no_host_no_path_and_no_repository() {
    let visit = Visit::by_token();
    let number = visit.open();
    for status in [401, 403, 404, 422, 429, 500] {
        visit.world.disrupt(Disruption::status(status).times(9).on("GET", "/issues"));
        let result = visit.issues.issue(number).await;
        visit.world.calm();
        if let Err(error) = result {
            for word in ["127.0.0.1", "repos", "infra", "home", "http"] {
                assert!(!error.public_message().contains(word), "{}", error.public_message());
            }
        }
    }
}
