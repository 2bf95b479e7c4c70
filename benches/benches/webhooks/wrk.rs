use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use crate::tools::Tools;

/// As many as GitHub opens when a good deal happens at once. One thread of wrk makes more load than any of these servers
/// takes, and leaves the other processors to them.
const CONNECTIONS: &str = "64";

/// What makes the load.
pub(crate) struct Wrk {
    program: PathBuf,
    script: PathBuf,
    runs: AtomicU16,
}

/// What came of a load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) requests: u64,
    pub(crate) time: Duration,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Answers with a status of 400 and more.
    pub(crate) refused: u64,
    /// Connections and requests that came to nothing.
    pub(crate) broken: u64,
}

impl Wrk {
    pub(crate) fn new(tools: &Tools, folder: &Path) -> Result<Option<Self>, Box<dyn Error>> {
        let Some(program) = tools.program("wrk") else { return Ok(None) };
        let script = folder.join("load.lua");
        std::fs::write(&script, include_str!("load.lua"))?;
        Ok(Some(Self { program, script, runs: AtomicU16::new(0) }))
    }

    /// Sends the deliveries of a file for some time, so many in a second; as many as are answered where that is 0.
    pub(crate) fn drive(
        &self,
        url: &str,
        deliveries: &Path,
        rate: u64,
        time: Duration,
    ) -> Result<Answered, Box<dyn Error>> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let told = Command::new(&self.program)
            .args(["--threads", "1", "--connections", CONNECTIONS, "--timeout", "10s"])
            .arg(format!("--duration={}s", time.as_secs()))
            .arg("--script")
            .arg(&self.script)
            .args([url, "--"])
            .arg(deliveries)
            .args([format!("{run:04x}"), rate.to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        let told = String::from_utf8_lossy(&told.stdout);
        read(&told).ok_or_else(|| format!("wrk has not said what came of the load:\n{told}").into())
    }
}

/// The last line of the script.
fn read(told: &str) -> Option<Answered> {
    let line = told.lines().find_map(|line| line.strip_prefix("load: "))?;
    let mut numbers = line.split(' ').map_while(|number| number.parse().ok());
    let mut next = || numbers.next();
    Some(Answered {
        requests: next()?,
        time: Duration::from_micros(next()?),
        p50: Duration::from_micros(next()?),
        p99: Duration::from_micros(next()?),
        refused: next()?,
        broken: next()?,
    })
}
