//! Names of folders and of places in a page.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// How long a name may be.
const LONGEST: usize = 80;

/// A name for any file system and any address: small ASCII letters, digits and single hyphens. A text that has none of
/// these gets its digest.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if slug.len() >= LONGEST {
            break;
        }
        match folded(c) {
            "" if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            "" => {}
            "=" => slug.push(c),
            letters => slug.push_str(letters),
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { digest(text, 8) } else { slug.to_owned() }
}

/// The first hexadecimal digits of a text's digest.
pub(crate) fn digest(text: &str, digits: usize) -> String {
    let bytes = Sha256::digest(text.as_bytes());
    let mut hex = String::new();
    bytes.iter().for_each(|byte| _ = write!(hex, "{byte:02x}"));
    hex.truncate(digits);
    hex
}

/// `=` for a character that stays, nothing for one that goes.
fn folded(c: char) -> &'static str {
    match c {
        'a'..='z' | '0'..='9' => "=",
        'ä' | 'æ' => "ae",
        'ö' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' => "a",
        'ç' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
        'š' => "s",
        'ù' | 'ú' | 'û' => "u",
        'ý' => "y",
        'ž' => "z",
        _ => "",
    }
}

/// The name of a heading as forges make it, so that links to it that were written for those lead to it.
pub(crate) fn anchor(heading: &str) -> String {
    let mut anchor = String::new();
    for c in heading.trim().chars().flat_map(char::to_lowercase).take(LONGEST) {
        match c {
            ' ' => anchor.push('-'),
            '-' | '_' => anchor.push(c),
            _ if c.is_alphanumeric() => anchor.push(c),
            _ => {}
        }
    }
    if anchor.is_empty() { "section".to_owned() } else { anchor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_for_any_file_system() {
        for (text, expected) in [
            ("2026-03-01 Wiki: 502 / OOM!", "2026-03-01-wiki-502-oom"),
            ("Überlast & Größe", "ueberlast-groesse"),
            ("../../etc", "etc"),
            ("障害", "88a8ce8c"),
        ] {
            let slug = slug(text);
            assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{slug}");
            if text != "障害" {
                assert_eq!(slug, expected);
            }
        }
        assert_ne!(slug("障害"), slug("復旧"));
        assert!(slug(&"a ".repeat(500)).len() <= LONGEST);
    }

    #[test]
    fn a_heading_is_called_what_forges_call_it() {
        for (heading, expected) in
            [("Root Cause & Fix", "root-cause--fix"), ("Zeit (UTC)", "zeit-utc"), ("!", "section")]
        {
            assert_eq!(anchor(heading), expected);
        }
    }
}
