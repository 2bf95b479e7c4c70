//! Words in a picture: how wide they are, how they are shortened, and how they become XML.

use std::fmt::Write as _;

/// What follows a text that was cut.
const ELLIPSIS: char = '…';

/// A text as the content of an element or an attribute.
///
/// What XML 1.0 has no way to write (section 2.2, `Char`), and marks that turn the direction of a text around, become
/// U+FFFD.
pub(crate) fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' => xml.push_str("&#10;"),
            _ => xml.push(shown(c)),
        }
    }
    xml
}

/// A character as it is shown on one line.
fn shown(c: char) -> char {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match c {
        '\t' | '\n' | '\r' => ' ',
        _ if c.is_control() || turns || matches!(c, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
        _ => c,
    }
}

/// How wide a text is at most, in pixels, at a font size.
///
/// The viewer's font is not known. The widths are those of the widest of the usual ones (`DejaVu Sans`, `Verdana`), so
/// that a text which fits here fits everywhere.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// How wide a character is, in parts of the font size.
fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' => 0.29,
        ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '·' => 0.36,
        '-' | '(' | ')' | '[' | ']' | '/' | 'I' | 'J' => 0.4,
        'f' | 't' | 'r' => 0.42,
        '_' | 's' | 'c' | 'z' => 0.56,
        'm' => 0.98,
        '%' | '@' | 'W' | '…' => 1.0,
        'M' => 0.88,
        'w' => 0.85,
        'a'..='z' | '0'..='9' => 0.64,
        'A'..='Z' => 0.79,
        _ if c <= '\u{24f}' => 0.85,
        _ => 1.3,
    }
}

/// A text that is no wider than there is room for; the middle is left out where it is, because names differ at both
/// ends.
pub(crate) fn fitted(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let room = room - em(ELLIPSIS) * size;
    let (mut head, mut tail, mut used) = (0, 0, 0.0);
    loop {
        let from_head = head <= tail + 2;
        let next = if from_head { chars.get(head) } else { chars.get(chars.len().saturating_sub(tail + 1)) };
        used += next.map_or(f64::INFINITY, |c| em(*c) * size);
        if used > room || head + tail >= chars.len() {
            break;
        }
        if from_head { head += 1 } else { tail += 1 }
    }
    let start = chars.iter().take(head);
    let end = chars.iter().skip(chars.len() - tail);
    start.chain([&ELLIPSIS]).chain(end).collect()
}

/// A text that is no wider than there is room for; its end is left out where it is, because sentences say first what
/// they are about.
pub(crate) fn begun(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let room = room - em(ELLIPSIS) * size;
    let mut used = 0.0;
    let fits = |c: &char| {
        used += em(*c) * size;
        used <= room
    };
    let begin: String = text.chars().take_while(fits).collect();
    format!("{}{ELLIPSIS}", begin.trim_end())
}

/// A text on at most this many lines of at most this width. Words are broken where they are too long for a line, the
/// parts of a name after `-`, `_` and `.`; the last line is shortened where not all fits.
pub(crate) fn wrapped(text: &str, size: f64, room: f64, lines: usize) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut pieces = pieces(text).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let fits = width(line.trim_end(), size) + width(piece.trim_end(), size) + em(' ') * size <= room;
        if !line.is_empty() && !fits {
            if done.len() + 1 == lines {
                line.push_str(piece);
                pieces.by_ref().for_each(|rest| line.push_str(rest));
                break;
            }
            done.push(fitted(line.trim_end(), size, room));
            line.clear();
        }
        line.push_str(piece);
    }
    if !line.trim().is_empty() {
        done.push(fitted(line.trim_end(), size, room));
    }
    done
}

/// Where a text may be broken: after white space and after the joints of names.
fn pieces(text: &str) -> Vec<&str> {
    text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '-' | '_' | '.')).collect()
}

/// Things by number: `1 pod`, `2 pods`, `1,200 pods`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A number with a comma between each three digits.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        _ = write!(text, "{digit}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_what_xml_cannot_hold_are_taken_out_of_names() {
        assert_eq!(escaped("<a href=\"x\">&\u{0}\u{202e}"), "&lt;a href=&quot;x&quot;&gt;&amp;\u{fffd}\u{fffd}");
    }

    #[test]
    fn a_long_name_keeps_both_ends() {
        let name = fitted("monitoring-stack-prometheus-operator-webhook", 13.0, 150.0);
        assert!(name.starts_with("monit") && name.ends_with("ook") && name.contains('…'), "{name}");
        assert!(width(&name, 13.0) <= 150.0, "{name}");
        assert_eq!(fitted("wiki", 13.0, 150.0), "wiki");
    }

    #[test]
    fn a_long_sentence_keeps_its_beginning() {
        let begun = begun("Version 4.2 of the wiki was rolled out to all readers", 12.0, 120.0);
        assert!(begun.starts_with("Version 4.2") && begun.ends_with('…') && width(&begun, 12.0) <= 120.0, "{begun}");
    }

    #[test]
    fn lines_are_no_wider_than_there_is_room_and_no_more_than_asked_for() {
        let lines = wrapped("a-very-long-name-that-does-not-fit-on-two-lines-at-all-and-goes-on", 13.0, 120.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| width(line, 13.0) <= 120.0), "{lines:?}");
        assert_eq!(wrapped("short words here", 13.0, 500.0, 2), ["short words here"]);
        assert!(wrapped("  ", 13.0, 100.0, 2).is_empty());
    }

    #[test]
    fn numbers_are_read_in_threes() {
        assert_eq!(counted(1, "app", "apps"), "1 app");
        assert_eq!(counted(1_234_567, "app", "apps"), "1,234,567 apps");
    }
}
