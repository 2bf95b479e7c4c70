//! No secret in anything that is shown: logs of every library, errors, debug output.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};

use lamplighter_core::Error;
use lamplighter_core::ports::Secrets;
use lamplighter_testkit::world::vault::{PolicyRule, SecretIdRules, TokenRules, VaultFault};
use lamplighter_vault::{VaultLogin, VaultSecrets};
use secrecy::ExposeSecret;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::support::{JWT, PASSWORD, Town, assert_reads, password, path};

/// Everything that was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    fn add(&self, text: &str) {
        self.0.lock().unwrap().extend_from_slice(text.as_bytes());
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// For libraries that log without tracing.
struct OldLog(OnceLock<Written>);

impl log::Log for OldLog {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if let Some(written) = self.0.get() {
            written.add(&format!("{} {}\n", record.target(), record.args()));
        }
    }

    fn flush(&self) {}
}

static OLD_LOG: OldLog = OldLog(OnceLock::new());

fn listen() -> (Written, tracing::subscriber::DefaultGuard) {
    let written = Written::default();
    OLD_LOG.0.set(written.clone()).ok().unwrap();
    log::set_logger(&OLD_LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(written.clone())
        .finish();
    (written, tracing::subscriber::set_default(subscriber))
}

/// Everything that an error can be shown as.
fn show(written: &Written, error: &Error) {
    written.add(&format!("{error} {error:?} {error:#?} {} {}\n", error.chain(), error.public_message()));
}

async fn visit(written: &Written, secrets: &VaultSecrets) {
    written.add(&format!("{secrets:?} {secrets:#?}\n"));
    for (where_it_is, field) in [("wiki/db", "password"), ("wiki/db", "no"), ("wiki/no", "no"), ("shop/db", "no")] {
        if let Err(error) = secrets.get(&path(where_it_is, field)).await {
            show(written, &error);
        }
    }
}

fn faults() -> [VaultFault; 11] {
    [
        VaultFault::status(400),
        VaultFault::status(403),
        VaultFault::status(404),
        VaultFault::status(500),
        VaultFault::status(503),
        VaultFault::reset(),
        VaultFault::empty(),
        VaultFault::not_json(),
        VaultFault::wrong_shape(),
        VaultFault::zero_lease(),
        VaultFault::huge(5 << 20),
    ]
}

#[tokio::test]
async fn nothing_secret_is_in_a_log_an_error_or_debug_output() {
    let (written, _listening) = listen();
    let town = Town::new();
    town.vault.put_json("secret", "wiki/odd", serde_json::json!({ "no": [PASSWORD] }).as_object().unwrap().clone());
    let rules = TokenRules::new(&["wiki"]);
    let approle = town.approle(rules.clone(), SecretIdRules::default());
    let VaultLogin::AppRole { role_id, secret_id, .. } = approle.clone() else { panic!("an AppRole") };
    let given = VaultLogin::Token(town.vault.token(rules));
    for login in [town.kubernetes(), approle, given] {
        let settings = town.settings(login).with_patience(std::time::Duration::from_mins(1));
        written.add(&format!("{settings:?} {settings:#?}\n"));
        let secrets = town.secrets_with(settings.clone());
        visit(&written, &secrets).await;
        show(&written, &secrets.get(&path("wiki/odd", "no")).await.unwrap_err());
        for fault in faults() {
            // On a new login, on a renewal, and on a read.
            for on in ["/auth/", "/data/"] {
                for method in ["GET", "POST"] {
                    town.vault.fault(fault.clone().lasting().on(method, on));
                }
                visit(&written, &secrets).await;
                visit(&written, &town.secrets_with(settings.clone())).await;
                town.vault.heal();
            }
        }
        town.vault.set_policy("default", [PolicyRule::deny("auth/token/*")]);
        town.clock.advance(std::time::Duration::from_mins(45));
        visit(&written, &secrets).await;
        town.vault.set_policy("default", [PolicyRule::new("auth/token/*", &["read", "update"])]);
    }
    assert_reads(password(&town.secrets()).await);
    std::fs::write(town.jwt_path(), format!("forged.{JWT}")).unwrap();
    visit(&written, &town.secrets()).await;

    let text = written.text();
    for library in ["hyper_util", "reqwest", "rustify", "lamplighter_vault", "logged in to vault"] {
        assert!(text.contains(library), "nothing is heard of {library}");
    }
    for secret in [JWT, PASSWORD, "CAES", &role_id, secret_id.expose_secret()] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is shown");
    }
}
