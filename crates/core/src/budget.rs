//! Money as a type: reserved before it is spent, settled after.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind};

/// An amount of US dollars, counted in millionths so that sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usd(u64);

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Whole dollars.
    #[must_use]
    pub const fn dollars(dollars: u64) -> Self {
        Self(dollars.saturating_mul(1_000_000))
    }

    /// Whole cents.
    #[must_use]
    pub const fn cents(cents: u64) -> Self {
        Self(cents.saturating_mul(10_000))
    }

    /// Millionths of a dollar.
    #[must_use]
    pub const fn micros(micros: u64) -> Self {
        Self(micros)
    }

    /// This amount in millionths of a dollar.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// The sum, or `None` where it would not fit.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, never below zero.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dollars, rest) = (self.0 / 1_000_000, self.0 % 1_000_000);
        if rest.is_multiple_of(10_000) {
            write!(f, "${dollars}.{:02}", rest / 10_000)
        } else {
            write!(f, "${dollars}.{rest:06}")
        }
    }
}

/// A limit on what may be spent, shared by everybody who holds a clone of it.
///
/// A [child](Budget::child) has a limit of its own and draws on its parent as well, so that parallel
/// agents cannot together spend more than the parent allows: a reservation is made on every level under
/// that level's lock before anything is spent, or on none.
///
/// ```
/// use lamplighter_core::{Budget, Usd};
///
/// let issue = Budget::new(Usd::dollars(10));
/// let stage = issue.child(Usd::dollars(5));
/// let spend = stage.reserve(Usd::dollars(4))?;
/// spend.settle(Usd::dollars(3));
/// assert_eq!(issue.remaining(), Usd::dollars(7));
/// assert!(stage.reserve(Usd::dollars(3)).is_err());
/// # Ok::<(), lamplighter_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Budget(Arc<Level>);

struct Level {
    limit: Usd,
    parent: Option<Budget>,
    ledger: Mutex<Ledger>,
    /// The spends that are in the ledger, by name; kept where there is no parent.
    counted: Mutex<BTreeSet<String>>,
}

#[derive(Default, Clone, Copy)]
struct Ledger {
    spent: Usd,
    reserved: Usd,
}

impl Budget {
    /// A budget of its own.
    #[must_use]
    pub fn new(limit: Usd) -> Self {
        Self(Arc::new(Level { limit, parent: None, ledger: Mutex::default(), counted: Mutex::default() }))
    }

    /// A budget of at most `limit` that draws on this one.
    #[must_use]
    pub fn child(&self, limit: Usd) -> Self {
        Self(Arc::new(Level { limit, parent: Some(self.clone()), ledger: Mutex::default(), counted: Mutex::default() }))
    }

    /// Sets `cost` aside, here and on every level above, or nowhere.
    ///
    /// # Errors
    /// [`ErrorKind::BudgetExceeded`] when any level has less than `cost` left.
    pub fn reserve(&self, cost: Usd) -> Result<Reservation, Error> {
        self.set_aside(cost)?;
        Ok(Reservation { budget: self.clone(), cost, open: true })
    }

    /// Counts money that an earlier process spent, as its journal says, once for each spend of this name.
    /// Never fails: what is spent is spent, even beyond the limit.
    pub fn count_past_spend(&self, spend: &str, cost: Usd) {
        if !self.counts_itself(spend) {
            return;
        }
        for level in self.levels() {
            let mut ledger = level.ledger();
            ledger.spent = ledger.spent.checked_add(cost).unwrap_or(Usd(u64::MAX));
        }
    }

    /// Notes that a spend of this name is counted by its reservation, so that its record is not counted as a
    /// past one as well. Returns whether this is news.
    pub(crate) fn counts_itself(&self, spend: &str) -> bool {
        let root = self.levels().last().unwrap_or(self);
        root.0.counted.lock().unwrap_or_else(PoisonError::into_inner).insert(spend.to_owned())
    }

    /// What may still be reserved: the least that any level has left.
    #[must_use]
    pub fn remaining(&self) -> Usd {
        self.levels().map(Budget::left_here).min().unwrap_or(Usd::ZERO)
    }

    /// What has been spent on this level.
    #[must_use]
    pub fn spent(&self) -> Usd {
        self.ledger().spent
    }

    /// The limit of this level.
    #[must_use]
    pub fn limit(&self) -> Usd {
        self.0.limit
    }

    fn set_aside(&self, cost: Usd) -> Result<(), Error> {
        {
            let mut ledger = self.ledger();
            let wanted = ledger.spent.checked_add(ledger.reserved).and_then(|used| used.checked_add(cost));
            match wanted {
                Some(total) if total <= self.0.limit => {
                    ledger.reserved = ledger.reserved.checked_add(cost).unwrap_or(Usd(u64::MAX));
                }
                _ => {
                    let left = self.0.limit.saturating_sub(ledger.spent).saturating_sub(ledger.reserved);
                    let message = format!("{cost} is needed and {left} of {} is left", self.0.limit);
                    return Err(Error::new(ErrorKind::BudgetExceeded, message.clone()).with_public(message));
                }
            }
        }
        if let Some(parent) = &self.0.parent
            && let Err(error) = parent.set_aside(cost)
        {
            let mut ledger = self.ledger();
            ledger.reserved = ledger.reserved.saturating_sub(cost);
            return Err(error);
        }
        Ok(())
    }

    fn close(&self, reserved: Usd, actual: Usd) {
        for level in self.levels() {
            let mut ledger = level.ledger();
            ledger.reserved = ledger.reserved.saturating_sub(reserved);
            ledger.spent = ledger.spent.checked_add(actual).unwrap_or(Usd(u64::MAX));
        }
    }

    fn left_here(&self) -> Usd {
        let ledger = self.ledger();
        self.0.limit.saturating_sub(ledger.spent).saturating_sub(ledger.reserved)
    }

    fn levels(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |level| level.0.parent.as_ref())
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // A panic while the lock was held cannot leave a ledger half-written: each change is one assignment.
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ledger = *self.ledger();
        f.debug_struct("Budget")
            .field("limit", &self.0.limit)
            .field("spent", &ledger.spent)
            .field("reserved", &ledger.reserved)
            .finish()
    }
}

/// Money set aside for one spend.
///
/// Dropped without [`settle`](Reservation::settle) or [`release`](Reservation::release), it counts as
/// spent: a cancelled call may well have been billed.
#[must_use = "a reservation that is dropped counts as spent"]
#[derive(Debug)]
pub struct Reservation {
    budget: Budget,
    cost: Usd,
    open: bool,
}

impl Reservation {
    /// Closes the reservation with what it really cost. More than was reserved is counted as well: the
    /// ledger says what happened.
    pub fn settle(mut self, actual: Usd) {
        self.open = false;
        self.budget.close(self.cost, actual);
    }

    /// Closes the reservation: nothing was spent.
    pub fn release(self) {
        self.settle(Usd::ZERO);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.open {
            self.budget.close(self.cost, self.cost);
        }
    }
}
