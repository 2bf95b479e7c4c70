use std::fmt::Write as _;

use lamplighter_core::markdown::{inert, shorten};
use lamplighter_core::words::{History, HistoryNote, Incident, PastIncident};

use super::{heading, line};
use crate::evidence::Ledger;
use crate::wording::{ordinal, sentence};

/// More open items are counted.
const ITEMS: usize = 12;

/// More similar incidents are no help.
const SIMILAR: usize = 3;

/// The longest quotation from a document, in characters.
const LONGEST: usize = 240;

/// Whether it has happened before, what was done then, and what was not.
pub(super) fn recurrence(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    heading(text, "Recurrence Analysis");
    let Some(history) = &incident.history else {
        line(text, "The history could not be asked, so whether it has happened before is not known.");
        return;
    };
    let before = history.recurrences();
    match before.last() {
        None => {
            let said = if history.related.is_empty() {
                "This is the first recorded incident of this type."
            } else {
                "That the same thing failed in this way before is not recorded."
            };
            line(text, &format!("{said} {}", ledger.history(history.searched)));
        }
        Some(first) => happened_before(history, &before, first, ledger, text),
    }
    similar(history, ledger, text);
    for (notes, name) in [(&history.known_issues, "Known issue"), (&history.patterns, "Pattern")] {
        for note in notes {
            line(text, &format!("\n{name}: {}", noted(note, ledger)));
        }
    }
}

fn happened_before(
    history: &History,
    before: &[&PastIncident],
    first: &PastIncident,
    ledger: &mut Ledger,
    text: &mut String,
) {
    let nth = ordinal(before.len() + 1);
    line(
        text,
        &format!(
            "This is the **{nth}** recorded incident of this type. The first was {}{}. {}",
            link(first),
            on(first),
            cite(first, ledger)
        ),
    );
    if let Some(trend) = &history.trend {
        let gap = trend.median_days_between.map(|days| format!("Between two of them were {days} days in the middle."));
        let rising = trend
            .is_rising
            .map(|rising| if rising { "The gaps become shorter." } else { "The gaps do not become shorter." });
        let said: Vec<String> = gap.into_iter().chain(rising.map(str::to_owned)).collect();
        if !said.is_empty() {
            line(text, &format!("{} {}", said.join(" "), ledger.history(history.searched)));
        }
    }
    line(text, "\n| Before | What was done then | Why it is the same |");
    line(text, "| --- | --- | --- |");
    for past in before {
        let done =
            past.resolution.as_deref().map_or_else(|| "not said".to_owned(), |done| inert(&shorten(done, LONGEST)));
        let why: Vec<String> = past.why.iter().take(3).map(|why| sentence(&inert(why))).collect();
        line(text, &format!("| {}{} | {done} | {} {} |", link(past), on(past), why.join(" "), cite(past, ledger)));
    }
    line(text, "\n### Action Items That Were Never Done\n");
    let open: Vec<(&PastIncident, usize)> =
        before.iter().rev().flat_map(|past| (0..past.open_items.len()).map(move |index| (*past, index))).collect();
    if open.is_empty() {
        line(text, &format!("None is open. {}", ledger.history(history.searched)));
    }
    for (past, index) in open.iter().take(ITEMS) {
        let Some(item) = past.open_items.get(*index) else { continue };
        let status = if item.status.trim().is_empty() { "no status".to_owned() } else { inert(&item.status) };
        line(
            text,
            &format!(
                "- {} ({}, line {}; {status}) {}",
                inert(&shorten(&item.action, LONGEST)),
                link(past),
                item.line,
                cite(past, ledger)
            ),
        );
    }
    if open.len() > ITEMS {
        line(text, &format!("- And {} more.", open.len() - ITEMS));
    }
}

fn similar(history: &History, ledger: &mut Ledger, text: &mut String) {
    let similar: Vec<&PastIncident> = history.related.iter().filter(|past| !past.is_recurrence).take(SIMILAR).collect();
    if similar.is_empty() {
        return;
    }
    line(text, "\nAlike, and not the same:\n");
    for past in similar {
        let why: Vec<String> = past.why.iter().take(2).map(|why| sentence(&inert(why))).collect();
        line(text, &format!("- {}{}: {} {}", link(past), on(past), why.join(" "), cite(past, ledger)));
    }
}

/// A link to the document of an incident of before, which is beside this one.
pub(super) fn link(past: &PastIncident) -> String {
    let title = if past.title.trim().is_empty() { &past.path } else { &past.title };
    format!("[{}]({})", inert(title), target(&past.path))
}

/// A path that cannot leave its link, nor the archive.
fn target(path: &str) -> String {
    let mut target = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| !matches!(*part, "" | "." | "..")) {
        if !target.is_empty() {
            target.push('/');
        }
        for byte in part.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                target.push(char::from(byte));
            } else {
                let _ = write!(target, "%{byte:02X}");
            }
        }
    }
    target
}

fn on(past: &PastIncident) -> String {
    past.date.map_or_else(String::new, |date| format!(" on {date}"))
}

fn cite(past: &PastIncident, ledger: &mut Ledger) -> String {
    ledger.note(None, "archive", &link(past))
}

fn noted(note: &HistoryNote, ledger: &mut Ledger) -> String {
    let cited = ledger.note(None, "archive", &format!("[{}]({})", inert(&note.title), target(&note.path)));
    format!("**{}**. {} {cited}", inert(&note.title), sentence(&inert(&shorten(&note.text, LONGEST))))
}
