//! The terms of a text, counted by field.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::causes::{Concept, Item, Phrases};
use crate::field::Field;
use crate::text::{ByNumber, Fingerprint, Piece, Term, TermKind, Vocabulary, Word, WordKind, pieces, sentences};

/// Counts terms. One is made for a library and used for all of its documents.
#[derive(Debug, Clone)]
pub(crate) struct Counter {
    pub(crate) vocabulary: Vocabulary,
    phrases: Arc<Phrases>,
    codes: Arc<HashMap<String, Concept>>,
    items: Vec<Item>,
    /// The sentences that are not counted.
    pub(crate) boilerplate: Arc<HashSet<Fingerprint>>,
}

/// What was counted in a document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// How often each term is in each field.
    pub(crate) terms: ByNumber<Term, [u16; Field::COUNT]>,
    /// How many words each field has.
    pub(crate) lengths: [u32; Field::COUNT],
    /// How often each concept is spoken of in each field.
    pub(crate) concepts: BTreeMap<Concept, [u16; Field::COUNT]>,
    /// Its sentences, those of templates with them.
    pub(crate) sentences: Vec<Fingerprint>,
}

impl Counts {
    fn add(&mut self, term: Term, field: Field) {
        let counts = self.terms.entry(term).or_default();
        if let Some(count) = counts.get_mut(field.place()) {
            *count = count.saturating_add(1);
        }
    }
}

impl Counter {
    /// With the terms of a library that was kept, or none.
    pub(crate) fn new(mut vocabulary: Vocabulary) -> Self {
        let phrases = Phrases::new(&mut vocabulary);
        let families = crate::causes::families::all().map(|(code, ..)| *code);
        let causes = lamplighter_core::diagnosis::Cause::ALL.iter().map(|cause| cause.code());
        let codes = families.chain(causes).filter(|code| code.contains(['-', '_']));
        let codes = codes.filter_map(|code| Some((code.replace('_', "-"), Concept::of_code(code)?))).collect();
        Self {
            vocabulary,
            phrases: Arc::new(phrases),
            codes: Arc::new(codes),
            items: Vec::new(),
            boilerplate: Arc::default(),
        }
    }

    /// Counts a text as a part of this field, but for the sentences that many documents share word for word.
    pub(crate) fn count(&mut self, text: &str, field: Field, counts: &mut Counts) {
        for (sentence, print) in sentences(text) {
            if let Some(print) = print {
                counts.sentences.push(print);
                if self.boilerplate.contains(&print) {
                    continue;
                }
            }
            self.count_sentence(sentence, field, counts);
        }
    }

    fn count_sentence(&mut self, text: &str, field: Field, counts: &mut Counts) {
        let Self { vocabulary, phrases, codes, items, .. } = self;
        items.clear();
        let mut before: Option<Term> = None;
        let mut words = 0_u32;
        let has_pairs = matches!(field, Field::Title | Field::Cause | Field::Symptoms | Field::Body);
        let mut stated = Vec::new();
        pieces(text, &mut |piece| match piece {
            Piece::Break => {
                before = None;
                items.push(Item::Break);
            }
            Piece::Name(name) => {
                stated.extend(codes.get(name));
                let term = vocabulary.add(TermKind::Name, name);
                counts.add(term, field);
            }
            Piece::Word(word) => {
                let Word { term, kind, exact } = vocabulary.word(word);
                items.push(Item::Word(term));
                if kind == WordKind::Stop {
                    return;
                }
                counts.add(term, field);
                if kind == WordKind::Weak {
                    return;
                }
                words += 1;
                counts.add(exact, field);
                if let Some(before) = before.filter(|before| has_pairs && *before != term) {
                    let pair = vocabulary.pair(before, term);
                    counts.add(pair, field);
                }
                before = Some(term);
            }
        });
        if let Some(length) = counts.lengths.get_mut(field.place()) {
            *length = length.saturating_add(words);
        }
        let mut speaks_of = |concept: Concept, times: u16| {
            let spoken = counts.concepts.entry(concept).or_default();
            if let Some(spoken) = spoken.get_mut(field.place()) {
                *spoken = spoken.saturating_add(times);
            }
        };
        phrases.find(items, &mut speaks_of);
        for concept in stated {
            speaks_of(concept, 4);
        }
    }

    /// Counts a concept that was stated as such.
    pub(crate) fn state(concept: Concept, field: Field, counts: &mut Counts) {
        if let Some(spoken) = counts.concepts.entry(concept).or_default().get_mut(field.place()) {
            *spoken = spoken.saturating_add(4);
        }
    }
}
