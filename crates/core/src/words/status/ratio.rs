use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const WHOLE: u32 = 1_000_000;
/// A hundredth of a percent, in millionths.
const SHOWN: u32 = 100;

/// A share from 0 to 1, in whole millionths, rounded down: what was down for a moment is never 1. A number in JSON. By
/// default nothing.
///
/// ```
/// use lamplighter_core::words::status::Ratio;
///
/// let day = Ratio::of(86_399, 86_400).unwrap();
/// assert_eq!(day.percent(), "99.99 %");
/// assert_eq!(serde_json::to_string(&day).unwrap(), "0.999988");
/// assert_eq!(Ratio::of(0, 0), None, "a share of nothing");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ratio(u32);

impl Ratio {
    /// Nothing of it.
    pub const NONE: Self = Self(0);
    /// All of it.
    pub const ALL: Self = Self(WHOLE);

    /// A part of a whole; `None` where there is no whole. More than the whole is all of it.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        let millionths = u128::from(part.min(whole)) * u128::from(WHOLE) / u128::from((whole > 0).then_some(whole)?);
        u32::try_from(millionths).ok().map(Self)
    }

    /// From a number; `None` where it is none from 0 to 1.
    #[must_use]
    pub fn from_f64(share: f64) -> Option<Self> {
        if !(0.0..=1.0).contains(&share) {
            return None;
        }
        // A number that was one of ours comes back as it was: half a millionth is far above the error of an f64.
        let nearest = (share * f64::from(WHOLE)).round();
        let floor = (share * f64::from(WHOLE)).floor();
        let exact = (nearest / f64::from(WHOLE) - share).abs() < 1e-12;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a million")]
        Some(Self(if exact { nearest } else { floor } as u32))
    }

    /// As a number from 0 to 1.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// In whole millionths.
    #[must_use]
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// Rounded down to a multiple of so many millionths, so that it changes less often.
    #[must_use]
    pub const fn coarser(self, step: u32) -> Self {
        if step == 0 { self } else { Self(self.0 - self.0 % step) }
    }

    /// Without the digits that [`percent`](Self::percent) does not show.
    #[must_use]
    pub const fn as_shown(self) -> Self {
        self.coarser(SHOWN)
    }

    /// For people, with two digits, rounded down: `99.98 %`. `100 %` is all of it and nothing less.
    #[must_use]
    pub fn percent(self) -> String {
        if self == Self::ALL {
            return "100 %".to_owned();
        }
        let hundredths = self.0 / SHOWN;
        format!("{}.{:02} %", hundredths / 100, hundredths % 100)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.percent())
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_f64())
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        Self::from_f64(share).ok_or_else(|| serde::de::Error::custom("a share is a number from 0 to 1"))
    }
}
