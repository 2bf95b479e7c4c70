//! Words without their endings.

/// The endings of nouns and verbs that mean the same trouble, the longest first: `exhausted`, `exhaustion`.
const ENDINGS: [&str; 31] = [
    "izations", "ization", "ations", "ation", "ements", "ement", "ingly", "ments", "ment", "ities", "ities", "ances",
    "ences", "ance", "ence", "ness", "ions", "ably", "ibly", "able", "ible", "ings", "ing", "ion", "ity", "ive", "ied",
    "ate", "ers", "ors", "ed",
];

/// The endings that are looked at after those.
const LATE_ENDINGS: [&str; 6] = ["ate", "at", "er", "or", "al", "ly"];

/// Its stem: two words with the same stem are taken for the same. It need not be a word.
///
/// It cuts rather too much than too little, because what is joined wrongly costs less here than what is missed: the
/// rest of two documents tells them apart. Words that are not of Latin letters are left alone.
pub(crate) fn stem(word: &str) -> String {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) || word.len() < 4 {
        return word.to_owned();
    }
    let singular = singular(word);
    let cut = without(&singular, &ENDINGS, 3);
    let cut =
        if cut.len() < singular.len() { without(&cut, &["at", "iz"], 3) } else { without(&cut, &LATE_ENDINGS, 4) };
    let mut stem = cut;
    while stem.len() > 3 && stem.ends_with(['e', 'y', 'i', 'a']) {
        stem.pop();
    }
    undoubled(stem)
}

fn singular(word: &str) -> String {
    match word {
        _ if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") => word.to_owned(),
        _ if word.ends_with("ies") && word.len() > 4 => format!("{}y", word.strip_suffix("ies").unwrap_or(word)),
        _ if ["sses", "xes", "ches", "shes", "zes"].iter().any(|end| word.ends_with(end)) => {
            word.strip_suffix("es").unwrap_or(word).to_owned()
        }
        _ => word.strip_suffix('s').unwrap_or(word).to_owned(),
    }
}

/// Without the first of the endings that leaves at least so many letters, one of them a vowel.
fn without(word: &str, endings: &[&str], at_least: usize) -> String {
    let has_vowel = |stem: &str| stem.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let cut = endings
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|stem| stem.len() >= at_least && has_vowel(stem));
    cut.unwrap_or(word).to_owned()
}

/// `stopp` is `stop`; `fill` stays, as `full` does.
fn undoubled(mut stem: String) -> String {
    let mut letters = stem.chars().rev();
    if let (Some(last), Some(before)) = (letters.next(), letters.next())
        && last == before
        && !matches!(last, 'l' | 's' | 'z' | 'e' | 'o')
        && stem.len() > 3
    {
        stem.pop();
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn words_of_one_trouble_have_one_stem() {
        let families: [&[&str]; 15] = [
            &["exhausted", "exhaustion", "exhausting", "exhausts"],
            &["connection", "connections", "connected", "connecting", "connect"],
            &["replication", "replicate", "replicated", "replica", "replicas"],
            &["expired", "expiry", "expiration", "expires", "expire"],
            &["configuration", "configurations"],
            &["configured", "configure", "configures"],
            &["deployment", "deploy", "deployed", "deploying", "deployments"],
            &["failed", "failing", "fails"],
            &["saturated", "saturation"],
            &["migration", "migrate", "migrations", "migrated"],
            &["throttling", "throttled", "throttle"],
            &["stopped", "stopping", "stops", "stop"],
            &["certificate", "certificates"],
            &["memory", "memories"],
            &["latency", "latencies"],
        ];
        for family in families {
            let stems: std::collections::BTreeSet<_> = family.iter().map(|word| stem(word)).collect();
            assert_eq!(stems.len(), 1, "{family:?}: {stems:?}");
        }
    }

    #[test]
    fn words_of_different_trouble_stay_apart() {
        let words =
            ["disk", "disc", "dns", "node", "nodes2", "pod", "port", "queue", "query", "cache", "catch", "lock", "log"];
        let stems: std::collections::BTreeSet<_> = words.iter().map(|word| stem(word)).collect();
        assert_eq!(stems.len(), words.len());
    }

    #[test]
    fn what_is_no_latin_word_is_left_alone() {
        for word in ["k8s", "störung", "障害", "502", "ab"] {
            assert_eq!(stem(word), word);
        }
    }
}
