//! What a feature request asks for.

use lamplighter_core::words::IssueText;
use serde::{Deserialize, Serialize};

use super::address::{Address, addresses, has_unusable};
use super::answers;
use super::fields::Field;
use super::form::Form;
use super::words::Words;

/// What a feature request asks for (SPEC §5, "feature requests done automatically"). Deliberately exhaustive:
/// whoever answers requests has to say what becomes of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureRequest {
    /// An uptime monitor.
    AddMonitor {
        /// The monitor's name: the one that was asked for, or the host.
        name: String,
        /// The address to watch: `http` or `https`, a host in its ASCII form, no user name, no password.
        url: String,
    },
    /// Anything else, and anything that can be read in two ways. A person decides.
    Unknown {
        /// What was asked for, in the requester's words.
        text: String,
        /// Why it was not understood, for the person who decides.
        because: String,
    },
}

/// A request longer than this, in characters, says more than one thing.
const LONGEST: usize = 1_500;

/// Reads a feature request, and takes it for a known one only where it can be read in no other way.
pub(crate) fn read(issue: &IssueText) -> FeatureRequest {
    let form = Form::read(&issue.body);
    let asked = answers::long(form.answer_to(Field::Need).map_or(&issue.body, |section| &section.text));
    let whole = format!("{}\n{}", issue.title, asked.as_deref().unwrap_or_default());
    match monitor(&whole, &form) {
        Ok((name, url)) => FeatureRequest::AddMonitor { name, url },
        Err(because) => {
            let text = asked.or_else(|| answers::long(&issue.title)).unwrap_or_default();
            FeatureRequest::Unknown { text, because: because.to_owned() }
        }
    }
}

/// The name and the address of the monitor that is asked for, or why it is not clear that one is.
fn monitor(whole: &str, form: &Form) -> Result<(String, String), &'static str> {
    const MONITOR: &[&str] = &[
        "monitor",
        "monitors",
        "monitoring",
        "uptime check",
        "uptime monitor",
        "heartbeat",
        "uberwachung",
        "uberwachen",
        "surveillance",
        "surveiller",
        "supervision",
        "monitorizar",
        "monitoreo",
        "monitorear",
    ];
    const ASKS: &[&str] = &[
        "add",
        "adding",
        "create",
        "set up",
        "setup",
        "please monitor",
        "start monitoring",
        "want",
        "need",
        "would like",
        "id like",
        "could you",
        "can you",
        "can we have",
        "could we have",
        "please",
        "request",
        "new",
        "bitte",
        "hinzufugen",
        "anlegen",
        "ajouter",
        "ajoutez",
        "anadir",
        "agregar",
        "crear",
    ];
    let words = Words::of(whole);
    let opens_with_monitor = words.iter().next().is_some_and(|first| first == "monitor");
    if whole.chars().count() > LONGEST {
        return Err("it is long, and may ask for more than one thing");
    }
    if !form.rest.iter().all(|section| section.heading.is_empty()) {
        return Err("it has sections that the request form does not have");
    }
    if !words.has_any(MONITOR) {
        return Err("it names none of the things that are done automatically");
    }
    if !opens_with_monitor && !words.has_any(ASKS) {
        return Err("it speaks of monitors and does not clearly ask for one");
    }
    if words.has_any(OTHERWISE) {
        return Err("it also speaks of something else, or sets a condition");
    }
    if has_unusable(whole) {
        return Err("it has an address that cannot be used");
    }
    match addresses(whole).as_slice() {
        [] => Err("it does not name the address to monitor"),
        [address] => Ok((name(whole, address).ok_or("the monitor's name cannot be used")?, watched(address)?)),
        _ => Err("it names more than one address"),
    }
}

/// Words that make a request more than "add a monitor": something else is wanted as well or instead, or there
/// is an if or a not.
const OTHERWISE: &[&str] = &[
    // Not, if, or.
    "not",
    "dont",
    "doesnt",
    "never",
    "no",
    "stop",
    "without",
    "except",
    "unless",
    "if",
    "instead",
    "but",
    "maybe",
    "perhaps",
    "should we",
    "shall we",
    "how",
    "why",
    "or",
    "either",
    "kein",
    "keine",
    "nicht",
    "wenn",
    "oder",
    "pas",
    "sauf",
    "ou",
    "si",
    "sin",
    // Something else is done to it.
    "remove",
    "delete",
    "drop",
    "disable",
    "pause",
    "mute",
    "silence",
    "rename",
    "replace",
    "change",
    "move",
    "migrate",
    "edit",
    "update",
    "fix",
    "deploy",
    "install",
    "upgrade",
    "restart",
    "scale",
    "resize",
    "expose",
    "entfernen",
    "loschen",
    "supprimer",
    "eliminar",
    "borrar",
    // Something else is asked for.
    "dns",
    "record",
    "ingress",
    "route",
    "replica",
    "replicas",
    "limit",
    "limits",
    "memory",
    "cpu",
    "database",
    "backup",
    "certificate",
    "firewall",
    "vpn",
    "user",
    "account",
    "dashboard",
    "alert",
    "alerts",
    "alerting",
    "notify",
    "notification",
    "screen",
    "display",
    "terraform",
    "stack",
    "module",
    "provider",
    // What a machine must not be handed.
    "password",
    "token",
    "secret",
    "secrets",
    "credential",
    "credentials",
    "api key",
    "basic auth",
    "header",
];

/// The name that was asked for ("called x", "named x"), or the host.
fn name(whole: &str, address: &Address) -> Option<String> {
    let mut words = whole.split_whitespace();
    while let Some(word) = words.next() {
        if ["called", "named", "genannt", "llamado"].iter().any(|naming| Words::of(word).is(naming)) {
            return asked_name(words.collect::<Vec<_>>().join(" ").as_str());
        }
    }
    address.url.host_str().map(str::to_owned)
}

/// The first word, or what stands in quotes: letters, digits, spaces, `.`, `_` and `-`.
fn asked_name(rest: &str) -> Option<String> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    let name = match quote {
        Some(quote) => rest.get(1..)?.split_once(quote)?.0,
        None => rest.split_whitespace().next()?.trim_end_matches([',', '.', ';', '!', '?']),
    };
    let is_a_name = quote.is_some() || !["for", "on", "at", "it", "the", "a", "as", "like"].contains(&name);
    let is_safe = name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '_' | '-'));
    (is_safe && is_a_name && (1..=60).contains(&name.trim().chars().count())).then(|| name.trim().to_owned())
}

/// The address as it may go into a configuration file: no character that any of them gives a meaning to.
fn watched(address: &Address) -> Result<String, &'static str> {
    let url = address.written();
    let is_safe = url.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?&=+,;@%".contains(&b));
    let is_name = address.url.domain().is_some_and(|domain| domain.contains('.'));
    if !is_name {
        return Err("the address has no full host name");
    }
    if !is_safe || address.url.fragment().is_some() {
        return Err("the address has characters that a monitor's address does not need");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asks(title: &str, body: &str) -> FeatureRequest {
        read(&IssueText { title: title.to_owned(), body: body.to_owned() })
    }

    #[track_caller]
    fn is_monitor(title: &str, body: &str, name: &str, url: &str) {
        let expected = FeatureRequest::AddMonitor { name: name.to_owned(), url: url.to_owned() };
        assert_eq!(asks(title, body), expected);
    }

    #[track_caller]
    fn is_unknown(title: &str, body: &str) {
        let request = asks(title, body);
        assert!(matches!(request, FeatureRequest::Unknown { .. }), "{title:?} {body:?}: {request:?}");
    }

    #[test]
    fn a_monitor_is_asked_for_in_many_ways() {
        let (name, url) = ("wiki.example.org", "https://wiki.example.org");
        for title in [
            "Add a monitor for wiki.example.org",
            "add an uptime monitor for https://wiki.example.org/",
            "Please monitor wiki.example.org",
            "Monitor wiki.example.org",
            "Monitor: wiki.example.org",
            "Could you set up monitoring for wiki.example.org?",
            "We need an uptime check on wiki.example.org.",
            "Bitte eine Überwachung für wiki.example.org anlegen",
        ] {
            is_monitor(title, "", name, url);
        }
        is_monitor("Monitor for the wiki", "### What do you need?\n\nAdd a monitor for wiki.example.org\n", name, url);
        is_monitor("Add a monitor for wiki.example.org", "### What do you need?\r\n\r\n_No response_\r\n", name, url);
        is_monitor("Feature", "Please add a monitor for [the wiki](https://wiki.example.org)", name, url);
    }

    #[test]
    fn the_name_and_the_path_are_taken_as_they_are_asked_for() {
        is_monitor(
            "Add a monitor for https://a.example.org:8443/health?x=1",
            "",
            "a.example.org",
            "https://a.example.org:8443/health?x=1",
        );
        is_monitor(
            "Add a monitor called \"The wiki\" for wiki.example.org",
            "",
            "The wiki",
            "https://wiki.example.org",
        );
        is_monitor("Add a monitor named wiki, for wiki.example.org", "", "wiki", "https://wiki.example.org");
        is_monitor("Add a monitor for münchen.example", "", "xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example");
        is_monitor(
            "Add a monitor for https://ada:pw@wiki.example.org",
            "",
            "wiki.example.org",
            "https://wiki.example.org",
        );
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_unknown() {
        for title in [
            "",
            "Add a monitor",
            "Add a monitor for wiki",
            "Add a monitor for wiki.example.org and blog.example.org",
            "Remove the monitor for wiki.example.org",
            "Don't add a monitor for wiki.example.org",
            "Add a monitor for wiki.example.org if it is public",
            "Add a monitor for wiki.example.org and a DNS record",
            "Should we add a monitor for wiki.example.org?",
            "The monitor of wiki.example.org flaps",
            "Deploy wiki.example.org",
            "Add a monitor for wiki.example.org with password hunter2",
            "Buy a monitor, see shop.example.org, for my second screen",
            "Add a monitor for http://10.0.0.5/",
            "Add a monitor for http://localhost/",
            "Add a monitor for ftp://wiki.example.org",
            "Add a monitor for https://wiki.example.org/\\ blog.example.org",
            "Add a monitor called for wiki.example.org",
            "Add a monitor for https://wiki.example.org/${file(\"x\")}",
            "Add a monitor for https://wiki.example.org/%{if}",
            "Add a monitor called ${x} for wiki.example.org",
            "Add a monitor called \"a\nb\\\" for wiki.example.org",
        ] {
            is_unknown(title, "");
        }
        is_unknown("Add a monitor for wiki.example.org", "and for blog.example.org");
        is_unknown("Add a monitor for wiki.example.org", "### Also\nsomething");
        is_unknown("Add a monitor for wiki.example.org", &"please ".repeat(400));
    }

    #[test]
    fn the_requesters_words_are_kept() {
        let FeatureRequest::Unknown { text, because } = asks("Please", "### What do you need?\n\nA pony") else {
            panic!()
        };
        assert_eq!(text, "A pony");
        assert!(!because.is_empty());
    }

    proptest! {
        /// Whatever is asked, nothing that a configuration file gives a meaning to comes out.
        #[test]
        fn a_monitor_is_always_safe_to_write_down(path in "\\PC{0,40}", name in "\\PC{0,20}") {
            let title = format!("Add a monitor called {name} for https://wiki.example.org/{path}");
            if let FeatureRequest::AddMonitor { name, url } = asks(&title, "") {
                prop_assert!(!name.contains(['$', '{', '}', '"', '\\', '\n', '%']), "{name}");
                prop_assert!(!url.contains(['$', '{', '}', '"', '\\', '\n', '\'', '`', '#']) && url.is_ascii(), "{url}");
                prop_assert!(url.starts_with("https://wiki.example.org"));
            }
        }
    }
}
