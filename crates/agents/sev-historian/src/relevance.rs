//! Whether what is alike is relevant.
//!
//! None of the numbers below is of an archive. They are of a scale that holds for any: shares of what two documents could
//! have in common at most. Each was set where it parts what belongs together from what does not in several archives,
//! whole and shortened, and where it lies on a plateau.

use crate::causes::Concept;
use crate::text::Term;

/// How much more two documents are alike that have the same main cause.
const CAUSE: f32 = 0.5;

/// The same for the same services.
const SERVICES: f32 = 0.2;

/// The same, added for both: a service has many kinds of trouble, and a cause strikes many services, but the same cause
/// of the same service is the same trouble again.
const BOTH: f32 = 0.3;

/// The same for the same title.
const TITLE: f32 = 0.2;

/// The likeness at which relevant and not are equally likely, where a whole report is asked with.
const EVEN: f32 = 0.09;

/// The same where a few words are asked with: two of ten are soon the same by chance.
const EVEN_OF_FEW: f32 = 0.13;

/// What few words say at most, and a report at least, in words as rare as words can be.
const FEW: f32 = 4.0;
const MANY: f32 = 8.0;

/// The likeness by all that is the same which gives half of the highest score.
const EVEN_OF_ALL: f32 = 0.12;

/// At so much that is shared beyond one word, as rare as words can be, likeness counts half: one word alone is shared by
/// chance.
const HALF: f32 = 0.03;

/// How likely a link alone makes it that one has to do with the other.
const LINK: f32 = 0.6;

/// The score from which something is listed behind what is relevant.
const LISTED: f32 = 0.4;

/// The same for the first few, so that who looks at three sees three.
const LISTED_FIRST: f32 = 0.25;

/// How many these are.
pub(crate) const FIRST: usize = 3;

/// What speaks for an incident.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Grounds {
    /// What both have in common by words, beside what they could: 1 for the same text.
    pub(crate) likeness: f32,
    /// That of it which is of words that say something, each counted once.
    pub(crate) by_strong: f32,
    /// How much is shared beyond the one word that says the most, in words as rare as words can be.
    pub(crate) beyond_one: f32,
    /// The causes that both have, with how far they are the main ones of both.
    pub(crate) same_cause: Vec<(Concept, f32)>,
    /// How many of the services are the same; `None` where one of both names none.
    pub(crate) same_services: Option<f32>,
    /// Those, as the incident calls them.
    pub(crate) shared_services: Vec<String>,
    /// How alike the titles are.
    pub(crate) title: f32,
    /// Whether its title names what is at fault now.
    pub(crate) names_what_is_at_fault: bool,
    pub(crate) links_there: bool,
    pub(crate) links_back: bool,
    /// How much what was asked with says, in words as rare as words can be.
    pub(crate) asked: f32,
    /// The words that say the most.
    pub(crate) shared_words: Vec<Term>,
}

impl Grounds {
    /// How far both have the same main cause.
    pub(crate) fn cause(&self) -> f32 {
        self.same_cause.first().map_or(0.0, |(_, share)| *share)
    }

    /// How near both are, from 0 to 1, to put the nearest first. All that is the same counts: names, pairs of words, and
    /// words as they are written.
    ///
    /// What is structured strengthens what is alike, and does not stand in for it: it decides between two that are told
    /// in much the same words, and does not lift what shares none.
    pub(crate) fn score(&self) -> f32 {
        let alike = self.likeness * self.strength();
        let by_likeness = alike / (alike + EVEN_OF_ALL);
        if self.is_linked() { 1.0 - (1.0 - by_likeness) * (1.0 - LINK) } else { by_likeness }
    }

    /// Whether one has to do with the other. Here words count that say something, and each once: two reports of one team
    /// are alike in their small words, whatever they tell of.
    pub(crate) fn is_relevant(&self) -> bool {
        self.is_linked() || self.likeness.midpoint(self.by_strong) * self.strength() >= self.even()
    }

    fn even(&self) -> f32 {
        let few = ((MANY - self.asked) / (MANY - FEW)).clamp(0.0, 1.0);
        EVEN + (EVEN_OF_FEW - EVEN) * few
    }

    fn strength(&self) -> f32 {
        let (cause, services) = (self.cause(), self.same_services.unwrap_or_default());
        let structure = CAUSE * cause + SERVICES * services + BOTH * cause * services + TITLE * self.title;
        (1.0 + structure) * (self.beyond_one / (self.beyond_one + HALF))
    }

    const fn is_linked(&self) -> bool {
        self.links_there || self.links_back
    }
}

/// Whether something with this score is listed at this place, the first of which is 0, behind what is relevant.
pub(crate) fn is_listed(score: f32, rank: usize) -> bool {
    score >= if rank < FIRST { LISTED_FIRST } else { LISTED }
}
