//! What a post-mortem and its file are called.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use lamplighter_core::markdown::{inert, shorten};
use lamplighter_core::words::Incident;

use crate::sections::facts;

/// The most words of a file's name.
const WORDS: usize = 5;

/// The longest word of a file's name, in characters.
const LONGEST: usize = 24;

/// The longest title, in characters.
const LONGEST_TITLE: usize = 120;

/// The title, inert: that of the issue, or what happened.
pub(crate) fn title(incident: &Incident) -> String {
    inert(&shorten(&words(incident), LONGEST_TITLE))
}

fn words(incident: &Incident) -> String {
    let given = incident.title.trim();
    if !given.is_empty() {
        return given.to_owned();
    }
    let service = incident.triage.as_ref().and_then(|triage| triage.services.first());
    if facts::is_quiet(incident) {
        return "Nothing was found to be wrong".to_owned();
    }
    match (incident.causes.first(), service) {
        (Some(cause), _) => {
            let culprit = facts::called(incident, cause.culprit.in_namespace(), cause.culprit.name());
            format!("{culprit} {}", cause.cause.code().replace('_', " "))
        }
        (None, Some(service)) => format!("{service} outage of unknown cause"),
        (None, None) => "incident of unknown cause".to_owned(),
    }
}

/// The day of the incident (UTC): when it began, or was noticed, or was looked at, or when this is written.
pub(crate) fn day(incident: &Incident) -> Date {
    let began = incident.window.map(|window| window.from).or(incident.detection.at).or(incident.looked_at);
    TimeZone::UTC.to_datetime(began.unwrap_or(incident.written_at)).date()
}

/// `YYYY-MM-DD-<slug>.md`, with a slug of at most five words in lower case.
pub(crate) fn file_name(incident: &Incident) -> String {
    format!("{}-{}.md", day(incident), slug(&words(incident)))
}

fn slug(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let short: Vec<String> = words.take(WORDS).map(|word| word.chars().take(LONGEST).collect()).collect();
    if short.is_empty() { "incident".to_owned() } else { short.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_at_most_five_plain_words() {
        for (title, expected) in [
            ("Wiki shows 502", "wiki-shows-502"),
            ("One two three four five six", "one-two-three-four-five"),
            ("../../etc/passwd", "etc-passwd"),
            ("Überlastung: Datenbank!", "berlastung-datenbank"),
            ("日本", "incident"),
            ("", "incident"),
        ] {
            assert_eq!(slug(title), expected);
        }
    }

    #[test]
    fn a_title_is_inert() {
        let incident = Incident { title: "@all <b>down</b>\n# x".to_owned(), ..Incident::default() };
        assert_eq!(title(&incident), "@\u{200b}all \\<b\\>down\\</b\\> \\# x");
    }
}
