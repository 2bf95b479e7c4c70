use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that takes connections. It is killed when this is dropped.
pub(crate) struct Served {
    child: Child,
    port: u16,
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// The time of the processor, in it and in the children that it has waited for.
    pub(crate) processor: Duration,
    /// The most memory that it has held at once, in bytes.
    pub(crate) memory: u64,
}

impl Served {
    /// Starts it on a free port, and waits until it takes connections.
    pub(crate) fn start(command: impl FnOnce(u16) -> Command) -> io::Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let child = command(port).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
        let mut served = Self { child, port };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = served.child.try_wait()? {
                return Err(io::Error::other(format!("a server has ended instead of serving: {status}")));
            }
            if begun.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "a server does not take connections"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(served)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From `/proc`, as proc(5) describes it.
    pub(crate) fn usage(&self) -> io::Result<Usage> {
        let read = |name| std::fs::read_to_string(format!("/proc/{}/{name}", self.child.id()));
        let (stat, status) = (read("stat")?, read("status")?);
        let unknown = || io::Error::new(io::ErrorKind::InvalidData, "/proc is not as it was");
        Ok(Usage { processor: processor(&stat).ok_or_else(unknown)?, memory: memory(&status).ok_or_else(unknown)? })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The fields `utime`, `stime`, `cutime` and `cstime`, which are the 12th to 15th after the name. A name may have blanks
/// and brackets in it.
fn processor(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: u64 = fields.split_whitespace().skip(11).take(4).map_while(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_secs(ticks) / u32::try_from(rustix::param::clock_ticks_per_second()).ok()?)
}

fn memory(status: &str) -> Option<u64> {
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}
