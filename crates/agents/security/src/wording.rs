/// Whether a text that is already in lower case has one of these in it.
pub(crate) fn any_of(lower: &str, words: &[&str]) -> bool {
    words.iter().any(|word| lower.contains(word))
}

/// What stands between the first `before` and the next `after`.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_is_found() {
        assert_eq!(between(r#"User "ada" cannot"#, "User \"", "\" cannot"), Some("ada"));
        assert_eq!(between(r#"User "ada"#, "User \"", "\""), None);
    }
}
