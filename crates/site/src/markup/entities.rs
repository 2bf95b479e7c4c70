//! Characters by their names, as HTML has them.

/// The text with its entities read. A name that is not known stays as it is written.
pub(super) fn decoded(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        read.push_str(before);
        let (c, length) = entity(from).unwrap_or(('&', 1));
        read.push(c);
        rest = from.get(length..).unwrap_or_default();
    }
    read.push_str(rest);
    read
}

/// The character at the beginning of a text, and how long its name is.
fn entity(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 12;
    let length = text.bytes().take(LONGEST).position(|byte| byte == b';');
    let name = text.get(1..length.unwrap_or_default().max(1))?;
    if let Some(number) = text.strip_prefix("&#") {
        // Browsers read a number without its semicolon too.
        let (radix, digits) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (16, digits),
            None => (10, number),
        };
        let count = digits.chars().take(8).take_while(|c| c.is_digit(radix)).count();
        let value = u32::from_str_radix(digits.get(..count)?, radix).ok()?;
        let begin = text.len() - digits.len() + count;
        let has_end = text.get(begin..).is_some_and(|rest| rest.starts_with(';'));
        return Some((char::from_u32(value).unwrap_or('\u{fffd}'), begin + usize::from(has_end)));
    }
    let c = named(name)?;
    Some((c, name.len() + 2))
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "colon" => ':',
        "Tab" => '\t',
        "NewLine" => '\n',
        "sol" => '/',
        "lpar" => '(',
        "rpar" => ')',
        "num" => '#',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "sbquo" => '‚',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "laquo" => '«',
        "raquo" => '»',
        "middot" => '·',
        "bull" => '•',
        "larr" => '←',
        "rarr" => '→',
        "uarr" => '↑',
        "darr" => '↓',
        "harr" => '↔',
        "rArr" => '⇒',
        "check" | "checkmark" => '✓',
        "cross" => '✗',
        "times" => '×',
        "divide" => '÷',
        "plusmn" => '±',
        "le" => '≤',
        "ge" => '≥',
        "ne" => '≠',
        "asymp" => '≈',
        "infin" => '∞',
        "deg" => '°',
        "micro" => 'µ',
        "para" => '¶',
        "sect" => '§',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "euro" => '€',
        "pound" => '£',
        "yen" => '¥',
        "cent" => '¢',
        "frac12" => '½',
        "frac14" => '¼',
        "sup2" => '²',
        "ensp" => '\u{2002}',
        "emsp" => '\u{2003}',
        "thinsp" => '\u{2009}',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "ecirc" => 'ê',
        "agrave" => 'à',
        "aacute" => 'á',
        "acirc" => 'â',
        "aring" => 'å',
        "aelig" => 'æ',
        "oslash" => 'ø',
        "ccedil" => 'ç',
        "ntilde" => 'ñ',
        "iacute" => 'í',
        "oacute" => 'ó',
        "uacute" => 'ú',
        _ => return None,
    })
}
