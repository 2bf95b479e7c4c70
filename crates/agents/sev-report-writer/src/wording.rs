//! Times, spans and numbers as people read them.

use jiff::{SignedDuration, Timestamp};

/// A time in UTC to the second.
pub(crate) fn clock(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The hour and minute in UTC.
pub(crate) fn hour(at: Timestamp) -> String {
    at.strftime("%H:%M UTC").to_string()
}

/// A span in its two largest units: `2 hours 5 minutes`.
pub(crate) fn span(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).max(SignedDuration::ZERO).as_secs();
    let units = [("day", seconds / 86_400), ("hour", seconds / 3_600 % 24), ("minute", seconds / 60 % 60)];
    let named: Vec<String> =
        units.into_iter().filter(|(_, count)| *count > 0).take(2).map(|(unit, count)| counted(count, unit)).collect();
    if named.is_empty() { counted(seconds, "second") } else { named.join(" ") }
}

/// `1 minute`, `2 minutes`.
pub(crate) fn counted(count: i64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// `second`, `third`, `11th`.
pub(crate) fn ordinal(number: usize) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    if let Some(word) = number.checked_sub(1).and_then(|index| WORDS.get(index)) {
        return (*word).to_owned();
    }
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Whether two texts say the same, apart from capitals and a full stop.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.trim().trim_end_matches('.').to_lowercase();
    plain(one) == plain(other)
}

/// The same as a sentence that may begin with one of these names, or with anything else that is no word.
pub(crate) fn named_sentence(text: &str, names: &[String]) -> String {
    let first = text.split_whitespace().next().unwrap_or_default().trim_end_matches([',', ':', '.', ';']);
    let is_word = first.chars().all(char::is_alphabetic);
    let is_name = names.iter().any(|name| name == first || name.rsplit('/').next() == Some(first));
    if is_word && !is_name { sentence(text) } else { format!("{}.", text.trim().trim_end_matches('.')) }
}

/// The same as a sentence: a capital in front, a full stop at the end.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_two_units() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        for (seconds, said) in [
            (0, "0 seconds"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (7_505, "2 hours 5 minutes"),
            (90_061, "1 day 1 hour"),
            (-5, "0 seconds"),
        ] {
            assert_eq!(span(at(0), at(seconds)), said);
        }
    }

    #[test]
    fn numbers_are_said_in_words_and_then_in_digits() {
        let said: Vec<String> = [1, 2, 10, 11, 12, 21, 22, 103, 111].into_iter().map(ordinal).collect();
        assert_eq!(said, ["first", "second", "tenth", "11th", "12th", "21st", "22nd", "103rd", "111th"]);
    }

    #[test]
    fn a_sentence_has_its_capital_and_its_full_stop() {
        assert_eq!(sentence("it failed"), "It failed.");
        assert_eq!(sentence("It failed. "), "It failed.");
        assert_eq!(sentence(""), "");
    }
}
