use std::fmt::Display;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// Standard output: text for people, with colours on a terminal only, or JSON.
pub(crate) struct Output {
    json: bool,
}

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default();

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// A line for people; nothing when JSON is asked for.
    pub(crate) fn line(&self, line: impl Display) {
        if !self.json {
            // A reader that went away (`| head`) is no error of ours.
            let _ = writeln!(anstream::stdout().lock(), "{line}");
        }
    }

    /// The result as JSON; nothing when text is asked for.
    pub(crate) fn value(&self, value: &impl Serialize) -> anyhow::Result<()> {
        if self.json {
            let text = serde_json::to_string_pretty(value)?;
            let _ = writeln!(anstream::stdout().lock(), "{text}");
        }
        Ok(())
    }

    /// A result that is text whatever was asked for, such as a completion script.
    pub(crate) fn raw(bytes: &[u8]) {
        let _ = std::io::stdout().lock().write_all(bytes);
    }

    /// What could not be read, on standard error; the rest goes on.
    pub(crate) fn failure_of(path: &std::path::Path, error: &std::io::Error) {
        let _ = writeln!(anstream::stderr().lock(), "{RED}error:{RED:#} cannot read {}: {error}", path.display());
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
