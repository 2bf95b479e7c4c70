//! Text from outside, made safe to stand in Markdown that we post.

/// Makes text inert: it shows as it was written and does nothing. Mentions do not notify, HTML and
/// comments (our own markers too) are not read as such, links and images are not made, line breaks do not
/// begin a new block, and control characters and bidirectional overrides are dropped.
///
/// ```
/// use lamplighter_core::markdown::inert;
///
/// assert_eq!(inert("@ops <!-- x -->\n# hi"), "@\u{200b}ops \\<\\!-- x --\\> \\# hi");
/// ```
#[must_use]
pub fn inert(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '@' => safe.push_str("@\u{200b}"),
            '\n' | '\r' | '\t' => {
                if !safe.ends_with(' ') {
                    safe.push(' ');
                }
            }
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}' => {}
            c if c.is_control() => {}
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '!' | '|' | '~' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    // A bare address would be made a link, and a bare `#12` a cross-reference on somebody else's issue.
    safe.trim().replace("://", ":\u{200b}//").replace("www.", "www\u{200b}.")
}

/// Text as inline code: shown letter by letter, whatever backticks are in it.
#[must_use]
pub fn code(text: &str) -> String {
    let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = flat.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if flat.starts_with('`') || flat.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{flat}{pad}{fence}")
}

/// The first `limit` characters, with an ellipsis where something was cut.
#[must_use]
pub fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_text_does_nothing() {
        let cases = [
            ("@everyone", "@\u{200b}everyone"),
            ("![x](http://a.example)", "\\!\\[x\\](http:\u{200b}//a.example)"),
            ("a\r\n\r\n# b", "a \\# b"),
            ("\u{202e}evil\u{0}", "evil"),
            ("fixes #12", "fixes \\#12"),
            ("Nextcloud — ü", "Nextcloud — ü"),
        ];
        for (text, safe) in cases {
            assert_eq!(inert(text), safe);
        }
    }

    #[test]
    fn code_cannot_be_left() {
        for (text, quoted) in [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a\nb", "`a b`")] {
            assert_eq!(code(text), quoted);
        }
    }
}
