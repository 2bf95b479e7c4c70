//! What a fake was asked, and what it is to fail at.

use std::fmt;
use std::sync::Mutex;

use lamplighter_core::{Error, Result};

use super::locked;

/// The calls that a fake was given, and the failures that it has been told to show.
///
/// A call is one line, the port's method first: `comment #42 findings`, `restart_pod apps/wiki-0`.
///
/// ```
/// use lamplighter_core::ports::Journal;
/// use lamplighter_core::{Error, ErrorKind, RunKey};
/// use lamplighter_testkit::fakes::FakeJournal;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> lamplighter_core::Result<()> {
/// let journal = FakeJournal::new();
/// journal.calls().fail_next("record", Error::new(ErrorKind::Unavailable, "the disk is full"));
/// let run = RunKey::new("issue/42");
/// assert!(journal.record(&run, "triage", 1.into()).await.is_err());
/// assert_eq!(journal.record(&run, "triage", 2.into()).await?, 2);
/// assert_eq!(journal.calls().of("record"), ["record issue/42 triage", "record issue/42 triage"]);
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct Calls(Mutex<Ledger>);

#[derive(Default)]
struct Ledger {
    made: Vec<String>,
    failures: Vec<Failure>,
}

struct Failure {
    method: String,
    moment: Moment,
    effect: Effect,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    Before,
    After,
}

enum Effect {
    Once(Error),
    Always(Box<dyn Fn() -> Error + Send + Sync>),
}

/// The name that stands for every method.
const ANY: &str = "*";

impl Calls {
    /// All calls, the first one first.
    pub fn made(&self) -> Vec<String> {
        locked(&self.0).made.clone()
    }

    /// The calls of one method.
    pub fn of(&self, method: &str) -> Vec<String> {
        let is_of = |call: &&String| call.split(' ').next() == Some(method);
        locked(&self.0).made.iter().filter(is_of).cloned().collect()
    }

    /// Forgets the calls made so far, so that a test can look at what comes after.
    pub fn clear(&self) {
        locked(&self.0).made.clear();
    }

    /// Makes the next call of a method fail, before it does anything. Several are used up in their order.
    pub fn fail_next(&self, method: &str, error: Error) {
        self.order(method, Moment::Before, Effect::Once(error));
    }

    /// Makes the next call of any method fail, before it does anything.
    pub fn fail_next_call(&self, error: Error) {
        self.order(ANY, Moment::Before, Effect::Once(error));
    }

    /// Makes the next call of a method fail after it has had its effect, as when the answer is lost on its
    /// way. Only methods that write can fail so.
    pub fn fail_after_next(&self, method: &str, error: Error) {
        self.order(method, Moment::After, Effect::Once(error));
    }

    /// Makes every call of a method fail from now on.
    pub fn fail_always(&self, method: &str, error: impl Fn() -> Error + Send + Sync + 'static) {
        self.order(method, Moment::Before, Effect::Always(Box::new(error)));
    }

    /// Takes all failures back.
    pub fn recover(&self) {
        locked(&self.0).failures.clear();
    }

    /// Notes a call, and fails if it is to fail before it does anything.
    pub(crate) fn begin(&self, method: &'static str, detail: impl fmt::Display) -> Result<()> {
        locked(&self.0).made.push(format!("{method} {detail}").trim_end().to_owned());
        self.failure(method, Moment::Before)
    }

    /// Fails if this call is to fail after its effect.
    pub(crate) fn end(&self, method: &'static str) -> Result<()> {
        self.failure(method, Moment::After)
    }

    fn order(&self, method: &str, moment: Moment, effect: Effect) {
        locked(&self.0).failures.push(Failure { method: method.to_owned(), moment, effect });
    }

    fn failure(&self, method: &str, moment: Moment) -> Result<()> {
        let failures = &mut locked(&self.0).failures;
        let is_due =
            |failure: &Failure| failure.moment == moment && (failure.method == method || failure.method == ANY);
        let Some(index) = failures.iter().position(is_due) else {
            return Ok(());
        };
        let failure = failures.remove(index);
        match failure.effect {
            Effect::Once(error) => Err(error),
            Effect::Always(make) => {
                let error = make();
                failures.insert(index, Failure { effect: Effect::Always(make), ..failure });
                Err(error)
            }
        }
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Calls").field(&self.made()).finish()
    }
}
