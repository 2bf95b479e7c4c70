//! What goes into a path or a query.

use lamplighter_core::words::Login;

/// A part of a path, or a value of a query, with everything encoded that could be more than itself.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            encoded.push(byte.into());
        } else {
            // A dot, too: `..` would lead elsewhere.
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 15].map(hex));
        }
    }
    encoded
}

fn hex(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or_default().to_ascii_uppercase()
}

/// Whether somebody could be called so: letters, digits and dashes, an underscore before the short code of an enterprise,
/// `[bot]` at the end for an App. Nobody is asked about anything else.
/// <https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication>
pub(crate) fn is_login(login: &Login) -> bool {
    let name = login.as_str().strip_suffix("[bot]").unwrap_or(login.as_str());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.len() <= 100 && name.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_part_leads_elsewhere() {
        for (text, path) in [
            ("needs human: yes", "needs%20human%3A%20yes"),
            ("../x?y#z", "%2E%2E%2Fx%3Fy%23z"),
            ("ü%2F", "%C3%BC%252F"),
            ("a_b-c~D9", "a_b-c~D9"),
        ] {
            assert_eq!(encoded(text), path);
        }
    }

    #[test]
    fn nonsense_is_nobodys_login() {
        for (login, is_one) in [
            ("maria", true),
            ("maria-lopez_home", true),
            ("dependabot[bot]", true),
            ("", false),
            ("[bot]", false),
            ("maria ", false),
            ("../maria", false),
            ("maria\nmaria", false),
            ("märia", false),
        ] {
            assert_eq!(is_login(&Login::new(login)), is_one, "{login:?}");
        }
    }
}
