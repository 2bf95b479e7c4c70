//! The ends of what there can be: nothing, many, nothing to be seen, and harm in every word.

use lamplighter_core::words::status::{OverallState, ServiceState, SourceState, Status};

use super::{ago, busy, group, named, quiet, service, set};

/// Nothing can be seen.
pub(crate) fn blind() -> Status {
    let mut status = quiet();
    for source in &mut status.sources {
        source.state = SourceState::Unreachable;
        source.last_look = Some(ago(52));
        source.reason = Some("the connection was refused".to_owned());
    }
    for one in status.groups.iter_mut().flat_map(|group| &mut group.services) {
        one.state = ServiceState::Unknown;
        one.outside = Some(ServiceState::Unknown);
        one.inside = None;
        one.since = None;
        one.last_look = Some(ago(52));
        one.note = Some("its monitors cannot be reached".to_owned());
    }
    status.groups.iter_mut().for_each(|group| group.state = ServiceState::Unknown);
    status.issues.as_mut().unwrap().read_at = ago(52);
    status.state = OverallState::Unknown;
    status
}

/// One service, and nothing else.
pub(crate) fn one() -> Status {
    let mut status = quiet();
    status.groups = vec![group("Services", vec![named("Wiki")])];
    status.sources.truncate(1);
    status.issues = None;
    status.self_service = Vec::new();
    status
}

/// Nothing at all.
pub(crate) fn nothing() -> Status {
    Status { groups: Vec::new(), state: OverallState::Unknown, sources: Vec::new(), ..one() }
}

/// Many services, of which two are down.
pub(crate) fn many(services: usize) -> Status {
    let mut status = quiet();
    let all: Vec<_> =
        (0..services).map(|number| service(&format!("s-{number}"), &format!("service-{number}"))).collect();
    status.groups = all.chunks(25).enumerate().map(|(at, some)| group(&format!("Group {at}"), some.to_vec())).collect();
    for name in ["service-30", "service-77"] {
        if services > 77 {
            set(&mut status, name, |one| {
                one.state = ServiceState::Down;
                one.outside = Some(ServiceState::Down);
                one.since = Some(ago(12));
            });
        }
    }
    status.state = OverallState::PartialOutage;
    status
}

/// Text that means harm, in every place.
pub(crate) const HOSTILE: [&str; 7] = [
    "</script><script>window.owned=1</script>",
    "<img src=x onerror=window.owned=1>\"'><svg onload=window.owned=1>",
    "../../../etc/passwd\\..\\con",
    "All services are up \u{202e}pu\u{202c}\u{200b}\u{feff}\r\n\r\nup",
    "{{ 7 * 7 }} {% raw %} ${jndi:ldap://x} @everyone #1",
    "👩‍👩‍👧‍👦🔥 ᛒᚢᛗ ﷽ Z̸̡̢̛͇̲͚̝̦͎a̶l̴g̷o̵",
    "]]>--><!--\u{0}\u{1}<![CDATA[&amp;&#x27;",
];

/// Every name and text is hostile, and some are very long.
pub(crate) fn hostile() -> Status {
    let mut status = busy();
    let mut next = 0;
    let mut text = || {
        next += 1;
        let text = HOSTILE[next % HOSTILE.len()];
        if next % 5 == 0 { text.repeat(200) } else { text.to_owned() }
    };
    status.title = text();
    for group in &mut status.groups {
        group.name = text();
        for one in &mut group.services {
            one.id = text();
            one.name = text();
            one.note = Some(text());
        }
    }
    for source in &mut status.sources {
        source.name = text();
        source.reason = Some(text());
    }
    for one in &mut status.past.as_mut().unwrap().incidents {
        one.title = Some(text());
        one.services = vec![text()];
        one.post_mortem = Some(text());
    }
    let issues = status.issues.as_mut().unwrap();
    for incident in &mut issues.incidents {
        incident.title = Some(text());
        incident.services = vec![text(), text()];
        incident.timeline.iter_mut().for_each(|entry| entry.text = text());
    }
    issues.reports.newest.iter_mut().for_each(|report| report.service = Some(text()));
    for one in issues.resolved.as_mut().unwrap() {
        one.title = Some(text());
        one.services = vec![text()];
        one.post_mortem = Some("javascript:window.owned=1".to_owned());
    }
    for planned in &mut status.maintenance {
        planned.title = text();
        planned.services = vec![text()];
    }
    for check in &mut status.self_service {
        check.check = text();
    }
    status
}
