//! Rows of tables as they stand in a text, with where their cells are.

use std::ops::Range;

/// The cells of a row, as places in the line, without the white space around them. A pipe behind a backslash ends no cell.
/// Where there are more cells than `columns`, pipes within code and links end none either.
pub(crate) fn cells(line: &str, columns: Option<usize>) -> Vec<Range<usize>> {
    let plain = split(line, false);
    match columns {
        Some(columns) if plain.len() > columns => {
            let guarded = split(line, true);
            if guarded.len() >= columns || guarded.len() < plain.len() { guarded } else { plain }
        }
        _ => plain,
    }
}

fn split(line: &str, is_guarded: bool) -> Vec<Range<usize>> {
    let mut ends = Vec::new();
    let mut at = 0;
    let bytes = line.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'`' if is_guarded => {
                let run = bytes.iter().skip(at).take_while(|byte| **byte == b'`').count();
                at = code_end(bytes, at + run, run).unwrap_or(at + run) - 1;
            }
            b'[' if is_guarded => at = link_end(line, at).unwrap_or(at),
            b'<' if is_guarded && line.get(at + 1..).is_some_and(|rest| rest.starts_with("http")) => {
                at = find(line, at, b'>').unwrap_or(at);
            }
            b'|' => ends.push(at),
            _ => {}
        }
        at += 1;
    }
    let trimmed = line.trim();
    let begin = line.len() - line.trim_start().len();
    let starts_with_pipe = trimmed.starts_with('|');
    let mut from = if starts_with_pipe { begin + 1 } else { begin };
    let mut cells = Vec::new();
    for end in ends {
        if end >= from {
            cells.push(from..end);
            from = end + 1;
        }
    }
    if !line.get(from..).is_none_or(|rest| rest.trim().is_empty()) {
        cells.push(from..line.len());
    }
    cells.into_iter().map(|cell| trim(line, cell)).collect()
}

/// Where code of so many backticks ends.
fn code_end(bytes: &[u8], from: usize, run: usize) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        let here = bytes.iter().skip(at).take_while(|byte| **byte == b'`').count();
        if here == run {
            return Some(at + run);
        }
        at += here.max(1);
    }
    None
}

/// The last byte of `[words](target)`, where that is what begins here.
fn link_end(line: &str, at: usize) -> Option<usize> {
    let words = find(line, at, b']')?;
    line.get(words + 1..)?.starts_with('(').then(|| find(line, words + 2, b')')).flatten()
}

/// Where a byte is next, and not far: a long line is to take no longer than its length.
fn find(line: &str, from: usize, end: u8) -> Option<usize> {
    const FURTHEST: usize = 1_000;
    let found = line.as_bytes().iter().skip(from).take(FURTHEST).position(|byte| *byte == end)?;
    Some(from + found)
}

fn trim(line: &str, cell: Range<usize>) -> Range<usize> {
    let text = line.get(cell.clone()).unwrap_or_default();
    let begin = cell.start + (text.len() - text.trim_start().len());
    let end = begin + text.trim().len();
    begin..end
}

/// Whether a line is the one that makes the line above the head of a table.
pub(crate) fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    line.contains('-')
        && line.contains('|')
        && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t' | '—' | '–'))
}

/// Whether a line may be a row.
pub(crate) fn is_row(line: &str) -> bool {
    !line.trim().is_empty() && !split(line, false).is_empty() && line.contains('|')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, columns: Option<usize>, expected: &[&str]) {
        let found: Vec<_> = cells(line, columns).into_iter().map(|cell| line.get(cell).unwrap()).collect();
        assert_eq!(found, expected, "{line:?}");
    }

    #[test]
    fn cells_are_what_is_between_pipes() {
        check("| a | b |", None, &["a", "b"]);
        check("a | b", None, &["a", "b"]);
        check("  |a||b|  ", None, &["a", "", "b"]);
        check("| a \\| b | c |", Some(2), &["a \\| b", "c"]);
        check("| `a | b` | c |", Some(2), &["`a | b`", "c"]);
        check("| ``a ` | b`` | c |", Some(2), &["``a ` | b``", "c"]);
        check("| [a | b](x|y) | c |", Some(2), &["[a | b](x|y)", "c"]);
        check("| <https://x/a|b> | c |", Some(2), &["<https://x/a|b>", "c"]);
        check("| `a | b |", Some(2), &["`a", "b"]);
        check("| a | b | c |", Some(2), &["a", "b", "c"]);
        check("||", None, &[""]);
        check("|", None, &[]);
        check("| ü\\", None, &["ü\\"]);
        check("", None, &[]);
    }
}
