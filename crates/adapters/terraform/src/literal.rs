//! Plain values in HCL text: found, and written so that text never becomes code.

use std::fmt::Write as _;
use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::Expression;

use crate::resolve::Place;
use crate::source::Module;

/// A plain string or number as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) file: usize,
    pub(crate) range: Range<usize>,
    pub(crate) kind: LiteralKind,
    /// The value, without quotes and escapes.
    pub(crate) value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LiteralKind {
    Text,
    Number,
}

impl Literal {
    /// The literal at a place; `None` for a heredoc, a template or anything computed.
    pub(crate) fn at(module: &Module, place: &Place<'_>) -> Option<Self> {
        let range = place.expression.span()?;
        let written = module.file(place.file)?.text.get(range.clone())?;
        let (kind, value) = match place.expression {
            Expression::String(text) if written.len() >= 2 && written.starts_with('"') && written.ends_with('"') => {
                (LiteralKind::Text, text.as_str().to_owned())
            }
            Expression::Number(_) if written.starts_with(|c: char| c.is_ascii_digit()) => {
                (LiteralKind::Number, written.to_owned())
            }
            _ => return None,
        };
        Some(Self { file: place.file, range, kind, value })
    }

    /// `value` written as a literal of the same kind; `None` when it is not one, such as words for a number.
    pub(crate) fn rewritten(&self, value: &str) -> Option<String> {
        match self.kind {
            LiteralKind::Text => Some(quoted(value)),
            LiteralKind::Number => is_number(value).then(|| value.to_owned()),
        }
    }
}

/// `value` as a quoted HCL string that evaluates to exactly it.
///
/// A `$` or `%` before a brace is written by its number: the usual doubling (`$${`) is ambiguous after
/// another `$`. So are characters that a reader of the file could not see.
pub(crate) fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '$' | '%' if matches!(characters.peek(), Some('{' | '$' | '%')) => push_number(&mut text, character),
            invisible if is_invisible(invisible) => push_number(&mut text, invisible),
            plain => text.push(plain),
        }
    }
    text.push('"');
    text
}

fn push_number(text: &mut String, character: char) {
    let number = u32::from(character);
    let _ = if number > 0xFFFF { write!(text, "\\U{number:08X}") } else { write!(text, "\\u{number:04X}") };
}

/// Controls, and the marks that make text read otherwise than it is: directions, joiners, line separators.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A plain decimal number, and not one that would be read as another: `02` is 2.
fn is_number(value: &str) -> bool {
    let (whole, fraction) = match value.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (value, None),
    };
    let digits = |text: &str| !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use hcl_edit::parser::parse_expr;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_written_so_that_it_stays_text() {
        for (value, expected) in [
            ("256Mi", r#""256Mi""#),
            ("${path.root}", r#""\u0024{path.root}""#),
            ("$${x}", r#""\u0024\u0024{x}""#),
            ("%{ if true }", r#""\u0025{ if true }""#),
            ("a\"b\\c\n", r#""a\"b\\c\n""#),
            ("\u{202e}evil\0", r#""\u202Eevil\u0000""#),
            ("ünï€😀 $5 100%", "\"ünï€😀 $5 100%\""),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }

    #[test]
    fn only_a_number_replaces_a_number() {
        let literal = Literal { file: 0, range: 0..1, kind: LiteralKind::Number, value: "2".to_owned() };
        for good in ["0", "3", "17", "0.5"] {
            assert_eq!(literal.rewritten(good).as_deref(), Some(good));
        }
        for bad in ["", "-1", "two", "1e9", "03", "1.", ".5", "1 + 1", "var.x", "१", "9999999999999999999"] {
            assert_eq!(literal.rewritten(bad), None, "{bad}");
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            proptest::collection::vec(
                prop_oneof![
                    Just("${"),
                    Just("%{"),
                    Just("$"),
                    Just("%"),
                    Just("\""),
                    Just("\\"),
                    Just("}"),
                    Just("\n"),
                    Just("u0024"),
                    Just("<<EOT"),
                    Just("a")
                ],
                0..20
            )
            .prop_map(|parts| parts.concat()),
        ]
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_itself(value in hostile()) {
            let parsed = parse_expr(&quoted(&value)).unwrap();
            prop_assert_eq!(parsed.as_str(), Some(value.as_str()));
        }
    }
}
