mod completions;
mod config;
mod demo;
mod diagnose;
mod graph;
mod guard;
mod health;
mod history;
mod post_mortem;
mod record;
mod respond;
mod serve;
mod site;
mod sources;
mod status;
mod steps;
mod todos;
mod triage;

use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) use history::HistoryCommand;
pub(crate) use site::SiteArgs;
pub(crate) use status::StatusCommand;

use crate::args::{Args, Command, ConfigCommand};
use crate::output::Output;

/// Runs a command; the code is its answer.
pub(crate) async fn run(args: Args, output: &Output) -> anyhow::Result<ExitCode> {
    // A file that was named has to be there: to go on with other rules than those that were meant is no service.
    if let Some(path) = args.config.as_deref().filter(|path| !path.exists()) {
        anyhow::bail!("there is no configuration file {}", path.display());
    }
    let config = args.config.unwrap_or_else(|| PathBuf::from("lamplighter.toml"));
    match args.command {
        Command::Demo { scenario, serve, keep } => demo::run(output, scenario.as_deref(), serve, keep).await,
        Command::Respond { issue, cluster, again } => respond::run(output, &config, &issue, cluster, again).await,
        Command::Serve { listen } => Box::pin(serve::run(output, &config, listen)).await,
        Command::Health { cluster, quiet, fix, file_issues } => {
            health::run(output, &config, cluster, health::Wanted { quiet, fix, file_issues }).await
        }
        Command::Triage { cluster, service } => triage::run(output, &config, cluster, service).await,
        Command::Diagnose { look, service, at } => diagnose::run(output, &config, look, service, at).await,
        Command::PostMortem { issue, since, until, dump, archive, out } => {
            let wanted = post_mortem::Wanted { issue, since, until, dump, archive, out };
            post_mortem::run(output, &config, wanted).await
        }
        Command::Record { dir, cluster } => record::run(output, &config, &dir, cluster).await,
        Command::Graph { look, output: file } => graph::run(output, &config, look, &file).await,
        Command::Guard { plan, stack } => guard::run(output, &config, &plan, &stack).await,
        Command::History { command } => history::run(output, &config, command).await,
        Command::Site(site) => site::run(output, site).await,
        Command::Status { command } => Box::pin(status::run(output, &config, command)).await,
        Command::Todos { files, resolve: true } => todos::resolve(output, &config, &files).await,
        Command::Todos { files, resolve: false } => todos::run(output, &files),
        Command::Config { command: ConfigCommand::Check } => config::check(output, &config).await,
        Command::Completions { shell } => Ok(completions::run(output, shell)),
    }
}
