use std::ffi::OsStr;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take until it listens.
const START_LIMIT: Duration = Duration::from_mins(1);

/// Runs the server, notes its end, and ends it with its folder when the input of the shell ends, which it does with the
/// process that started it, however that comes about.
const GUARD: &str = r#"dir=$1; shift
exec 3<&0
"$@" 3<&- </dev/null >"$dir/log" 2>&1 &
server=$!
{ cat <&3 >/dev/null; kill -9 $server; while kill -0 $server; do sleep 0.02; done; rm -rf "$dir"; } 2>/dev/null &
wait $server; : >"$dir/ended"; wait"#;

/// A server that was started for a test.
pub(super) struct Process {
    guard: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts a program in `dir`, which becomes the process' own, and waits until a line of its log tells the address
    /// that it listens on and another that it is ready.
    pub(super) fn start(dir: TempDir, program: &Path, arguments: &[String], ready: &str) -> Self {
        use std::os::unix::process::CommandExt;

        let dir = dir.keep();
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "sh"]).arg(&dir).arg(program).args(arguments);
        command.current_dir(root_of(program)).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // An interrupt from the keyboard is for the tests; the server ends with them.
        let guard = command.process_group(0).spawn().expect("a shell can be started");
        let address = wait(&dir, program, ready);
        Self { guard, address }
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        drop(self.guard.wait());
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("address", &self.address).finish_non_exhaustive()
    }
}

/// A program, by the first of its names that is found; `None`, and a line that says so, where it is absent.
#[must_use]
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).chain(folders("bin")).collect();
    // A relative entry of the PATH would mean another place once the program runs elsewhere.
    folders.retain(|folder| folder.is_absolute());
    let found =
        names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()));
    if found.is_none() {
        say(&format!("skipped: {} is absent (./run setup gets it)", names.join(" or ")));
    }
    found
}

/// What `./run setup` has put below its folder of tools, such as `npm/socket.io`; `None`, and a line that says so, where
/// it is absent.
#[must_use]
pub fn installed(below: &str) -> Option<PathBuf> {
    let found = folders(below).into_iter().find(|folder| folder.is_dir());
    if found.is_none() {
        say(&format!("skipped: {below} is absent (./run setup gets it)"));
    }
    found
}

/// Where `./run` would put it.
pub(super) fn folders(below: &str) -> Vec<PathBuf> {
    let caches = [("LAMPLIGHTER_CACHE", ""), ("XDG_CACHE_HOME", "lamplighter"), ("HOME", ".cache/lamplighter")];
    let folder =
        |(variable, inner)| Some(Path::new(&std::env::var_os(variable)?).join(inner).join("tools").join(below));
    caches.into_iter().filter_map(folder).collect()
}

#[expect(clippy::print_stdout, reason = "a test that skips says so")]
pub(super) fn say(line: &str) {
    println!("{line}");
}

pub(super) fn folder() -> TempDir {
    tempfile::Builder::new().prefix("lamplighter-").tempdir().expect("a temporary folder can be made")
}

/// The folder that `usr/bin` of the program is in. An Alertmanager that was unpacked there finds its templates so; for
/// one that is installed it is the root, which changes nothing.
fn root_of(program: &Path) -> PathBuf {
    let program = program.canonicalize().expect("a program that was found can be resolved");
    let is_unpacked = program.parent().is_some_and(|bin| bin.ends_with("usr/bin"));
    let root = program.ancestors().nth(if is_unpacked { 3 } else { 1 });
    root.expect("a program is in a folder").to_path_buf()
}

fn wait(dir: &Path, program: &Path, ready: &str) -> SocketAddr {
    let begin = Instant::now();
    loop {
        let log = std::fs::read_to_string(dir.join("log")).unwrap_or_default();
        let address = log.lines().find_map(listening);
        if let Some(address) = address.filter(|_| log.contains(ready)) {
            return address;
        }
        let has_ended = dir.join("ended").exists();
        let name = program.file_name().unwrap_or(OsStr::new("")).to_string_lossy();
        assert!(!has_ended && begin.elapsed() < START_LIMIT, "{name} does not start:\n{log}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// `… msg="Listening on" address=127.0.0.1:40697`, as the exporter toolkit logs it.
fn listening(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("msg=\"Listening on\"")?;
    let (_, address) = rest.split_once("address=")?;
    address.split_whitespace().next()?.parse().ok()
}
