//! The evidence of a report: each piece has an id, and is told whole once, in the raw data.

use std::fmt::Write as _;

use jiff::Timestamp;
use lamplighter_core::markdown::{code, inert, shorten};
use lamplighter_core::words::{Finding, IncidentEvent};

use crate::wording::clock;

/// The longest line of evidence that is shown, in characters.
const LONGEST_LINE: usize = 400;

/// The pieces of evidence in the order in which they are first cited.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pieces: Vec<Piece>,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// When it was seen or written down (UTC), where anybody knows.
    at: Option<Timestamp>,
    /// Where, inert.
    source: String,
    /// What it was seen on, as code; empty where it is no object.
    object: String,
    /// What, in Markdown that does nothing.
    what: String,
    /// The lines that it rests on, as code.
    lines: Vec<String>,
}

impl Ledger {
    /// Cites a finding: `[E1]`.
    pub(crate) fn finding(&mut self, finding: &Finding) -> String {
        self.cite(Piece {
            at: Some(finding.at),
            source: inert(finding.source.as_str()),
            object: code(&finding.object.to_string()),
            what: inert(&finding.summary),
            lines: finding
                .evidence
                .iter()
                .filter(|line| !finding.summary.ends_with(line.as_str()))
                .map(|line| code(&shorten(line, LONGEST_LINE)))
                .collect(),
        })
    }

    /// Cites findings, the first `most` that differ; the others have an id too.
    pub(crate) fn findings<'a>(&mut self, findings: impl IntoIterator<Item = &'a Finding>, most: usize) -> String {
        let mut cited: Vec<String> = Vec::new();
        for finding in findings {
            let id = self.finding(finding);
            if !cited.contains(&id) && cited.len() < most {
                cited.push(id);
            }
        }
        cited.sort_by_key(|id| (id.len(), id.clone()));
        cited.join(" ")
    }

    /// Cites what was decided or done.
    pub(crate) fn event(&mut self, event: &IncidentEvent) -> String {
        self.note(Some(event.at), event.source.as_str(), &inert(&event.what))
    }

    /// Cites what stands somewhere: a document, the issue. `what` is Markdown of ours.
    pub(crate) fn note(&mut self, at: Option<Timestamp>, source: &str, what: &str) -> String {
        let what = what.to_owned();
        self.cite(Piece { at, source: inert(source), object: String::new(), what, lines: Vec::new() })
    }

    fn cite(&mut self, piece: Piece) -> String {
        let known = self.pieces.iter().position(|known| *known == piece);
        let index = known.unwrap_or_else(|| {
            self.pieces.push(piece);
            self.pieces.len() - 1
        });
        format!("[E{}]", index + 1)
    }

    /// All pieces as a list.
    pub(crate) fn list(&self) -> String {
        let mut list = String::new();
        for (number, piece) in (1..).zip(&self.pieces) {
            let at = piece.at.map_or_else(|| "time not recorded".to_owned(), clock);
            let object = if piece.object.is_empty() { String::new() } else { format!(" on {}", piece.object) };
            let _ = writeln!(list, "- **E{number}** {at}, {}{object}: {}", piece.source, piece.what);
            for line in &piece.lines {
                let _ = writeln!(list, "  - {line}");
            }
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::{ObjectRef, Source};

    use super::*;

    #[test]
    fn what_is_cited_twice_has_one_id() {
        let finding =
            |summary| Finding::new(summary, ObjectRef::pod("a", "b"), Source::new("logs"), Timestamp::UNIX_EPOCH);
        let mut ledger = Ledger::default();
        assert_eq!(ledger.findings([&finding("one"), &finding("two"), &finding("one")], 9), "[E1] [E2]");
        assert_eq!(ledger.list().matches("**E").count(), 2);
    }
}
