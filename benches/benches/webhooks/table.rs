use std::fmt;
use std::time::Duration;

use crate::contenders::{DURABLE, FLOOR, FORGETFUL, OCTOKIT};
use crate::process::Usage;
use crate::wrk::Answered;

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// As many good deliveries as are answered.
    Good,
    /// As many forged ones as are answered.
    Bad,
    /// As many good ones in a second as octokit answers.
    Paced,
}

/// What was measured, in the order in which it was first.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

struct Row {
    name: &'static str,
    load: Load,
    rounds: Vec<Round>,
}

/// What came of a load on a server.
#[derive(Clone, Copy)]
struct Round {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    processor_us: f64,
    memory_mb: f64,
    errors: f64,
}

#[expect(clippy::cast_precision_loss, reason = "there are less of anything than that")]
impl Table {
    pub(crate) fn add(&mut self, name: &'static str, load: Load, answered: &Answered, before: Usage, after: Usage) {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        let used = after.processor.saturating_sub(before.processor);
        // Of forged ones it is an error to be taken.
        let wrong = if load == Load::Bad { answered.requests.abs_diff(answered.refused) } else { answered.refused };
        let round = Round {
            per_second: answered.requests as f64 / answered.time.as_secs_f64(),
            p50_ms: millis(answered.p50),
            p99_ms: millis(answered.p99),
            processor_us: used.as_secs_f64() * 1e6 / answered.requests.max(1) as f64,
            memory_mb: after.memory as f64 / 1e6,
            errors: (wrong + answered.broken) as f64,
        };
        match self.0.iter_mut().find(|row| row.name == name && row.load == load) {
            Some(row) => row.rounds.push(round),
            None => self.0.push(Row { name, load, rounds: vec![round] }),
        }
    }

    /// How many good deliveries it answers in a second.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is neither large nor negative")]
    pub(crate) fn pace_of(&self, name: &str) -> Option<u64> {
        self.row(name, Load::Good).map(|row| row.median(|round| round.per_second) as u64)
    }

    fn row(&self, name: &str, load: Load) -> Option<&Row> {
        self.0.iter().find(|row| row.name == name && row.load == load)
    }

    /// How much of the processor's time it takes for a good delivery, of what octokit takes.
    fn share_of_octokit(&self, name: &str) -> Option<f64> {
        let processor = |name| Some(self.row(name, Load::Good)?.median(|round| round.processor_us));
        Some(processor(name)? / processor(OCTOKIT)?)
    }

    /// Whether what was aimed at is met.
    fn aims(&self) -> Vec<(String, f64, f64)> {
        let processor = |name, load| Some(self.row(name, load)?.median(|round| round.processor_us));
        let mut aims = Vec::new();
        let mut aim = |what: String, is: Option<f64>, below: f64| aims.extend(is.map(|is| (what, is, below)));
        for (name, share) in [(DURABLE, 3.0), (FORGETFUL, 8.0)] {
            aim(format!("{name}: processor, of {OCTOKIT}'s"), self.share_of_octokit(name), 1.0 / share);
        }
        for name in [DURABLE, FORGETFUL] {
            let p99 = self.row(name, Load::Paced).map(|row| row.median(|round| round.p99_ms));
            aim(format!("{name}: p99 at the pace of {OCTOKIT}, ms"), p99, 5.0);
            let ratio = processor(name, Load::Bad).zip(processor(name, Load::Good)).map(|(bad, good)| bad / good);
            aim(format!("{name}: processor for a bad one, of a good one's"), ratio, 1.0);
            let memory = self.row(name, Load::Good).map(|row| row.most(|round| round.memory_mb));
            aim(format!("{name}: memory, MB"), memory, 25.0);
        }
        aims
    }
}

impl Row {
    fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        let mut all: Vec<f64> = self.rounds.iter().map(of).collect();
        all.sort_unstable_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn most(&self, of: impl Fn(&Round) -> f64) -> f64 {
        self.rounds.iter().map(of).fold(f64::NAN, f64::max)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["per s", "p50 ms", "p99 ms", "CPU µs", "of octokit", "peak MB", "errors"];
        write!(f, "{:<28}{:<12}", "", "signatures")?;
        head.iter().try_for_each(|name| write!(f, "{name:>11}"))?;
        for row in &self.0 {
            let load = match row.load {
                Load::Good => "good",
                Load::Bad => "bad",
                Load::Paced => "good, paced",
            };
            let processor = row.median(|round| round.processor_us);
            // What is paced is compared with what octokit takes at that pace.
            let theirs = self.row(OCTOKIT, if row.load == Load::Bad { Load::Bad } else { Load::Good });
            let ratio = theirs.map_or(f64::NAN, |row| processor / row.median(|round| round.processor_us));
            write!(f, "\n{:<28}{load:<12}{:>11.0}", row.name, row.median(|round| round.per_second))?;
            write!(f, "{:>11.2}", row.median(|round| round.p50_ms))?;
            write!(f, "{:>11.2}{processor:>11.1}{ratio:>11.3}", row.median(|round| round.p99_ms))?;
            write!(f, "{:>11.1}{:>11.0}", row.most(|round| round.memory_mb), row.most(|round| round.errors))?;
        }
        if let Some(share) = self.share_of_octokit(FLOOR) {
            write!(f, "\n{:<70} {share:>7.3}", format!("{FLOOR}: processor, of {OCTOKIT}'s"))?;
        }
        for (what, is, below) in self.aims() {
            let verdict = if is <= below { "met" } else { "NOT met" };
            write!(f, "\n{what:<70} {is:>7.3}  aim {below:.3}: {verdict}")?;
        }
        Ok(())
    }
}
