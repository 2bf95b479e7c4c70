use std::sync::Arc;

use futures_util::future::join_all;
use lamplighter_core::ports::Journal;
use lamplighter_core::{ErrorKind, RunKey, async_trait};
use serde_json::{Value, json};

use super::assert_fails;

/// A journal to be tested.
#[async_trait]
pub trait JournalHarness: Send + Sync {
    /// Opens the journal, another time on each call: what a second process, or the same one after a restart,
    /// would have in its hands. Empty at first.
    async fn open(&self) -> Arc<dyn Journal>;
}

/// Checks everything that [`Journal`] promises.
pub async fn journal(harness: &dyn JournalHarness) {
    the_first_writer_of_a_step_wins(harness).await;
    any_output_is_given_back_as_it_was(harness).await;
    names_are_kept_apart(harness).await;
    steps_and_runs_are_listed_in_their_order(harness).await;
    the_first_signal_of_a_name_stands(harness).await;
    concurrent_writers_agree(harness).await;
    a_run_has_one_worker(harness).await;
}

async fn the_first_writer_of_a_step_wins(harness: &dyn JournalHarness) {
    let (first, second) = (harness.open().await, harness.open().await);
    let run = RunKey::new("contract/first-writer");
    assert_eq!(first.recorded(&run, "triage").await.expect("reading works"), None, "nothing is recorded at first");
    let stands = first.record(&run, "triage", json!({"severity": "sev2"})).await.expect("recording works");
    assert_eq!(stands, json!({"severity": "sev2"}), "the first output stands");
    let stands = second.record(&run, "triage", json!("other")).await.expect("recording again works");
    assert_eq!(stands, json!({"severity": "sev2"}), "a second writer is given what stands");
    drop((first, second));
    let reopened = harness.open().await;
    let recorded = reopened.recorded(&run, "triage").await.expect("reading works");
    assert_eq!(recorded, Some(json!({"severity": "sev2"})), "what was recorded is there after a restart");
}

async fn any_output_is_given_back_as_it_was(harness: &dyn JournalHarness) {
    let journal = harness.open().await;
    let run = RunKey::new("contract/outputs");
    let outputs = [
        Value::Null,
        json!(false),
        json!(""),
        json!([]),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.1),
        json!("\u{0}\r\n\t'\";-- ☂ 𝄞"),
        json!({"": {"nested": [null, {"b": 1, "a": 2}]}}),
        json!("x".repeat(1 << 20)),
    ];
    for (index, output) in outputs.iter().enumerate() {
        let step = format!("output {index}");
        let stands = journal.record(&run, &step, output.clone()).await.expect("recording works");
        assert!(stands == *output, "output {index} is the answer of recording it");
        let recorded = journal.recorded(&run, &step).await.expect("reading works");
        assert!(recorded.as_ref() == Some(output), "output {index} reads back, a null too");
    }
}

async fn names_are_kept_apart(harness: &dyn JournalHarness) {
    let journal = harness.open().await;
    let runs =
        ["contract/a", "contract/A", "contract/a/b", "contract/a%", "contract/'; drop table steps; --", "contract/é"];
    let steps = ["", "s", "S", "s/t", "s#outcome", "s_", "ß", "s\n"];
    for run in runs {
        for step in steps {
            journal.record(&RunKey::new(run), step, json!([run, step])).await.expect("recording works");
        }
    }
    for run in runs {
        for step in steps {
            let recorded = journal.recorded(&RunKey::new(run), step).await.expect("reading works");
            assert_eq!(recorded, Some(json!([run, step])), "step {step:?} of run {run:?} is its own");
        }
    }
}

async fn steps_and_runs_are_listed_in_their_order(harness: &dyn JournalHarness) {
    let journal = harness.open().await;
    let (older, newer) = (RunKey::new("contract/order-z"), RunKey::new("contract/order-a"));
    for step in ["zulu", "alpha", "mike"] {
        journal.record(&older, step, json!(step)).await.expect("recording works");
    }
    journal.record(&newer, "only", json!(1)).await.expect("recording works");
    journal.record(&older, "alpha", json!("again")).await.expect("recording works");

    let steps = journal.steps(&older).await.expect("listing works");
    let listed: Vec<_> = steps.iter().map(|record| (record.step.as_str(), record.output.clone())).collect();
    let expected = ["zulu", "alpha", "mike"].map(|step| (step, json!(step)));
    assert_eq!(listed, expected, "steps are in the order in which they were recorded");
    assert!(steps.is_sorted_by_key(|record| record.at), "and so are their times");
    let nobody = journal.steps(&RunKey::new("contract/nobody")).await.expect("listing works");
    assert_eq!(nobody, [], "a run that nobody has begun has no steps");

    let runs = journal.runs().await.expect("listing works");
    let place = |run: &RunKey| runs.iter().position(|known| known == run);
    assert!(place(&newer).is_some() && place(&newer) < place(&older), "the newest run is the first: {runs:?}");
    assert!(!runs.contains(&RunKey::new("contract/nobody")), "asking for a run does not begin it");
}

async fn the_first_signal_of_a_name_stands(harness: &dyn JournalHarness) {
    let (journal, other) = (harness.open().await, harness.open().await);
    let (run, neighbour) = (RunKey::new("contract/signals"), RunKey::new("contract/signals-2"));
    assert_eq!(journal.signalled(&run, "approval").await.expect("reading works"), None, "no signal is given at first");
    let stands = journal.signal(&run, "approval", json!({"by": "maria"})).await.expect("signalling works");
    assert_eq!(stands, json!({"by": "maria"}), "the first signal stands");
    let stands = other.signal(&run, "approval", json!({"by": "eve"})).await.expect("signalling works");
    assert_eq!(stands, json!({"by": "maria"}), "a later one of the name is told so");
    other.signal(&run, "nothing", Value::Null).await.expect("signalling works");
    drop((journal, other));

    let journal = harness.open().await;
    let given = journal.signalled(&run, "approval").await.expect("reading works");
    assert_eq!(given, Some(json!({"by": "maria"})), "a signal is there after a restart");
    let null = journal.signalled(&run, "nothing").await.expect("reading works");
    assert_eq!(null, Some(Value::Null), "a signal without a value was given as well");
    assert_eq!(journal.recorded(&run, "approval").await.expect("reading works"), None, "a signal is no step");
    let elsewhere = journal.signalled(&neighbour, "approval").await.expect("reading works");
    assert_eq!(elsewhere, None, "a signal is for one run");
}

async fn concurrent_writers_agree(harness: &dyn JournalHarness) {
    let run = RunKey::new("contract/concurrent");
    let mut handles = Vec::new();
    for _ in 0..8 {
        handles.push(harness.open().await);
    }
    let record = |(writer, journal): (usize, &Arc<dyn Journal>)| {
        let (journal, run) = (Arc::clone(journal), run.clone());
        async move {
            let step = journal.record(&run, "race", json!(writer)).await.expect("recording works");
            let signal = journal.signal(&run, "race", json!(writer)).await.expect("signalling works");
            journal.record(&run, &format!("own {writer}"), json!(writer)).await.expect("recording works");
            (step, signal)
        }
    };
    let answers = join_all(handles.iter().enumerate().map(record)).await;
    assert!(answers.windows(2).all(|pair| pair.first() == pair.last()), "all writers are told the same: {answers:?}");
    let steps = harness.open().await.steps(&run).await.expect("listing works");
    assert_eq!(steps.len(), 9, "and no step of theirs is lost");
}

async fn a_run_has_one_worker(harness: &dyn JournalHarness) {
    let (journal, other) = (harness.open().await, harness.open().await);
    let (run, neighbour) = (RunKey::new("contract/lease"), RunKey::new("contract/lease-2"));
    let lease = journal.lease(&run).await.expect("a free run can be leased");
    assert_fails(journal.lease(&run).await, ErrorKind::Conflict, "another task of the process does not get the run");
    assert_fails(other.lease(&run).await, ErrorKind::Conflict, "another process does not get the run");
    let elsewhere = other.lease(&neighbour).await.expect("another run is free");
    journal.record(&run, "work", json!(1)).await.expect("recording under a lease works");
    other.record(&run, "work", json!(2)).await.expect("others are not kept from writing signals and steps");
    drop(lease);
    let lease = other.lease(&run).await.expect("a run that was given back is free");
    drop((lease, elsewhere));

    let attempts = join_all((0..8).map(|_| journal.lease(&run))).await;
    let (held, refused): (Vec<_>, Vec<_>) = attempts.into_iter().partition(Result::is_ok);
    assert_eq!(held.len(), 1, "of many who try at once one gets the run");
    for attempt in refused {
        assert_fails(attempt, ErrorKind::Conflict, "the others are told that it is taken");
    }
}
