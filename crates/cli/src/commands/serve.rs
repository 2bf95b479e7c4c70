use std::path::Path;
use std::process::ExitCode;

use lamplighter::Config;
use lamplighter::core::{CancellationToken, Mode};
use lamplighter_server::Server;

use crate::output::{BOLD, Output};

/// Where the service listens that is configured to listen nowhere else.
const LISTEN: &str = "127.0.0.1:8080";

pub(crate) async fn run(output: &Output, path: &Path, listen: Option<String>) -> anyhow::Result<ExitCode> {
    let config = Config::load(path, std::env::vars())?;
    let address = listen.or_else(|| config.server.listen.clone()).unwrap_or_else(|| LISTEN.to_owned());
    let mode = config.mode;
    let has_page = config.status.as_ref().is_some_and(|status| status.serve.unwrap_or(true));
    // Before anything else is opened: most who start it twice have it running already.
    let listener = lamplighter_server::listen(&address).await;
    let listener = listener.map_err(|error| error.context("name another address with --listen or server.listen"))?;
    let address = listener.local_addr()?;
    let stop = stop_on_signal()?;
    let server = Server::open(config, |builder| builder).await?;
    output.line(format_args!("{BOLD}listening on http://{address}{BOLD:#}"));
    for (route, what) in [
        ("POST /webhooks/github", "GitHub's messages"),
        ("POST /execute", "jobs, with the API token"),
        ("GET  /jobs/{id}", "how far a job is"),
        ("GET  /health", "whether the process lives"),
        ("GET  /ready", "whether it takes jobs"),
        ("GET  /metrics", "for Prometheus"),
        ("GET  /", "the status page"),
    ] {
        if route == "GET  /" && !has_page {
            continue;
        }
        output.line(format_args!("  {route:<24} {what}"));
    }
    if mode == Mode::DryRun {
        output.line("mode: dry-run, nothing is changed; set mode = \"apply\" to carry changes out");
    }
    output.value(&serde_json::json!({ "listening": address.to_string() }))?;
    server.run(listener, stop).await?;
    output.line("stopped; what was not finished goes on at the next start");
    Ok(ExitCode::SUCCESS)
}

/// Cancelled by the first SIGTERM or Ctrl-C. The second one ends the process where it stands, which loses nothing either.
pub(crate) fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let token = CancellationToken::new();
    let stop = token.clone();
    let mut signals = signals()?;
    tokio::spawn(async move {
        if signals.recv().await.is_some() {
            stop.cancel();
        }
        if signals.recv().await.is_some() {
            std::process::exit(i32::from(crate::args::EXIT_ERROR));
        }
    });
    Ok(token)
}

/// The signals that ask to end, one after the other.
fn signals() -> anyhow::Result<tokio::sync::mpsc::Receiver<()>> {
    let (tell, told) = tokio::sync::mpsc::channel(2);
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if tell.send(()).await.is_err() {
                return;
            }
        }
    });
    Ok(told)
}
