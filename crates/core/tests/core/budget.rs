//! Money is reserved before it is spent, and nobody can spend more than there is.

use std::sync::Barrier;

use lamplighter_core::{Budget, ErrorKind, Usd};
use proptest::prelude::*;

/// What a child does with a reservation.
#[derive(Debug, Clone, Copy)]
enum End {
    Settle(u64),
    Release,
    Drop,
}

fn spends() -> impl Strategy<Value = Vec<Vec<(u64, End)>>> {
    let spend = (0..40_u64).prop_flat_map(|cost| {
        let end = prop_oneof![(0..=cost).prop_map(End::Settle), Just(End::Release), Just(End::Drop)];
        (Just(cost), end)
    });
    prop::collection::vec(prop::collection::vec(spend, 0..30), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parallel_children_never_overspend(limit in 0..500_u64, child_limit in 0..300_u64, nested: bool, members in spends()) {
        let issue = Budget::new(Usd::micros(limit));
        let start = Barrier::new(members.len());
        let spent: u64 = std::thread::scope(|scope| {
            let threads: Vec<_> = members
                .iter()
                .map(|spends| {
                    let own = issue.child(Usd::micros(child_limit));
                    let purse = if nested { own.child(Usd::micros(child_limit)) } else { own.clone() };
                    let (issue, start) = (&issue, &start);
                    scope.spawn(move || {
                        start.wait();
                        let mut spent = 0;
                        for (cost, end) in spends {
                            let Ok(reservation) = purse.reserve(Usd::micros(*cost)) else { continue };
                            assert!(issue.spent() <= issue.limit(), "the issue has overspent");
                            spent += match end {
                                End::Settle(actual) => { reservation.settle(Usd::micros(*actual)); *actual }
                                End::Release => { reservation.release(); 0 }
                                End::Drop => { drop(reservation); *cost }
                            };
                        }
                        assert!(own.spent() <= own.limit(), "a child has overspent");
                        assert_eq!(own.spent(), Usd::micros(spent), "a child counts what it spent");
                        spent
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        prop_assert!(spent <= limit);
        prop_assert_eq!(issue.spent(), Usd::micros(spent), "nothing is lost or counted twice");
        prop_assert_eq!(issue.remaining(), Usd::micros(limit - spent), "nothing stays reserved");
    }
}

#[test]
fn what_is_left_can_be_reserved_and_not_one_millionth_more() {
    let budget = Budget::new(Usd::dollars(10));
    let held = budget.reserve(Usd::dollars(4)).unwrap();
    let error = budget.reserve(Usd::micros(6_000_001)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BudgetExceeded);
    assert_eq!(error.public_message(), "$6.000001 is needed and $6.00 of $10.00 is left");
    budget.reserve(Usd::dollars(6)).unwrap().release();
    drop(held);
    assert_eq!(budget.spent(), Usd::dollars(4), "a dropped reservation counts as spent");
}

#[test]
fn a_reservation_that_a_parent_refuses_leaves_no_trace_in_the_child() {
    let issue = Budget::new(Usd::dollars(1));
    let stage = issue.child(Usd::dollars(5));
    assert!(stage.reserve(Usd::dollars(2)).is_err());
    assert_eq!((stage.remaining(), stage.spent()), (Usd::dollars(1), Usd::ZERO));
    assert!(stage.reserve(Usd::dollars(1)).is_ok());
}

#[test]
fn sums_that_do_not_fit_are_refused_and_not_wrapped() {
    let budget = Budget::new(Usd::micros(u64::MAX));
    let held = budget.reserve(Usd::micros(u64::MAX)).unwrap();
    assert!(budget.reserve(Usd::micros(1)).is_err());
    held.settle(Usd::micros(u64::MAX));
    budget.count_past_spend("ask", Usd::micros(u64::MAX));
    assert_eq!(budget.remaining(), Usd::ZERO);
}
