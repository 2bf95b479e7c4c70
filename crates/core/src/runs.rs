//! Which runs answer an issue: the first, and one more each time that it is answered anew.

use crate::ports::Journal;
use crate::words::IssueNumber;
use crate::{Context, Result, RunKey};

/// The first step of an answer: [`admit`](crate::trust::admit) has looked at the author.
pub(crate) const GATE: &str = "gate";

/// The last step of an answer: what came of it.
pub const OUTCOME: &str = "outcome";

/// The newest answer to an issue that has begun.
///
/// # Errors
/// Those of the journal.
pub async fn newest_answer(journal: &dyn Journal, issue: IssueNumber) -> Result<Option<RunKey>> {
    let mut newest = None;
    for generation in 1.. {
        let run = RunKey::of_issue(issue, generation);
        if journal.recorded(&run, GATE).await?.is_none() {
            break;
        }
        newest = Some(run);
    }
    Ok(newest)
}

/// The answer to go on with, or to begin when the newest one is finished.
///
/// # Errors
/// Those of the journal.
pub async fn next_answer(journal: &dyn Journal, issue: IssueNumber) -> Result<RunKey> {
    let mut generation = 1;
    loop {
        let run = RunKey::of_issue(issue, generation);
        if journal.recorded(&run, OUTCOME).await?.is_none() {
            return Ok(run);
        }
        generation += 1;
    }
}

/// The answer that a job gives anew. It is chosen once, so that a job that is begun again after its answer was finished, and
/// before anybody noted that, does not answer the issue once more. `job` is the context of a run of the job's own.
///
/// # Errors
/// Those of the journal, and [`Cancelled`](crate::ErrorKind::Cancelled) before it is chosen.
pub async fn answer_of(job: &Context, issue: IssueNumber) -> Result<RunKey> {
    job.step("answer", || next_answer(&**job.journal(), issue)).await
}
