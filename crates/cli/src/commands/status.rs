use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use lamplighter::adapters::FolderPublisher;
use lamplighter::core::words::status::{OverallState, ServiceState, SourceState, Status, source_title};
use lamplighter::{Config, Lamplighter, PublishedTo, StatusSite};
use lamplighter_server::StatusKeeper;

use crate::args::EXIT_ERROR;
use crate::output::{BOLD, DIM, GREEN, Output, RED, YELLOW};
use crate::progress::Progress;

/// Where a preview is answered that is told nowhere else.
const PORT: u16 = 8090;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum StatusCommand {
    /// Look once and write the page into a folder. Files in it that are not of the page are left alone.
    ///
    /// The exit code is 3 where no source could be read at all, or the folder not be written; the page is written in the
    /// first case, and says so.
    Build {
        /// The folder.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Look once and publish the page to the configured places. Where nothing has changed nothing is written or pushed.
    ///
    /// The exit code is 3 where no source could be read at all, or a place not be published to; the page is published in the
    /// first case, and says so.
    Publish,
    /// Answer with the page on this machine alone, looking again as often as is configured, and publish nothing.
    Preview {
        /// The port; 0 takes any that is free.
        #[arg(long, default_value_t = PORT)]
        port: u16,
    },
}

pub(crate) async fn run(output: &Output, path: &Path, command: StatusCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(path, std::env::vars())?;
    check(&config)?;
    let site = match config.status_site()? {
        Some(site) => site,
        // What is built or looked at needs no place of its own.
        None if !matches!(command, StatusCommand::Publish) => {
            StatusSite::new(lamplighter::StatusPageSettings::default())
        }
        None => bail!("there is no [status] in {}: add one with dir or branch, or use `status build`", path.display()),
    };
    if matches!(command, StatusCommand::Publish) && site.places().next().is_none() {
        bail!("[status] names no place to publish to: set status.dir, or status.branch with a remote");
    }
    let lamplighter = Arc::new(config.wire_for_status().await?.build()?);
    match command {
        StatusCommand::Build { out } => {
            let name = format!("folder {}", out.display());
            let publisher = Arc::new(FolderPublisher::new(out));
            let site = StatusSite::new(site.settings().clone()).published_to(name, publisher);
            once(output, &lamplighter, &site).await
        }
        StatusCommand::Publish => once(output, &lamplighter, &site).await,
        StatusCommand::Preview { port } => {
            let listener = lamplighter_server::listen(&format!("{}:{port}", Ipv4Addr::LOCALHOST)).await;
            let listener = listener.map_err(|error| error.context("name another port with --port"))?;
            let site = StatusSite::new(site.settings().clone());
            let every = config.status.clone().unwrap_or_default().refresh();
            let keeper = StatusKeeper::new(lamplighter.clone(), site, every);
            let status = {
                let _progress = Progress::start("looking");
                let _lease = lamplighter.status_lease().await?;
                keeper.refresh().await?
            };
            print(output, &status);
            print_remarks(&lamplighter).await?;
            output.line(format_args!("{BOLD}http://{}/{BOLD:#}  until Ctrl-C", listener.local_addr()?));
            output.value(&status)?;
            let stop = super::serve::stop_on_signal()?;
            lamplighter_server::preview(listener, &keeper, stop).await;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What a page needs to show anything.
fn check(config: &Config) -> anyhow::Result<()> {
    if config.monitor.is_empty() && config.uptime_kuma.is_none() && config.service.is_empty() {
        bail!("there is nothing to show: add a [[monitor]] with name and url, [uptime_kuma], or a [[service]]");
    }
    Ok(())
}

/// Looks once and publishes to all places.
async fn once(output: &Output, lamplighter: &Lamplighter, site: &StatusSite) -> anyhow::Result<ExitCode> {
    let _lease = lamplighter.status_lease().await?;
    let (status, published) = {
        let _progress = Progress::start("looking");
        let status = lamplighter.status().await?;
        let published = site.publish(&status).await;
        (status, published)
    };
    lamplighter.settle_status().await?;
    print(output, &status);
    print_remarks(lamplighter).await?;
    let is_published = published.iter().all(|to| to.outcome.is_ok());
    for to in published {
        print_place(output, to);
    }
    output.value(&status)?;
    let is_blind = sees_nothing(&status);
    if is_blind {
        Output::note("no source could be read, so that nothing is known of any service; the page says so");
    }
    Ok(if is_published && !is_blind { ExitCode::SUCCESS } else { ExitCode::from(EXIT_ERROR) })
}

/// Whether nothing that looks at services could be read.
fn sees_nothing(status: &Status) -> bool {
    let mut watching = status.sources.iter().filter(|source| source.is_watching());
    watching.all(|source| source.state != SourceState::Reached)
}

fn print(output: &Output, status: &Status) {
    let style = match status.state {
        OverallState::Operational => GREEN,
        OverallState::Maintenance | OverallState::Unknown | OverallState::Degraded => YELLOW,
        OverallState::PartialOutage | OverallState::MajorOutage => RED,
    };
    let services: Vec<_> = status.services().collect();
    let up = services.iter().filter(|service| service.state == ServiceState::Up).count();
    let count = services.len();
    let at = status.generated_at;
    if count > 0 {
        output.line(format_args!("{style}{up} of {count} services are up{style:#}, seen {at}"));
    } else if status.sources.iter().any(|source| source.tells_services() && source.state != SourceState::Reached) {
        output.line(format_args!("{style}which services there are is not known{style:#}, {at}"));
    } else {
        output.line(format_args!(
            "{style}nothing is watched{style:#}, {at}: add a [[monitor]] with name and url, monitors to Uptime Kuma's \
             status page, or a [[service]]"
        ));
    }
    for service in services.iter().filter(|service| service.state != ServiceState::Up) {
        let note = service.note.as_deref().unwrap_or_default();
        output.line(format_args!("  {:<12} {}  {DIM}{note}{DIM:#}", service.state.as_str(), service.name));
    }
    for source in &status.sources {
        if let Some(reason) = &source.reason {
            output.line(format_args!("  {YELLOW}{}{YELLOW:#}: {reason}", source_title(&source.name)));
        }
    }
}

/// What the page does not tell everybody, on standard error.
async fn print_remarks(lamplighter: &Lamplighter) -> anyhow::Result<()> {
    for remark in lamplighter.status_remarks().await? {
        Output::note(&remark);
    }
    Ok(())
}

fn print_place(output: &Output, PublishedTo { place, outcome }: PublishedTo) {
    match outcome {
        Ok(published) if published.is_unchanged() => {
            output.line(format_args!("{GREEN}ok{GREEN:#}  {place}: nothing had changed, nothing was written"));
        }
        Ok(published) => output.line(format_args!(
            "{GREEN}ok{GREEN:#}  {place}: {} files written, {} removed",
            published.written.len(),
            published.removed.len(),
        )),
        Err(error) => Output::failed(&format!("{place}: {}", error.chain())),
    }
}
