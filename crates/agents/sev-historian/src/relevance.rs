//! Whether what is alike is relevant.
//!
//! None of the numbers below was learned from an archive. They are of a scale that holds for any: shares of what two
//! documents could have in common at most, and how far that stands out of what the other documents have in common with the
//! question by chance.

use crate::causes::Concept;
use crate::index::Place;
use crate::text::Term;

/// How much more two documents are alike that have the same main cause.
const CAUSE: f32 = 0.5;

/// The same for the same services: a service has many kinds of trouble, so it counts less than the cause.
const SERVICES: f32 = 0.25;

/// The same for the same title.
const TITLE: f32 = 0.2;

/// The likeness, above what is usual in the archive, at which relevant and not are equally likely, where an archive is too
/// small to say: a tenth of what both documents say that is special.
pub(crate) const EVEN: f32 = 0.1;

/// What it may be where an archive says it.
const EVENS: std::ops::RangeInclusive<f32> = 0.055..=0.12;

/// Of how many deviations above the usual the same is true, where these say more.
const EVEN_DEVIATIONS: f32 = 1.5;

/// At so many shared words, as rare as words can be, likeness counts half: one word alone is shared by chance.
const HALF: f32 = 0.6;

/// How likely a link alone makes it that one has to do with the other.
const LINK: f32 = 0.6;

/// The score from which something is relevant.
pub(crate) const RELEVANT: f32 = 0.5;

/// The score from which something is listed behind what is relevant.
pub(crate) const LISTED: f32 = 0.4;

/// What speaks for an incident.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Grounds {
    /// Its score by words, as BM25F gives it.
    pub(crate) words: f32,
    /// That, in words as rare as words can be.
    pub(crate) rare_words: f32,
    /// That, beside both answers to themselves: 1 for the same text.
    pub(crate) likeness: f32,
    /// The likeness at which relevant and not are equally likely.
    pub(crate) even: f32,
    /// The likeness that is usual, and its deviation.
    pub(crate) usual: (f32, f32),
    /// The causes that both have, with how far they are the main ones of both.
    pub(crate) same_cause: Vec<(Concept, f32)>,
    /// How many of the services are the same; `None` where one of both names none.
    pub(crate) same_services: Option<f32>,
    /// Those, as the incident calls them.
    pub(crate) shared_services: Vec<String>,
    /// How alike the titles are.
    pub(crate) title: f32,
    pub(crate) links_there: bool,
    pub(crate) links_back: bool,
    /// The words that say the most.
    pub(crate) shared_words: Vec<Term>,
}

impl Grounds {
    /// How far both have the same main cause.
    pub(crate) fn cause(&self) -> f32 {
        self.same_cause.first().map_or(0.0, |(_, share)| *share)
    }

    /// How likely it is that one has to do with the other, from 0 to 1.
    pub(crate) fn score(&self) -> f32 {
        let (usual, deviation) = self.usual;
        let structure = CAUSE * self.cause() + SERVICES * self.same_services.unwrap_or_default() + TITLE * self.title;
        let above = (self.likeness - usual).max(0.0) * (1.0 + structure) * (self.rare_words / (self.rare_words + HALF));
        let even = self.even.max(EVEN_DEVIATIONS * deviation);
        let by_likeness = above / (above + even);
        if self.links_there || self.links_back { 1.0 - (1.0 - by_likeness) * (1.0 - LINK) } else { by_likeness }
    }
}

/// The likeness at which relevant and not are equally likely, from how alike any two incidents of the archive are: a little
/// above what one in ten pairs has, or three pairs of each incident where there are many. Long reports, and reports with
/// many words of their own, are less alike though they tell of the same.
pub(crate) fn even(mut likenesses: Vec<f32>, incidents: usize) -> f32 {
    const ABOVE: f32 = 1.1;
    /// Fewer pairs say nothing.
    const PAIRS: usize = 8 * 7;
    if likenesses.len() < PAIRS {
        return EVEN;
    }
    likenesses.sort_by(f32::total_cmp);
    let count = likenesses.len();
    let above = (count / 10).min(count * 3 / incidents.max(1)).max(1);
    let reached = likenesses.get(count - above).copied().unwrap_or(EVEN);
    (reached * ABOVE).clamp(*EVENS.start(), *EVENS.end())
}

/// How the other incidents of the archive answer a question. Most of them have nothing to do with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Surroundings {
    /// The likeness in the middle.
    pub(crate) usual: f32,
    /// Its standard deviation, concluded from the upper quartile: what is relevant, where that is less than a quarter of
    /// the archive, does not widen it.
    pub(crate) deviation: f32,
    /// Whether there are too few to say what is usual: they may all be what is looked for, and words alone say nothing.
    pub(crate) are_few: bool,
}

/// So many incidents say what is usual.
const FEW: usize = 3;

impl Surroundings {
    /// Of these likenesses, one for each incident.
    pub(crate) fn of(likenesses: &[f32], own: Option<Place>) -> Self {
        /// The upper quartile of a normal distribution, in standard deviations.
        const QUARTILE: f32 = 0.674;
        let own = own.and_then(|own| usize::try_from(own).ok());
        let others = likenesses.iter().enumerate().filter(|(at, _)| Some(*at) != own);
        let mut others: Vec<f32> = others.map(|(_, likeness)| *likeness).collect();
        others.sort_by(f32::total_cmp);
        let at = |place: usize| others.get(place).copied().unwrap_or_default();
        let (middle, upper) = (at(others.len() / 2), at(others.len() * 3 / 4));
        // In a handful of documents the middle may be what is looked for.
        let middle = match others.len() {
            0..FEW => 0.0,
            FEW..8 => at(0).min(middle),
            _ => middle,
        };
        let deviation = if others.len() < 8 { 0.0 } else { (upper - middle) / QUARTILE };
        Self { usual: middle, deviation, are_few: others.len() < FEW }
    }
}
