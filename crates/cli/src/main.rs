//! The `lamplighter` command: parse, wire, run.

mod args;
mod commands;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;
use crate::output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    log_to_stderr();
    let output = Output::new(args.json);
    let ended = commands::run(args, &output).await;
    match ended.and_then(|code| output.finish().map(|()| code)) {
        Ok(code) => code,
        Err(error) => {
            output.failure(&error);
            let is_usage = error.is::<args::CalledWrongly>();
            ExitCode::from(if is_usage { args::EXIT_USAGE } else { args::EXIT_ERROR })
        }
    }
}

/// Logs are for operators and off unless asked for: `LAMPLIGHTER_LOG=info`.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("LAMPLIGHTER_LOG");
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
