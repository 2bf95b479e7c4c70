use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::output::Output;

pub(crate) fn run(output: &Output, shell: Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "lamplighter", &mut script);
    output.raw(&script);
    ExitCode::SUCCESS
}
