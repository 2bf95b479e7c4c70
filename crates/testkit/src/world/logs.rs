//! What containers write: lines that follow from how their pod stands.

use jiff::{SignedDuration, Timestamp};

use super::cluster::Cluster;
use super::pod::{Crash, End, Owner, Pod, Standing, Trouble};
use super::workload::Workload;

/// The most lines that are made up for one thing that repeats.
const REPEATS: i32 = 40;

/// A line and when it was written.
pub(super) type Line = (Timestamp, String);

/// Why there is no log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoLog {
    /// There has been no instance before this one.
    NoPrevious,
    /// The container has not started.
    Waiting(&'static str),
}

impl Cluster {
    /// What a pod's container has written, oldest first.
    pub(super) fn log_of(&self, pod: &Pod, previous: bool) -> Result<Vec<Line>, NoLog> {
        let standing = self.standing(pod);
        if previous {
            let end = pod.previous_end(&standing).ok_or(NoLog::NoPrevious)?;
            return Ok(self.ended_log(pod, &standing, &end));
        }
        match &standing {
            Standing::Unscheduled { .. } | Standing::Creating => Err(NoLog::Waiting("ContainerCreating")),
            Standing::PullFails { .. } => Err(NoLog::Waiting("trying and failing to pull image")),
            Standing::Ended(end) => Ok(self.job_log(pod, end)),
            Standing::Crashes { how, cycle } => Ok(match (&cycle.pause, cycle.last) {
                (Some(_), Some((started_at, at))) => self.ended_log(pod, &standing, &how.end(started_at, at)),
                _ => self.start_lines(pod, cycle.started_at),
            }),
            Standing::Runs { up_at, trouble } => Ok(self.running_log(pod, *up_at, trouble.as_ref())),
        }
    }

    fn start_lines(&self, pod: &Pod, at: Timestamp) -> Vec<Line> {
        let name = &pod.container;
        let memory = pod.template.memory_limit.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        let mut lines = vec![(at, format!("level=info msg=\"starting {name}\" memory_limit={memory}"))];
        let needs = self.workload_of(pod).map(|workload| workload.needs.as_slice()).unwrap_or_default();
        lines.extend(needs.iter().map(|need| (at, format!("level=info msg=\"connecting to {}\"", self.address(need)))));
        lines
    }

    fn running_log(&self, pod: &Pod, up_at: Timestamp, trouble: Option<&Trouble>) -> Vec<Line> {
        let mut lines = self.start_lines(pod, up_at);
        let Some(workload) = self.workload_of(pod) else { return lines };
        let since = pod.ready.map_or(up_at, |(_, since)| since);
        let was_ready = since > up_at + SignedDuration::from_secs(1) || trouble.is_none();
        if was_ready {
            lines.push((up_at, format!("level=info msg=\"listening on :{}\"", workload.port)));
            lines.push((up_at, "level=info msg=\"ready to serve\"".to_owned()));
        }
        match trouble {
            Some(Trouble::Stuck { since }) => lines.extend(repeat(*since, self.now, |time| {
                let waited = time.duration_since(*since).as_secs() + 30;
                format!(
                    "level=error msg=\"worker pool exhausted, health check timed out\" busy=16 of=16 waited={waited}s"
                )
            })),
            Some(Trouble::Misses { need }) => {
                let address = self.address(need);
                lines.extend(repeat(since, self.now, |_| {
                    format!("level=error msg=\"cannot connect to {address}\" error=\"connection refused\" retry_in=10s")
                }));
            }
            Some(Trouble::NodeDown { .. }) | None => {}
        }
        lines.extend(own_lines(workload));
        lines.sort_by_key(|(time, _)| *time);
        lines
    }

    /// The log of an instance that has ended.
    fn ended_log(&self, pod: &Pod, standing: &Standing, end: &End) -> Vec<Line> {
        let mut lines = self.start_lines(pod, end.started_at);
        match standing {
            Standing::Crashes { how: Crash::Error { message }, .. } => {
                lines.extend(message.lines().map(|line| (end.at, format!("level=fatal msg={line:?}"))));
            }
            Standing::Crashes { how: Crash::OutOfMemory, .. } => {
                let limit = pod.template.memory_limit.as_ref().map_or_else(String::new, ToString::to_string);
                // A killed process says nothing of its end: the log just stops.
                lines.push((end.at, "level=info msg=\"loading index into memory\"".to_owned()));
                lines.push((end.at, format!("level=warn msg=\"heap is close to the limit\" limit={limit}")));
            }
            _ => lines.push((end.at, format!("level=fatal msg=\"exiting\" code={}", end.exit_code))),
        }
        lines.extend(self.workload_of(pod).into_iter().flat_map(own_lines));
        lines
    }

    fn job_log(&self, pod: &Pod, end: &End) -> Vec<Line> {
        let job = if let Owner::Job(key) = &pod.owner { self.jobs.get(key) } else { None };
        let message = job.and_then(|job| job.message.clone());
        let last = message.unwrap_or_else(|| if end.exit_code == 0 { "done" } else { "failed" }.to_owned());
        let level = if end.exit_code == 0 { "info" } else { "fatal" };
        vec![
            (end.started_at, format!("level=info msg=\"starting {}\"", pod.container)),
            (end.at, format!("level={level} msg={last:?}")),
        ]
    }

    fn address(&self, need: &super::ids::Key) -> String {
        let port = self.workloads.get(need).map_or(80, |workload| workload.port);
        format!("{}.{}.svc.cluster.local:{port}", need.name, need.namespace)
    }
}

fn own_lines(workload: &Workload) -> impl Iterator<Item = Line> {
    let (at, lines) = &workload.logs;
    lines.iter().map(|line| (*at, line.clone()))
}

/// A line every 30 s, the last [`REPEATS`] of them.
fn repeat(since: Timestamp, now: Timestamp, line: impl Fn(Timestamp) -> String) -> Vec<Line> {
    let times = i32::try_from(now.duration_since(since).as_secs().max(0) / 30).unwrap_or(i32::MAX);
    let time = |turn: i32| since + SignedDuration::from_secs(30) * turn;
    ((times - REPEATS).max(0)..=times).map(|turn| (time(turn), line(time(turn)))).collect()
}
