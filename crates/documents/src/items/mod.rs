//! Action items, wherever a document has them.

mod columns;
mod list;
mod marks;
mod outline;
mod rows;

use std::ops::Range;

use crate::front_matter::front_matter;
use crate::text::{Fences, Indents, Line, lines};
use crate::{ActionItem, ItemStatus};

use outline::Outline;

/// An action item and where its marks are.
#[derive(Debug)]
pub(crate) struct Found {
    pub item: ActionItem,
    pub place: Place,
}

/// Where in the text an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a row, with its status in this cell, where the table has a column for that.
    Row { status: Option<Range<usize>> },
    /// In a list, with what is between the brackets of its box, where it has one.
    Bullet { mark: Option<Range<usize>> },
}

/// All action items of a text, by line. Those in code, in comments and in the table of what was done about them are none.
pub(crate) fn find(text: &str) -> Vec<Found> {
    let skipped = front_matter(text).map_or(0, |(_, _, lines)| lines);
    let mut fences = Fences::default();
    let mut indents = Indents::default();
    let mut is_comment = false;
    let all: Vec<Line<'_>> = lines(text)
        .map(|line| {
            let is_hidden = line.number <= skipped || fences.is_code(line.text) || comment(line.text, &mut is_comment);
            let shown = unquoted(line);
            let is_item = !is_hidden && list::is_item(shown.text);
            let is_code = indents.is_code(shown.text, is_item);
            if is_hidden || is_code { Line { text: "", ..line } } else { shown }
        })
        .collect();
    let mut finder = Finder { outline: Outline::default(), columns: None, found: Vec::new(), plain: Vec::new() };
    let mut at = 0;
    while at < all.len() {
        at += finder.step(all.get(at..).unwrap_or_default()).max(1);
    }
    finder.end()
}

/// What a line of a quotation quotes.
fn unquoted(line: Line<'_>) -> Line<'_> {
    let mut text = line.text;
    while let Some(rest) = text.trim_start().strip_prefix('>') {
        text = rest.strip_prefix(' ').unwrap_or(rest);
    }
    Line { at: line.at + (line.text.len() - text.len()), text, ..line }
}

/// Whether a line is a comment of HTML or within one.
fn comment(line: &str, is_open: &mut bool) -> bool {
    let was_open = *is_open;
    let last_begin = line.rfind("<!--");
    let last_end = line.rfind("-->");
    *is_open = match (last_begin, last_end) {
        (Some(begin), Some(end)) => begin > end,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => was_open,
    };
    was_open || line.trim_start().starts_with("<!--")
}

struct Finder {
    outline: Outline,
    /// Those of the table that has just ended, with the line after it: rows after one empty line still belong to it.
    columns: Option<(columns::Columns, usize)>,
    found: Vec<Found>,
    /// Bullets without a box, with the section that they are in.
    plain: Vec<(usize, Found)>,
}

impl Finder {
    /// Takes what begins on the first of these lines, and says how many lines that is.
    fn step(&mut self, lines: &[Line<'_>]) -> usize {
        let Some(first) = lines.first() else { return 0 };
        let taken = self.outline.take(lines);
        if taken > 0 {
            self.columns = None;
            return taken;
        }
        if let Some((columns, head)) = self.table(lines) {
            let body = lines.get(head..).unwrap_or_default();
            let count = columns::body(body);
            if columns.are_of_actions(self.outline.part()) {
                for line in body.iter().take(count) {
                    let found = columns.read(*line, self.outline.priority());
                    self.found.extend(found.map(|found| self.settled(found)));
                }
            }
            let after = first.number + head + count;
            self.columns = Some((columns, after));
            return head + count;
        }
        if let Some((found, count)) = list::read(lines, self.outline.priority()) {
            let is_told = matches!(found.place, Place::Bullet { mark: Some(_) })
                || list::says_so(first.text)
                || (self.outline.is_of_actions() && found.item.status != ItemStatus::Unknown);
            let found = self.settled(found);
            if is_told {
                self.found.push(found);
            } else if self.outline.is_of_actions() && list::is_top(first.text) {
                self.plain.push((self.outline.section(), found));
            } else {
                return 1;
            }
            return count;
        }
        1
    }

    /// With what the headings above say about how far it is.
    fn settled(&self, mut found: Found) -> Found {
        let own = Some(found.item.status).filter(|status| *status != ItemStatus::Unknown);
        found.item.status = marks::settled(&[own, self.outline.status()]).unwrap_or(ItemStatus::Unknown);
        found
    }

    /// The columns of a table that begins here, and how many lines its head has.
    fn table(&self, lines: &[Line<'_>]) -> Option<(columns::Columns, usize)> {
        let [first, rest @ ..] = lines else { return None };
        if let Some((columns, after)) = &self.columns
            && first.number <= after + 1
            && columns::body(lines) > 0
        {
            return Some((columns.clone(), 0));
        }
        columns::head(first.text, rest.first().map_or("", |next| next.text))
    }

    fn end(self) -> Vec<Found> {
        let Self { outline, mut found, plain, .. } = self;
        // Where a section has rows, its bullets are remarks.
        let rows = found.iter().filter(|found| matches!(found.place, Place::Row { .. }));
        let told: std::collections::BTreeSet<usize> = rows.map(|found| outline.section_of(found.item.line)).collect();
        found.extend(plain.into_iter().filter(|(section, _)| !told.contains(section)).map(|(_, found)| found));
        found.sort_by_key(|found| found.item.line);
        found
    }
}

#[cfg(test)]
mod tests;
