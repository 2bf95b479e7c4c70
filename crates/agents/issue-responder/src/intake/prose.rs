//! What free text says about an outage.

use lamplighter_core::words::{ErrorKindReported, ServiceCatalog};

use super::address::{Address, addresses};
use super::answers::error_in_words;
use super::words::{Words, start_of};

/// The service that is spoken of, as the catalog calls it: the one that is named first, by its name or an
/// alias, as whole words. Of two that begin at the same place the longer name is meant.
pub(crate) fn service(words: &Words, catalog: &ServiceCatalog) -> Option<String> {
    let mentioned = catalog.services().iter().flat_map(|service| {
        std::iter::once(&service.name).chain(&service.aliases).filter_map(|name| {
            let name = Words::of(name);
            let at = (!name.is_empty()).then(|| words.position(name.as_str())).flatten()?;
            Some((at, std::cmp::Reverse(name.as_str().len()), &service.name))
        })
    });
    mentioned.min().map(|(_, _, name)| name.clone())
}

/// The kind of error that is spoken of.
pub(crate) fn error(text: &str, words: &Words) -> Option<ErrorKindReported> {
    http_status(text).and_then(error_of_status).or_else(|| error_in_words(words))
}

/// The kind of error that an HTTP status is for somebody who reports it (RFC 9110, section 15).
fn error_of_status(status: u16) -> Option<ErrorKindReported> {
    match status {
        502 => Some(ErrorKindReported::BadGateway),
        503 => Some(ErrorKindReported::ServiceUnavailable),
        401 | 403 => Some(ErrorKindReported::LoginBroken),
        404 | 500 | 504 => Some(ErrorKindReported::PageWontLoad),
        _ => None,
    }
}

/// The first number that is spoken of as an HTTP status: "returns 502", "error 503", "502 since 14:00". "503
/// photos" is not one.
fn http_status(text: &str) -> Option<u16> {
    const BEFORE: &[&str] = &[
        "a",
        "an",
        "code",
        "error",
        "errors",
        "erreur",
        "fehler",
        "gave",
        "get",
        "gets",
        "getting",
        "gives",
        "got",
        "http",
        "https",
        "just",
        "mit",
        "only",
        "response",
        "return",
        "returned",
        "returning",
        "returns",
        "see",
        "show",
        "shows",
        "status",
        "throws",
        "un",
        "with",
    ];
    const AFTER: &[&str] = &[
        "after",
        "again",
        "bad",
        "depuis",
        "desde",
        "erreur",
        "error",
        "errors",
        "everywhere",
        "fehler",
        "for",
        "from",
        "gateway",
        "on",
        "or",
        "seit",
        "service",
        "since",
        "when",
    ];
    let words = Words::of(text);
    let list: Vec<&str> = words.iter().collect();
    list.iter().enumerate().find_map(|(at, word)| {
        let status =
            (word.len() == 3).then(|| word.parse().ok()).flatten().filter(|s| error_of_status(*s).is_some())?;
        let before = at.checked_sub(1).and_then(|at| list.get(at)).is_some_and(|word| BEFORE.contains(word));
        let after = list.get(at + 1).is_none_or(|word| AFTER.contains(word));
        (before || after).then_some(status)
    })
}

/// The address that is spoken of: one with a scheme rather than a bare host.
pub(crate) fn url(text: &str) -> Option<String> {
    let found = addresses(text);
    found.iter().find(|address| address.has_scheme).or(found.first()).map(Address::written)
}

/// When it started, in the reporter's words: the clause that begins with "since" or the like.
pub(crate) fn started(text: &str) -> Option<String> {
    const OPENERS: &[&str] = &["since", "seit", "depuis", "desde", "started", "starting", "began"];
    let text = start_of(text, 64 * 1024);
    text.split(['\n', ';', '!', '?']).find_map(|sentence| {
        let mut words =
            sentence.split_whitespace().skip_while(|word| !OPENERS.iter().any(|opener| Words::of(word).is(opener)));
        let mut clause = vec![words.next()?];
        for word in words.take(9) {
            clause.push(word);
            if word.ends_with([',', '.', ')']) {
                break;
            }
        }
        let clause = clause.join(" ");
        let clause = clause.trim_end_matches([',', '.', ')']);
        says_a_time(clause).then(|| clause.to_owned())
    })
}

/// Whether a clause speaks of a time: "since I am new here" does not.
fn says_a_time(clause: &str) -> bool {
    const TIMES: &[&str] = &[
        "today",
        "yesterday",
        "morning",
        "afternoon",
        "evening",
        "night",
        "noon",
        "midnight",
        "hour",
        "hours",
        "minute",
        "minutes",
        "day",
        "days",
        "week",
        "weeks",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "now",
        "weekend",
        "update",
        "upgrade",
        "reboot",
        "restart",
        "heute",
        "gestern",
        "morgen",
        "mittag",
        "abend",
        "nacht",
        "stunden",
        "stunde",
        "minuten",
        "tagen",
        "uhr",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "hier",
        "matin",
        "midi",
        "soir",
        "nuit",
        "heures",
        "heure",
        "jours",
        "hoy",
        "ayer",
        "manana",
        "tarde",
        "noche",
        "horas",
        "hora",
        "dias",
    ];
    let words = Words::of(clause);
    words.has_any(TIMES) || words.as_str().bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::CatalogedService;

    use super::*;

    fn catalog() -> ServiceCatalog {
        let service = |name: &str, aliases: &[&str]| {
            let aliases: Vec<String> = aliases.iter().map(|&alias| alias.to_owned()).collect();
            serde_json::from_value::<CatalogedService>(serde_json::json!({ "name": name, "aliases": aliases })).unwrap()
        };
        ServiceCatalog::new(vec![
            service("Mail", &["e-mail"]),
            service("Mail Archive", &[]),
            service("Nextcloud", &["the cloud", "files"]),
            service("", &["  "]),
        ])
    }

    #[test]
    fn a_service_is_named_as_whole_words() {
        let cases = [
            ("Nextcloud is down", Some("Nextcloud")),
            ("NEXTCLOUD: 502", Some("Nextcloud")),
            ("the  Cloud, it is down", Some("Nextcloud")),
            ("mailserver is down", None),
            ("my e-mail does not work", Some("Mail")),
            ("Mail Archive is slow", Some("Mail Archive")),
            ("Nextcloud cannot send mail", Some("Nextcloud")),
            ("nothing works", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(service(&Words::of(text), &catalog()).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn an_error_is_read_from_words_and_numbers() {
        use ErrorKindReported::{BadGateway, DataMissing, LoginBroken, PageWontLoad, ServiceUnavailable, Slow};
        let cases = [
            ("Nextcloud returns 502 since 14:00", Some(BadGateway)),
            ("Nextcloud 502", Some(BadGateway)),
            ("HTTP/503 on every page", Some(ServiceUnavailable)),
            ("I get a 504", Some(PageWontLoad)),
            ("error 500", Some(PageWontLoad)),
            ("503 photos to sort", None),
            ("port 502 is open to 404 people", None),
            ("I cannot log in", Some(LoginBroken)),
            ("it is awfully slow", Some(Slow)),
            ("my files are gone", Some(DataMissing)),
            ("the page times out", Some(PageWontLoad)),
            ("nothing works", None),
        ];
        for (text, expected) in cases {
            assert_eq!(error(text, &Words::of(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn a_beginning_is_kept_in_the_reporters_words() {
        let cases = [
            ("Nextcloud returns 502 since 14:00", Some("since 14:00")),
            ("It is down since yesterday morning, please help", Some("since yesterday morning")),
            ("It started about 3pm today.", Some("started about 3pm today")),
            ("Geht nicht seit gestern Abend", Some("seit gestern Abend")),
            ("Since I am new here: hello", None),
            ("down", None),
        ];
        for (text, expected) in cases {
            assert_eq!(started(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn an_address_with_a_scheme_is_meant_rather_than_a_bare_host() {
        assert_eq!(url("app.py at https://a.example/x, see b.example").as_deref(), Some("https://a.example/x"));
        assert_eq!(url("b.example fails, https://a.example/x too").as_deref(), Some("https://a.example/x"));
        assert_eq!(url("b.example fails").as_deref(), Some("https://b.example"));
        assert_eq!(url("nothing works"), None);
    }
}
