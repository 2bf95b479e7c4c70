//! Answers of a form, made into the core's words.

use lamplighter_core::words::{ErrorKindReported, ReportScope};

use super::sections::Section;
use super::words::{Words, is_invisible, start_of};

/// The most that is kept of a long answer, in bytes; a line is kept to a tenth of a kilobyte or so.
const LONG: usize = 10_000;
const LINE: usize = 300;

/// A long answer as it was written; `None` where nothing was.
pub(crate) fn long(text: &str) -> Option<String> {
    let text: String = start_of(text, LONG).chars().filter(|c| !is_invisible(*c)).collect();
    let text = text.trim();
    (!text.is_empty() && !says_nothing(text)).then(|| text.to_owned())
}

/// A short answer on one line: without the fence that the form puts around it, and of checkboxes those that
/// are ticked.
pub(crate) fn line(section: &Section) -> Option<String> {
    let lines: Vec<&str> = section
        .text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("```") && !line.starts_with("~~~"))
        .collect();
    let ticked: Option<Vec<&str>> = lines
        .iter()
        .map(|line| checkbox(line))
        .collect::<Option<Vec<_>>>()
        .map(|boxes| boxes.into_iter().filter_map(|(is_ticked, label)| is_ticked.then_some(label)).collect());
    long(start_of(&ticked.unwrap_or(lines).join(" "), LINE))
}

/// Whether an answer consists of checkboxes only: a code of conduct, say.
pub(crate) fn is_checkboxes(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    lines.peek().is_some() && lines.all(|line| checkbox(line.trim()).is_some())
}

/// Whether a line is `- [x] label`, and the label.
fn checkbox(line: &str) -> Option<(bool, &str)> {
    let rest = line.strip_prefix(['-', '*', '+'])?.trim_start().strip_prefix('[')?;
    let (mark, label) = rest.split_once(']')?;
    match mark {
        " " | "" => Some((false, label.trim())),
        "x" | "X" => Some((true, label.trim())),
        _ => None,
    }
}

/// `_No response_`, and what people type in its place. Letters are compared as they are: "ña" is a name.
fn says_nothing(text: &str) -> bool {
    const NOTHING: &[&str] = &["no response", "n/a", "none", "keine angabe", "néant", "ninguno"];
    let said = start_of(text, LINE).trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    said.is_empty() || NOTHING.contains(&said.as_str())
}

/// The services of a dropdown's answer, each without the hint in brackets: `Nextcloud (files, calendar)` is
/// `Nextcloud`. Options that name no service are none.
pub(crate) fn services(answer: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut depth = 0usize;
    for c in answer.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' | ';' if depth == 0 => names.push(std::mem::take(&mut name)),
            c if depth == 0 && !is_invisible(c) => name.push(c),
            _ => {}
        }
    }
    names.push(name);
    let names = names.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
    names.filter(|name| names_a_service(name)).collect()
}

fn names_a_service(name: &str) -> bool {
    const NO_SERVICE: &[&str] = &[
        "other",
        "others",
        "something else",
        "not listed",
        "not sure",
        "unknown",
        "i dont know",
        "dont know",
        "all",
        "everything",
        "several",
        "multiple",
        "other not listed",
        "sonstiges",
        "andere",
        "anderer dienst",
        "weiss nicht",
        "unbekannt",
        "autre",
        "autre service",
        "je ne sais pas",
        "inconnu",
        "otro",
        "otro servicio",
        "no lo se",
    ];
    let words = Words::of(name);
    !words.is_empty() && !says_nothing(name) && !NO_SERVICE.iter().any(|none| words.is(none))
}

/// The kind of error that a form's answer means. What the form does not offer is
/// [`NotSure`](ErrorKindReported::NotSure).
pub(crate) fn error(answer: &str) -> ErrorKindReported {
    let words = Words::of(answer);
    let numbers = [("502", ErrorKindReported::BadGateway), ("503", ErrorKindReported::ServiceUnavailable)];
    let by_number = numbers.into_iter().find(|(number, _)| words.has(number)).map(|(_, kind)| kind);
    by_number.or_else(|| error_in_words(&words)).unwrap_or(ErrorKindReported::NotSure)
}

/// The kind of error that words name, in the languages of the forms; the most specific first.
pub(crate) fn error_in_words(words: &Words) -> Option<ErrorKindReported> {
    const SYMPTOMS: &[(ErrorKindReported, &[&str])] = &[
        (ErrorKindReported::BadGateway, &["bad gateway"]),
        (ErrorKindReported::ServiceUnavailable, &["service unavailable", "temporarily unavailable"]),
        (
            ErrorKindReported::LoginBroken,
            &[
                "login",
                "log in",
                "logging in",
                "sign in",
                "signing in",
                "password is rejected",
                "anmelden",
                "anmeldung",
                "einloggen",
                "connexion",
                "me connecter",
                "se connecter",
                "iniciar sesion",
                "inicio de sesion",
            ],
        ),
        (
            ErrorKindReported::DataMissing,
            &[
                "data missing",
                "data is missing",
                "missing data",
                "data loss",
                "lost data",
                "data is gone",
                "files are missing",
                "files missing",
                "missing files",
                "files are gone",
                "photos are missing",
                "photos are gone",
                "daten fehlen",
                "fehlende daten",
                "donnees manquantes",
                "datos faltan",
                "faltan datos",
            ],
        ),
        (
            ErrorKindReported::Slow,
            &["slow", "slowly", "sluggish", "laggy", "takes ages", "langsam", "lent", "lente", "lento", "lenta"],
        ),
        (
            ErrorKindReported::PageWontLoad,
            &[
                "wont load",
                "doesnt load",
                "does not load",
                "not loading",
                "cannot load",
                "cant load",
                "wont open",
                "doesnt open",
                "page is blank",
                "blank page",
                "white page",
                "timeout",
                "times out",
                "timed out",
                "timing out",
                "unreachable",
                "cant reach",
                "cannot reach",
                "cant be reached",
                "connection refused",
                "internal server error",
                "gateway timeout",
                "ladt nicht",
                "nicht erreichbar",
                "ne charge pas",
                "inaccessible",
                "no carga",
            ],
        ),
        (
            ErrorKindReported::FeatureBroken,
            &[
                "feature broken",
                "feature is broken",
                "a feature",
                "one feature",
                "some feature",
                "funktion",
                "fonction",
                "fonctionnalite",
                "funcion",
            ],
        ),
    ];
    SYMPTOMS.iter().find(|(_, phrases)| words.has_any(phrases)).map(|(kind, _)| *kind)
}

/// Who is affected, as a form's answer says.
pub(crate) fn scope(answer: &str) -> ReportScope {
    let words = Words::of(answer);
    if words.has_any(&["not just me", "not only me", "nicht nur ich", "pas que moi", "pas seulement moi", "no solo yo"])
    {
        ReportScope::Others
    } else if words.has_any(&[
        "just me",
        "only me",
        "just you",
        "nur ich",
        "nur mich",
        "juste moi",
        "moi seul",
        "solo yo",
        "solo a mi",
    ]) {
        ReportScope::JustMe
    } else if words.has_any(&[
        "others",
        "other people",
        "everyone",
        "everybody",
        "all of us",
        "whole family",
        "several",
        "multiple",
        "andere",
        "alle",
        "mehrere",
        "autres",
        "tout le monde",
        "otros",
        "todos",
        "mas personas",
    ]) {
        ReportScope::Others
    } else {
        ReportScope::NotSure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(text: &str) -> Option<String> {
        line(&Section { text: text.to_owned(), ..Section::default() })
    }

    #[test]
    fn an_empty_answer_is_none() {
        for empty in
            ["", "  \n", "_No response_", "*no response*", "No response", "N/A", "-", "—", "?", "\u{200b}", "none"]
        {
            assert_eq!(line_of(empty), None, "{empty:?}");
            assert_eq!(long(empty), None, "{empty:?}");
        }
        assert_eq!(line_of("no response from the server").as_deref(), Some("no response from the server"));
    }

    #[test]
    fn a_line_is_what_was_typed_or_ticked() {
        let cases = [
            ("\n502\n", Some("502")),
            ("```shell\nhttps://a.example\n```", Some("https://a.example")),
            ("- [ ] Slow\n- [x] 502\n- [X] 503", Some("502 503")),
            ("- [ ] Slow\n- [ ] 502", None),
            ("since\nyesterday", Some("since yesterday")),
            ("a\u{0}b\u{202e}c", Some("abc")),
        ];
        for (text, expected) in cases {
            assert_eq!(line_of(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_service_is_named_without_its_hint() {
        let cases: [(&str, &[&str]); 10] = [
            ("Nextcloud (files, calendar, contacts)", &["Nextcloud"]),
            ("Nextcloud", &["Nextcloud"]),
            ("Nextcloud (files), Immich [photos]", &["Nextcloud", "Immich"]),
            ("Home Assistant", &["Home Assistant"]),
            ("Next\u{200b}cloud", &["Nextcloud"]),
            ("Other / not listed", &[]),
            ("I don't know", &[]),
            ("(hint only)", &[]),
            ("Vault (", &["Vault"]),
            ("Sonstiges", &[]),
        ];
        for (answer, expected) in cases {
            assert_eq!(services(answer), expected, "{answer:?}");
        }
    }

    #[test]
    fn the_forms_options_are_understood() {
        let cases = [
            ("Page won't load", ErrorKindReported::PageWontLoad),
            ("502 Bad Gateway", ErrorKindReported::BadGateway),
            ("503 Service Unavailable", ErrorKindReported::ServiceUnavailable),
            ("502", ErrorKindReported::BadGateway),
            ("Can't log in", ErrorKindReported::LoginBroken),
            ("Login broken", ErrorKindReported::LoginBroken),
            ("Very slow", ErrorKindReported::Slow),
            ("A feature is broken", ErrorKindReported::FeatureBroken),
            ("feature broken", ErrorKindReported::FeatureBroken),
            ("Data missing", ErrorKindReported::DataMissing),
            ("Not sure", ErrorKindReported::NotSure),
            ("my cat sat on it", ErrorKindReported::NotSure),
            ("Seite lädt nicht", ErrorKindReported::PageWontLoad),
            ("Anmeldung geht nicht", ErrorKindReported::LoginBroken),
            ("Très lent", ErrorKindReported::Slow),
        ];
        for (answer, expected) in cases {
            assert_eq!(error(answer), expected, "{answer:?}");
        }
    }

    #[test]
    fn who_is_affected_is_understood() {
        let cases = [
            ("Just me", ReportScope::JustMe),
            ("Others too", ReportScope::Others),
            ("Not just me", ReportScope::Others),
            ("Not sure", ReportScope::NotSure),
            ("Everyone in the house", ReportScope::Others),
            ("Nur ich", ReportScope::JustMe),
            ("", ReportScope::NotSure),
        ];
        for (answer, expected) in cases {
            assert_eq!(scope(answer), expected, "{answer:?}");
        }
    }
}
