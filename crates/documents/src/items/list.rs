use std::ops::Range;

use super::marks::{self, Marked, settled};
use super::rows::kind_of;
use super::{Found, Place};
use crate::text::{Line, plain};
use crate::{ActionItem, ItemStatus, Priority, wording};

/// The item of a list that begins here, and how many lines it has. Indented lines below it are its details.
pub(super) fn read(lines: &[Line<'_>], priority_above: Option<Priority>) -> Option<(Found, usize)> {
    let [first, rest @ ..] = lines else { return None };
    let bullet = Bullet::read(first.text)?;
    let mut details = Vec::new();
    let mut count = 1;
    for line in rest {
        let indent = line.text.len() - line.text.trim_start().len();
        if line.text.trim().is_empty() || indent <= bullet.indent {
            break;
        }
        match Bullet::read(line.text) {
            Some(below) if below.mark.is_some() => break,
            Some(below) => details.push(plain(line.text.get(below.begin..).unwrap_or_default())),
            None => details.push(plain(line.text)),
        }
        count += 1;
    }
    let text = first.text.get(bullet.begin..).unwrap_or_default().trim();
    let (bold, text) = ranked(text).map_or((None, text), |(priority, rest)| (Some(priority), rest));
    let mut marked = Marked::read(text);
    let end = marked.take_end();
    let boxed = bullet.mark.as_ref().and_then(|mark| wording::of_box(first.text.get(mark.clone())?));
    let status = settled(&[boxed, marked.begin, end, marked.struck()]).unwrap_or(ItemStatus::Unknown);
    let words = marked.words;
    let Marks { rest: action, priority, kind, owner } = Marks::take(&words);
    if !action.chars().any(char::is_alphanumeric) {
        return None;
    }
    let details = details.join(" ");
    let (kind, is_kind_inferred) = kind_of(kind, &action, &details);
    let mark = bullet.mark.map(|mark| first.at + mark.start..first.at + mark.end);
    let priority = bold.or(priority).or(priority_above);
    let item = ActionItem { line: first.number, priority, action, kind, is_kind_inferred, details, status, owner };
    Some((Found { item, place: Place::Bullet { mark } }, count))
}

/// Whether a bullet says itself that it is to be done, or is.
pub(super) fn says_so(line: &str) -> bool {
    Bullet::read(line)
        .is_some_and(|bullet| marks::told_by_begin(&plain(line.get(bullet.begin..).unwrap_or_default())).is_some())
}

/// Whether a line begins an item of a list.
pub(super) fn is_item(line: &str) -> bool {
    Bullet::read(line).is_some()
}

/// Whether a bullet is below no other.
pub(super) fn is_top(line: &str) -> bool {
    Bullet::read(line).is_some_and(|bullet| bullet.indent < 2)
}

/// How soon, where the line begins with that in bold or as code: `**P1** x`.
fn ranked(text: &str) -> Option<(Priority, &str)> {
    let mark = ["**", "__", "`", "*", "_"].into_iter().find(|mark| text.starts_with(mark))?;
    let (rank, rest) = text.strip_prefix(mark)?.split_once(mark)?;
    let is_rank = rank.len() <= 4 && rank.chars().any(|c| c.is_ascii_digit());
    let priority = wording::priority(rank, false).filter(|_| is_rank)?;
    Some((priority, rest.trim_start_matches([' ', ':', '-', '–', '—'])))
}

struct Bullet {
    indent: usize,
    /// Where its words begin.
    begin: usize,
    /// What is between the brackets of its box.
    mark: Option<Range<usize>>,
}

impl Bullet {
    fn read(line: &str) -> Option<Self> {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        let marker = match body.chars().next()? {
            '-' | '*' | '+' | '•' | '–' | '·' => body.chars().next()?.len_utf8(),
            // A box without a bullet.
            '[' | '☐' | '☑' | '✅' | '⬜' | '🔲' => 0,
            c if c.is_ascii_digit() => {
                let digits = body.len() - body.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let is_end = body.get(digits..)?.starts_with(['.', ')']);
                if digits <= 4 && is_end { digits + 1 } else { return None }
            }
            _ => return None,
        };
        let after = body.get(marker..)?;
        if marker > 0 && !after.starts_with([' ', '\t']) {
            return None;
        }
        let begin = indent + marker + (after.len() - after.trim_start().len());
        let words = line.get(begin..)?;
        let boxed = words.strip_prefix('[').and_then(|rest| {
            let (mark, rest) = rest.split_once(']')?;
            (wording::of_box(mark).is_some() && (rest.is_empty() || rest.starts_with([' ', '\t'])))
                .then_some(mark.len())
        });
        if boxed.is_none() && body.starts_with('[') {
            return None;
        }
        Some(match boxed {
            Some(length) => Self { indent, begin: begin + length + 2, mark: Some(begin + 1..begin + 1 + length) },
            None => Self { indent, begin, mark: None },
        })
    }
}

/// What an item says about itself in brackets or before a colon: `[P1] (Alert) x @maria`.
struct Marks {
    rest: String,
    priority: Option<Priority>,
    kind: Option<crate::ActionKind>,
    owner: Option<String>,
}

impl Marks {
    fn take(words: &str) -> Self {
        let mut marks = Self { rest: words.to_owned(), priority: None, kind: None, owner: None };
        while let Some((mark, rest)) = leading(&marks.rest).or_else(|| trailing(&marks.rest)) {
            if !marks.takes(&mark) {
                break;
            }
            marks.rest = rest;
        }
        let owner = marks
            .rest
            .split_whitespace()
            .find_map(|word| word.trim_matches(['(', ')', ',', '.', ':']).strip_prefix('@'));
        marks.owner = owner.filter(|owner| !owner.is_empty()).or_else(|| named_owner(&marks.rest)).map(str::to_owned);
        marks
    }

    fn takes(&mut self, mark: &str) -> bool {
        let mut is_taken = false;
        for part in mark.split([',', '/', ';', '(', ')']) {
            if let (None, Some(priority)) = (self.priority, wording::priority(part, false)) {
                self.priority = Some(priority);
                is_taken = true;
            } else if let (None, Some(kind)) = (self.kind, wording::kind(part)) {
                self.kind = Some(kind);
                is_taken = true;
            }
        }
        is_taken
    }
}

/// `owner: Maria`.
fn named_owner(words: &str) -> Option<&str> {
    const LONGEST: usize = 40;
    let lower = words.to_ascii_lowercase();
    let at = ["owner:", "assignee:"].iter().find_map(|mark| Some(lower.find(mark)? + mark.len()))?;
    let rest = words.get(at..)?.split(" - ").next()?;
    let owner = rest.split([',', ';', '.', ')', ']', '|', '–', '—']).next()?.trim();
    (!owner.is_empty() && owner.len() <= LONGEST).then_some(owner)
}

fn leading(words: &str) -> Option<(String, String)> {
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some((mark, rest)) = words.strip_prefix(open).and_then(|rest| rest.split_once(close)) {
            return Some((mark.to_owned(), rest.trim_start_matches([' ', ':', '-', '–']).to_owned()));
        }
    }
    let (mark, rest) = words.split_once([':', '–', '—']).or_else(|| words.split_once(" - "))?;
    (mark.split_whitespace().count() <= 2).then(|| (mark.trim().to_owned(), rest.trim().to_owned()))
}

fn trailing(words: &str) -> Option<(String, String)> {
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some((rest, mark)) = words.strip_suffix(close).and_then(|rest| rest.rsplit_once(open)) {
            return Some((mark.to_owned(), rest.trim_end().to_owned()));
        }
    }
    None
}
