//! Sentences, and those that many documents share word for word.

use std::collections::{HashMap, HashSet};

/// A sentence by its words, without their punctuation and case.
pub(crate) type Fingerprint = u32;

/// Shorter sentences are the same by chance, and by a form's fields: "Data loss: none".
const WORDS: usize = 4;

/// A sentence is a template's if at least so many documents have it ...
const AT_LEAST: usize = 4;

/// ... and at least one in so many.
const ONE_IN: usize = 8;

/// The sentences of a text, each with what it is known by; `None` for short ones.
pub(crate) fn sentences(text: &str) -> impl Iterator<Item = (&str, Option<Fingerprint>)> {
    let lines = text.split("\n\n").flat_map(paragraph_lines);
    lines.flat_map(split_at_stops).map(|sentence| (sentence, fingerprint(sentence)))
}

/// Lines that begin an item of a list, or a row, begin anew; others go on.
fn paragraph_lines(paragraph: &str) -> impl Iterator<Item = &str> {
    let mut rest = paragraph;
    std::iter::from_fn(move || {
        if rest.trim().is_empty() {
            return None;
        }
        let starts_anew = |at: &usize| {
            let next = rest.get(at + 1..).unwrap_or_default().trim_start();
            next.starts_with(['-', '*', '|', '•', '>', '#']) || next.starts_with(|c: char| c.is_ascii_digit())
        };
        let end = rest.match_indices('\n').map(|(at, _)| at).find(starts_anew).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        rest = after.strip_prefix('\n').unwrap_or(after);
        Some(line)
    })
}

fn split_at_stops(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        if rest.trim().is_empty() {
            return None;
        }
        let is_stop = |(at, c): &(usize, char)| {
            matches!(c, '.' | '!' | '?') && rest.get(at + 1..).is_some_and(|next| next.starts_with(char::is_whitespace))
        };
        let end = rest.char_indices().find(is_stop).map_or(rest.len(), |(at, _)| at + 1);
        let (sentence, after) = rest.split_at(end);
        rest = after;
        Some(sentence)
    })
}

/// FNV-1a (Fowler, Noll and Vo), folded.
fn fingerprint(sentence: &str) -> Option<Fingerprint> {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |byte: u8| {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    };
    let mut words = 0;
    for word in sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        words += 1;
        word.bytes().for_each(|byte| add(byte.to_ascii_lowercase()));
        add(b' ');
    }
    let folded = (hash >> 32) ^ (hash & 0xffff_ffff);
    (words >= WORDS).then(|| Fingerprint::try_from(folded).unwrap_or_default())
}

/// The sentences of templates: so many documents have them that they tell none from another.
pub(crate) fn boilerplate<'a>(documents: impl Iterator<Item = &'a [Fingerprint]> + Clone) -> HashSet<Fingerprint> {
    let mut having: HashMap<Fingerprint, usize> = HashMap::new();
    let count = documents.clone().count();
    for document in documents {
        for sentence in document.iter().collect::<HashSet<_>>() {
            *having.entry(*sentence).or_default() += 1;
        }
    }
    let many = AT_LEAST.max(count / ONE_IN);
    having.into_iter().filter(|(_, having)| *having >= many).map(|(sentence, _)| sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parted_into_what_stands_for_itself() {
        let text = "The disk was full. It\nwas small!\n- first item\n- second item of 3\n\nNext e.g. this";
        let found: Vec<_> = sentences(text).map(|(sentence, _)| sentence.trim()).collect();
        assert_eq!(
            found,
            ["The disk was full.", "It\nwas small!", "- first item", "- second item of 3", "Next e.g.", "this"]
        );
    }

    #[test]
    fn case_and_punctuation_make_no_difference() {
        let of = |text: &str| sentences(text).next().and_then(|(_, print)| print);
        assert_eq!(of("- We will *review* this."), of("We will review this"));
        assert_ne!(of("We will review this"), of("We will review that"));
        assert_eq!(of("Too short."), None);
    }

    #[test]
    fn what_many_share_is_of_a_template() {
        let documents: Vec<Vec<Fingerprint>> =
            (0..40).map(|at| if at < 5 { vec![1, 2, at] } else { vec![2, 100 + at] }).collect();
        let found = boilerplate(documents.iter().map(Vec::as_slice));
        assert_eq!(found, HashSet::from([1, 2]));
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-z .!\n|*-]{0,120}") {
            let kept: String = sentences(&text).map(|(sentence, _)| sentence).collect();
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            proptest::prop_assert_eq!(letters(&kept), letters(&text));
        }
    }
}
