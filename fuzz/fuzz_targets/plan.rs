//! Whatever a plan says: it is read or refused, and what was read is read the same again.
#![no_main]

use lamplighter_core::plan::Plan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &[u8]| {
    let Ok(plan) = Plan::parse(json) else { return };
    let _ = plan.summary();
    let again = Plan::parse(json).expect("it was read before");
    assert_eq!(plan, again);
});
