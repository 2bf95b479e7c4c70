use jiff::Timestamp;
use lamplighter_core::words::WorkloadRef;

/// What clients did to a world, for tests to assert.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) requests: Vec<RequestRecord>,
    pub(super) pods_deleted: Vec<DeletedPod>,
    pub(super) scales: Vec<Scaled>,
}

/// A request that the API got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// When it came (UTC).
    pub at: Timestamp,
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Its query, as it was sent; empty where there was none.
    pub query: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered with this HTTP status.
    Answered(u16),
    /// The connection was reset and nothing was done.
    Reset,
    /// It was carried out, as this HTTP status would have said, and the connection was reset before or in the middle
    /// of the answer.
    AnswerLost(u16),
}

/// A pod that a client deleted. Those that a controller deleted are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedPod {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// When it was deleted (UTC).
    pub at: Timestamp,
}

/// A replica count that a client changed through the API. Roll-outs of a followed state are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaled {
    /// Whose.
    pub workload: WorkloadRef,
    /// From this count.
    pub from: u32,
    /// To this one.
    pub to: u32,
    /// When (UTC).
    pub at: Timestamp,
}
