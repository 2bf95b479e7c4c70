//! Days in the forms that people write.

use jiff::civil::Date;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The months in German, Spanish and French where their first three letters are others than the English ones.
const OTHER_MONTHS: &[(&str, i8)] = &[
    ("märz", 3),
    ("maerz", 3),
    ("mai", 5),
    ("okt", 10),
    ("dez", 12),
    ("ene", 1),
    ("abr", 4),
    ("ago", 8),
    ("dic", 12),
    ("janv", 1),
    ("fév", 2),
    ("avr", 4),
    ("juin", 6),
    ("juil", 7),
    ("août", 8),
    ("déc", 12),
];

/// The first day that a text names: `2026-03-01`, `2026/3/1`, `20260301`, `1 March 2026`, `March 1st, 2026`, `01.03.2026`.
/// Of days in figures with the year last, those with dots have the day first; of those with slashes it is told by a number
/// above twelve, and the month is first otherwise.
pub(crate) fn find_date(text: &str) -> Option<Date> {
    let words = words(text);
    (0..words.len()).find_map(|at| {
        let rest = words.get(at..)?;
        in_figures(rest).or_else(|| with_month(rest))
    })
}

#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    /// What stands directly before it: nothing, or one character.
    before: char,
}

/// Numbers and words, with what is between them.
fn words(text: &str) -> Vec<Word<'_>> {
    /// No date is further into a text that is meant as one.
    const LIMIT: usize = 400;
    let mut words = Vec::new();
    let mut begin: Option<(usize, char, bool)> = None;
    let mut before = ' ';
    for (at, c) in text.char_indices().take(LIMIT).chain([(text.len(), ' ')]) {
        let fits =
            begin.is_some_and(|(_, _, is_number)| if is_number { c.is_ascii_digit() } else { c.is_alphabetic() });
        if let Some((from, gap, _)) = begin.filter(|_| !fits) {
            words.extend(text.get(from..at).map(|text| Word { text, before: gap }));
            begin = None;
            before = if c.is_alphanumeric() { '\0' } else { c };
        } else if begin.is_none() && !c.is_alphanumeric() {
            before = c;
        }
        if begin.is_none() && c.is_alphanumeric() {
            begin = Some((at, before, c.is_ascii_digit()));
        }
    }
    words
}

fn in_figures(words: &[Word<'_>]) -> Option<Date> {
    let [first, rest @ ..] = words else { return None };
    if first.before.is_alphanumeric() {
        return None;
    }
    let one: u32 = first.text.parse().ok()?;
    if first.text.len() == 8 {
        return date(one / 10_000, one / 100 % 100, one % 100);
    }
    let [second, third, ..] = rest else { return None };
    let gap = plain_dash(second.before);
    if gap != plain_dash(third.before) || !matches!(gap, '-' | '/' | '.' | '_') || third.text.len() > 4 {
        return None;
    }
    let (two, three) = (second.text.parse().ok()?, third.text.parse().ok()?);
    if first.text.len() == 4 {
        return date(one, two, three);
    }
    let year = match third.text.len() {
        4 => three,
        2 if gap != '-' => three + 2000,
        _ => return None,
    };
    let day_first = gap == '.' || one > 12;
    if day_first { date(year, two, one) } else { date(year, one, two) }
}

/// A dash as it is typed, for those that are set in print.
const fn plain_dash(c: char) -> char {
    match c {
        '‐' | '‑' | '–' | '−' => '-',
        c => c,
    }
}

fn with_month(words: &[Word<'_>]) -> Option<Date> {
    let [first, rest @ ..] = words else { return None };
    if let Some(month) = month(first.text) {
        // March 1st, 2026
        let (day, rest) = day(rest)?;
        return date(year(rest)?, month, day);
    }
    let (day, rest) = day(words)?;
    // The 1st of March 2026.
    let rest = match rest {
        [of, rest @ ..] if matches!(of.text, "of" | "de") => rest,
        rest => rest,
    };
    let [name, rest @ ..] = rest else { return None };
    let rest = match rest {
        [de, rest @ ..] if de.text == "de" => rest,
        rest => rest,
    };
    date(year(rest)?, month(name.text)?, day)
}

fn day<'a, 'b>(words: &'b [Word<'a>]) -> Option<(u32, &'b [Word<'a>])> {
    let [day, rest @ ..] = words else { return None };
    let day = day.text.parse().ok().filter(|day| (1..=31).contains(day))?;
    Some((
        day,
        match rest {
            [th, rest @ ..] if th.before == '\0' && matches!(th.text, "st" | "nd" | "rd" | "th") => rest,
            rest => rest,
        },
    ))
}

fn year(words: &[Word<'_>]) -> Option<u32> {
    words.first().filter(|year| year.text.len() == 4)?.text.parse().ok()
}

fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    if word.chars().count() < 3 {
        return None;
    }
    let other = OTHER_MONTHS.iter().find(|(name, _)| word.starts_with(name)).map(|(_, month)| *month);
    let english = || {
        MONTHS.iter().position(|month| month.starts_with(&word) || word.get(..3) == month.get(..3) && is_foreign(&word))
    };
    other.and_then(|month| u32::try_from(month).ok()).or_else(|| u32::try_from(english()? + 1).ok())
}

/// Month names of other languages that begin as the English ones do, so that `marketing` is no month.
fn is_foreign(word: &str) -> bool {
    const FOREIGN: &[&str] = &[
        "januar",
        "februar",
        "juni",
        "juli",
        "oktober",
        "enero",
        "febrero",
        "marzo",
        "mayo",
        "junio",
        "julio",
        "septiembre",
        "octubre",
        "noviembre",
        "mars",
        "septembre",
        "octobre",
        "novembre",
        "sept",
        "august",
    ];
    FOREIGN.contains(&word)
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| (1970..2200).contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found_in_the_forms_that_people_write() {
        for (text, expected) in [
            ("2026-03-01", Some("2026-03-01")),
            ("on 2026/3/1, at 12:00", Some("2026-03-01")),
            ("2026-03-01T10:00:00Z", Some("2026-03-01")),
            ("pm-20260301-wiki.md", Some("2026-03-01")),
            ("2026_03_01_wiki", Some("2026-03-01")),
            ("2026‑03‑01", Some("2026-03-01")),
            ("1 March 2026", Some("2026-03-01")),
            ("Sunday, March 1st, 2026 at 9", Some("2026-03-01")),
            ("the 22nd of Sept. 2026", Some("2026-09-22")),
            ("Mar 1 2026", Some("2026-03-01")),
            ("01.03.2026", Some("2026-03-01")),
            ("31/12/2026", Some("2026-12-31")),
            ("12/31/2026", Some("2026-12-31")),
            ("3. März 2026", Some("2026-03-03")),
            ("5 de mayo de 2026", Some("2026-05-05")),
            ("12 août 2026", Some("2026-08-12")),
            ("from 10 to 12 on 4 July 2026", Some("2026-07-04")),
            ("version 1.2.3", None),
            ("10.0.0.1", None),
            ("2026-13-01", None),
            ("2026-02-30", None),
            ("marketing 12 2026", None),
            ("v2026", None),
            ("99999999999999999999-01-01", None),
            ("", None),
        ] {
            assert_eq!(find_date(text).map(|date| date.to_string()).as_deref(), expected, "{text:?}");
        }
    }
}
