use jiff::civil::Date;
use lamplighter_core::words::{PastIncident, Trend};

/// How often the same trouble struck; `None` the first time.
pub(crate) fn trend(recurrences: &[&PastIncident]) -> Option<Trend> {
    if recurrences.is_empty() {
        return None;
    }
    let mut days: Vec<Date> = recurrences.iter().filter_map(|past| past.date).collect();
    days.sort_unstable();
    let gap = |pair: &[Date]| match pair {
        [one, other] => Some(i64::from((*other - *one).get_days())),
        _ => None,
    };
    let gaps: Vec<i64> = days.windows(2).filter_map(gap).collect();
    let mut sorted = gaps.clone();
    sorted.sort_unstable();
    Some(Trend {
        times: recurrences.len(),
        first: days.first().copied(),
        last: days.last().copied(),
        median_days_between: sorted.get(sorted.len() / 2).copied(),
        is_rising: is_rising(&gaps),
    })
}

/// Whether the later gaps are shorter than the earlier ones; `None` with fewer than two.
fn is_rising(gaps: &[i64]) -> Option<bool> {
    let (earlier, later) = gaps.split_at_checked(gaps.len() / 2)?;
    let later = later.get(later.len() - earlier.len()..)?;
    (!earlier.is_empty()).then(|| later.iter().sum::<i64>() < earlier.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(days: &[&str]) -> Option<Trend> {
        let past: Vec<_> = days
            .iter()
            .map(|day| PastIncident {
                path: String::new(),
                title: String::new(),
                date: day.parse().ok(),
                severity: None,
                score: 1.0,
                why: Vec::new(),
                is_recurrence: true,
                resolution: None,
                open_items: Vec::new(),
            })
            .collect();
        trend(&past.iter().collect::<Vec<_>>())
    }

    #[test]
    fn gaps_that_become_shorter_are_a_rise() {
        assert_eq!(of(&[]), None);
        let once = of(&["2026-01-01"]).unwrap();
        assert_eq!((once.times, once.median_days_between, once.is_rising), (1, None, None));
        let rising = of(&["2026-01-01", "2026-03-02", "2026-03-12"]).unwrap();
        assert_eq!((rising.median_days_between, rising.is_rising), (Some(60), Some(true)));
        let falling = of(&["2026-01-11", "2026-01-01", "2026-03-11", "unknown"]).unwrap();
        assert_eq!((falling.times, falling.is_rising, falling.last), (4, Some(false), "2026-03-11".parse().ok()));
    }
}
