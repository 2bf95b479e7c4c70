use std::collections::{HashMap, HashSet};
use std::num::NonZero;
use std::sync::Arc;

use lamplighter_core::ports::ArchivedDocument;
use lamplighter_documents::PostMortem;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::LibraryError;
use crate::entry::{Entry, fingerprints};
use crate::terms::Counter;
use crate::text::{Fingerprint, Vocabulary, boilerplate};

/// The form of what is kept. Another one is read anew: count it up with whatever alters what is concluded from a text.
const FORM: u32 = 3;

/// Fewer documents are read before a thread has begun.
const SHARE: usize = 64;

/// The documents of an archive as they are remembered: read once, and again only when their text has changed.
///
/// A library is a value: where it is kept between two runs is the caller's matter.
///
/// ```
/// use lamplighter_core::ports::ArchivedDocument;
/// use lamplighter_sev_historian::Library;
///
/// let document = ArchivedDocument { path: "a.md".to_owned(), text: "# The disk was full".to_owned() };
/// let (library, change) = Library::default().refreshed(std::slice::from_ref(&document));
/// assert_eq!((change.read, change.kept), (1, 0));
///
/// let kept = Library::from_bytes(&library.to_bytes()?)?;
/// let (_, change) = kept.refreshed(&[document]);
/// assert_eq!((change.read, change.kept), (0, 1));
/// # Ok::<(), lamplighter_sev_historian::LibraryError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Library {
    pub(crate) counter: Counter,
    pub(crate) records: Vec<Record>,
}

/// A document with the text that it was read from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) digest: String,
    /// The line by which it is known of which incident it is, where it has one.
    pub(crate) mark: Option<String>,
    pub(crate) entry: Entry,
}

/// What was done to bring a library up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refresh {
    /// Documents that were read: they are new or have changed.
    pub read: usize,
    /// Documents that are as they were.
    pub kept: usize,
    /// Documents that are no longer there.
    pub gone: usize,
}

/// A document of an archive that is brought up to date.
enum Found {
    Kept(Record),
    New { digest: String, sentences: Vec<Fingerprint>, document: PostMortem },
}

impl Found {
    fn sentences(&self) -> &[Fingerprint] {
        match self {
            Self::Kept(record) => &record.entry.sentences,
            Self::New { sentences, .. } => sentences,
        }
    }
}

#[derive(Serialize)]
struct Kept<'a> {
    form: u32,
    terms: Vec<&'a str>,
    boilerplate: &'a HashSet<Fingerprint>,
    records: &'a [Record],
}

#[derive(Deserialize)]
struct Remembered {
    form: u32,
    terms: Vec<String>,
    boilerplate: HashSet<Fingerprint>,
    records: Vec<Record>,
}

impl Default for Library {
    fn default() -> Self {
        Self { counter: Counter::new(Vocabulary::default()), records: Vec::new() }
    }
}

impl Library {
    /// With exactly these documents. A document that is known by its path and text is not read again.
    #[must_use]
    pub fn refreshed(self, documents: &[ArchivedDocument]) -> (Self, Refresh) {
        self.refreshed_with(documents, |document| PostMortem::read(&document.path, &document.text))
    }

    pub(crate) fn refreshed_with(
        self,
        documents: &[ArchivedDocument],
        read: impl Fn(&ArchivedDocument) -> PostMortem + Sync,
    ) -> (Self, Refresh) {
        let mut change = Refresh { gone: self.records.len(), ..Refresh::default() };
        let Self { mut counter, records } = self;
        let mut known: HashMap<String, Record> =
            records.into_iter().map(|record| (record.entry.path.clone(), record)).collect();
        let mut documents: Vec<&ArchivedDocument> = documents.iter().collect();
        documents.sort_by(|one, other| one.path.cmp(&other.path));
        let mut found: Vec<_> = documents
            .iter()
            .map(|document| {
                let digest = digest(&document.text);
                let before = known.remove(&document.path);
                change.gone -= usize::from(before.is_some());
                match before.filter(|record| record.digest == digest) {
                    Some(record) => Found::Kept(record),
                    None => Found::New { digest, sentences: Vec::new(), document: PostMortem::default() },
                }
            })
            .collect();
        change.kept = found.iter().filter(|found| matches!(found, Found::Kept(_))).count();
        change.read = found.len() - change.kept;
        read_new(&mut found, &documents, &read);
        // Whether a sentence is of a template, all documents say together, before any is counted. Of those that are
        // known, who has one that was not known for it, or has one that no longer is, is counted again.
        let boilerplate = boilerplate(found.iter().map(Found::sentences));
        let changed: HashSet<_> = boilerplate.symmetric_difference(&counter.boilerplate).copied().collect();
        counter.boilerplate = Arc::new(boilerplate);
        let records = found.into_iter().zip(&documents).map(|(found, given)| match found {
            Found::New { digest, document, .. } => {
                Record { digest, mark: mark(&given.text), entry: Entry::of(&mut counter, &document) }
            }
            Found::Kept(mut record) => {
                if record.entry.sentences.iter().any(|sentence| changed.contains(sentence)) {
                    record.entry = Entry::of(&mut counter, &read(given));
                }
                record
            }
        });
        let records = records.collect();
        counter.vocabulary.share();
        (Self { counter, records }, change)
    }

    /// How many documents it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// As bytes, to be kept.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LibraryError> {
        let kept = Kept {
            form: FORM,
            terms: self.counter.vocabulary.terms().collect(),
            boilerplate: &self.counter.boilerplate,
            records: &self.records,
        };
        let body = serde_json::to_vec(&kept).map_err(LibraryError::damaged)?;
        let mut bytes = hex(&Sha256::digest(&body)).into_bytes();
        bytes.push(b'\n');
        bytes.extend(body);
        Ok(bytes)
    }

    /// From bytes that were kept.
    ///
    /// # Errors
    /// When they are damaged or of another version: then everything is read anew, from [`Library::default`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LibraryError> {
        let cut = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let (sum, body) = bytes.split_at(cut);
        let body = body.get(1..).unwrap_or_default();
        if hex(&Sha256::digest(body)).as_bytes() != sum {
            return Err(LibraryError::altered());
        }
        let found: Remembered = serde_json::from_slice(body).map_err(LibraryError::damaged)?;
        if found.form != FORM {
            return Err(LibraryError::other_form(found.form));
        }
        let mut counter = Counter::new(Vocabulary::of_terms(found.terms));
        counter.boilerplate = Arc::new(found.boilerplate);
        counter.vocabulary.share();
        Ok(Self { counter, records: found.records })
    }
}

/// Reads what is new, on all processors: of everything that is done to an archive this can be parted.
fn read_new(
    found: &mut [Found],
    documents: &[&ArchivedDocument],
    read: &(impl Fn(&ArchivedDocument) -> PostMortem + Sync),
) {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = found.len().div_ceil(workers).max(SHARE);
    let read_share = |(found, documents): (&mut [Found], &[&ArchivedDocument])| {
        for (found, given) in found.iter_mut().zip(documents) {
            if let Found::New { sentences, document, .. } = found {
                *document = read(given);
                *sentences = fingerprints(document);
            }
        }
    };
    std::thread::scope(|scope| {
        let mut shares = found.chunks_mut(share).zip(documents.chunks(share));
        let own = shares.next();
        for other in shares {
            scope.spawn(|| read_share(other));
        }
        own.into_iter().for_each(read_share);
    });
}

/// The last line that is a mark: an author may quote one of another document above it.
fn mark(text: &str) -> Option<String> {
    let is_mark = |line: &&str| line.starts_with("<!-- lamplighter:post-mortem ") && line.ends_with(" -->");
    text.lines().rev().find(is_mark).map(str::to_owned)
}

/// What a text is known by. How its lines end makes no difference.
pub(crate) fn digest(text: &str) -> String {
    let mut hash = Sha256::new();
    for line in text.lines() {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
