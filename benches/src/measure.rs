use std::any::Any;
use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What something took.
#[derive(Debug, Clone)]
pub struct Measured {
    /// What.
    pub name: &'static str,
    /// How long each round took, the shortest first.
    pub rounds: Vec<Duration>,
}

impl Measured {
    /// The median.
    #[must_use]
    pub fn median(&self) -> Duration {
        self.rounds.get(self.rounds.len() / 2).copied().unwrap_or_default()
    }

    /// How many times as long as something else it took, by the medians.
    #[must_use]
    pub fn times(&self, other: &Self) -> f64 {
        self.median().as_secs_f64() / other.median().as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |at: Option<&Duration>| at.map_or(0.0, |time| time.as_secs_f64() * 1_000.0);
        let (first, last) = (millis(self.rounds.first()), millis(self.rounds.last()));
        let median = self.median().as_secs_f64() * 1_000.0;
        write!(f, "{:<44} median {median:>9.2} ms  ({first:.2} to {last:.2})", self.name)
    }
}

/// Something to measure: its name, and what it makes.
type Work<'a> = (&'static str, &'a mut dyn FnMut() -> Box<dyn Any>);

/// Runs each of these once a round, in turn, so that whatever else the machine does hits all of them alike. What they
/// make is dropped outside of the measured time. A first round is not counted.
pub fn alternately<const N: usize>(rounds: usize, mut work: [Work<'_>; N]) -> [Measured; N] {
    let mut measured = work.each_ref().map(|(name, _)| Measured { name, rounds: Vec::with_capacity(rounds) });
    for round in 0..=rounds {
        for (measured, (_, work)) in measured.iter_mut().zip(&mut work) {
            let start = Instant::now();
            let made = black_box(work());
            let took = start.elapsed();
            drop(made);
            if round > 0 {
                measured.rounds.push(took);
            }
        }
    }
    for measured in &mut measured {
        measured.rounds.sort_unstable();
    }
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_run_once_a_round_and_once_before() {
        let (mut a, mut b) = (0, 0);
        let [first, second] = alternately(
            3,
            [
                ("a", &mut || {
                    a += 1;
                    Box::new(())
                }),
                ("b", &mut || {
                    b += 1;
                    Box::new(())
                }),
            ],
        );
        assert_eq!((a, b), (4, 4));
        assert_eq!((first.rounds.len(), second.name), (3, "b"));
    }

    #[test]
    fn a_ratio_is_one_of_medians() {
        let of = |rounds: &[u64]| Measured {
            name: "x",
            rounds: rounds.iter().map(|millis| Duration::from_millis(*millis)).collect(),
        };
        assert!((of(&[1, 10, 90]).times(&of(&[4, 5, 6])) - 2.0).abs() < 1e-9);
    }
}
