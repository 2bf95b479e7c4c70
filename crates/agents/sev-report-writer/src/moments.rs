//! When what was seen happened, as its own words say: a recording is made later than what it tells of.

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::words::{Finding, Incident, Window};

/// Times further back than this are about something else, unless they are said to be the first.
const NEAR: SignedDuration = SignedDuration::from_hours(24);

/// The same incident, begun at its earliest evidence.
pub(crate) fn begun(incident: &Incident) -> Incident {
    let mut incident = incident.clone();
    let given = incident.window;
    let earliest = evidence(&incident).map(happened).chain(given.map(|window| window.from)).min();
    if let Some(from) = earliest {
        incident.window = Some(Window { from, to: given.and_then(|window| window.to) });
    }
    incident
}

/// What the begin of an incident is read from: the evidence of its cause, and what its severity rests on.
pub(crate) fn evidence(incident: &Incident) -> impl Iterator<Item = &Finding> {
    let of_cause = incident.causes.first().into_iter().flat_map(|cause| &cause.evidence);
    of_cause.chain(incident.triage.iter().flat_map(|triage| &triage.critical_findings))
}

/// Whether something says when it began. What was seen when it was recorded may have begun at any time before.
pub(crate) fn is_begin_known(incident: &Incident) -> bool {
    let Some(window) = incident.window else { return false };
    window.to.is_some() || incident.looked_at.is_none_or(|looked| window.from < looked)
}

/// When it happened: when it was seen, or the earlier time that its lines say.
pub(crate) fn happened(finding: &Finding) -> Timestamp {
    let said = finding.evidence.iter().flat_map(|line| {
        let not_before = if line.starts_with("first at ") { None } else { finding.at.checked_sub(NEAR).ok() };
        let past = past(line).and_then(|past| finding.at.checked_sub(past).ok());
        let times = times(line).into_iter().chain(past);
        times.filter(move |at| *at < finding.at && not_before.is_none_or(|first| *at >= first))
    });
    said.min().unwrap_or(finding.at)
}

/// The times of a line that have a zone: `2026-03-01T10:00:00Z`, `2026-03-01 10:00:00 UTC`.
fn times(line: &str) -> Vec<Timestamp> {
    let mut found = Vec::new();
    for (start, _) in line.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        let Some(text) = line.get(start..) else { continue };
        let shape = text.as_bytes();
        let is_date = shape.get(4) == Some(&b'-') && shape.get(7) == Some(&b'-') && shape.get(13) == Some(&b':');
        let follows_digit = start.checked_sub(1).and_then(|at| line.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
        if !is_date || follows_digit {
            continue;
        }
        let end = text.get(11..).and_then(|rest| rest.find(|c: char| !(c.is_ascii_digit() || ":.Z+-".contains(c))));
        let Some(token) = text.get(..end.map_or(text.len(), |end| end + 11)) else { continue };
        let token = token.trim_end_matches(['.', ':', '-']);
        let is_utc = text.get(token.len()..).is_some_and(|rest| rest.starts_with(" UTC"));
        let said = if is_utc { format!("{token}Z") } else { token.to_owned() };
        found.extend(said.parse::<Timestamp>().ok());
    }
    found
}

/// How long ago a line says that it was: `since …; 1min 53s ago`.
fn past(line: &str) -> Option<SignedDuration> {
    let (before, _) = line.split_once(" ago")?;
    let (_, span) = before.rsplit_once("; ")?;
    let mut past = SignedDuration::ZERO;
    for part in span.split_whitespace() {
        let (number, unit) = part.split_at_checked(part.find(|c: char| !c.is_ascii_digit())?)?;
        let seconds = match unit {
            "s" => 1,
            "min" => 60,
            "h" => 3_600,
            _ => return None,
        };
        past = past.checked_add(SignedDuration::from_secs(number.parse::<i64>().ok()?.checked_mul(seconds)?))?;
    }
    (!past.is_zero()).then_some(past)
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::{ObjectRef, Source};

    use super::*;

    #[test]
    fn what_happened_is_when_its_words_say_so() {
        for (line, expected) in [
            ("first at 2026-02-01 09:59:00 UTC", "2026-02-01T09:59:00Z"),
            ("log: 2026-03-01T11:58:00.25+02:00 FATAL", "2026-03-01T09:58:00.25Z"),
            ("{\"time\":\"2026-03-01T09:57:00Z\"}", "2026-03-01T09:57:00Z"),
            ("kubelet: inactive (dead) since Sun 2026-03-01 17:58:07 CST; 1min 53s ago", "2026-03-01T09:58:07Z"),
            ("made 2020-01-01T00:00:00Z, valid to 2030-01-01T00:00:00Z", "2026-03-01T10:00:00Z"),
            ("2026-03-01 09:00:00 without a zone", "2026-03-01T10:00:00Z"),
        ] {
            let at = "2026-03-01T10:00:00Z".parse().unwrap();
            let seen = Finding::new("x", ObjectRef::pod("a", "b"), Source::new("logs"), at).with_evidence(line);
            assert_eq!(happened(&seen).to_string(), expected, "{line}");
        }
    }
}
