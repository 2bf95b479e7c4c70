use crate::ports::Sample;

/// How a series has changed inside its window: the level before and the level after the point at which the two
/// differ the most.
///
/// Levels are medians, so that a few outliers move neither. Each side has at least a fifth of the samples, of many
/// samples a tenth: what began three minutes ago is a small part of half an hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The level before, in the unit of the series.
    pub before: f64,
    /// The level after.
    pub after: f64,
    /// The usual distance of a sample from its level before (median absolute deviation).
    pub noise: f64,
    /// The first sample of the new level.
    pub at: jiff::Timestamp,
}

/// More samples than this are thinned: the work grows with their square.
const MOST: usize = 240;

/// Fewer samples than this have no history to compare with.
const FEWEST: usize = 8;

/// So many samples make a level, whatever part of all they are.
const ENOUGH: usize = 9;

impl Shift {
    /// The greatest change in these samples, oldest first; `None` where there are fewer than eight finite ones.
    #[must_use]
    pub fn of(samples: &[Sample]) -> Option<Self> {
        let stride = samples.len().div_ceil(MOST).max(1);
        let finite = samples.iter().copied().filter(|sample| sample.value.is_finite());
        let finite: Vec<Sample> = finite.step_by(stride).collect();
        if finite.len() < FEWEST {
            return None;
        }
        let margin = (finite.len() / 5).min(ENOUGH.max(finite.len() / 10)).max(2);
        let candidates = (margin..=finite.len() - margin).filter_map(|at| {
            let (before, after) = finite.split_at_checked(at)?;
            let (before, after) = (median_of(before), median_of(after));
            Some((at, before, after, spread(&finite, at, before, after)))
        });
        // The split with the least scatter around its two levels.
        let (at, before, after, _) = candidates.min_by(|a, b| a.3.total_cmp(&b.3))?;
        let (head, tail) = finite.split_at_checked(at)?;
        let noise = median(head.iter().map(|sample| (sample.value - before).abs()).collect());
        Some(Self { before, after, noise, at: tail.first()?.at })
    }

    /// How many times the level before the level after is. From nothing to something is infinite, from nothing to
    /// nothing 1.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        if self.before.abs() < f64::EPSILON {
            return if self.after.abs() < f64::EPSILON { 1.0 } else { f64::INFINITY };
        }
        self.after / self.before
    }

    /// Whether the level has grown to at least `factor` times, by more than noise explains.
    #[must_use]
    pub fn grew(&self, factor: f64) -> bool {
        self.after > self.before && self.ratio() >= factor && self.stands_out()
    }

    /// Whether the level has fallen to at most one `factor`th, by more than noise explains.
    #[must_use]
    pub fn fell(&self, factor: f64) -> bool {
        self.after < self.before && self.ratio() <= 1.0 / factor && self.stands_out()
    }

    fn stands_out(&self) -> bool {
        (self.after - self.before).abs() > 3.0 * self.noise
    }
}

fn spread(samples: &[Sample], split: usize, before: f64, after: f64) -> f64 {
    let level = |at| if at < split { before } else { after };
    samples.iter().enumerate().map(|(at, sample)| (sample.value - level(at)).abs()).sum()
}

fn median_of(samples: &[Sample]) -> f64 {
    median(samples.iter().map(|sample| sample.value).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    if values.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.saturating_sub(1)), at(middle)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> Vec<Sample> {
        let at = |second: usize| jiff::Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
        values.iter().enumerate().map(|(second, value)| Sample { at: at(second), value: *value }).collect()
    }

    #[test]
    fn a_step_is_found_where_it_is() {
        let shift = Shift::of(&samples(&[1.0, 1.1, 0.9, 1.0, 1.0, 8.0, 9.0, 8.5, 8.0, 9.0])).unwrap();
        assert_eq!(shift.at.as_second(), 5);
        assert!(shift.grew(5.0) && !shift.fell(1.1));
    }

    #[test]
    fn what_began_at_the_end_of_a_long_window_is_found() {
        let values: Vec<f64> = (0..120).map(|at| if at < 108 { 1.0 + f64::from(at % 3) / 10.0 } else { 6.0 }).collect();
        let shift = Shift::of(&samples(&values)).unwrap();
        assert_eq!(shift.at.as_second(), 108);
        assert!(shift.grew(5.0));
        let spike: Vec<f64> = (0..120).map(|at| if at < 115 { 1.0 } else { 6.0 }).collect();
        assert!(!Shift::of(&samples(&spike)).unwrap().grew(1.5), "five samples are no level");
    }

    #[test]
    fn noise_is_no_change() {
        let shift = Shift::of(&samples(&[5.0, 1.0, 4.0, 2.0, 5.0, 1.0, 4.0, 2.0, 5.0, 1.0, 4.0, 2.0])).unwrap();
        assert!(!shift.grew(1.5) && !shift.fell(1.5), "{shift:?}");
    }

    #[test]
    fn a_fall_to_nothing_is_a_fall_and_nothing_stays_nothing() {
        let shift = Shift::of(&samples(&[30.0, 31.0, 30.0, 29.0, 30.0, 0.0, 0.0, 0.0, 0.0, 0.0])).unwrap();
        assert!(shift.fell(10.0));
        let flat = Shift::of(&samples(&[0.0; 10])).unwrap();
        assert!(!flat.grew(1.0) && !flat.fell(1.0));
    }

    #[test]
    fn too_little_is_nothing() {
        assert_eq!(Shift::of(&samples(&[1.0, 9.0, 1.0])), None);
        assert_eq!(Shift::of(&samples(&[f64::NAN; 20])), None);
    }
}
