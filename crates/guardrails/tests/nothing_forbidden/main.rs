//! SPEC §6 against 10,000 generated changes: what it forbids is never approved, and what is harmless is.
//!
//! A change is made of a harmless one and up to three hostile twists, so it is known by construction what may be
//! approved. An oracle that shares no code with the rules reads the finished change as well and has to agree, so
//! that neither the twists nor the oracle can be blind without this being seen.

#[cfg(test)]
mod dice;
#[cfg(test)]
mod harmless;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod proposal;
#[cfg(test)]
mod twists;

use std::collections::BTreeMap;
use std::sync::Arc;

use lamplighter_core::Mode;
use lamplighter_core::ports::{AuditEntry, AuditLog as _};
use lamplighter_guardrails::{Policy, guardrails};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeAuditLog, FakeClock, FakeStopSwitch};

use dice::Dice;
use proposal::Proposal;

const CHANGES: usize = 10_000;

#[derive(Default)]
struct Tally {
    harmless: usize,
    hostile: BTreeMap<&'static str, usize>,
    /// How often a rule was the only one to object to something forbidden.
    alone: BTreeMap<String, usize>,
    approved: usize,
}

#[tokio::test]
async fn nothing_that_the_spec_forbids_is_approved() {
    let mut dice = Dice::new();
    let mut tally = Tally::default();
    for number in 0..CHANGES {
        let mut proposal = harmless::proposal(&mut dice, number);
        let twists = if dice.chance(3) { 0 } else { 1 + dice.below(3) };
        let applied: Vec<&'static str> = (0..twists).filter_map(|_| twists::twist(&mut dice, &mut proposal)).collect();
        let forbidden = oracle::forbidden(&proposal);
        let approval = review(&proposal).await;
        let story =
            || format!("change {number}, twists {applied:?}, oracle {forbidden:?}\n{proposal:#?}\n{approval:?}");
        if let Some(because) = forbidden {
            assert!(approval.is_err(), "approved though {because}: {}", story());
        }
        if applied.is_empty() {
            assert!(forbidden.is_none(), "the oracle sees harm in what is harmless: {}", story());
            assert!(approval.is_ok(), "a harmless change was refused: {}", story());
            tally.harmless += 1;
        } else {
            assert!(forbidden.is_some(), "the oracle is blind to a twist: {}", story());
            for twist in applied {
                *tally.hostile.entry(twist).or_default() += 1;
            }
        }
        tally.approved += usize::from(approval.is_ok());
        if let Err(objectors) = &approval
            && let [only] = objectors.as_slice()
        {
            *tally.alone.entry(only.clone()).or_default() += 1;
        }
    }
    println!("{} of {CHANGES} approved, {} harmless", tally.approved, tally.harmless);
    assert!(tally.harmless > CHANGES / 4 && tally.harmless == tally.approved);
    for rule in guardrails(Policy::default(), Arc::new(FakeStopSwitch::new())).names() {
        let needed = NEVER_ALONE.contains(&rule) || tally.alone.contains_key(rule);
        assert!(needed, "without {rule} nothing forbidden would have been approved: {:?}", tally.alone);
    }
    for twist in twists::names() {
        let times = tally.hostile.get(twist).copied().unwrap_or_default();
        assert!(times >= 20, "{twist} was tried {times} times only");
    }
}

/// Rules that others stand in for: direct actions and destroys are refused twice over, and the default policy asks
/// for no approval.
const NEVER_ALONE: [&str; 3] = ["approvals", "direct-actions", "destroys"];

/// The verdict of the whole set of rules in apply mode: the rules that object when it refuses.
async fn review(proposal: &Proposal) -> Result<(), Vec<String>> {
    let (stop, audit) = (FakeStopSwitch::new(), FakeAuditLog::new());
    if let Some(reason) = &proposal.stopped {
        stop.stop(reason);
    }
    if proposal.stop_switch_broken {
        stop.calls().fail_always("stopped", || lamplighter_core::Error::internal("unreadable"));
    }
    let clock = FakeClock::auto();
    clock.set(proposal::NOW);
    let cx = ContextBuilder::new("issue/1").clock(clock).audit(audit.clone()).mode(Mode::Apply).build();
    for (at, event) in &proposal.past {
        let entry = AuditEntry { at: *at, run: cx.run().clone(), event: event.clone() };
        audit.append(entry).await.map_err(|error| vec![error.to_string()])?;
    }
    if proposal.audit_log_broken {
        audit.calls().fail_always("entries", || lamplighter_core::Error::internal("unreadable"));
    }
    let Some(change) = proposal.change() else { return Err(vec!["the plan does not parse".to_owned()]) };
    guardrails(Policy::default(), Arc::new(stop)).review(&cx, change).await.map(drop).map_err(|refusal| {
        let objects = refusal.rulings.into_iter().filter(|ruling| !ruling.verdict.is_allow());
        objects.map(|ruling| ruling.rule).collect()
    })
}
