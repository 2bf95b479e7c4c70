//! When what happened, as the rows of a timeline say it.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan as _};

/// Something that happened at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: DateTime,
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// What a moment was in the course of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Other,
    /// Somebody or something noticed.
    Noticed,
    /// Something was done against it.
    Mitigated,
    /// It was over.
    Resolved,
}

/// The moments of a timeline, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Moments {
    pub(super) all: Vec<Moment>,
    /// The zone that the rows name, where it is not UTC.
    pub(super) zone: Option<String>,
}

/// How many moments are read.
const MOST: usize = 500;

/// What the words for a kind of moment begin with, in lower case. Kinds are tried from the last.
const WORDS: &[(Kind, &[&str])] = &[
    (
        Kind::Noticed,
        &[
            "alert",
            "alarm",
            "paged",
            "pager",
            "page went",
            "detected",
            "noticed",
            "reported",
            "report from",
            "users report",
            "first report",
            "user report",
            "customer report",
            "issue opened",
            "ticket opened",
            "reports that",
            "bemerkt",
            "gemeldet",
        ],
    ),
    (
        Kind::Mitigated,
        &[
            "mitigat",
            "rolled back",
            "rollback",
            "roll back",
            "revert",
            "restarted",
            "failover",
            "failed over",
            "scaled",
            "fix applied",
            "applied",
            "workaround",
            "patched",
            "hotfix",
            "deployed fix",
            "fix deployed",
            "fixed",
            "behoben",
        ],
    ),
    (
        Kind::Resolved,
        &[
            "resolved",
            "recovered",
            "restored",
            "all clear",
            "back to normal",
            "healthy again",
            "fully operational",
            "service is up",
            "incident closed",
            "incident over",
            "recovery confirmed",
            "wiederhergestellt",
        ],
    ),
];

/// Words with which a sentence says that something did not happen or did not help.
const DENIALS: &[&str] = &[
    "not resolved",
    "unresolved",
    "did not",
    "didn't",
    "no effect",
    "without effect",
    "unsuccess",
    "failed to",
    "no alert",
    "nobody",
    "cannot",
    "could not",
    "unable",
];

impl Moments {
    /// Reads rows: cells of a table, or a point of a list. Rows without a time are left out. A time without a day is on
    /// the day of the one before, or on the next where it would be more than an hour earlier.
    pub(super) fn read(rows: &[Vec<String>], day: Option<Date>) -> Self {
        let mut moments = Self::default();
        let mut zones: Vec<Option<String>> = Vec::new();
        let mut last: Option<DateTime> = None;
        let mut day = day.unwrap_or(Date::constant(2000, 1, 1));
        for row in rows.iter().take(MOST) {
            let Some((reading, text)) = read_row(row) else {
                if let [only] = row.as_slice()
                    && let Some(date) = date_of(only, day)
                {
                    (day, last) = (date, None);
                }
                continue;
            };
            let date = reading.date.and_then(|words| date_of(&words, day));
            let mut at = date.unwrap_or(day).to_datetime(reading.time);
            let hour = Span::new().hours(1);
            if let Some(before) = last.filter(|_| date.is_none())
                && at.checked_add(hour).is_ok_and(|later| later < before)
            {
                at = at.checked_add(1.day()).unwrap_or(at);
            }
            // What was written with an offset is known in UTC; the day stays that of the document.
            day = at.date();
            last = Some(at);
            let shift = Span::new().minutes(-i64::from(reading.offset_minutes.unwrap_or(0)));
            let at = at.checked_add(shift).unwrap_or(at);
            zones.push(reading.zone);
            let kind = kind_of(&text);
            moments.all.push(Moment { at, text, kind });
        }
        moments.all.sort_by_key(|moment| moment.at);
        let named: Vec<&String> = zones.iter().flatten().collect();
        moments.zone = named.first().map(|zone| (*zone).clone()).filter(|zone| zone != "UTC");
        moments
    }
}

fn kind_of(text: &str) -> Kind {
    let text = text.to_lowercase();
    let fits = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // What did not happen is none: "restarted, not resolved", "no alert was sent".
    let is_denied = DENIALS.iter().any(|word| text.contains(word));
    let kind = WORDS.iter().rev().find(|(_, words)| fits(words)).map_or(Kind::Other, |(kind, _)| *kind);
    if is_denied { Kind::Other } else { kind }
}

/// A time as it is written.
#[derive(Debug, PartialEq)]
struct Reading {
    time: Time,
    /// What stands before it and may be a day.
    date: Option<String>,
    zone: Option<String>,
    offset_minutes: Option<i32>,
}

/// The time of a row, and its words.
fn read_row(row: &[String]) -> Option<(Reading, String)> {
    match row {
        [line] => {
            let (reading, end) = read_time(line)?;
            // A time in the middle of a sentence is not that of the sentence.
            let before = reading.date.as_deref().unwrap_or_default();
            let letters = before.chars().filter(|c| c.is_alphabetic()).count();
            let is_its_time = letters <= 3 || (before.len() <= 40 && date_of(before, Date::default()).is_some());
            is_its_time.then(|| (reading, words(line.get(end..).unwrap_or_default())))
        }
        cells => {
            let (at, (mut reading, _)) =
                cells.iter().take(3).enumerate().find_map(|(at, cell)| Some((at, read_time(cell)?)))?;
            if reading.date.is_none() {
                reading.date = cells.iter().take(at).find(|cell| !cell.is_empty()).cloned();
            }
            let rest = cells.get(at + 1..).unwrap_or_default();
            // A short cell before a long one names a source.
            let text = match rest {
                [first, second, ..] if first.chars().count() < 16 && second.chars().count() > first.chars().count() => {
                    second
                }
                [first, ..] => first,
                [] => return None,
            };
            Some((reading, words(text)))
        }
    }
}

fn words(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '`' | '"' | '(' | '['));
    text.trim_end().to_owned()
}

/// The first `14:05`, and where it and what belongs to it end.
fn read_time(text: &str) -> Option<(Reading, usize)> {
    for (colon, _) in text.match_indices(':') {
        let before = text.get(..colon)?;
        let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let start = colon - digits;
        let number = |from: usize, to: usize| {
            text.get(from..to).filter(|s| s.bytes().all(|b| b.is_ascii_digit()))?.parse::<i8>().ok()
        };
        let (Some(hour), Some(minute)) = (number(start, colon), number(colon + 1, colon + 3)) else { continue };
        let mut end = colon + 3;
        let is_longer = text.get(end..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if !(1..=2).contains(&digits) || is_longer || before.get(..start).is_some_and(|s| s.ends_with(['+', ':', '.']))
        {
            continue;
        }
        let second = text.get(end..).filter(|rest| rest.starts_with(':')).and_then(|_| number(end + 1, end + 3));
        if second.is_some() {
            end += 3;
            let rest = text.get(end..).unwrap_or_default();
            let fraction =
                rest.strip_prefix(['.', ',']).map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
            end += if fraction > 0 { fraction + 1 } else { 0 };
        }
        let (hour, length) = half_day(hour, text.get(end..).unwrap_or_default());
        end += length;
        let Ok(time) = Time::new(hour, minute, second.unwrap_or(0), 0) else { continue };
        let (zone, offset_minutes, length) = zone(text.get(end..).unwrap_or_default());
        let before = before.get(..start).unwrap_or_default().trim_end_matches(['T', 't']);
        let date = Some(before.trim().to_owned()).filter(|before| !before.is_empty());
        return Some((Reading { time, date, zone, offset_minutes }, end + length));
    }
    None
}

/// `2:05 PM` is the fourteenth hour.
fn half_day(hour: i8, rest: &str) -> (i8, usize) {
    let trimmed = rest.trim_start();
    let blank = rest.len() - trimmed.len();
    let mark: String = trimmed.chars().take(2).collect::<String>().to_ascii_lowercase();
    let goes_on = trimmed.chars().nth(2).is_some_and(char::is_alphanumeric);
    match mark.as_str() {
        "pm" if !goes_on && (1..=12).contains(&hour) => (hour % 12 + 12, blank + 2),
        "am" if !goes_on && (1..=12).contains(&hour) => (hour % 12, blank + 2),
        _ => (hour, 0),
    }
}

/// The zone behind a time, its distance from UTC where that is written, and its length.
fn zone(rest: &str) -> (Option<String>, Option<i32>, usize) {
    let trimmed = rest.trim_start_matches([' ', '(']);
    let blank = rest.len() - trimmed.len();
    if let Some(after) = trimmed.strip_prefix(['+', '-', '−']).filter(|_| blank <= 1) {
        let digits: String = after.chars().take(5).filter(char::is_ascii_digit).collect();
        let has_colon = after.chars().nth(2) == Some(':');
        if digits.len() == 4 && (has_colon || after.len() >= 4) {
            let minutes = digits.get(..2).and_then(|h| h.parse::<i32>().ok()).unwrap_or(0) * 60
                + digits.get(2..).and_then(|m| m.parse::<i32>().ok()).unwrap_or(0);
            let sign = if trimmed.starts_with('+') { 1 } else { -1 };
            let length = trimmed.len() - after.len() + if has_colon { 5 } else { 4 };
            return (Some("UTC".to_owned()), Some(sign * minutes), blank + length);
        }
    }
    let letters: String = trimmed.chars().take_while(char::is_ascii_alphabetic).collect();
    let goes_on = trimmed.chars().nth(letters.len()).is_some_and(char::is_alphanumeric);
    match letters.as_str() {
        _ if goes_on => (None, None, 0),
        "UTC" | "GMT" | "Z" => (Some("UTC".to_owned()), None, blank + letters.len()),
        "CET" | "CEST" | "BST" | "PST" | "PDT" | "EST" | "EDT" | "CST" | "CDT" | "MST" | "MDT" | "PT" | "ET"
        | "IST" | "JST" | "AEST" | "AEDT" | "EET" | "EEST" | "MSK" | "SGT" => {
            (Some(letters.clone()), None, blank + letters.len())
        }
        _ => (None, None, 0),
    }
}

/// The day that words name: `2026-03-01`, or a month with a day in the year of another day.
fn date_of(words: &str, other: Date) -> Option<Date> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let parts: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    if let Some(date) = parts.iter().find_map(|part| part.get(..10)?.parse().ok()) {
        return Some(date);
    }
    if parts.len() > 6 {
        return None;
    }
    let month = parts.iter().find_map(|part| MONTHS.iter().position(|month| part.get(..3) == Some(month)))?;
    let number = |part: &String| part.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<i16>().ok();
    let day = parts.iter().filter_map(number).find(|day| (1..=31).contains(day))?;
    let year = parts.iter().filter_map(number).find(|year| (1970..=2200).contains(year)).unwrap_or(other.year());
    Date::new(year, i8::try_from(month + 1).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[&[&str]], expected: &[(&str, &str)]) {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
        let moments = Moments::read(&rows, Some(Date::constant(2026, 3, 1)));
        let found: Vec<_> = moments.all.iter().map(|moment| (moment.at.to_string(), moment.text.as_str())).collect();
        let found: Vec<_> = found.iter().map(|(at, text)| (at.as_str(), *text)).collect();
        assert_eq!(found, expected, "{rows:?}");
    }

    #[test]
    fn times_are_read_in_the_forms_that_people_write_them_in() {
        let at = |time: &'static str| time;
        for (cell, time) in [
            ("14:05", at("2026-03-01T14:05:00")),
            ("~14:05 UTC", at("2026-03-01T14:05:00")),
            ("9:05:30", at("2026-03-01T09:05:30")),
            ("2026-03-02 14:05", at("2026-03-02T14:05:00")),
            ("2026-03-02T14:05:00Z", at("2026-03-02T14:05:00")),
            ("2026-03-02T14:05:00.123+02:00", at("2026-03-02T12:05:00")),
            ("Mar 3, 2:05 PM", at("2026-03-03T14:05:00")),
            ("3 March 2025 12:05 am", at("2025-03-03T00:05:00")),
            ("14:05–14:20", at("2026-03-01T14:05:00")),
        ] {
            check(&[&[cell, "it began"]], &[(time, "it began")]);
        }
    }

    #[test]
    fn points_and_lines_are_moments_and_sentences_with_a_time_in_them_are_not() {
        check(
            &[
                &["14:05 UTC — it began"],
                &["The alert of 14:07 was read by nobody, at any time"],
                &["[14:10] it ended"],
                &["Ratio 3:1"],
            ],
            &[("2026-03-01T14:05:00", "it began"), ("2026-03-01T14:10:00", "it ended")],
        );
    }

    #[test]
    fn what_goes_on_after_midnight_is_on_the_next_day() {
        check(
            &[&["23:50", "a"], &["23:40", "b"], &["00:10", "c"], &["2026-03-04"], &["01:00", "d"]],
            &[
                ("2026-03-01T23:40:00", "b"),
                ("2026-03-01T23:50:00", "a"),
                ("2026-03-02T00:10:00", "c"),
                ("2026-03-04T01:00:00", "d"),
            ],
        );
    }

    #[test]
    fn a_day_and_a_source_may_have_columns_of_their_own() {
        check(
            &[&["2026-03-02", "14:05", "alerts", "the error rate rose"]],
            &[("2026-03-02T14:05:00", "the error rate rose")],
        );
        check(&[&["Time", "Event"], &["25:99", "x"], &["", ""]], &[]);
    }

    #[test]
    fn a_zone_that_is_not_utc_is_said() {
        let row = |time: &str| vec![time.to_owned(), "x".to_owned()];
        assert_eq!(Moments::read(&[row("14:05 PST")], None).zone.as_deref(), Some("PST"));
        assert_eq!(Moments::read(&[row("14:05 UTC")], None).zone, None);
    }

    #[test]
    fn the_course_is_read_from_the_words_and_what_did_not_help_did_not() {
        for (text, kind) in [
            ("Alert fired", Kind::Noticed),
            ("Rolled back to 1.2", Kind::Mitigated),
            ("Service fully restored", Kind::Resolved),
            ("Restarted the pod, did not help", Kind::Other),
            ("Deploy of 1.3", Kind::Other),
            ("The relay cannot be reached, no alert is delivered", Kind::Other),
        ] {
            assert_eq!(kind_of(text), kind, "{text}");
        }
    }
}
