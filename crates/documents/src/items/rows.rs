use lamplighter_core::markdown::shorten;

use super::columns::{Column, Columns, is_blank, is_date, says_other};
use super::marks::{Marked, settled};
use super::{Found, Place};
use crate::text::{Line, said};
use crate::{ActionItem, ActionKind, ItemStatus, Priority, kinds, table, wording};

impl Columns {
    /// The item of a row; nothing where the row says nothing that could be done.
    pub(super) fn read(&self, line: Line<'_>, priority_above: Option<Priority>) -> Option<Found> {
        let columns = (!self.0.is_empty()).then_some(self.0.len());
        let places = table::cells(line.text, columns);
        let raw: Vec<&str> = places.iter().map(|place| line.text.get(place.clone()).unwrap_or_default()).collect();
        // A table takes its own backslashes off first, also within code.
        let raw: Vec<String> = raw.iter().map(|cell| cell.replace("\\|", "|")).collect();
        let (cells, are_struck): (Vec<String>, Vec<bool>) = raw.iter().map(|cell| said(cell)).unzip();
        let read = self.by_head(&cells).unwrap_or_else(|| Self::by_content(&cells));
        let mut marked = Marked::read(raw.get(read.action?)?);
        let end = if read.status.is_none() { marked.take_end() } else { None };
        let (said, is_struck) =
            read.status.map_or((None, false), |(at, status)| (Some(status), are_struck.get(at) == Some(&true)));
        let struck = marked.struck().or_else(|| is_struck.then_some(ItemStatus::Dropped));
        let status = settled(&[said, marked.begin, end, struck]).unwrap_or(ItemStatus::Unknown);
        let action = marked.words;
        if is_blank(&action) {
            return None;
        }
        let details = read.details.iter().filter_map(|at| cells.get(*at)).filter(|cell| !cell.is_empty());
        let details = details.cloned().collect::<Vec<_>>().join("; ");
        let (kind, is_kind_inferred) = kind_of(read.kind, &action, &details);
        let owner = self.at(Column::Owner).filter(|_| read.is_by_head).and_then(|at| cells.get(at));
        let status_at = match read.status {
            Some((at, _)) => Some(at),
            None => self.at(Column::Status).filter(|_| read.is_by_head),
        };
        let status_place =
            status_at.and_then(|at| places.get(at)).map(|place| line.at + place.start..line.at + place.end);
        Some(Found {
            item: ActionItem {
                line: line.number,
                priority: read.priority.or(priority_above),
                action,
                kind,
                is_kind_inferred,
                details,
                status,
                owner: owner.filter(|owner| owner.chars().any(char::is_alphanumeric)).map(|owner| shorten(owner, 100)),
            },
            place: Place::Row { status: status_place },
        })
    }

    /// A row whose cells match the head; `None` where they do not: there are too many, or the action says something else
    /// and another cell does not fit its column, so that the cells have moved.
    fn by_head(&self, cells: &[String]) -> Option<Reading> {
        let action = self.at(Column::Action)?;
        let text = cells.get(action)?;
        let is_short = text.split_whitespace().count() < 3;
        let is_doubtful = cells.len() < self.0.len() || (is_short && says_other(text));
        let fits = || cells.iter().zip(&self.0).all(|(cell, column)| column.fits(cell));
        if cells.len() > self.0.len() || (is_doubtful && !fits()) {
            return None;
        }
        let cell = |column| self.at(column).and_then(|at| cells.get(at)).map(String::as_str).unwrap_or_default();
        let elsewhere = |own: Column| {
            let mut others = cells.iter().zip(&self.0).enumerate();
            move |says: &dyn Fn(&str) -> bool| {
                others
                    .find(|(_, (cell, column))| {
                        ![Column::Action, own].contains(*column) && !is_blank(cell) && says(cell)
                    })
                    .map(|(at, _)| at)
            }
        };
        let own_status = wording::status_in_its_column(cell(Column::Status));
        let status = match (self.at(Column::Status), own_status) {
            (Some(at), Some(status)) => Some((at, status)),
            _ => elsewhere(Column::Status)(&|cell| wording::lone_status(cell).is_some())
                .and_then(|at| Some((at, wording::lone_status(cells.get(at)?)?))),
        };
        let priority = wording::priority(cell(Column::Priority), true).or_else(|| {
            let at = elsewhere(Column::Priority)(&|cell| wording::priority(cell, false).is_some() && cell.len() <= 8)?;
            wording::priority(cells.get(at)?, false)
        });
        let kind = wording::kind(cell(Column::Kind)).or_else(|| {
            let at = elsewhere(Column::Kind)(&|cell| wording::kind(cell).is_some())?;
            wording::kind(cells.get(at)?)
        });
        let mut details: Vec<usize> =
            self.0.iter().enumerate().filter(|(_, it)| **it == Column::Details).map(|(at, _)| at).collect();
        if details.is_empty() {
            let says_more = |at: usize| !says_other(cells.get(at).map_or("", String::as_str));
            let others =
                self.0.iter().enumerate().filter(|(_, it)| matches!(it, Column::Other | Column::Ticket | Column::Due));
            details = others.map(|(at, _)| at).filter(|at| says_more(*at)).collect();
        }
        Some(Reading { action: Some(action), priority, kind, status, details, is_by_head: true })
    }

    /// A row whose cells say themselves what they are.
    fn by_content(cells: &[String]) -> Reading {
        let mut reading = Reading::default();
        let mut rest = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            let is_number = cell.trim_end_matches('.').bytes().all(|byte| byte.is_ascii_digit());
            if let (None, Some(priority)) = (reading.priority, wording::priority(cell, false)) {
                reading.priority = Some(priority);
            } else if let (None, Some(kind)) = (reading.kind, wording::kind(cell)) {
                reading.kind = Some(kind);
            } else if let (None, Some(status)) =
                (reading.status, wording::lone_status(cell).filter(|_| !is_action(cell)))
            {
                reading.status = Some((at, status));
            } else if !is_number && !cell.starts_with('@') && !is_date(cell) {
                rest.push(at);
            }
        }
        let is_sentence = |at: &&usize| cells.get(**at).is_some_and(|cell| cell.split_whitespace().count() >= 2);
        reading.action = rest.iter().find(is_sentence).or_else(|| rest.first()).copied();
        reading.details = rest.into_iter().filter(|at| Some(*at) != reading.action).collect();
        reading
    }
}

/// Whether a tick is before words that say no more of how far something is.
fn is_action(cell: &str) -> bool {
    wording::ticked(cell).is_some_and(|(_, words)| !words.is_empty() && wording::status(words).is_none())
}

/// Which cells of a row say what.
#[derive(Debug, Default)]
struct Reading {
    action: Option<usize>,
    priority: Option<Priority>,
    kind: Option<ActionKind>,
    status: Option<(usize, ItemStatus)>,
    details: Vec<usize>,
    is_by_head: bool,
}

/// The kind that is said, or else the one that the words speak of, and whether it is the latter.
pub(super) fn kind_of(said: Option<ActionKind>, action: &str, details: &str) -> (Option<ActionKind>, bool) {
    let inferred = || kinds::kind_of_action(action).or_else(|| kinds::kind_of_action(details));
    let kind = said.or_else(inferred);
    (kind, said.is_none() && kind.is_some())
}
