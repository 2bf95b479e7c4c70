use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::commands::{HistoryCommand, SiteArgs, StatusCommand};

/// The exit code when a command could not do its work.
pub(crate) const EXIT_ERROR: u8 = 3;

/// The exit code of a command that was called wrongly, as clap has it.
pub(crate) const EXIT_USAGE: u8 = 2;

/// What was wrong with how a command was called, where that is seen only when it runs.
#[derive(Debug)]
pub(crate) struct CalledWrongly(pub(crate) &'static str);

impl std::fmt::Display for CalledWrongly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for CalledWrongly {}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; for health: healthy; for guard: allowed; for demo: every scenario ended as expected
  1  for health: warnings, or something that is there could not be checked; for guard: refused;
     for demo: a scenario ended otherwise
  2  for health: failures; for any command: it was called wrongly
  3  the command could not do its work; the error says what to do; for status build and publish:
     no source could be read, or the page not be brought to a place";

/// Answers infrastructure issues: checks whether the service is really down, fixes what is safe through
/// Terraform, and hands the rest to a person with what it found.
#[derive(Debug, Parser)]
#[command(name = "lamplighter", version, after_help = EXIT_CODES, max_term_width = 110)]
pub(crate) struct Args {
    /// Print one JSON value on standard output instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// The configuration file [default: lamplighter.toml].
    #[arg(long, global = true, value_name = "FILE", env = "LAMPLIGHTER_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play the scenarios against real Terraform, git and SQLite and a simulated cluster over HTTP.
    Demo {
        /// Only this scenario.
        #[arg(long, value_name = "NAME")]
        scenario: Option<String>,
        /// Over webhooks: each issue is filed on a played GitHub, and a running service with a played Vault answers it.
        #[arg(long)]
        serve: bool,
        /// Where to leave each scenario's conversation, git history and audit log [default: a new folder].
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
    },
    /// Answer an issue: a number on the configured tracker, or the file of a GitHub webhook payload.
    ///
    /// An issue is answered once: called again, an interrupted run goes on where it was, and one that is finished
    /// gives the same answer.
    Respond {
        /// The issue's number, or the path of a payload.
        issue: String,
        /// A cluster dump to look at instead of the configured cluster. Nothing is changed then.
        #[arg(long, value_name = "DIR")]
        cluster: Option<PathBuf>,
        /// Answer it anew although it was answered: it was reopened, or the author is vouched for by now.
        #[arg(long)]
        again: bool,
    },
    /// Run as a service: take GitHub's webhooks and jobs over HTTP, and answer the issues that they are about.
    ///
    /// Stops in order on SIGTERM and on Ctrl-C. What it is in the middle of goes on when it is started again.
    Serve {
        /// The address to listen on, instead of the configured one [default: 127.0.0.1:8080].
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
    },
    /// Scan the cluster: named checks with their evidence. Reads only, unless told to fix or to file.
    Health {
        #[command(flatten)]
        cluster: ClusterArgs,
        /// Print only what is wrong, a line each; the exit code says the rest.
        #[arg(long)]
        quiet: bool,
        /// Mend what undoes itself: delete evicted and failed pods and pods that crashed more than 10 times, where a
        /// controller recreates them. In dry-run mode, which is the default, it says what it would do.
        #[arg(long)]
        fix: bool,
        /// File an issue on the configured tracker for each SEV1 and SEV2 condition, and say on those filed before
        /// what is over.
        #[arg(long, conflicts_with_all = ["namespace", "cluster", "kubeconfig"])]
        file_issues: bool,
    },
    /// Say how bad it is, why, and who should look.
    Triage {
        #[command(flatten)]
        cluster: ClusterArgs,
        /// The service that is reported.
        #[arg(long, value_name = "NAME")]
        service: Option<String>,
    },
    /// Say what is down, how bad, and why: ranked root causes with their evidence. Reads only.
    Diagnose {
        #[command(flatten)]
        look: LookArgs,
        /// The service that is asked about.
        #[arg(long, value_name = "NAME")]
        service: Option<String>,
        /// The time that is asked about (UTC, as in 2026-03-01T14:05:00Z): metrics are read up to it and later
        /// events are left out. The objects are those of now: a cluster keeps no older ones.
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: Option<Timestamp>,
    },
    /// Write a post-mortem by hand: of the incident of an issue, of a window of time, or of a cluster dump.
    ///
    /// The document goes to standard output, or where it is told to; nothing is said on an issue and nothing is
    /// committed.
    PostMortem {
        /// The issue that the incident was answered on.
        #[arg(long, value_name = "N", value_parser = issue_number, conflicts_with_all = ["since", "until", "dump"])]
        issue: Option<u64>,
        /// The begin of the window (UTC, as in 2026-03-01T14:05:00Z).
        #[arg(long, value_name = "TIME", value_parser = time, requires = "until")]
        since: Option<Timestamp>,
        /// The end of the window (UTC).
        #[arg(long, value_name = "TIME", value_parser = time, requires = "since")]
        until: Option<Timestamp>,
        /// A cluster dump to look at instead of the configured cluster.
        #[arg(long, value_name = "DIR")]
        dump: Option<PathBuf>,
        /// The folder with the post-mortems of before, instead of the configured one.
        #[arg(long, value_name = "DIR")]
        archive: Option<PathBuf>,
        /// Where to write it: a file, or a folder in which it gets its own name; `-` is standard output.
        #[arg(long, short, value_name = "FILE", default_value = "-")]
        out: PathBuf,
    },
    /// Record the cluster as a folder that every reading command takes. Values of secrets are never written.
    Record {
        /// The folder to make; it must not exist, or be empty.
        dir: PathBuf,
        #[command(flatten)]
        cluster: ClusterArgs,
    },
    /// Draw who calls whom and what fails, as an SVG picture.
    Graph {
        #[command(flatten)]
        look: LookArgs,
        /// Where to write it; `-` is standard output.
        #[arg(long, short, value_name = "FILE", default_value = "lamplighter.svg")]
        output: PathBuf,
    },
    /// Judge a Terraform plan (the output of `terraform show -json PLANFILE`) without applying anything.
    Guard {
        /// The plan; `-` reads standard input.
        plan: PathBuf,
        /// The name of the stack that it belongs to.
        #[arg(long, default_value = "unnamed")]
        stack: String,
    },
    /// Ask the archive of past incidents, a folder of post-mortems in Markdown or HTML.
    History {
        #[command(subcommand)]
        command: HistoryCommand,
    },
    /// Make a site of an archive of post-mortems: static files, for any web server or none.
    Site(SiteArgs),
    /// The status page: how every service stands, from monitors, the cluster and the tracker. Reads only.
    ///
    /// With --json the status is printed. `serve` keeps the page by itself; while it runs, it is the one that looks.
    Status {
        #[command(subcommand)]
        command: StatusCommand,
    },
    /// List what post-mortems say should be done, from tables and lists of any shape.
    Todos {
        /// Post-mortems, or folders of them: Markdown and HTML. With --resolve, their paths within the configured archive.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Do what is safe of them in the configured repository: each planned, judged, applied and committed by itself. The
        /// rest is listed in the document for people. In dry-run mode, which is the default, it says what it would do.
        #[arg(long)]
        resolve: bool,
    },
    /// Look at the configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Read the configuration and open everything that it names.
    Check,
}

/// What a command looks at.
#[derive(Debug, clap::Args)]
pub(crate) struct LookArgs {
    /// A cluster dump (a folder), a kubeconfig (a file), or `live` for the configured cluster.
    #[arg(default_value = "live", value_name = "DUMP_OR_LIVE")]
    pub(crate) cluster: PathBuf,
    /// Only this namespace; may be given several times.
    #[arg(long, short, value_name = "NS")]
    pub(crate) namespace: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ClusterArgs {
    /// A cluster dump to look at instead of the configured cluster.
    #[arg(long, value_name = "DIR", conflicts_with = "kubeconfig")]
    pub(crate) cluster: Option<PathBuf>,
    /// A kubeconfig to use instead of the configured cluster.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Only this namespace; may be given several times.
    #[arg(long, short, value_name = "NS")]
    pub(crate) namespace: Vec<String>,
}

fn issue_number(text: &str) -> Result<u64, &'static str> {
    text.trim_start_matches('#').parse().map_err(|_| "give the number of an issue, such as 12")
}

/// A time, in UTC where it does not say its zone.
fn time(text: &str) -> Result<Timestamp, String> {
    let in_utc = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let parsed = text.parse().ok().or_else(in_utc);
    parsed.ok_or_else(|| "give a time in UTC, such as 2026-03-01T14:05:00Z".to_owned())
}
