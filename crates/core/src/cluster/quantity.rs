use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A Kubernetes quantity: `128Mi`, `500m`, `2`, `1e3`.
///
/// Source: `apimachinery/pkg/api/resource`, the grammar in the docs of `Quantity`. Kept as it is written;
/// [`Quantity::millis`] is its value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Quantity(String);

impl Quantity {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value in thousandths of its unit (millicores for CPU), rounded up as Kubernetes does, or `None`
    /// for what is no quantity or too large.
    #[must_use]
    pub fn millis(&self) -> Option<i128> {
        parse_millis(&self.0)
    }

    /// The value in whole units (bytes for memory), rounded up.
    #[must_use]
    pub fn units(&self) -> Option<i128> {
        self.millis().map(|millis| millis.div_euclid(1000) + i128::from(millis.rem_euclid(1000) != 0))
    }

    /// A number of bytes in the largest binary unit that writes it without a fraction: `256Mi`.
    #[must_use]
    pub fn from_bytes(bytes: u64) -> Self {
        const UNITS: [(&str, u32); 4] = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];
        let unit = UNITS.iter().find(|(_, shift)| bytes != 0 && bytes.trailing_zeros() >= *shift);
        Self(match unit {
            Some((suffix, shift)) => format!("{}{suffix}", bytes >> shift),
            None => bytes.to_string(),
        })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Quantity {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match parse_millis(text) {
            Some(_) => Ok(Self(text.to_owned())),
            None => {
                Err(crate::Error::invalid(format!("{text:?} is not a Kubernetes quantity such as 256Mi, 500m or 2")))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(serde_json::Number),
        }
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Text(text) => text,
            Written::Number(number) => number.to_string(),
        }))
    }
}

fn parse_millis(text: &str) -> Option<i128> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))).unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let (numerator, denominator) = scale(suffix)?;
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mantissa: i128 = format!("{whole}{fraction}").parse().ok().filter(|value| *value >= 0)?;
    let divisor = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?.checked_mul(denominator)?;
    let product = mantissa.checked_mul(numerator)?.checked_mul(1000)?;
    let millis = product.div_euclid(divisor) + i128::from(product.rem_euclid(divisor) != 0);
    Some(if negative { -millis } else { millis })
}

fn scale(suffix: &str) -> Option<(i128, i128)> {
    Some(match suffix {
        "" => (1, 1),
        "n" => (1, 1_000_000_000),
        "u" => (1, 1_000_000),
        "m" => (1, 1000),
        "k" => (1_000, 1),
        "M" => (1_000_000, 1),
        "G" => (1_000_000_000, 1),
        "T" => (1_000_000_000_000, 1),
        "P" => (1_000_000_000_000_000, 1),
        "E" => (1_000_000_000_000_000_000, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1 << 60, 1),
        exponent => {
            let power: i32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            let ten = 10_i128.checked_pow(power.unsigned_abs())?;
            if power < 0 { (1, ten) } else { (ten, 1) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_the_value_that_kubernetes_gives_them() {
        let cases = [
            ("128Mi", Some(134_217_728_000)),
            ("500m", Some(500)),
            ("0.1", Some(100)),
            ("2", Some(2000)),
            ("1e3", Some(1_000_000)),
            ("12E", Some(12_000_000_000_000_000_000_000)),
            ("1500u", Some(2)),
            ("-1", Some(-1000)),
            (".5Gi", Some(536_870_912_000)),
            ("", None),
            ("Mi", None),
            ("1.2.3", None),
            ("1Mib", None),
            ("1e999", None),
            ("--1", None),
        ];
        for (text, millis) in cases {
            assert_eq!(Quantity(text.to_owned()).millis(), millis, "{text}");
        }
    }

    #[test]
    fn bytes_are_written_in_the_unit_that_fits() {
        for (bytes, text) in [(268_435_456, "256Mi"), (1 << 30, "1Gi"), (1_500, "1500"), (0, "0")] {
            assert_eq!(Quantity::from_bytes(bytes).as_str(), text);
        }
    }
}
