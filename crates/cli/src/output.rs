use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};
use std::sync::{Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// Standard output: text for people, with colours on a terminal only, or JSON.
pub(crate) struct Output {
    json: bool,
    /// The first thing that could not be written.
    broken: Mutex<Option<io::Error>>,
}

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default();

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, broken: Mutex::new(None) }
    }

    /// A line for people; nothing when JSON is asked for.
    pub(crate) fn line(&self, line: impl Display) {
        if !self.json {
            let line = shown(&line.to_string());
            self.note_failure(writeln!(anstream::stdout().lock(), "{line}"));
        }
    }

    /// The result as JSON; nothing when text is asked for.
    pub(crate) fn value(&self, value: &impl Serialize) -> anyhow::Result<()> {
        if self.json {
            let text = serde_json::to_string_pretty(value)?;
            self.note_failure(writeln!(anstream::stdout().lock(), "{text}"));
        }
        Ok(())
    }

    /// A result that is text whatever was asked for, such as a completion script.
    pub(crate) fn raw(&self, bytes: &[u8]) {
        let mut stdout = io::stdout().lock();
        self.note_failure(stdout.write_all(bytes).and_then(|()| stdout.flush()));
    }

    /// Whether all of it was written.
    ///
    /// # Errors
    /// When something could not be, as on a full disk. A reader that went away (`| head`) is no error of ours.
    pub(crate) fn finish(&self) -> anyhow::Result<()> {
        let flushed = anstream::stdout().lock().flush();
        self.note_failure(flushed);
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner).take();
        broken.map_or(Ok(()), |error| Err(anyhow::Error::new(error).context("the result could not be written")))
    }

    fn note_failure(&self, written: io::Result<()>) {
        let Err(error) = written else { return };
        if error.kind() != ErrorKind::BrokenPipe {
            self.broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }

    /// What could not be read, on standard error; the rest goes on.
    pub(crate) fn failure_of(path: &std::path::Path, error: &std::io::Error) {
        Self::failed(&format!("cannot read {}: {error}", path.display()));
    }

    /// What could not be done, on standard error; the rest goes on.
    pub(crate) fn failed(what: &str) {
        let _ = writeln!(anstream::stderr().lock(), "{RED}error:{RED:#} {what}");
    }

    /// A remark beside the result, on standard error.
    pub(crate) fn note(line: &str) {
        let _ = writeln!(anstream::stderr().lock(), "{YELLOW}note:{YELLOW:#} {line}");
    }

    /// An error, on standard error; as JSON on standard output as well where that is asked for.
    pub(crate) fn failure(&self, error: &anyhow::Error) {
        let message = match error.downcast_ref::<lamplighter::core::Error>() {
            Some(error) => error.chain(),
            None => format!("{error:#}"),
        };
        if self.json {
            let _ = self.value(&serde_json::json!({ "error": message }));
        }
        let _ = writeln!(anstream::stderr().lock(), "{RED}error:{RED:#} {message}");
    }
}

/// The text as a terminal may have it: it is in part of strangers. What reverses the order of characters, moves the cursor
/// or commands the terminal is nobody's text; colours stay.
fn shown(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(|c: char| is_bidi_control(c) || (c.is_control() && !matches!(c, '\n' | '\t'))) {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        let colour = colour_length(from);
        let (kept, after) = from.split_at(colour.max(from.chars().next().map_or(0, char::len_utf8)));
        if colour > 0 {
            shown.push_str(kept);
        }
        rest = after;
    }
    shown + rest
}

/// The length of the command for a colour that a text begins with; 0 without one.
fn colour_length(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else { return 0 };
    let length = parameters.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(parameters.len());
    if parameters.get(length..).is_some_and(|rest| rest.starts_with('m')) { "\u{1b}[".len() + length + 1 } else { 0 }
}

/// A name in one line, whatever is in it: a file's name may have line breaks.
pub(crate) fn in_one_line(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

const fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_colours_and_no_other_commands() {
        let cases = [
            ("plain\n\tünïcode", "plain\n\tünïcode"),
            ("\u{1b}[1mbold\u{1b}[0m", "\u{1b}[1mbold\u{1b}[0m"),
            ("\u{1b}[2J\u{1b}]0;title\u{7}x", "[2J]0;titlex"),
            ("over\rwritten\u{8}", "overwritten"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("\u{1b}", ""),
            ("\u{1b}[1;", "[1;"),
            ("\u{9b}2Jx", "2Jx"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_name_stays_in_its_line() {
        assert_eq!(in_one_line("a\nb.md"), "a\u{fffd}b.md");
    }
}
