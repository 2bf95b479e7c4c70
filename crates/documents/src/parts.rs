//! Which part of a post-mortem a heading announces.

use crate::Part;
use crate::wording::priority_of_heading;

/// By what a heading contains, in lower case; the first that fits counts.
const WORDINGS: &[(&[&str], Part)] = &[
    (&["follow-up implementation", "followup implementation"], Part::FollowUp),
    (&["actions taken", "action taken", "steps taken"], Part::Resolution),
    (
        &[
            "action item",
            "action plan",
            "actions",
            "next step",
            "prevention",
            "preventive",
            "preventative",
            "prevent ",
            "to do",
            "todo",
            "to-do",
            "follow-up",
            "followup",
            "follow up",
            "corrective",
            "remediation item",
            "remediation task",
            "remediation plan",
            "improvements",
            "maßnahmen",
            "nächste schritte",
            "acciones",
            "actions correctives",
            "plan d'action",
        ],
        Part::Prevention,
    ),
    (&["contributing", "beitragende", "factores"], Part::ContributingFactors),
    (
        &[
            "root cause",
            "root-cause",
            "rootcause",
            "cause",
            "5 whys",
            "five whys",
            "5-whys",
            "why did",
            "why it happened",
            "ursache",
            "causa",
            "technical analysis",
            "technical detail",
            "fault analysis",
            "trigger",
            "why it broke",
            "what broke",
            "what caused",
            "diagnosis",
            "cause racine",
        ],
        Part::RootCause,
    ),
    (
        &[
            "timeline",
            "chronology",
            "sequence of events",
            "zeitverlauf",
            "zeitleiste",
            "chronologie",
            "cronolog",
            "linha do tempo",
            "línea de tiempo",
            "linea de tiempo",
            "déroulement",
            "ablauf",
        ],
        Part::Timeline,
    ),
    (
        &[
            "recurrence",
            "similar incident",
            "past incident",
            "previous incident",
            "related incident",
            "related post",
            "prior incident",
            "backlog check",
            "happened before",
            "seen before",
            "history of",
        ],
        Part::Recurrence,
    ),
    (
        &[
            "detection",
            "detected",
            "how did we find",
            "how we found",
            "monitoring gap",
            "erkennung",
            "detección",
            "détection",
        ],
        Part::Detection,
    ),
    (
        &[
            "lesson",
            "what went well",
            "what went wrong",
            "what went right",
            "what went poorly",
            "got lucky",
            "learned",
            "learning",
            "retrospective",
            "what could have gone better",
            "gelernt",
            "lecciones",
            "leçons",
        ],
        Part::Lessons,
    ),
    (
        &[
            "resolution",
            "resolved",
            "mitigation",
            "remediation",
            "recovery",
            "how we fixed",
            "the fix",
            "workaround",
            "restoration",
            "response",
            "behebung",
            "lösung",
            "resolución",
            "résolution",
        ],
        Part::Resolution,
    ),
    (
        &["impact", "affected", "blast radius", "auswirkung", "impacto", "symptoms", "customer experience", "scope"],
        Part::Impact,
    ),
    (&["raw data", "appendix", "supporting information", "anhang", "logs", "evidence"], Part::RawData),
    (
        &[
            "summary",
            "overview",
            "abstract",
            "tl;dr",
            "tldr",
            "what happened",
            "description",
            "synopsis",
            "zusammenfassung",
            "résumé",
            "resumen",
            "in short",
            "the incident",
            "incident report",
        ],
        Part::Summary,
    ),
];

/// The part that a heading announces, in whatever words.
pub(crate) fn part_of(heading: &str) -> Option<Part> {
    let heading = heading.to_lowercase();
    let whole = heading.trim().trim_end_matches(':');
    match whole.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' ')) {
        // Also a word of services' names, so only alone.
        "recommendation" | "recommendations" | "empfehlungen" | "recommandations" | "recomendaciones" => {
            return Some(Part::Prevention);
        }
        "fix" | "fixes" | "solution" | "solutions" => return Some(Part::Resolution),
        "fault" | "rca" | "why" => return Some(Part::RootCause),
        "background" | "context" | "problem" | "issue" | "problem statement" | "incident" | "what" | "leadup"
        | "lead-up" | "lead up" => return Some(Part::Summary),
        _ => {}
    }
    if priority_of_heading(&heading).is_some() {
        return Some(Part::Prevention);
    }
    let found = WORDINGS.iter().find(|(wordings, _)| wordings.iter().any(|wording| heading.contains(wording)));
    found.map(|(_, part)| *part)
}

/// The words of a line that announces a part though it is no heading: in capitals, or before a colon and nothing else.
pub(crate) fn lone_heading(line: &str) -> Option<&str> {
    const LONGEST: usize = 5;
    let words = line.trim().trim_end_matches(':').trim_end();
    let has_colon = line.trim().ends_with(':');
    let is_loud = words.chars().any(char::is_uppercase) && !words.chars().any(char::is_lowercase);
    let begins_as_words = words.starts_with(|c: char| c.is_alphanumeric());
    let is_one = (has_colon || is_loud) && begins_as_words && words.split_whitespace().count() <= LONGEST;
    (is_one && part_of(words).is_some()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_understood_in_whatever_words() {
        for (heading, expected) in [
            ("Summary", Some(Part::Summary)),
            ("2. What happened?", Some(Part::Summary)),
            ("Root Cause Analysis", Some(Part::RootCause)),
            ("5 Whys", Some(Part::RootCause)),
            ("Contributing Causes", Some(Part::ContributingFactors)),
            ("Timeline (UTC)", Some(Part::Timeline)),
            ("Customer impact", Some(Part::Impact)),
            ("Follow-up Implementation", Some(Part::FollowUp)),
            ("Follow-ups", Some(Part::Prevention)),
            ("Recommendations", Some(Part::Prevention)),
            ("4. Recommendations:", Some(Part::Prevention)),
            ("The recommendation service is down", None),
            ("P0 – Prevent this exact failure", Some(Part::Prevention)),
            ("What went wrong", Some(Part::Lessons)),
            ("P1: Reduce blast radius", Some(Part::Prevention)),
            ("Actions taken", Some(Part::Resolution)),
            ("Ursache", Some(Part::RootCause)),
            ("Fix", Some(Part::Resolution)),
            ("Authors", None),
        ] {
            assert_eq!(part_of(heading), expected, "{heading}");
        }
    }
}
