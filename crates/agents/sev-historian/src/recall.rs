//! What an index is asked.

use std::collections::{BTreeSet, VecDeque};

use lamplighter_core::words::{History, HistoryNote, HistoryQuestion, PastIncident, ServiceCatalog};
use lamplighter_documents::PostMortem;

use crate::index::{Asked, Index};
use crate::kind::DocumentKind;
use crate::query::{Query, Search};
use crate::ranking::{Ranking, Related};
use crate::reasons::reasons;
use crate::relevance::{FIRST, Grounds, is_listed};
use crate::said::Said;
use crate::trend::trend;

/// How many incidents are given at most.
const LIST: usize = 10;

/// How far a cause has to be the main one of both for the same trouble again.
const AGAIN: f32 = 0.6;

impl Index {
    /// What is relevant to these words, the most relevant first; nothing when nothing is.
    #[must_use]
    ///
    /// A few words are no incident, so that none of it is a recurrence.
    pub fn search(&self, text: &str, search: &Search) -> Vec<PastIncident> {
        let found = self.answer(&Query::of_text(self, text), search);
        found.into_iter().map(|past| PastIncident { is_recurrence: false, ..past }).collect()
    }

    /// What is relevant to an incident that is written down, the most relevant first; nothing when nothing is.
    #[must_use]
    pub fn related(&self, document: &PostMortem, search: &Search) -> Vec<PastIncident> {
        self.answer(&Query::of_document(self, document), search)
    }

    /// What the past says about an incident.
    #[must_use]
    pub fn history(&self, question: &HistoryQuestion) -> History {
        let query = Query::of_question(self, question);
        let search = Search { before: question.before, mark: question.mark.clone(), ..Search::default() };
        let related = self.answer(&query, &search);
        let mut history = History {
            searched: self.len(),
            known_issues: self.notes(&query, DocumentKind::KnownIssues),
            patterns: self.notes(&query, DocumentKind::Patterns),
            cascade: cascade(&self.catalog, &question.services),
            related,
            trend: None,
        };
        history.trend = trend(&history.recurrences());
        history
    }

    fn answer(&self, query: &Query, search: &Search) -> Vec<PastIncident> {
        let candidates = Ranking::new(self, query, search).candidates(search);
        if !candidates.iter().take(FIRST).any(|related| related.grounds.is_relevant()) {
            return Vec::new();
        }
        let listed = candidates.iter().zip(0..LIST).take_while(|(related, rank)| is_listed(related.score, *rank));
        listed.filter_map(|(related, _)| self.past(query, related)).collect()
    }

    fn past(&self, query: &Query, related: &Related) -> Option<PastIncident> {
        let entry = self.entry(related.place)?;
        Some(PastIncident {
            path: entry.path.clone(),
            title: entry.title.clone(),
            date: entry.date,
            severity: entry.severity,
            score: f64::from((related.score * 1_000.0).round()) / 1_000.0,
            why: reasons(query, &related.grounds, &entry.said),
            is_recurrence: is_recurrence(related),
            resolution: entry.resolution.clone(),
            open_items: entry.open_items.clone(),
        })
    }

    /// The notes of this kind that speak of what is asked about, the likeliest first.
    fn notes(&self, query: &Query, kind: DocumentKind) -> Vec<HistoryNote> {
        let asked = self.weighted(&query.said, &query.counter.vocabulary, None);
        let lists = self.library.records.iter().map(|record| &record.entry).filter(|entry| entry.kind == kind);
        let notes = lists.flat_map(|entry| entry.notes.iter().map(|note| (entry.path.as_str(), note)));
        let mut found: Vec<_> = notes
            .filter_map(|(path, note)| {
                let grounds = self.grounds_of(&asked, query, &note.said);
                grounds.is_relevant().then(|| {
                    let (title, text) = (note.title.clone(), note.text.clone());
                    (grounds.score(), HistoryNote { path: path.to_owned(), title, text })
                })
            })
            .collect();
        found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        found.into_iter().map(|(_, note)| note).collect()
    }

    fn grounds_of(&self, asked: &[Asked], query: &Query, said: &Said) -> Grounds {
        let (gains, likeness) = self.likeness(asked, said);
        let (by_strong, beyond_one) = self.strong(asked, &gains, likeness, &query.counter.vocabulary);
        let same_cause = self.shared_causes(&query.said, said);
        let asked = self.amount(asked);
        Grounds { likeness, by_strong, beyond_one, same_cause, asked, ..Grounds::default() }
    }
}

/// Whether it is the same trouble again: the same cause of the same thing, or so much alike that it cannot be else.
fn is_recurrence(related: &Related) -> bool {
    let Grounds { same_services, .. } = related.grounds;
    // What many share, such as a namespace, is at fault without being a service that is affected.
    let same_thing = same_services.is_none_or(|share| share > 0.0) || related.grounds.names_what_is_at_fault;
    let is_told = related.grounds.links_there || related.grounds.links_back;
    related.grounds.is_relevant()
        && same_thing
        && (related.grounds.cause() >= AGAIN || is_told || related.score >= 0.75)
}

/// What cannot work without these services, nearest first.
fn cascade(catalog: &ServiceCatalog, services: &[String]) -> Vec<String> {
    let names = services.iter().map(|name| catalog.find(name).map_or(name.as_str(), |service| service.name.as_str()));
    let mut waiting: VecDeque<&str> = names.collect();
    let mut seen: BTreeSet<&str> = waiting.iter().copied().collect();
    let mut cascade = Vec::new();
    while let Some(name) = waiting.pop_front() {
        for service in catalog.services() {
            let depends = service
                .depends_on
                .iter()
                .any(|needed| catalog.find(needed).map_or(needed.as_str(), |service| service.name.as_str()) == name);
            if depends && seen.insert(&service.name) {
                cascade.push(service.name.clone());
                waiting.push_back(&service.name);
            }
        }
    }
    cascade
}
