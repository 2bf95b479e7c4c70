//! Refreshing the status page of 1,000 monitors with 30 days of history: CPU and memory of the refresh alone.

use std::error::Error;
use std::fs;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lamplighter::SystemClock;
use lamplighter::agents::StatusPublisher;
use lamplighter::{StatusSettings, standalone};
use lamplighter_core::ports::{Beat, Heartbeat, Heartbeats, MonitorState};
use lamplighter_core::words::Source;
use lamplighter_core::{Agent, Clock, Result, async_trait};
use lamplighter_sqlite::SqliteStore;
use lamplighter_status_publisher::ClusterVerdict;

const MONITORS: usize = 1_000;
const ROUNDS: u32 = 20;

/// Monitors that look every so many minutes and tell their last looks.
struct Synthetic {
    minutes: i64,
    told: i64,
}

#[async_trait]
impl Heartbeats for Synthetic {
    async fn heartbeats(&self) -> Result<Vec<Heartbeat>> {
        // By the minute, so that a look stays the same look.
        let now = SystemClock.now().as_second().div_euclid(60);
        let newest = now - now.rem_euclid(self.minutes);
        let monitor = |number: usize| {
            let offset = i64::try_from(number).unwrap_or_default();
            let beat = |back: i64| {
                let minute = newest - back * self.minutes;
                // Down for a little while about once in two days, each at another time.
                let is_down = (minute / self.minutes + offset * 7).rem_euclid(2 * 24 * 60 / self.minutes) < 2;
                let state = if is_down { MonitorState::Down } else { MonitorState::Up };
                let millis = (!is_down).then_some(30);
                Beat { at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute), state, millis }
            };
            let beats = (0..self.told).rev().map(beat).collect();
            Heartbeat {
                id: None,
                name: format!("service {number}"),
                group: Some(format!("group {}", number / 50)),
                beats,
                day: None,
            }
        };
        Ok((0..MONITORS).map(monitor).collect())
    }

    fn source(&self) -> Source {
        Source::new("synthetic")
    }
}

/// The CPU time of all threads of this process so far, in milliseconds.
fn cpu() -> std::result::Result<f64, Box<dyn Error>> {
    let mut nanoseconds = 0.0;
    for thread in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += text.split_whitespace().next().unwrap_or("0").parse::<f64>()?;
    }
    Ok(nanoseconds / 1e6)
}

/// A line of `/proc/self/status`, in MB.
fn memory(line: &str) -> std::result::Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/status")?;
    let found = text.lines().find_map(|one| one.strip_prefix(line)).unwrap_or("0");
    Ok(found.trim_matches([':', ' ', '\t', 'k', 'B']).parse::<f64>()? / 1_024.0)
}

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
async fn refresh(name: &str, minutes: i64, told: i64) -> std::result::Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = SqliteStore::open(&folder.path().join("status.db"), Arc::new(SystemClock)).await?;
    // A month of looks, so that there is a history.
    let month = StatusPublisher::new(Arc::new(store.clone()), StatusSettings::default())
        .with_monitors(Arc::new(Synthetic { minutes: 60, told: 720 }));
    let cx = standalone("status");
    month.run(&cx, ClusterVerdict::NotAsked).await?;
    let source = Arc::new(Synthetic { minutes, told });
    let publisher = StatusPublisher::new(Arc::new(store), StatusSettings::default()).with_monitors(source.clone());
    publisher.run(&cx, ClusterVerdict::NotAsked).await?;
    // The kernel counts in ticks: one round is too short for it.
    let before = cpu()?;
    for _ in 0..ROUNDS {
        drop(source.heartbeats().await?);
    }
    let floor = (cpu()? - before) / f64::from(ROUNDS);
    let before = cpu()?;
    for _ in 0..ROUNDS {
        let status = publisher.run(&cx, ClusterVerdict::NotAsked).await?;
        assert_eq!(status.services().count(), MONITORS, "all of them are shown");
    }
    let took = (cpu()? - before) / f64::from(ROUNDS);
    println!(
        "{name:<36} {took:>6.1} ms of CPU each, of which making the looks {floor:>5.1} ms; peak memory {:.1} MB, now {:.1} MB",
        memory("VmHWM")?,
        memory("VmRSS")?
    );
    Ok(())
}

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
fn main() -> std::result::Result<(), Box<dyn Error>> {
    if !fs::exists("/proc/self/task")? {
        println!("skipped: what a process takes is read from /proc");
        return Ok(());
    }
    println!("{MONITORS} monitors with 30 days of history, {ROUNDS} rounds; before: {:.1} MB", memory("VmRSS")?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(refresh("100 looks told, one each 5 minutes", 5, 100))?;
    runtime.block_on(refresh("720 looks told, one an hour", 60, 720))?;
    Ok(())
}
