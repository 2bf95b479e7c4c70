//! Text as bare words, so that case, accents, punctuation, emoji and invisible characters do not matter.

/// The most of a text that is searched for words, in bytes. What matters is said early.
const SEARCHED: usize = 64 * 1024;

/// The words of a text: lower-case letters and digits, accents folded, one space around each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words(String);

impl Words {
    /// The words of the first 64 KiB of a text.
    pub(crate) fn of(text: &str) -> Self {
        let mut words = String::from(" ");
        for c in start_of(text, SEARCHED).chars() {
            if is_dropped(c) {
                continue;
            }
            let before = words.len();
            c.to_lowercase().for_each(|c| fold(c, &mut words));
            if words.len() == before && !words.ends_with(' ') {
                words.push(' ');
            }
        }
        if !words.ends_with(' ') {
            words.push(' ');
        }
        Self(words)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Whether these words, given in the same plain form, stand in it next to each other.
    pub(crate) fn has(&self, phrase: &str) -> bool {
        self.position(phrase).is_some()
    }

    /// Whether any of the phrases stands in it.
    pub(crate) fn has_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }

    /// The first of the phrases that stands in it.
    pub(crate) fn first_of<'a>(&self, phrases: &[&'a str]) -> Option<&'a str> {
        phrases.iter().copied().find(|phrase| self.has(phrase))
    }

    /// Where a phrase begins, in bytes of the plain form.
    pub(crate) fn position(&self, phrase: &str) -> Option<usize> {
        self.0.find(&format!(" {phrase} "))
    }

    /// Whether this is all that it says.
    pub(crate) fn is(&self, phrase: &str) -> bool {
        self.0.trim() == phrase
    }

    /// The plain form, one space between words.
    pub(crate) fn as_str(&self) -> &str {
        self.0.trim()
    }

    /// One word after the other.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_whitespace()
    }
}

/// The first `limit` bytes, or a little less where that would cut a character.
pub(crate) fn start_of(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or(text)
}

/// Whether a character is invisible where text is shown, and has no business in a name or an address.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// An apostrophe holds a word together ("won't"); an accent that stands alone belongs to the letter before.
fn is_dropped(c: char) -> bool {
    is_invisible(c) && !c.is_control() || matches!(c, '\'' | '’' | '‘' | '`' | '\u{300}'..='\u{36f}')
}

fn fold(c: char, words: &mut String) {
    let plain = match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ß' => return words.push_str("ss"),
        'œ' => return words.push_str("oe"),
        c if c.is_alphanumeric() => c,
        _ => return,
    };
    words.push(plain);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_remain() {
        let cases = [
            ("🔥 What's   happening?!", "whats happening"),
            ("Won’t load", "wont load"),
            ("Größe", "grosse"),
            ("de\u{301}sole\u{301}", "desole"),
            ("désolé", "desole"),
            ("Next\u{200b}cloud\u{feff}", "nextcloud"),
            ("a\r\nb\tc", "a b c"),
            ("http/502", "http 502"),
            ("", ""),
            ("—!?", ""),
            ("日本語 テスト", "日本語 テスト"),
        ];
        for (text, plain) in cases {
            assert_eq!(Words::of(text).as_str(), plain, "{text:?}");
        }
    }

    #[test]
    fn a_phrase_is_whole_words() {
        let words = Words::of("The mailserver is down");
        assert!(words.has("is down"));
        assert!(words.has("mailserver"));
        assert!(!words.has("mail"));
        assert!(!words.has("own"));
    }
}
