//! The documents of a library, by their terms.

use std::collections::HashMap;
use std::sync::Arc;

use lamplighter_core::words::ServiceCatalog;

use crate::causes::Concept;
use crate::entry::Entry;
use crate::field::Field;
use crate::kind::DocumentKind;
use crate::library::{Library, Record};
use crate::links::Links;
use crate::said::{Occurrence, Said};
use crate::services::ServiceNames;
use crate::text::{ByNumber, Term, TermKind, Vocabulary};

/// How fast a word that is said again stops counting more, as `k1` of BM25.
const SATURATION: f32 = 1.2;

/// How much faster than in BM25 a term loses its worth with the documents that have it. Headings and forms are in many
/// and say nothing.
const STEEPNESS: f32 = 1.3;

/// How many terms of a question are looked for: the rest of a long report is its author's way of telling.
const TERMS_OF_A_QUESTION: usize = 120;

/// How many incidents elsewhere, with none of its words, an archive is taken to be a part of. In an archive of few
/// incidents, or about one topic, what they share is still rarer than what everybody writes.
const ELSEWHERE: usize = 20;

/// The place of a document in an index.
pub(crate) type Place = u32;

/// An index over a library: what [`SevHistorian`](crate::SevHistorian) searches in.
///
/// BM25F (Robertson, Zaragoza and Taylor, CIKM 2004): the occurrences of a term are weighted by field, normalised by the
/// field's length, added up, and only then saturated. Beside words there are terms for causes, families of causes,
/// services, names and pairs of words. Terms that most documents have, which is what templates are made of, weigh next to
/// nothing.
#[derive(Debug, Clone)]
pub struct Index {
    pub(crate) library: Arc<Library>,
    pub(crate) catalog: ServiceCatalog,
    /// The places on the records of what tells of an incident.
    pub(crate) incidents: Vec<usize>,
    pub(crate) links: Links,
    postings: ByNumber<Term, Vec<(Place, f32)>>,
    averages: [f32; Field::COUNT],
    /// How much a term says of which none, one, two ... of the incidents have it.
    rarities: Vec<f32>,
    /// For each incident how well it answers itself.
    pub(crate) selves: Vec<f32>,
    pub(crate) services: ServiceNames,
}

impl Index {
    /// Over this library.
    #[must_use]
    pub fn new(library: Arc<Library>) -> Self {
        Self::with_catalog(library, ServiceCatalog::default())
    }

    /// Over this library, with the services that are known: their other names, and what depends on them.
    #[must_use]
    pub fn with_catalog(library: Arc<Library>, catalog: ServiceCatalog) -> Self {
        let is_incident = |(_, record): &(usize, &Record)| record.entry.kind == DocumentKind::PostMortem;
        let incidents: Vec<_> = library.records.iter().enumerate().filter(is_incident).map(|(at, _)| at).collect();
        let entries: Vec<&Entry> =
            incidents.iter().filter_map(|at| library.records.get(*at)).map(|s| &s.entry).collect();
        let averages = averages(&entries);
        let mut postings: ByNumber<Term, Vec<(Place, f32)>> = ByNumber::default();
        for (entry, place) in entries.iter().zip(0..) {
            for (term, occurrences) in entry.said.terms() {
                let weight = weight(occurrences, &entry.said.lengths, &averages, true);
                postings.entry(term).or_default().push((place, weight));
            }
        }
        let links = Links::of(&entries);
        let services = ServiceNames::of(&entries, &catalog, &library.counter.vocabulary);
        let rarities = (0..=incidents.len()).map(|having| rarity(incidents.len(), having)).collect();
        let selves = Vec::new();
        let mut index = Self { library, catalog, incidents, links, postings, averages, rarities, selves, services };
        index.selves = index.entries().map(|(_, entry)| index.itself(&entry.said)).collect();
        index
    }

    /// How many incidents it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.incidents.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.incidents.is_empty()
    }

    /// Roughly how many bytes of memory its lists take, without the library.
    #[must_use]
    pub fn size(&self) -> usize {
        let lists: usize = self.postings.values().map(|list| list.capacity() * size_of::<(Place, f32)>()).sum();
        lists + self.postings.capacity() * size_of::<(Term, Vec<(Place, f32)>)>() + self.selves.len() * 4
    }

    pub(crate) fn entry(&self, place: Place) -> Option<&Entry> {
        self.record(place).map(|record| &record.entry)
    }

    pub(crate) fn record(&self, place: Place) -> Option<&Record> {
        self.library.records.get(*self.incidents.get(usize::try_from(place).ok()?)?)
    }

    /// All incidents with their places.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Place, &Entry)> {
        (0..).zip(self.incidents.iter().filter_map(|at| self.library.records.get(*at)).map(|record| &record.entry))
    }

    /// How much a term tells two incidents apart.
    pub(crate) fn worth(&self, term: Term) -> f32 {
        let rarity = self.rarities.get(self.frequency(term)).copied().unwrap_or_default();
        rarity * kind_weight(self.library.counter.vocabulary.kind(term))
    }

    /// How rare a concept is, from 0 to 1: what every incident speaks of is the cause of none.
    pub(crate) fn rarity_of(&self, concept: Concept) -> f32 {
        let kind = match concept {
            Concept::Code(_) => TermKind::Cause,
            Concept::Family(_) => TermKind::Family,
        };
        let frequency =
            self.library.counter.vocabulary.find(kind, concept.code()).map_or(0, |term| self.frequency(term));
        (rarity(self.incidents.len(), frequency) / self.most_worth().max(f32::MIN_POSITIVE)).clamp(0.0, 1.0).sqrt()
    }

    /// How much the rarest word tells two incidents apart.
    pub(crate) fn most_worth(&self) -> f32 {
        rarity(self.incidents.len(), 1)
    }

    /// How many incidents have a term.
    pub(crate) fn frequency(&self, term: Term) -> usize {
        self.postings.get(&term).map_or(0, Vec::len)
    }

    /// What is asked, as weighted terms, those that say the most first.
    pub(crate) fn weighted(&self, said: &Said, vocabulary: &Vocabulary, without: Option<Place>) -> Vec<Asked> {
        let itself = usize::from(without.is_some());
        let known = self.incidents.len().saturating_sub(itself);
        let ask = |(term, occurrences): (Term, &[Occurrence])| {
            let frequency = self.frequency(term).saturating_sub(itself).max(1);
            let worth = rarity(known, frequency) * kind_weight(vocabulary.kind(term));
            Asked { term, weight: weight(occurrences, &said.lengths, &self.averages, false), worth }
        };
        let mut asked: Vec<_> = said.terms().map(ask).collect();
        // Numbers of terms depend on what was read first, their texts do not.
        asked.sort_by(|one, other| {
            let by_text = || vocabulary.text(one.term).cmp(vocabulary.text(other.term));
            other.itself().total_cmp(&one.itself()).then_with(by_text)
        });
        asked.truncate(TERMS_OF_A_QUESTION);
        asked
    }

    /// How much is asked with, in words as rare as words can be.
    pub(crate) fn amount(&self, asked: &[Asked]) -> f32 {
        asked.iter().map(Asked::itself).sum::<f32>() / self.most_worth().max(f32::MIN_POSITIVE)
    }

    /// How well each incident answers.
    pub(crate) fn scores(&self, asked: &[Asked]) -> Vec<f32> {
        let mut scores = vec![0.0; self.incidents.len()];
        for one in asked {
            for (place, weight) in self.postings.get(&one.term).into_iter().flatten() {
                if let Some(score) = at_mut(&mut scores, *place) {
                    *score += one.worth * one.weight * weight;
                }
            }
        }
        scores
    }

    /// What a text adds for each term that is asked for, and how alike both are: 1 for the same. Neither need be in the
    /// index.
    pub(crate) fn likeness(&self, asked: &[Asked], said: &Said) -> (Vec<(Term, f32)>, f32) {
        let weights: HashMap<Term, f32> = said
            .terms()
            .map(|(term, occurrences)| (term, weight(occurrences, &said.lengths, &self.averages, true)))
            .collect();
        let gains: Vec<_> =
            asked.iter().filter_map(|one| Some((one.term, one.worth * one.weight * weights.get(&one.term)?))).collect();
        let words: f32 = gains.iter().map(|(_, gain)| gain).sum();
        let own: f32 = asked.iter().map(Asked::itself).sum();
        (gains, words / (own * self.itself(said)).sqrt().max(f32::MIN_POSITIVE))
    }

    /// How alike each incident is to the question, from 0 to 1, in the order of their places.
    pub(crate) fn likenesses(&self, asked: &[Asked], scores: &[f32]) -> Vec<f32> {
        let own: f32 = asked.iter().map(Asked::itself).sum();
        let alike = |(score, other): (&f32, &f32)| score / (own * other).sqrt().max(f32::MIN_POSITIVE);
        scores.iter().zip(&self.selves).map(alike).collect()
    }

    /// How well a text answers itself, by as many terms as a question has: what is long says not more about its cause.
    fn itself(&self, said: &Said) -> f32 {
        let of_term = |(term, occurrences): (Term, &[Occurrence])| {
            let weight = weight(occurrences, &said.lengths, &self.averages, true);
            self.worth(term) * weight * weight
        };
        let mut worth: Vec<f32> = said.terms().map(of_term).collect();
        worth.sort_by(|one, other| other.total_cmp(one));
        worth.iter().take(TERMS_OF_A_QUESTION).sum()
    }

    /// The weight of a term in an incident; 0 where it is not.
    pub(crate) fn weight_in(&self, place: Place, term: Term) -> f32 {
        let list = self.postings.get(&term).map(Vec::as_slice).unwrap_or_default();
        let found = list.binary_search_by_key(&place, |(place, _)| *place).ok();
        found.and_then(|at| list.get(at)).map_or(0.0, |(_, weight)| *weight)
    }
}

/// A term of a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Asked {
    pub(crate) term: Term,
    /// How much the question makes of it, from 0 to 1.
    pub(crate) weight: f32,
    /// How much it tells incidents apart.
    pub(crate) worth: f32,
}

impl Asked {
    /// What it adds to a question's answer to itself.
    pub(crate) fn itself(&self) -> f32 {
        self.worth * self.weight * self.weight
    }
}

fn at_mut(scores: &mut [f32], place: Place) -> Option<&mut f32> {
    scores.get_mut(usize::try_from(place).ok()?)
}

/// How many of each field's words there are on average, where there are any.
fn averages(entries: &[&Entry]) -> [f32; Field::COUNT] {
    let mut averages = [1.0; Field::COUNT];
    for (field, average) in Field::ALL.into_iter().zip(&mut averages) {
        let lengths =
            entries.iter().filter_map(|entry| entry.said.lengths.get(field.place())).filter(|length| **length > 0);
        let (sum, count) = lengths.fold((0.0, 0.0), |(sum, count), length| (sum + to_f32(*length), count + 1.0));
        if count > 0.0 {
            *average = f32::max(sum / count, 1.0);
        }
    }
    averages
}

/// The weight of a term that occurs so, from 0 to 1.
fn weight(
    occurrences: &[Occurrence],
    lengths: &[u32; Field::COUNT],
    averages: &[f32; Field::COUNT],
    is_short_better: bool,
) -> f32 {
    let sum: f32 = occurrences
        .iter()
        .map(|Occurrence { field, count, .. }| {
            let length = lengths.get(field.place()).copied().map_or(0.0, to_f32);
            let ratio = length / averages.get(field.place()).copied().unwrap_or(1.3);
            let ratio = if is_short_better { ratio } else { ratio.max(1.0) };
            let norm = 1.0 - field.length_weight() + field.length_weight() * ratio;
            field.weight() * f32::from(*count) / norm.max(0.1)
        })
        .sum();
    sum / (SATURATION + sum)
}

/// How much a term says of which so many of all incidents have it, as in BM25.
fn rarity(all: usize, having: usize) -> f32 {
    let of = |having: f32, all: f32| (1.0 + (all - having + 0.5).max(0.0) / (having + 0.5)).ln();
    let all = to_f32(all + ELSEWHERE);
    let most = of(1.0, all).max(f32::MIN_POSITIVE);
    most * (of(to_f32(having), all) / most).powf(STEEPNESS)
}

/// How much a kind of term counts beside a word.
///
/// A word counts as its stem, and again as it is written. A cause that is concluded from words has been counted with
/// them, so it adds less than one more word: it brings together what is told in different words, and cannot outweigh
/// words that are the same.
const fn kind_weight(kind: TermKind) -> f32 {
    match kind {
        TermKind::Word => 1.0,
        TermKind::Name => 0.7,
        TermKind::Exact | TermKind::Pair | TermKind::Cause => 0.5,
        TermKind::Weak | TermKind::Family => 0.4,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below where a float becomes coarse")]
fn to_f32<T: TryInto<u32>>(number: T) -> f32 {
    number.try_into().unwrap_or(u32::MAX) as f32
}
