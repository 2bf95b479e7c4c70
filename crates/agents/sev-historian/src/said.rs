//! What a text says, in terms.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::causes::Concept;
use crate::field::Field;
use crate::terms::{Counter, Counts};
use crate::text::{Term, TermKind};

/// How many causes of a document are kept.
const CAUSES: usize = 6;

/// What a text says, in terms.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Said {
    /// How often each of its terms is in each field, by their numbers.
    occurrences: Vec<Occurrence>,
    pub(crate) lengths: [u32; Field::COUNT],
    /// What it is about, the likeliest first, each with its weight.
    pub(crate) causes: Vec<(String, f32)>,
}

impl Said {
    pub(crate) fn of(counter: &mut Counter, mut counts: Counts) -> Self {
        let causes = causes(&counts);
        for (concept, spoken) in std::mem::take(&mut counts.concepts) {
            let kind = match concept {
                Concept::Code(_) => TermKind::Cause,
                Concept::Family(_) => TermKind::Family,
            };
            let term = counter.vocabulary.add(kind, concept.code());
            counts.terms.insert(term, spoken);
        }
        let by_field = |(term, counts): (Term, [u16; Field::COUNT])| {
            let fields = Field::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0);
            fields.map(move |(field, count)| Occurrence { term, field, count })
        };
        let mut occurrences: Vec<_> = counts.terms.into_iter().flat_map(by_field).collect();
        occurrences.sort_unstable_by_key(|occurrence| (occurrence.term, occurrence.field));
        occurrences.shrink_to_fit();
        Self { occurrences, lengths: counts.lengths, causes }
    }

    /// The terms of its title.
    pub(crate) fn titled(&self) -> impl Iterator<Item = Term> {
        let of_title = self.occurrences.iter().filter(|occurrence| occurrence.field == Field::Title);
        of_title.map(|occurrence| occurrence.term)
    }

    /// Whether a term is in its title.
    pub(crate) fn is_titled(&self, term: Term) -> bool {
        self.titled().any(|titled| titled == term)
    }

    /// Its terms by their numbers, each with where it occurs.
    pub(crate) fn terms(&self) -> impl Iterator<Item = (Term, &[Occurrence])> {
        let of_a_term = self.occurrences.chunk_by(|one, other| one.term == other.term);
        of_a_term.filter_map(|occurrences| Some((occurrences.first()?.term, occurrences)))
    }

    /// The likeliest cause of the core's table, and the likeliest family.
    pub(crate) fn concluded(&self) -> (Option<Concept>, Option<Concept>) {
        let mut concepts = self.causes.iter().filter_map(|(code, _)| Concept::of_code(code));
        let code = concepts.clone().find(|concept| matches!(concept, Concept::Code(_)));
        (code, concepts.find(|concept| matches!(concept, Concept::Family(_))))
    }
}

/// What a document is about by its words. What its title and its root cause say counts most; a word that is said again
/// and again is one word.
fn causes(counts: &Counts) -> Vec<(String, f32)> {
    let mut weights: BTreeMap<Concept, f32> = BTreeMap::new();
    for (concept, spoken) in &counts.concepts {
        let weight: f32 = Field::ALL
            .into_iter()
            .zip(spoken)
            .map(|(field, count)| {
                let count = f32::from(*count);
                field.weight() * count / (count + 1.0)
            })
            .sum();
        *weights.entry(*concept).or_default() += weight;
    }
    let mut causes: Vec<_> = weights.into_iter().map(|(concept, weight)| (concept.code().to_owned(), weight)).collect();
    causes.sort_by(|(one, first), (other, second)| second.total_cmp(first).then_with(|| one.cmp(other)));
    causes.truncate(CAUSES);
    causes
}

/// How often a term is in a field. There are hundreds of them for each document, so they are small, also where they are
/// kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "(Term, u8, u16)", try_from = "(Term, u8, u16)")]
pub(crate) struct Occurrence {
    term: Term,
    pub(crate) field: Field,
    pub(crate) count: u16,
}

impl From<Occurrence> for (Term, u8, u16) {
    fn from(Occurrence { term, field, count }: Occurrence) -> Self {
        (term, field as u8, count)
    }
}

impl TryFrom<(Term, u8, u16)> for Occurrence {
    type Error = String;

    fn try_from((term, field, count): (Term, u8, u16)) -> Result<Self, String> {
        let known = Field::ALL.get(usize::from(field)).copied();
        Ok(Self { term, field: known.ok_or_else(|| format!("there is no field {field}"))?, count })
    }
}
