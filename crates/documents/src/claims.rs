//! What a document's head claims: how bad it was, and which services it was about.

use lamplighter_core::words::Severity;

/// The severity that a value of a head names: `SEV1`, `Sev-2`, `S3`, `P1`, `critical`, `2 (major)`.
pub(crate) fn severity(value: &str) -> Option<Severity> {
    let value = value.to_lowercase();
    ranked(&value, &["severity", "sev", "s", "priority", "prio", "p", "level", "tier", ""]).or_else(|| named(&value))
}

/// The severity in running text, such as a title: only with its word before it.
pub(crate) fn severity_in_text(text: &str) -> Option<Severity> {
    ranked(&text.to_lowercase(), &["severity", "sev"])
}

fn ranked(text: &str, words: &[&str]) -> Option<Severity> {
    let tokens: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).collect();
    tokens.iter().enumerate().find_map(|(at, token)| {
        let digits = token.find(|c: char| c.is_ascii_digit()).unwrap_or(token.len());
        let (word, number) = token.split_at(digits);
        let number = match number {
            "" if !word.is_empty() && words.contains(&word) => *tokens.get(at + 1)?,
            number => number,
        };
        // A number alone is a rank only where it is all, or the first, that is said.
        let counts = words.contains(&word) && (!word.is_empty() || at == 0);
        counts.then(|| rank(number)).flatten()
    })
}

fn rank(number: &str) -> Option<Severity> {
    Some(match number {
        "0" | "1" | "i" => Severity::Sev1,
        "2" | "ii" => Severity::Sev2,
        "3" | "4" | "5" | "iii" | "iv" => Severity::Sev3,
        _ => return None,
    })
}

fn named(text: &str) -> Option<Severity> {
    const NAMES: &[(&str, Severity)] = &[
        ("catastrophic", Severity::Sev1),
        ("crítica", Severity::Sev1),
        ("crítico", Severity::Sev1),
        ("critique", Severity::Sev1),
        ("severe", Severity::Sev1),
        ("alta", Severity::Sev2),
        ("majeure", Severity::Sev2),
        ("haute", Severity::Sev2),
        ("élevée", Severity::Sev2),
        ("significant", Severity::Sev2),
        ("media", Severity::Sev3),
        ("moyenne", Severity::Sev3),
        ("mineure", Severity::Sev3),
        ("mittel", Severity::Sev3),
        ("baja", Severity::Sev3),
        ("baixa", Severity::Sev3),
        ("faible", Severity::Sev3),
        ("critical", Severity::Sev1),
        ("blocker", Severity::Sev1),
        ("emergency", Severity::Sev1),
        ("kritisch", Severity::Sev1),
        ("major", Severity::Sev2),
        ("high", Severity::Sev2),
        ("hoch", Severity::Sev2),
        ("minor", Severity::Sev3),
        ("low", Severity::Sev3),
        ("medium", Severity::Sev3),
        ("moderate", Severity::Sev3),
        ("niedrig", Severity::Sev3),
    ];
    let mut words = text.split(|c: char| !c.is_alphabetic());
    words.find_map(|word| NAMES.iter().find(|(name, _)| *name == word).map(|(_, severity)| *severity))
}

/// The services of a list in one line: `wiki, mail and the shop`. What is in brackets is a hint and no name.
pub(crate) fn services(value: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let bare: String = value
        .chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect();
    let bare = bare.replace(" and ", ",").replace(" & ", ",").replace(" und ", ",").replace(" + ", ",");
    let mut services: Vec<String> = Vec::new();
    for name in bare.split([',', ';', '\n', '•', '·', '|', '、']) {
        let name = name.trim().trim_end_matches('.').trim_matches(['[', ']', '"', '\'', '`', '*']).trim();
        let is_none = matches!(name.to_lowercase().as_str(), "" | "none" | "n/a" | "-" | "tbd" | "unknown" | "all");
        if !is_none && name.chars().count() <= 80 && !services.iter().any(|known| known == name) {
            services.push(name.to_owned());
        }
    }
    services
}

/// The services among what is said to be affected: all of it where it is a list of names, and nothing where it tells of people.
pub(crate) fn affected(value: &str) -> Vec<String> {
    const PEOPLE: &[&str] = &["user", "customer", "people", "everyone", "everybody", "client", "team", "%", "nobody"];
    let names = services(value);
    let lower = value.to_lowercase();
    let are_names = names.iter().all(|name| name.split_whitespace().count() <= 3);
    if are_names && !PEOPLE.iter().any(|word| lower.contains(word)) { names } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_read_as_they_are_written() {
        for (value, expected) in [
            ("SEV1", Some(Severity::Sev1)),
            ("Sev-2", Some(Severity::Sev2)),
            ("sev 3 (minor)", Some(Severity::Sev3)),
            ("SEV-0", Some(Severity::Sev1)),
            ("P1", Some(Severity::Sev1)),
            ("S2", Some(Severity::Sev2)),
            ("2", Some(Severity::Sev2)),
            ("1 - critical", Some(Severity::Sev1)),
            ("Severity 2", Some(Severity::Sev2)),
            ("🔴 Critical", Some(Severity::Sev1)),
            ("Major outage", Some(Severity::Sev2)),
            ("medium", Some(Severity::Sev3)),
            ("for 3 hours", None),
            ("SEV12", None),
            ("", None),
        ] {
            assert_eq!(severity(value), expected, "{value:?}");
        }
        assert_eq!(severity_in_text("SEV2: Wiki down"), Some(Severity::Sev2));
        assert_eq!(severity_in_text("3 critical services"), None);
    }

    #[test]
    fn services_of_a_line_are_told_apart() {
        for (value, expected) in [
            ("wiki, mail and shop", vec!["wiki", "mail", "shop"]),
            ("Nextcloud (files, calendar); `auth`", vec!["Nextcloud", "auth"]),
            ("[web, api]", vec!["web", "api"]),
            ("None", vec![]),
            ("wiki, wiki", vec!["wiki"]),
        ] {
            assert_eq!(services(value), expected, "{value:?}");
        }
        assert_eq!(affected("api, worker"), ["api", "worker"]);
        assert!(affected("all users in Europe").is_empty());
    }
}
