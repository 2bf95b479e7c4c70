//! Failures that strike at random, the same ones for the same seed.

use super::super::disruption::Mishap;

/// What goes wrong at random.
const MISHAPS: [Mishap; 6] = [
    Mishap::Refuse(500),
    Mishap::Refuse(502),
    Mishap::Refuse(503),
    Mishap::Reset,
    Mishap::LoseAnswer,
    Mishap::Truncate,
];

/// A die that is thrown at each request.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    state: u64,
    one_in: u64,
}

impl Dice {
    pub(super) const fn new(seed: u64, one_in: u64) -> Self {
        Self { state: seed, one_in }
    }

    /// What happens to this request.
    pub(super) fn throw(&mut self) -> Option<Mishap> {
        if !self.next().is_multiple_of(self.one_in.max(1)) {
            return None;
        }
        let which = self.next() % MISHAPS.len() as u64;
        usize::try_from(which).ok().and_then(|which| MISHAPS.get(which)).copied()
    }

    /// `SplitMix64`, <https://prng.di.unimi.it/splitmix64.c>.
    const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
