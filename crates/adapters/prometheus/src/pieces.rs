use jiff::Timestamp;

use crate::PrometheusError;

/// How many points of a series Prometheus answers at a time (`web/api/v1/api.go`: "exceeded maximum resolution of
/// 11,000 points per timeseries"), and with it whoever speaks its API.
pub(crate) const MOST_POINTS: i64 = 11_000;

/// How many pieces a range may be asked for in.
const MOST_PIECES: i64 = 16;

/// A part of a range, both ends included, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

impl Piece {
    /// A time as the API takes it: seconds with decimals.
    pub(crate) fn seconds(milliseconds: i64) -> String {
        let sign = if milliseconds < 0 { "-" } else { "" };
        let milliseconds = milliseconds.unsigned_abs();
        format!("{sign}{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
    }
}

/// The pieces that have together the points of a range: `from`, `from` and a step, and so on up to `to`.
pub(crate) fn pieces(from: Timestamp, to: Timestamp, step: u32) -> Result<Vec<Piece>, PrometheusError> {
    if step == 0 {
        return Err(PrometheusError::Range("a step is at least one second".to_owned()));
    }
    let (from, to) = (from.as_millisecond(), to.as_millisecond());
    if to < from {
        return Err(PrometheusError::Range("the window ends before it begins".to_owned()));
    }
    let step = i64::from(step) * 1_000;
    let (points, stride) = ((to - from) / step + 1, MOST_POINTS * step);
    if points > MOST_POINTS * MOST_PIECES {
        let most = MOST_POINTS * MOST_PIECES;
        return Err(PrometheusError::Range(format!("it has {points} points, more than {most}; take a wider step")));
    }
    let begins = (0..MOST_PIECES).map(|index| from + index * stride).take_while(|start| *start <= to);
    Ok(begins.map(|start| Piece { start, end: to.min(start + stride - step) }).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    fn points(piece: Piece, step: u32) -> Vec<i64> {
        (piece.start..=piece.end).step_by(step as usize * 1_000).collect()
    }

    #[test]
    fn times_are_seconds_with_decimals() {
        for (milliseconds, expected) in [(1_772_366_400_007, "1772366400.007"), (0, "0.000"), (-1_500, "-1.500")] {
            assert_eq!(Piece::seconds(milliseconds), expected);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused = |from, to, step| pieces(at(from), at(to), step).unwrap_err().to_string();
        assert!(refused(0, 1, 0).contains("at least one second"));
        assert!(refused(1, 0, 1).contains("before it begins"));
        assert!(refused(0, 176_000_000, 1).contains("176001 points"));
        assert_eq!(pieces(at(0), at(175_999_999), 1).unwrap().len(), 16);
    }

    #[test]
    fn one_point_is_one_piece() {
        assert_eq!(pieces(at(5), at(5), 60).unwrap(), [Piece { start: 5, end: 5 }]);
    }

    proptest! {
        #[test]
        fn the_pieces_have_every_point_once_and_never_too_many(
            from in -1_000_000_000_i64..2_000_000_000_000, count in 0_i64..60_000, rest in 0_i64..1_000, step in 1_u32..900
        ) {
            let to = from + count * i64::from(step) * 1_000 + rest;
            let pieces = pieces(at(from), at(to), step).unwrap();
            let found: Vec<i64> = pieces.iter().flat_map(|piece| points(*piece, step)).collect();
            prop_assert_eq!(found, points(Piece { start: from, end: to }, step));
            prop_assert!(pieces.iter().all(|piece| points(*piece, step).len() <= 11_000));
        }
    }
}
