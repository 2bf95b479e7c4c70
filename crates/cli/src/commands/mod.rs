mod completions;
mod config;
mod demo;
mod guard;
mod health;
mod respond;
mod sources;
mod steps;
mod triage;

use std::process::ExitCode;

use crate::args::{Args, Command, ConfigCommand};
use crate::output::Output;

/// Runs a command; the code is its answer.
pub(crate) async fn run(args: Args, output: &Output) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Demo { scenario, keep } => demo::run(output, scenario.as_deref(), keep).await,
        Command::Respond { issue, cluster } => respond::run(output, &args.config, &issue, cluster).await,
        Command::Health { cluster, quiet } => health::run(output, &args.config, cluster, quiet).await,
        Command::Triage { cluster, service } => triage::run(output, &args.config, cluster, service).await,
        Command::Guard { plan, stack } => guard::run(output, &args.config, &plan, &stack).await,
        Command::Config { command: ConfigCommand::Check } => config::check(output, &args.config).await,
        Command::Completions { shell } => Ok(completions::run(shell)),
    }
}
