//! What an action says itself about how far it is: a box, a tick, a word before or behind it, a line through it.

use super::columns::says_other;
use crate::text::{joined, runs};
use crate::{ItemStatus, wording};

/// An action without its marks, and what they say.
#[derive(Debug)]
pub(super) struct Marked {
    /// What to do.
    pub words: String,
    /// By a box, a tick or a loud word before it.
    pub begin: Option<ItemStatus>,
    /// By a word or a tick behind it, and the words without that.
    end: Option<(ItemStatus, String)>,
    is_struck: bool,
}

impl Marked {
    /// Reads the action in a cell, or in a line behind its bullet.
    pub(super) fn read(markdown: &str) -> Self {
        let runs = runs(markdown);
        let struck = runs.iter().position(|run| run.is_struck);
        let (before, from) = runs.split_at(struck.unwrap_or(runs.len()));
        // What is struck later is only a change of the words.
        let is_struck = struck.is_some() && is_remark(&joined(before, |_| true));
        let behind = joined(from, |run| !run.is_struck);
        let all = joined(&runs, |run| is_struck || !run.is_struck);
        let (begin, words) = match told_by_begin(&all).or_else(|| wording::ticked(&all)) {
            Some((status, words)) => (Some(status), words.to_owned()),
            None => (None, all),
        };
        let end = match told_by_end(&words) {
            Some((status, words)) => Some((status, words.to_owned())),
            None => wording::lone_status(&behind)
                .filter(|_| is_struck)
                .map(|status| (status, words.strip_suffix(&behind).unwrap_or(&words).trim_end().to_owned())),
        };
        Self { words, begin, end, is_struck }
    }

    /// Takes what is behind the words as a mark of theirs.
    pub(super) fn take_end(&mut self) -> Option<ItemStatus> {
        let (status, words) = self.end.take()?;
        self.words = words;
        Some(status)
    }

    /// What the line through it says.
    pub(super) fn struck(&self) -> Option<ItemStatus> {
        self.is_struck.then_some(ItemStatus::Dropped)
    }
}

/// What counts of all that is said about how far something is: what ends it before what does not, and then what is said first.
pub(super) fn settled(said: &[Option<ItemStatus>]) -> Option<ItemStatus> {
    let mut all = said.iter().flatten().copied();
    all.clone().find(|status| !status.is_open()).or_else(|| all.next())
}

/// Whether words only rank an action, or say of what kind or how far it is.
fn is_remark(words: &str) -> bool {
    let is_tick = wording::ticked(words).is_some_and(|(_, rest)| rest.is_empty());
    let mut parts = words.split(['(', ')', '[', ']', ',', ':', ';', '–', '—']).map(str::trim);
    is_tick || parts.all(|part| !part.chars().any(char::is_alphanumeric) || says_other(part))
}

/// `TODO: x`, `DONE - x`.
pub(super) fn told_by_begin(words: &str) -> Option<(ItemStatus, &str)> {
    let (first, rest) = words.split_once([':', '-', '–', '—'])?;
    let first = first.trim();
    let is_word = !first.is_empty() && first.len() <= 12 && first.chars().any(char::is_alphabetic);
    let is_loud = first.chars().all(|c| !c.is_lowercase());
    let status = wording::lone_status(first).filter(|_| is_word && is_loud)?;
    Some((status, rest.trim()))
}

/// `x — DONE`, `x [done]`, `x (in progress)`, `x. Status: open`, `x ✅`.
fn told_by_end(words: &str) -> Option<(ItemStatus, &str)> {
    const MARK: &str = "status:";
    if let Some(at) = words.to_ascii_lowercase().rfind(MARK) {
        let status = wording::status(words.get(at + MARK.len()..)?)?;
        return Some((status, words.get(..at)?.trim_end_matches([' ', '(', '[', '-', '–', '—', ',', ';', '|'])));
    }
    for (open, close) in [('[', ']'), ('(', ')')] {
        let mark = words.strip_suffix(close).and_then(|words| words.rsplit_once(open));
        if let Some((rest, status)) = mark.and_then(|(rest, mark)| Some((rest, wording::lone_status(mark)?))) {
            return Some((status, rest.trim_end()));
        }
    }
    let dash = [" — ", " – ", " - ", " -- ", " → ", " -> "].iter().filter_map(|dash| words.rsplit_once(dash));
    if let Some((rest, end)) = dash.min_by_key(|(_, end)| end.len()) {
        return Some((wording::lone_status(end)?, rest.trim_end()));
    }
    let at = words.rfind(' ').map(|at| at + 1).filter(|at| words.get(*at..).is_some_and(|it| it.starts_with(':')));
    let (rest, end) = words.split_at(at.or_else(|| Some(words.char_indices().next_back()?.0))?);
    let (status, left) = wording::ticked(end)?;
    left.is_empty().then(|| (status, rest.trim_end()))
}
