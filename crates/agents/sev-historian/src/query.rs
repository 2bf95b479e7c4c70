use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use lamplighter_core::words::HistoryQuestion;
use lamplighter_documents::PostMortem;

use crate::causes::Concept;
use crate::entry::Entry;
use crate::field::Field;
use crate::index::Index;
use crate::said::Said;
use crate::services::canonical;
use crate::terms::{Counter, Counts};
use crate::text::{Piece, Term, Word, pieces};

/// Where is looked, and where not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// Only what happened before this day counts (UTC); all where absent. What says no day counts.
    pub before: Option<Date>,
    /// The path of what is none of its own past.
    pub except: Option<String>,
    /// The whole text of what is asked about: a document with the same text is that document.
    pub text: Option<String>,
    /// A line of what is none of its own past, as [`Incident::mark`](lamplighter_core::words::Incident::mark) gives it.
    pub mark: Option<String>,
}

/// A question in the terms of an index.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) counter: Counter,
    pub(crate) said: Said,
    pub(crate) path: String,
    pub(crate) services: Vec<String>,
    /// What is at fault, as services are compared, where that is known.
    pub(crate) at_fault: Option<String>,
    /// Whether it is a few words, and no incident.
    pub(crate) is_words: bool,
    pub(crate) links: Vec<String>,
    /// The words that were asked with, to say which are shared.
    words: Vec<String>,
}

impl Query {
    pub(crate) fn of_document(index: &Index, document: &PostMortem) -> Self {
        let mut counter = index.library.counter.clone();
        let entry = Entry::of(&mut counter, document);
        let sections = document.sections.iter().map(|section| section.text.clone());
        let words = std::iter::once(document.title.clone()).chain(document.services.clone()).chain(sections).collect();
        Self {
            counter,
            said: entry.said,
            path: entry.path,
            services: entry.services,
            at_fault: None,
            is_words: false,
            links: entry.links,
            words,
        }
    }

    pub(crate) fn of_text(index: &Index, text: &str) -> Self {
        let mut counter = index.library.counter.clone();
        let mut counts = Counts::default();
        counter.count(text, Field::Symptoms, &mut counts);
        let said = Said::of(&mut counter, counts);
        let words = vec![text.to_owned()];
        Self {
            counter,
            said,
            path: String::new(),
            services: Vec::new(),
            at_fault: None,
            is_words: true,
            links: Vec::new(),
            words,
        }
    }

    pub(crate) fn of_question(index: &Index, question: &HistoryQuestion) -> Self {
        let mut counter = index.library.counter.clone();
        let mut counts = Counts::default();
        counter.count(&question.title, Field::Title, &mut counts);
        counter.count(&question.symptoms, Field::Symptoms, &mut counts);
        for service in &question.services {
            counter.count(service, Field::Services, &mut counts);
            for alias in index.catalog.find(service).into_iter().flat_map(|service| &service.aliases) {
                counter.count(alias, Field::Services, &mut counts);
            }
        }
        for code in question.cause.iter().chain(&question.trigger) {
            match Concept::of_code(code) {
                Some(concept) => Counter::state(concept, Field::Cause, &mut counts),
                None => counter.count(code, Field::Cause, &mut counts),
            }
        }
        for domain in &question.domains {
            counter.count(domain, Field::Rest, &mut counts);
        }
        let said = Said::of(&mut counter, counts);
        let at_fault = question.services.get(..1).unwrap_or_default();
        let at_fault = canonical(at_fault, &index.catalog).into_iter().next();
        let words = [&question.title, &question.symptoms].into_iter().chain(&question.services).cloned().collect();
        Self {
            counter,
            said,
            path: String::new(),
            services: question.services.clone(),
            at_fault,
            is_words: false,
            links: Vec::new(),
            words,
        }
    }

    /// The words that stand for these terms, as they were asked with: those that a document has word for word, and those
    /// that it tells in another form or by another name.
    pub(crate) fn spelt(&self, terms: &[Term], said: &Said) -> (Vec<String>, Vec<String>) {
        let mut counter = self.counter.clone();
        let there: HashSet<Term> = said.terms().map(|(term, _)| term).collect();
        let mut spelt: HashMap<Term, (String, bool)> = HashMap::new();
        for text in &self.words {
            pieces(text, &mut |piece| {
                if let Piece::Word(word) = piece {
                    let Word { term, exact, .. } = counter.vocabulary.word(word);
                    let is_there = there.contains(&exact);
                    let known = spelt.entry(term).or_insert_with(|| (word.to_owned(), is_there));
                    if is_there && !known.1 {
                        *known = (word.to_owned(), true);
                    }
                }
            });
        }
        let (same, other): (Vec<_>, Vec<_>) =
            terms.iter().filter_map(|term| spelt.get(term).cloned()).partition(|(_, is_there)| *is_there);
        let words = |found: Vec<(String, bool)>| found.into_iter().map(|(word, _)| word).collect();
        (words(same), words(other))
    }
}
