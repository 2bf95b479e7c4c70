//! From a question to what is related, with what makes it so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::causes::Concept;
use crate::entry::Entry;
use crate::index::{Asked, Index, Place};
use crate::library::digest;
use crate::query::{Query, Search};
use crate::relevance::Grounds;
use crate::said::Said;
use crate::services;
use crate::text::{Term, TermKind, Vocabulary};

/// How many of those with the best words are looked at for what else they have in common.
const CANDIDATES: usize = 60;

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
    /// What is at fault, where that is known.
    at_fault: Option<Term>,
}

impl<'a> Ranking<'a> {
    pub(crate) fn new(index: &'a Index, query: &'a Query, search: &Search) -> Self {
        let own = own_place(index, search);
        let asked = index.weighted(&query.said, &query.counter.vocabulary, own);
        let links = own.map_or_else(
            || index.links.of_links(&query.path, &query.links),
            |own| index.entries().map(|(place, _)| place).filter(|place| index.links.leads(own, *place)).collect(),
        );
        let listed = services::canonical(&query.services, &index.catalog);
        let services = if query.is_words {
            index.services.spoken_of(&query.said)
        } else {
            index.services.or_titled(listed, &query.said)
        };
        let at_fault = query.at_fault.as_ref().and_then(|name| services::term_of(name, &query.counter.vocabulary));
        Self { index, query, own, asked, links, services, at_fault }
    }

    /// Every candidate with its score, the best first, whether it is relevant or not.
    pub(crate) fn candidates(&self, search: &Search) -> Vec<Related> {
        let scores = self.index.scores(&self.asked);
        let likenesses = self.index.likenesses(&self.asked, &scores);
        let counts = |place: Place, entry: &Entry| {
            let is_later = search.before.is_some_and(|before| entry.date.is_some_and(|date| date >= before));
            Some(place) != self.own && !is_later && !self.index.is_marked(place, search)
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
            .filter_map(|(place, _)| {
                let likeness = likenesses.get(usize::try_from(place).ok()?).copied()?;
                let grounds = self.grounds(place, likeness)?;
                Some(Related { place, score: grounds.score(), grounds })
            })
            .collect();
        related.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.place.cmp(&other.place)));
        related
    }

    fn grounds(&self, place: Place, likeness: f32) -> Option<Grounds> {
        let entry = self.index.entry(place)?;
        let other_services = self.index.services.at(place)?;
        let shared: Vec<_> = self.services.intersection(other_services).cloned().collect();
        let all = self.services.len().min(other_services.len());
        let leads_back = self.own.is_some_and(|own| self.index.links.leads(place, own));
        let vocabulary = &self.query.counter.vocabulary;
        let gain = |one: &Asked| (one.term, one.worth * one.weight * self.index.weight_in(place, one.term));
        let mut gains: Vec<(Term, f32)> = self.asked.iter().map(gain).filter(|(_, gain)| *gain > 0.0).collect();
        gains.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let is_word = |term: &Term| matches!(vocabulary.kind(*term), TermKind::Word | TermKind::Name);
        let shared_words = gains.iter().map(|(term, _)| *term).filter(is_word).take(SHARED_WORDS).collect();
        let (by_strong, beyond_one) = self.index.strong(&self.asked, &gains, likeness, vocabulary);
        Some(Grounds {
            likeness,
            by_strong,
            beyond_one,
            same_cause: self.index.shared_causes(&self.query.said, &entry.said),
            same_services: if all == 0 { None } else { Some(to_f32(shared.len()) / to_f32(all)) },
            shared_services: shared,
            title: self.likeness_of_titles(entry),
            names_what_is_at_fault: self.at_fault.is_some_and(|term| entry.said.is_titled(term)),
            links_there: self.links.contains(&place),
            links_back: leads_back,
            asked: self.index.amount(&self.asked),
            shared_words,
        })
    }

    /// How much of the rarer words of both titles are the same, from 0 to 1.
    fn likeness_of_titles(&self, entry: &Entry) -> f32 {
        use crate::field::Field;
        let vocabulary = &self.query.counter.vocabulary;
        let title = |said: &Said| -> BTreeMap<Term, f32> {
            let terms = said.terms().filter(|(term, occurrences)| {
                occurrences.iter().any(|occurrence| occurrence.field == Field::Title)
                    && matches!(vocabulary.kind(*term), TermKind::Word | TermKind::Weak | TermKind::Name)
            });
            terms.map(|(term, _)| (term, self.index.worth(term))).collect()
        };
        let (one, other) = (title(&self.query.said), title(&entry.said));
        let sum = |terms: &BTreeMap<Term, f32>| terms.values().sum::<f32>();
        let shared: f32 = one.iter().filter(|(term, _)| other.contains_key(term)).map(|(_, worth)| worth).sum();
        if one.len() < 2 || other.len() < 2 { 0.0 } else { shared / sum(&one).max(sum(&other)).max(f32::MIN_POSITIVE) }
    }
}

/// The place of what is asked about, by its path, its text or its mark.
fn own_place(index: &Index, search: &Search) -> Option<Place> {
    let by_path = search.except.as_ref().and_then(|path| index.entries().find(|(_, entry)| entry.path == *path));
    let by_text = || {
        let digest = digest(search.text.as_ref()?);
        index.entries().find(|(place, _)| index.record(*place).is_some_and(|record| record.digest == digest))
    };
    let by_mark = || index.entries().find(|(place, _)| index.is_marked(*place, search));
    by_path.or_else(by_text).or_else(by_mark).map(|(place, _)| place)
}

impl Index {
    /// Whether a document has the mark of what is none of its own past.
    fn is_marked(&self, place: Place, search: &Search) -> bool {
        search.mark.is_some() && self.record(place).is_some_and(|record| record.mark == search.mark)
    }

    /// How alike two texts are by words that say something, each counted once, when they are so much alike by all of
    /// `gains`; and how much of that is beyond the one word that says the most, in words as rare as words can be. Who asks
    /// with one word cannot share more.
    pub(crate) fn strong(
        &self,
        asked: &[Asked],
        gains: &[(Term, f32)],
        likeness: f32,
        vocabulary: &Vocabulary,
    ) -> (f32, f32) {
        let is_strong = |kind| matches!(kind, TermKind::Word | TermKind::Cause | TermKind::Family);
        let is_word = |one: &&Asked| vocabulary.kind(one.term) == TermKind::Word;
        let is_one_word = asked.iter().filter(is_word).count() == 1;
        let all: f32 = gains.iter().map(|(_, gain)| gain).sum();
        let strong = gains.iter().filter(|(term, _)| is_strong(vocabulary.kind(*term)));
        let (sum, most) = strong.fold((0.0, 0.0_f32), |(sum, most), (_, gain)| (sum + gain, most.max(*gain)));
        let part = |part: f32, of: f32| part / of.max(f32::MIN_POSITIVE);
        let beyond = if is_one_word { sum } else { sum - most };
        (likeness * part(sum, all), part(beyond, self.most_worth()))
    }

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
