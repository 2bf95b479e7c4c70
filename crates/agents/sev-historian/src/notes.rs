use lamplighter_documents::PostMortem;
use serde::{Deserialize, Serialize};

use crate::field::Field;
use crate::kind::DocumentKind;
use crate::said::Said;
use crate::terms::{Counter, Counts};

/// Something that is written down about trouble of a kind: the part of a list below one heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) kind: DocumentKind,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) said: Said,
}

impl Note {
    /// The notes of a list. A document with a single heading is one note.
    pub(crate) fn of(counter: &mut Counter, document: &PostMortem, kind: DocumentKind) -> Vec<Self> {
        let below: Vec<_> =
            document.sections.iter().filter(|section| section.level > 1 && !section.text.trim().is_empty()).collect();
        // Below the notes' own headings there may be others: they belong to the note above them.
        let Some(level) = below.iter().map(|section| section.level).min() else {
            let text = document.sections.iter().map(|section| section.text.trim()).collect::<Vec<_>>().join("\n");
            return vec![Self::new(counter, kind, document.title.clone(), text)];
        };
        let mut notes: Vec<(String, String)> = Vec::new();
        for section in document.sections.iter().filter(|section| section.level >= level) {
            let text = section.text.trim();
            match notes.last_mut().filter(|_| section.level > level) {
                Some((_, before)) => *before = format!("{before}\n{}: {text}", section.heading),
                None => notes.push((section.heading.clone(), text.to_owned())),
            }
        }
        notes.into_iter().map(|(title, text)| Self::new(counter, kind, title, text)).collect()
    }

    fn new(counter: &mut Counter, kind: DocumentKind, title: String, text: String) -> Self {
        let mut counts = Counts::default();
        counter.count(&title, Field::Title, &mut counts);
        counter.count(&text, Field::Body, &mut counts);
        Self { kind, title, text, said: Said::of(counter, counts) }
    }
}
