//! From a question to what is related, with what makes it so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::causes::Concept;
use crate::entry::{Entry, Said};
use crate::index::{Asked, Index, Place};
use crate::library::digest;
use crate::query::{Query, Search};
use crate::relevance::{EVEN, Grounds, Surroundings};
use crate::services;
use crate::text::{Term, TermKind};

/// How far a cause has to be the main one of both to say by itself that they have to do with each other.
const AGAIN: f32 = 0.5;

/// How many of those with the best words are looked at for what else they have in common.
const CANDIDATES: usize = 60;

/// With so many terms a question is a report, and not a few words.
const TERMS_OF_A_REPORT: usize = 50;

/// How many words are kept to say why.
const SHARED_WORDS: usize = 6;

/// A related incident.
#[derive(Debug, Clone)]
pub(crate) struct Related {
    pub(crate) place: Place,
    pub(crate) score: f32,
    pub(crate) grounds: Grounds,
}

pub(crate) struct Ranking<'a> {
    index: &'a Index,
    query: &'a Query,
    /// The question's own place, where it is in the archive.
    own: Option<Place>,
    asked: Vec<Asked>,
    links: BTreeSet<Place>,
    services: BTreeSet<String>,
}

impl<'a> Ranking<'a> {
    pub(crate) fn new(index: &'a Index, query: &'a Query, search: &Search) -> Self {
        let own = own_place(index, search);
        let asked = index.weighted(&query.said, &query.counter.vocabulary, own);
        let links = own.map_or_else(
            || index.links.of_links(&query.path, &query.links),
            |own| index.entries().map(|(place, _)| place).filter(|place| index.links.leads(own, *place)).collect(),
        );
        let services = services::canonical(&query.services, &index.catalog);
        Self { index, query, own, asked, links, services }
    }

    /// Every candidate with its score, the best first, whether it is relevant or not.
    pub(crate) fn candidates(&self, search: &Search) -> Vec<Related> {
        let scores = self.index.scores(&self.asked);
        let likenesses = self.index.likenesses(&self.asked, &scores);
        let surroundings = Surroundings::of(&likenesses, self.own);
        let counts = |place: Place, entry: &Entry| {
            let is_later = search.before.is_some_and(|before| entry.date.is_some_and(|date| date >= before));
            Some(place) != self.own && !is_later
        };
        let named: BTreeSet<Place> = self
            .links
            .iter()
            .copied()
            .chain(self.own.into_iter().flat_map(|own| self.index.links.naming(own)))
            .collect();
        let mut places: Vec<(Place, f32)> = (0..).zip(scores.iter().copied()).collect();
        places.retain(|(place, score)| {
            (*score > 0.0 || named.contains(place))
                && self.index.entry(*place).is_some_and(|entry| counts(*place, entry))
        });
        places.sort_by(|(one, first), (other, second)| second.total_cmp(first).then(one.cmp(other)));
        let rest = places.split_off(places.len().min(CANDIDATES));
        places.extend(rest.into_iter().filter(|(place, _)| named.contains(place)));
        let mut related: Vec<_> = places
            .into_iter()
            .filter_map(|(place, score)| {
                let likeness = likenesses.get(usize::try_from(place).ok()?).copied()?;
                let grounds = self.grounds(place, score, likeness, surroundings)?;
                Some(Related { place, score: grounds.score(), grounds })
            })
            .collect();
        related.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.place.cmp(&other.place)));
        related
    }

    fn grounds(&self, place: Place, words: f32, likeness: f32, surroundings: Surroundings) -> Option<Grounds> {
        let entry = self.index.entry(place)?;
        let other_services = services::canonical(&entry.services, &self.index.catalog);
        let shared: Vec<_> = self.services.intersection(&other_services).cloned().collect();
        let all = self.services.len().min(other_services.len());
        let causes = self.index.shared_causes(&self.query.said, &entry.said);
        // Beside nothing to compare with, only the same cause or the same service says that both have to do with each other.
        let is_structured = causes.first().is_some_and(|(_, share)| *share >= AGAIN) || !shared.is_empty();
        let usual = if surroundings.are_few && !is_structured { likeness } else { surroundings.usual };
        let usual = (usual, surroundings.deviation);
        let leads_back = self.own.is_some_and(|own| self.index.links.leads(place, own));
        let mut terms: Vec<(Term, f32)> = self
            .asked
            .iter()
            .map(|one| (one.term, one.worth * one.weight * self.index.weight_in(place, one.term)))
            .filter(|(_, gain)| *gain > 0.0)
            .collect();
        terms.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let is_word =
            |term: &Term| matches!(self.query.counter.vocabulary.kind(*term), TermKind::Word | TermKind::Name);
        let shared_words = terms.iter().map(|(term, _)| *term).filter(is_word).take(SHARED_WORDS).collect();
        Some(Grounds {
            words,
            rare_words: words / self.index.most_worth().max(f32::MIN_POSITIVE),
            likeness,
            // A few words are shared by chance whatever the reports of the archive are like.
            even: if self.asked.len() < TERMS_OF_A_REPORT { self.index.even.max(EVEN) } else { self.index.even },
            usual,
            same_cause: causes,
            same_services: if all == 0 { None } else { Some(to_f32(shared.len()) / to_f32(all)) },
            shared_services: shared,
            title: self.likeness_of_titles(entry),
            links_there: self.links.contains(&place),
            links_back: leads_back,
            shared_words,
        })
    }

    /// How much of the rarer words of both titles are the same, from 0 to 1.
    fn likeness_of_titles(&self, entry: &Entry) -> f32 {
        use crate::field::Field;
        let vocabulary = &self.query.counter.vocabulary;
        let title = |said: &Said| -> BTreeMap<Term, f32> {
            let terms = said.terms.iter().filter(|(term, counts)| {
                counts.iter().any(|(field, _)| *field == Field::Title)
                    && matches!(vocabulary.kind(*term), TermKind::Word | TermKind::Weak | TermKind::Name)
            });
            terms.map(|(term, _)| (*term, self.index.worth(*term))).collect()
        };
        let (one, other) = (title(&self.query.said), title(&entry.said));
        let sum = |terms: &BTreeMap<Term, f32>| terms.values().sum::<f32>();
        let shared: f32 = one.iter().filter(|(term, _)| other.contains_key(term)).map(|(_, worth)| worth).sum();
        if one.len() < 2 || other.len() < 2 { 0.0 } else { shared / sum(&one).max(sum(&other)).max(f32::MIN_POSITIVE) }
    }
}

/// The place of what is asked about, by its path or by its text.
fn own_place(index: &Index, search: &Search) -> Option<Place> {
    let by_path = search.except.as_ref().and_then(|path| index.entries().find(|(_, entry)| entry.path == *path));
    let by_text = || {
        let digest = digest(search.text.as_ref()?);
        index.entries().find(|(place, _)| index.digest(*place) == Some(digest.as_str()))
    };
    by_path.or_else(by_text).map(|(place, _)| place)
}

impl Index {
    /// How far both have the same causes, from 0 to 1, the one that they share most first.
    pub(crate) fn shared_causes(&self, one: &Said, other: &Said) -> Vec<(Concept, f32)> {
        let share = |said: &Said| -> HashMap<Concept, f32> {
            let causes = said.causes.iter().filter_map(|(code, weight)| {
                let concept = Concept::of_code(code)?;
                Some((concept, weight * self.rarity_of(concept)))
            });
            let causes: Vec<_> = causes.collect();
            let most = causes.iter().map(|(_, weight)| *weight).fold(f32::MIN_POSITIVE, f32::max);
            // What is most spoken of is 1, and what is half as much spoken of a quarter: asides weigh little.
            causes.into_iter().map(|(concept, weight)| (concept, (weight / most).powi(2))).collect()
        };
        let (one, other) = (share(one), share(other));
        let shared = one.iter().filter_map(|(concept, share)| Some((*concept, share.min(*other.get(concept)?))));
        let mut shared: Vec<_> = shared.collect();
        shared.sort_by(|(one, first), (other, second)| second.total_cmp(first).then_with(|| one.cmp(other)));
        shared
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few services")]
fn to_f32(count: usize) -> f32 {
    count as f32
}
