use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::templates::{Template, mine};
use crate::words::WorkloadRef;

/// The last lines of one container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogStream {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod.
    pub pod: String,
    /// The container; empty where the recording does not say.
    pub container: String,
    /// Whether it is the instance before the last restart.
    pub previous: bool,
    /// The app that the pod belongs to.
    pub app: String,
    /// Its lines, oldest first.
    pub lines: Vec<String>,
}

/// Lines of one kind that a log store has counted for a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroup {
    /// The service's namespace.
    pub namespace: String,
    /// The service.
    pub service: String,
    /// How many lines.
    pub count: u64,
    /// One of them.
    pub sample: String,
}

/// A kind of line that an app has written, wherever it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utterance<'a> {
    /// Who wrote it, by namespace and app.
    pub app: (&'a str, &'a str),
    /// The pod, where it was read from one.
    pub pod: Option<&'a str>,
    /// The container, where it was read from one.
    pub container: Option<&'a str>,
    /// Whether it is from before the last restart.
    pub previous: bool,
    /// How many lines are of it.
    pub count: u64,
    /// One of them, as it was written.
    pub text: &'a str,
}

/// All log lines that were read, by app and in kinds.
#[derive(Debug, Clone, Default)]
pub struct LogBook {
    streams: Vec<(LogStream, Vec<Template>)>,
    groups: Vec<LogGroup>,
    by_app: BTreeMap<(String, String), (Vec<usize>, Vec<usize>)>,
}

impl LogBook {
    /// A book of these lines. Lines are grouped by kind here, once.
    #[must_use]
    pub fn new(streams: Vec<LogStream>, groups: Vec<LogGroup>) -> Self {
        let mut by_app: BTreeMap<(String, String), (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, stream) in streams.iter().enumerate() {
            by_app.entry((stream.namespace.clone(), stream.app.clone())).or_default().0.push(at);
        }
        for (at, group) in groups.iter().enumerate() {
            by_app.entry((group.namespace.clone(), group.service.clone())).or_default().1.push(at);
        }
        let mined = |stream: LogStream| {
            let kinds = mine(stream.lines.iter().map(String::as_str));
            (stream, kinds)
        };
        Self { streams: streams.into_iter().map(mined).collect(), groups, by_app }
    }

    /// Whether no line was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_app.is_empty()
    }

    /// The apps whose lines were read, by namespace and name.
    pub fn apps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_app.keys().map(|(namespace, app)| (namespace.as_str(), app.as_str()))
    }

    /// What an app has said, in kinds.
    pub fn of_app(&self, namespace: &str, app: &str) -> impl Iterator<Item = Utterance<'_>> {
        let entry = self.by_app.get_key_value(&(namespace.to_owned(), app.to_owned()));
        entry.into_iter().flat_map(|((namespace, app), (streams, groups))| {
            let who = (namespace.as_str(), app.as_str());
            let streams = streams.iter().filter_map(|at| self.streams.get(*at));
            let mined = streams.flat_map(move |(stream, kinds)| {
                kinds.iter().map(move |kind| Utterance {
                    app: who,
                    pod: Some(&stream.pod),
                    container: (!stream.container.is_empty()).then_some(stream.container.as_str()),
                    previous: stream.previous,
                    count: kind.count,
                    text: &kind.sample,
                })
            });
            let groups = groups.iter().filter_map(|at| self.groups.get(*at));
            mined.chain(groups.map(move |group| Utterance {
                app: who,
                pod: None,
                container: None,
                previous: false,
                count: group.count,
                text: &group.sample,
            }))
        })
    }

    /// What all apps have said, in kinds.
    pub fn all(&self) -> impl Iterator<Item = Utterance<'_>> {
        self.apps().flat_map(|(namespace, app)| self.of_app(namespace, app))
    }

    /// What a workload's pods have said, in kinds.
    pub fn of_workload(&self, workload: &WorkloadRef) -> impl Iterator<Item = Utterance<'_>> {
        self.of_app(&workload.namespace, &workload.name)
    }

    /// The lines of each container, as they were read.
    pub fn streams(&self) -> impl Iterator<Item = &LogStream> {
        self.streams.iter().map(|(stream, _)| stream)
    }

    /// The pods whose lines were read.
    #[must_use]
    pub fn pods(&self) -> BTreeSet<(&str, &str)> {
        self.streams().map(|stream| (stream.namespace.as_str(), stream.pod.as_str())).collect()
    }
}
