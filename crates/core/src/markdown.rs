//! Text from outside, made safe to stand in Markdown that we post.

/// Makes text inert: it shows as it was written and does nothing. Mentions do not notify, HTML, entities and
/// comments (our own markers too) are not read as such, links, images and references to issues are not made,
/// line breaks do not begin a new block, and control characters, bidirectional overrides and characters
/// without width are dropped.
///
/// ```
/// use lamplighter_core::markdown::inert;
///
/// assert_eq!(inert("@ops <!-- x -->\n# hi"), "@\u{200b}ops \\<\\!-- x --\\> \\# hi");
/// assert_eq!(inert("&#64;ops, see #12"), "&amp;#\u{200b}64;ops, see #\u{200b}12");
/// ```
#[must_use]
pub fn inert(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().filter(|c| !is_unseen(*c)).peekable();
    while let Some(c) = chars.next() {
        match c {
            '&' => safe.push_str("&amp;"),
            // A backslash would not keep `#12` from being read as a reference.
            '#' if chars.peek().is_some_and(char::is_ascii_digit) => safe.push_str("#\u{200b}"),
            '@' => safe.push_str("@\u{200b}"),
            '\n' | '\r' | '\t' => {
                if !safe.ends_with(' ') {
                    safe.push(' ');
                }
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '!' | '|' | '~' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    // A bare address would be made a link.
    safe.trim().replace("://", ":\u{200b}//").replace("www.", "www\u{200b}.")
}

/// Text as inline code: shown letter by letter, whatever backticks are in it. Bidirectional overrides and
/// characters without width are dropped, as [`inert`] does.
#[must_use]
pub fn code(text: &str) -> String {
    let seen = text.chars().filter(|c| c.is_control() || !is_unseen(*c));
    let flat: String = seen.map(|c| if c.is_control() { ' ' } else { c }).collect();
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

/// Text as one plain line, without the characters that a reader does not see. Not made safe for Markdown or HTML: whoever
/// writes it there has to.
///
/// ```
/// use lamplighter_core::markdown::line;
///
/// assert_eq!(line(" the\n\n wiki \u{202e}is <b>down</b> ", 19), "the wiki is <b>down…");
/// ```
#[must_use]
pub fn line(text: &str, limit: usize) -> String {
    let seen: String = text.chars().filter(|c| !is_unseen(*c)).collect();
    shorten(&seen.split_whitespace().collect::<Vec<_>>().join(" "), limit)
}

/// Characters that a reader does not see and that can make a text read as another one: control characters
/// other than white space, bidirectional marks, overrides and isolates, and characters without width.
fn is_unseen(c: char) -> bool {
    let bidirectional =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let no_width = matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}');
    bidirectional || no_width || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
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
            ("fixes #12, GH-12, a/b#3", "fixes #\u{200b}12, GH-12, a/b#\u{200b}3"),
            ("#\u{200b}12 #\u{202d}7", "#\u{200b}12 #\u{200b}7"),
            ("&#64;ops &lt;b&gt; a & b", "&amp;#\u{200b}64;ops &amp;lt;b&amp;gt; a &amp; b"),
            ("a\u{200d}b\u{2060}c\u{200f}d\u{ad}e", "abcde"),
            ("Nextcloud — ü", "Nextcloud — ü"),
        ];
        for (text, safe) in cases {
            assert_eq!(inert(text), safe);
        }
    }

    #[test]
    fn code_cannot_be_left() {
        for (text, quoted) in [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("a\nb", "`a b`"),
            ("a\u{202e}b\u{2067}c\u{200b}\u{feff}d\u{200d}", "`abcd`"),
            ("\u{200b}`", "`` ` ``"),
        ] {
            assert_eq!(code(text), quoted);
        }
    }
}
