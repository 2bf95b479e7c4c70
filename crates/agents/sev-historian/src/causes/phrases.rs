use crate::causes::Concept;
use crate::causes::codes::CODES;
use crate::causes::families;
use crate::text::{ByNumber, Piece, Term, Vocabulary, Word, WordKind, pieces};

/// Words that take back what is said behind them: "not a DNS problem", "ruled out a memory leak".
const DENIALS: [&str; 9] = ["not", "no", "isn't", "wasn't", "without", "never", "unrelated", "ruled", "rather"];

/// How many words before a phrase may deny it.
const DENIED_WITHIN: usize = 4;

/// How many other words, those of grammar counted, may stand among those of a phrase.
const SLACK: usize = 5;

/// A word of a text, as phrases see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    /// A word; grammar counts here.
    Word(Term),
    /// The end of a sentence.
    Break,
}

/// The phrases by which causes are told, for one vocabulary.
#[derive(Debug, Clone)]
pub(crate) struct Phrases {
    /// Phrases by their first word.
    by_first: ByNumber<Term, Vec<Phrase>>,
    denials: Vec<Term>,
}

#[derive(Debug, Clone)]
struct Phrase {
    rest: Vec<Term>,
    concept: Concept,
    /// How much it counts: a word alone is sooner an aside than several together.
    times: u16,
}

impl Phrases {
    /// All of them.
    pub(crate) fn new(vocabulary: &mut Vocabulary) -> Self {
        let families = families::all().map(|(code, _, phrases)| (Concept::Family(code), *phrases));
        let codes = CODES.iter().map(|(cause, _, phrases)| (Concept::Code(*cause), *phrases));
        let mut by_first: ByNumber<Term, Vec<Phrase>> = ByNumber::default();
        for (concept, phrases) in families.chain(codes) {
            for phrase in phrases.split(',') {
                let mut words = Vec::new();
                pieces(phrase, &mut |piece| {
                    if let Piece::Word(word) = piece {
                        let Word { term, kind, .. } = vocabulary.word(word);
                        words.push((term, kind));
                    }
                });
                // The word that says the most is looked for first: it is met least often.
                words.sort_by_key(|(_, kind)| *kind != WordKind::Strong);
                let says_something = words.iter().any(|(_, kind)| *kind == WordKind::Strong);
                let mut words = words.into_iter().map(|(term, _)| term);
                if let Some(first) = words.next().filter(|_| says_something) {
                    let rest: Vec<_> = words.collect();
                    let times = if rest.is_empty() { 1 } else { 2 };
                    by_first.entry(first).or_default().push(Phrase { rest, concept, times });
                }
            }
        }
        let denials = DENIALS.iter().map(|word| vocabulary.word(word).term).collect();
        Self { by_first, denials }
    }

    /// What a text speaks of, once for each time that it does.
    pub(crate) fn find(&self, items: &[Item], each: &mut impl FnMut(Concept, u16)) {
        for sentence in items.split(|item| *item == Item::Break) {
            for (at, item) in sentence.iter().enumerate() {
                let Item::Word(first) = item else { continue };
                for phrase in self.by_first.get(first).into_iter().flatten() {
                    if let Some(start) = phrase.around(sentence, at)
                        && !self.is_denied(sentence, start)
                    {
                        each(phrase.concept, phrase.times);
                    }
                }
            }
        }
    }

    fn is_denied(&self, sentence: &[Item], start: usize) -> bool {
        let before = sentence.get(start.saturating_sub(DENIED_WITHIN)..start).unwrap_or_default();
        before.iter().any(|item| matches!(item, Item::Word(word) if self.denials.contains(word)))
    }
}

impl Phrase {
    /// Where the phrase begins, if its other words stand around its first one.
    fn around(&self, sentence: &[Item], at: usize) -> Option<usize> {
        let reach = self.rest.len() + if self.rest.is_empty() { 0 } else { SLACK };
        let from = at.saturating_sub(reach);
        let window = sentence.get(from..sentence.len().min(at + reach + 1))?;
        let mut start = at;
        for word in &self.rest {
            let here = window.iter().position(|item| *item == Item::Word(*word)).map(|position| from + position);
            start = start.min(here.filter(|here| *here != at)?);
        }
        Some(start)
    }
}
