//! Escalates a monitor that is not a plain one (SPEC §5 has "add an uptime monitor" among what is done automatically,
//! and "anything ambiguous" among what is not).
//!
//! A monitor only looks, again and again. So its address must hold no credential, which would be shown to whoever may
//! see the monitor, and lead to a service: not to the monitoring system itself, and not to the address from which a
//! cloud hands out the credentials of its machines (169.254.169.254 and `fd00:ec2::254`, as documented for Amazon's
//! instance metadata, and `metadata.google.internal`). An address is taken only when it is written as every program
//! reads it (the WHATWG URL standard, by which `http://0x7f.1` is 127.0.0.1), so that what was judged is what is
//! asked. It must not look too often either: Uptime Kuma allows intervals from 20 seconds.

use lamplighter_core::Verdict;
use lamplighter_core::words::{Action, Change, MonitorAddition};
use url::{Host, Url};

use super::{PureRule, verdict};

/// How long a name may be; Uptime Kuma stores 150 characters.
const LONGEST_NAME: usize = 150;

/// From three times a minute to once a day.
const INTERVALS: std::ops::RangeInclusive<u32> = 20..=86_400;

/// With more, a service is down for long before anybody hears of it.
const MOST_RETRIES: u32 = 20;

pub(super) struct OnlyPlainMonitors;

impl PureRule for OnlyPlainMonitors {
    const NAME: &'static str = "monitors";

    fn judge(&self, change: &Change) -> Verdict {
        match &change.action {
            Action::AddMonitor(addition) => {
                verdict("a plain monitor only looks", Verdict::escalate, objections(addition))
            }
            Action::RestartPod(_) | Action::Scale(_) | Action::ApplyPlan(_) | Action::Commit(_) | Action::Direct(_) => {
                Verdict::allow("not a monitor")
            }
        }
    }
}

/// What speaks against it. The address is not repeated: it may hold what is not to be shown.
fn objections(addition: &MonitorAddition) -> Vec<String> {
    let MonitorAddition { name, url, interval, retries } = addition;
    let mut objections = Vec::new();
    if !is_plain(name) {
        objections.push("the monitor's name is empty, too long, or has characters that names do not have".to_owned());
    }
    if let Some(why) = in_address(url) {
        objections.push(format!("the monitor's address {why}"));
    }
    if !INTERVALS.contains(interval) {
        objections.push(format!("every {interval} seconds is too often or too seldom for a monitor"));
    }
    if *retries > MOST_RETRIES {
        objections.push(format!("{retries} retries are more than {MOST_RETRIES}"));
    }
    objections
}

/// Letters of any script, digits, and what stands between words.
fn is_plain(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || " -_.,:/()[]&+#@'".contains(c);
    !name.is_empty() && name.trim() == name && name.chars().count() <= LONGEST_NAME && name.chars().all(is_plain)
}

fn in_address(address: &str) -> Option<&'static str> {
    const UNREADABLE: Option<&str> = Some("is not written as one");
    let Some((scheme, rest)) = address.split_once("://") else { return UNREADABLE };
    let url = match scheme {
        "http" | "https" => Url::parse(address),
        // Read as a web address, since only for those hosts are read as programs do.
        "tcp" => Url::parse(&format!("http://{rest}")),
        _ => return Some("is for neither the web nor a port (http, https, tcp)"),
    };
    let Ok(url) = url else { return UNREADABLE };
    if !url.username().is_empty() || url.password().is_some() || rest.contains('@') {
        return Some("holds a login");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Some("holds parameters, which may be secrets");
    }
    let is_as_written = match scheme {
        "tcp" => is_host_and_port(rest, &url),
        _ => url.as_str() == address || url.as_str().strip_suffix('/') == Some(address),
    };
    if !is_as_written {
        return UNREADABLE;
    }
    match url.host() {
        Some(host) if leads_to_a_service(&host) => None,
        _ => Some(
            "leads to no service but to the machine itself, to many machines, or to where credentials are given out",
        ),
    }
}

fn is_host_and_port(rest: &str, url: &Url) -> bool {
    let Some((host, port)) = rest.rsplit_once(':') else { return false };
    let is_port = port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port);
    is_port && url.host_str() == Some(host)
}

fn leads_to_a_service(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let is_here = name == "localhost" || name.ends_with(".localhost");
            !is_here && name != "metadata" && name != "metadata.google.internal"
        }
        Host::Ipv4(address) => {
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast())
        }
        Host::Ipv6(address) => {
            let is_metadata = address.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254];
            // An address of version 4 in disguise is not a plain one.
            address.to_ipv4_mapped().is_none()
                && !(address.is_loopback()
                    || address.is_unspecified()
                    || address.is_unicast_link_local()
                    || address.is_multicast()
                    || is_metadata)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixtures::{change, monitor, word};
    use super::*;

    fn judge(addition: MonitorAddition) -> &'static str {
        word(&OnlyPlainMonitors.judge(&change(Action::AddMonitor(addition))))
    }

    fn at(url: &str) -> &'static str {
        judge(MonitorAddition { url: url.to_owned(), ..monitor() })
    }

    #[test]
    fn a_plain_address_is_allowed() {
        for url in [
            "https://wiki.example.org",
            "https://wiki.example.org/",
            "https://wiki.example.org:8443/a/b%20c",
            "http://wiki",
            "http://10.0.20.7:3000/health",
            "http://[fd12::7]:3000/",
            "tcp://db.example.org:5432",
            "tcp://10.0.20.7:80",
            "tcp://[fd12::7]:443",
        ] {
            assert_eq!(at(url), "allow", "{url}");
        }
    }

    #[test]
    fn an_odd_address_is_escalated() {
        for url in [
            "",
            "wiki.example.org",
            "https://",
            "https:wiki.example.org",
            "https:///wiki.example.org",
            "HTTPS://wiki.example.org/",
            "https://Wiki.example.org/",
            "https://w\u{456}ki.example.org/",
            "https://wiki.example.org/a b",
            "https://wiki.example.org/../x",
            "https://wiki.example.org\\x",
            " https://wiki.example.org/",
            "https://wiki.example.org/\n",
            "https://maria@wiki.example.org/",
            "https://maria:hunter2@wiki.example.org/",
            "https://@wiki.example.org/",
            "tcp://maria:hunter2@db:5432",
            "https://wiki.example.org/?token=x",
            "https://wiki.example.org/?",
            "https://wiki.example.org/#x",
            "ftp://wiki.example.org/",
            "file:///etc/passwd",
            "javascript://wiki.example.org/",
            "postgres://db:5432",
            "tcp://db",
            "tcp://db:0",
            "tcp://db:05432",
            "tcp://db:65536",
            "tcp://db:5432/",
            "tcp://db:5432/x",
            "tcp://0x7f.1:5432",
            "http://localhost:3001/",
            "http://a.localhost/",
            "http://localhost./",
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0.0.0.0/",
            "http://169.254.169.254/latest/meta-data/",
            "http://metadata.google.internal/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:7f00:1]/",
            "http://[fe80::1]/",
            "http://[ff02::1]/",
            "http://[fd00:ec2::254]/",
            "tcp://[::1]:5432",
        ] {
            assert_eq!(at(url), "escalate", "{url:?}");
        }
    }

    #[test]
    fn a_monitor_with_an_odd_name_or_pace_is_escalated() {
        let with = |name: &str, interval, retries| {
            judge(MonitorAddition { name: name.to_owned(), interval, retries, ..monitor() })
        };
        for name in ["Wiki (inside)", "wiki.example.org:443", "Вики", "ウィキ", "a"] {
            assert_eq!(with(name, 60, 0), "allow", "{name}");
        }
        let long = "x".repeat(151);
        for name in
            ["", " wiki", "wiki ", "wi\nki", "wi\u{202e}ki", "wi\u{200b}ki", "wi\0ki", "<b>wiki</b>", "`wiki`", &long]
        {
            assert_eq!(with(name, 60, 0), "escalate", "{name:?}");
        }
        for (interval, retries, expected) in [
            (20, 0, "allow"),
            (86_400, 20, "allow"),
            (19, 0, "escalate"),
            (0, 0, "escalate"),
            (86_401, 0, "escalate"),
            (60, 21, "escalate"),
        ] {
            assert_eq!(with("wiki", interval, retries), expected, "{interval} {retries}");
        }
    }

    #[test]
    fn the_reason_repeats_nothing_of_the_address() {
        for url in ["https://maria:hunter2@wiki.example.org/", "https://wiki.example.org/?key=hunter2", "hunter2"] {
            let addition = MonitorAddition { url: url.to_owned(), ..monitor() };
            let said = OnlyPlainMonitors.judge(&change(Action::AddMonitor(addition)));
            assert!(!said.reason().contains("hunter2"), "{said:?}");
        }
    }

    proptest! {
        #[test]
        fn never_an_address_with_a_login_or_parameters(
            scheme in "https?|tcp", user in "[a-z%:]{0,6}", host in "[a-z]{1,9}", rest in "(:[0-9]{1,5})?(/[a-z]{0,5})?",
            tail in "[?#][a-z=]{0,9}",
        ) {
            let login = format!("{scheme}://{user}@{host}{rest}");
            let parameters = format!("{scheme}://{host}{rest}{tail}");
            prop_assert_eq!(at(&login), "escalate");
            prop_assert_eq!(at(&parameters), "escalate");
        }

        #[test]
        fn any_address_is_judged(url in any::<String>()) {
            let allowed = at(&url) == "allow";
            prop_assert!(!allowed || ["http://", "https://", "tcp://"].iter().any(|scheme| url.starts_with(scheme)));
        }
    }
}
