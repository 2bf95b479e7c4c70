//! A token and its time.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

/// How long a token was said to live from when it was asked for; `None` for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Granted(Option<Duration>);

impl Granted {
    pub(crate) const FOR_EVER: Self = Self(None);

    /// So many seconds; `None` for none at all. What is longer than a century is a century.
    pub(crate) fn lasting(seconds: u64) -> Option<Self> {
        const LONGEST: u64 = 100 * 366 * 24 * 3600;
        (seconds > 0).then(|| Self(Some(Duration::from_secs(seconds.min(LONGEST)))))
    }
}

/// A token, until when it is good, and when it should be renewed.
pub(crate) struct Lease {
    token: SecretString,
    /// Tokens that a login gave are numbered. A renewed token keeps its number.
    pub(crate) number: u64,
    /// What the login gave.
    granted: Granted,
    asked: Timestamp,
    left: Granted,
    pub(crate) renewable: bool,
}

impl Lease {
    /// A lease counts from when it was asked for, so that it never ends later here than there.
    pub(crate) fn new(token: SecretString, number: u64, asked: Timestamp, granted: Granted, renewable: bool) -> Self {
        Self { token, number, granted, asked, left: granted, renewable }
    }

    /// The same token with a new life.
    pub(crate) fn renewed(&self, asked: Timestamp, left: Granted, renewable: bool) -> Self {
        Self { token: self.token.clone(), number: self.number, granted: self.granted, asked, left, renewable }
    }

    pub(crate) const fn token(&self) -> &SecretString {
        &self.token
    }

    /// When it ends; `None` for never.
    pub(crate) fn ends(&self) -> Option<Timestamp> {
        self.left.0.map(|left| after(self.asked, left))
    }

    pub(crate) fn is_good(&self, now: Timestamp) -> bool {
        self.ends().is_none_or(|end| now < end)
    }

    /// When it should be renewed or replaced: at two thirds of its life, or up to a twelfth of it earlier, so that
    /// those who started together do not come together. Which it is depends on the token, which is another for each.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let left = self.left.0?;
        let mut hasher = DefaultHasher::new();
        self.token.expose_secret().hash(&mut hasher);
        let share = u32::try_from(hasher.finish() % 1000).unwrap_or(0);
        Some(after(self.asked, (left * 2 / 3).saturating_sub(left / 12 * share / 1000)))
    }

    /// Whether a renewal gave so little that the token is near the end of all renewals.
    pub(crate) fn is_capped(&self) -> bool {
        match (self.left.0, self.granted.0) {
            (Some(left), Some(granted)) => left < granted / 2,
            _ => false,
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("number", &self.number).field("ends", &self.ends()).finish_non_exhaustive()
    }
}

pub(crate) fn after(at: Timestamp, duration: Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    at.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_lease_is_due_before_it_ends_and_not_too_early(seconds in 1_u64.., token in "[a-z]{1,8}") {
            let granted = Granted::lasting(seconds).unwrap();
            let lease = Lease::new(token.into(), 1, Timestamp::UNIX_EPOCH, granted, true);
            let (due, end) = (lease.due().unwrap(), lease.ends().unwrap());
            prop_assert!(due < end);
            let percent = due.as_second() * 100 / end.as_second();
            prop_assert!(end.as_second() < 100 || (57..=67).contains(&percent), "{percent}");
            prop_assert!(!lease.is_good(end) && lease.is_good(due));
        }
    }

    #[test]
    fn nobody_sees_the_token() {
        let lease = Lease::new("hunter2".into(), 1, Timestamp::UNIX_EPOCH, Granted::FOR_EVER, true);
        assert!(!format!("{lease:?}").contains("hunter2"));
        assert_eq!((lease.ends(), lease.due()), (None, None));
    }
}
