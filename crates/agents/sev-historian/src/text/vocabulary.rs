use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use crate::text::numbers::ByNumber;
use crate::text::stem::stem;
use crate::text::stop::{STOP, WEAK};
use crate::text::synonyms::SYNONYMS;

/// A term by its number in a [`Vocabulary`].
pub(crate) type Term = u32;

/// How much a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WordKind {
    /// It is counted.
    Strong,
    /// It is counted, and for little.
    Weak,
    /// It is grammar.
    Stop,
}

/// A word in terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    /// Of what it means, whatever its ending and whichever of several names it is.
    pub(crate) term: Term,
    pub(crate) kind: WordKind,
    /// Of the word as it is written.
    pub(crate) exact: Term,
}

/// What a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TermKind {
    /// A word that says something.
    Word,
    /// A word of every post-mortem.
    Weak,
    /// A name of several words.
    Name,
    /// A word as it is written: who writes `login` does not mean every kind of authentication.
    Exact,
    /// Two words that stand together.
    Pair,
    /// A cause by its code.
    Cause,
    /// A family of causes.
    Family,
}

impl TermKind {
    /// The first letter of such a term, so that terms of two kinds are two terms.
    const fn mark(self) -> char {
        match self {
            Self::Word => 'w',
            Self::Weak => 'k',
            Self::Name => 'n',
            Self::Exact => 'e',
            Self::Pair => 'p',
            Self::Cause => 'c',
            Self::Family => 'f',
        }
    }

    fn of(term: &str) -> Self {
        let kinds = [Self::Weak, Self::Name, Self::Exact, Self::Pair, Self::Cause, Self::Family];
        kinds.into_iter().find(|kind| term.starts_with(kind.mark())).unwrap_or(Self::Word)
    }
}

/// The terms of a library, by number.
///
/// What is shared is never altered: a question adds its own terms above it and forgets them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    shared: Arc<Tables>,
    own: Tables,
}

#[derive(Debug, Clone, Default)]
struct Tables {
    terms: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, Term>,
    words: HashMap<String, Word>,
    pairs: ByNumber<(Term, Term), Term>,
}

impl Vocabulary {
    /// From the terms of one that was kept.
    pub(crate) fn of_terms(terms: Vec<String>) -> Self {
        let terms: Vec<Arc<str>> = terms.into_iter().map(Arc::from).collect();
        let numbers = terms.iter().zip(0..).map(|(term, number)| (term.clone(), number)).collect();
        Self { shared: Arc::default(), own: Tables { terms, numbers, ..Tables::default() } }
    }

    /// Makes everything that it knows shared, so that a copy costs nothing.
    pub(crate) fn share(&mut self) {
        let mut tables = std::mem::take(&mut self.own);
        if !self.shared.terms.is_empty() {
            let mut all = Tables::clone(&self.shared);
            all.terms.append(&mut tables.terms);
            all.numbers.extend(tables.numbers);
            all.words.extend(tables.words);
            all.pairs.extend(tables.pairs);
            tables = all;
        }
        self.shared = Arc::new(tables);
    }

    /// The terms in the order of their numbers.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        self.shared.terms.iter().chain(&self.own.terms).map(Arc::as_ref)
    }

    /// How many terms there are.
    pub(crate) fn len(&self) -> usize {
        self.shared.terms.len() + self.own.terms.len()
    }

    /// The term of a word, whatever its ending and whichever of several names it is.
    pub(crate) fn word(&mut self, word: &str) -> Word {
        if let Some(known) = self.shared.words.get(word).or_else(|| self.own.words.get(word)) {
            return *known;
        }
        let kind = kind_of(word);
        let stem = canonical(word);
        let term = self.add(if kind == WordKind::Weak { TermKind::Weak } else { TermKind::Word }, &stem);
        let exact = self.add(TermKind::Exact, word);
        let found = Word { term, kind, exact };
        self.own.words.insert(word.to_owned(), found);
        found
    }

    /// The term of a word that says something, if it is known.
    pub(crate) fn known_word(&self, word: &str) -> Option<Term> {
        (kind_of(word) == WordKind::Strong).then(|| self.find(TermKind::Word, &canonical(word))).flatten()
    }

    /// The term of two words that stand together, in whichever order.
    pub(crate) fn pair(&mut self, one: Term, other: Term) -> Term {
        let key = (one.min(other), one.max(other));
        if let Some(known) = self.shared.pairs.get(&key).or_else(|| self.own.pairs.get(&key)) {
            return *known;
        }
        // By their texts, because numbers differ from library to library.
        let (one, other) = (self.text(one), self.text(other));
        let text = if one <= other { format!("{one} {other}") } else { format!("{other} {one}") };
        let term = self.add(TermKind::Pair, &text);
        self.own.pairs.insert(key, term);
        term
    }

    /// The term of this text and kind.
    pub(crate) fn add(&mut self, kind: TermKind, text: &str) -> Term {
        let marked = format!("{}{text}", kind.mark());
        if let Some(number) = self.number(&marked) {
            return number;
        }
        let number = Term::try_from(self.len()).unwrap_or(Term::MAX);
        let marked: Arc<str> = marked.into();
        self.own.terms.push(Arc::clone(&marked));
        self.own.numbers.insert(marked, number);
        number
    }

    /// The term of this text and kind, if it is known.
    pub(crate) fn find(&self, kind: TermKind, text: &str) -> Option<Term> {
        self.number(&format!("{}{text}", kind.mark()))
    }

    fn number(&self, marked: &str) -> Option<Term> {
        self.shared.numbers.get(marked).or_else(|| self.own.numbers.get(marked)).copied()
    }

    /// What a term is.
    pub(crate) fn kind(&self, term: Term) -> TermKind {
        self.marked(term).map_or(TermKind::Word, TermKind::of)
    }

    /// Its text: a stem, a name, a code.
    pub(crate) fn text(&self, term: Term) -> &str {
        self.marked(term).and_then(|term| term.get(1..)).unwrap_or_default()
    }

    fn marked(&self, term: Term) -> Option<&str> {
        let place = usize::try_from(term).ok()?;
        let own = || self.own.terms.get(place.checked_sub(self.shared.terms.len())?);
        self.shared.terms.get(place).or_else(own).map(Arc::as_ref)
    }
}

fn kind_of(word: &str) -> WordKind {
    static STOPS: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP.split_whitespace().collect());
    static WEAKS: LazyLock<HashSet<&str>> = LazyLock::new(|| WEAK.split_whitespace().collect());
    if STOPS.contains(word) {
        WordKind::Stop
    } else if WEAKS.contains(word) {
        WordKind::Weak
    } else {
        WordKind::Strong
    }
}

/// Its stem, or that of the word which stands for it.
fn canonical(word: &str) -> String {
    static CANONICAL: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let mut canonical = HashMap::new();
        for line in SYNONYMS.lines() {
            let mut words = line.split_whitespace();
            let Some(first) = words.next() else { continue };
            canonical.extend(words.map(|word| (stem(word), stem(first))));
        }
        canonical
    });
    let stem = stem(word);
    CANONICAL.get(&stem).cloned().unwrap_or(stem)
}
