//! Chance that falls the same way every time.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

pub(crate) struct Dice(TestRunner);

impl Dice {
    pub(crate) fn new() -> Self {
        Self(TestRunner::deterministic())
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        (0..count).new_tree(&mut self.0).expect("a range has a value").current()
    }

    /// Once in so many times.
    pub(crate) fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}
