//! Deliveries of GitHub taken in under load, compared with `@octokit/webhooks`, `probot` and Debian's `webhook`.
//!
//! ```sh
//! cargo bench -p lamplighter-benches --bench webhooks
//! ```
//!
//! Each server is a process of its own on loopback and is driven by wrk from 64 connections with GitHub's own example of
//! `issues` `opened`: 256 variants of it with issue numbers of their own, each signed, each request with an id of its own.
//! All are measured once a round, one after the other, and what is shown are the medians of three rounds. That takes about
//! two minutes. Times mean little on a busy machine; the ratios still hold.
//!
//! - Ours is the service itself, which takes jobs in and does none: once with its SQLite file on the disk, where an answer
//!   means that the delivery is there to stay, and once with an inbox that keeps nothing.
//! - The floor reads a delivery, checks its signature and answers: what is aimed at below that cannot be had.
//! - `@octokit/webhooks` and `probot` are as their middleware comes, with a handler that does nothing and without a log.
//!   Neither keeps anything.
//! - `webhook` checks the signature and runs `/bin/true`. It is asked to answer when that has ended: otherwise it answers
//!   first, and its commands pile up.
//!
//! The time of the processor is what the server and the children that it waited for have used between the beginning and
//! the end of a load, for each delivery; the memory is the most that the server has held since it was started. At the
//! pace of `@octokit/webhooks`, wrk sends as many in a second as that has answered at most.
//!
//! What is missing is fetched by `./run setup-load`, and what cannot be had is left out.

mod contenders;
mod floor;
mod ours;
mod payload;
mod process;
mod table;
mod tools;
mod wrk;

use std::error::Error;
use std::time::Duration;

use contenders::Contender;
use payload::Deliveries;
use process::Served;
use table::{Load, Table};
use tools::Tools;
use wrk::Wrk;

const ROUNDS: u16 = 3;
const WARM_UP: Duration = Duration::from_secs(1);
const TIME: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(form) = ours::form_asked_for() {
        return if form == contenders::FLOOR { floor::serve() } else { ours::serve(&form) };
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let tools = Tools::set_up()?;
    let Some(wrk) = Wrk::new(&tools, folder.path())? else {
        leave_out("everything: there is no wrk");
        return Ok(());
    };
    let Some(deliveries) = Deliveries::write(&tools, folder.path())? else {
        leave_out("everything: there are no examples of webhooks");
        return Ok(());
    };
    let (contenders, absent) = contenders::all(&tools, folder.path())?;
    for absent in absent {
        leave_out(absent);
    }
    let mut table = Table::default();
    for round in 0..ROUNDS {
        // The first one is the one whose pace the others are set.
        for contender in &contenders {
            measure(contender, &wrk, &deliveries, round, &mut table)?;
        }
    }
    print(&table);
    Ok(())
}

/// Starts a server, and puts each load on it.
fn measure(
    contender: &Contender,
    wrk: &Wrk,
    deliveries: &Deliveries,
    round: u16,
    table: &mut Table,
) -> Result<(), Box<dyn Error>> {
    let served = Served::start(|port| contender.command(port, round))?;
    let url = format!("http://127.0.0.1:{}{}", served.port(), contender.path);
    wrk.drive(&url, &deliveries.good, 0, WARM_UP)?;
    let pace = table.pace_of(contenders::OCTOKIT).filter(|_| contender.is_ours);
    let loads = [(Load::Good, &deliveries.good, 0), (Load::Bad, &deliveries.bad, 0)];
    let paced = pace.map(|pace| (Load::Paced, &deliveries.good, pace));
    for (load, deliveries, pace) in loads.into_iter().chain(paced) {
        let before = served.usage()?;
        let answered = wrk.drive(&url, deliveries, pace, TIME)?;
        table.add(contender.name, load, &answered, before, served.usage()?);
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
fn print(table: &Table) {
    println!("{ROUNDS} rounds of {} s each, medians", TIME.as_secs());
    println!("{table}");
}

#[expect(clippy::print_stdout, reason = "so that nobody takes what is not there for measured")]
fn leave_out(what: &str) {
    println!("left out: {what}");
}
