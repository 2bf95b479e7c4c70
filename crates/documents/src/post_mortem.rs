use jiff::civil::Date;
use lamplighter_core::words::Severity;
use serde::{Deserialize, Serialize};

use crate::ActionItem;

/// A post-mortem, as far as it could be read. Nothing is guessed: what it does not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PostMortem {
    /// Its path within the archive, with forward slashes.
    pub path: String,
    /// Its title, without the mark-up.
    pub title: String,
    /// The day of the incident (UTC where the document says nothing else).
    pub date: Option<Date>,
    /// How bad it says that it was.
    pub severity: Option<Severity>,
    /// The services that it names as affected.
    pub services: Vec<String>,
    /// Everything that its head says, in order: a table, bold lines, front matter.
    pub metadata: Vec<Field>,
    /// Its sections, in order. What stands before the first heading is a section without one.
    pub sections: Vec<Section>,
    /// What it says should be done.
    pub action_items: Vec<ActionItem>,
    /// Where it links to.
    pub links: Vec<Link>,
    /// What could not be read, for who imports an archive.
    pub unread: Vec<Unread>,
}

impl PostMortem {
    /// The first section that is this part.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&Section> {
        self.sections.iter().find(|section| section.part == Some(part))
    }

    /// What its head says under this name, in any case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.metadata.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value.as_str())
    }
}

/// One line of a document's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name, as written and without mark-up: `Affected Services`.
    pub name: String,
    /// What it says, without mark-up.
    pub value: String,
}

/// A heading with what stands below it, up to the next heading.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Section {
    /// What it is about, where its heading or one above it says so.
    pub part: Option<Part>,
    /// Its heading without mark-up; empty before the first one.
    pub heading: String,
    /// 1 to 6; 0 before the first heading.
    pub level: u8,
    /// The line of the heading, from 1.
    pub line: usize,
    /// What it says, without mark-up: words to search in, and not to show.
    pub text: String,
}

/// The parts of a post-mortem (SPEC §7), whatever their headings are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Part {
    Summary,
    Impact,
    Timeline,
    RootCause,
    ContributingFactors,
    Recurrence,
    Detection,
    Resolution,
    Prevention,
    Lessons,
    FollowUp,
    RawData,
}

/// A link of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads, as written.
    pub target: String,
    /// Its words.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Its line, from 1.
    pub line: usize,
    /// What could not be read, and why; one sentence for a person.
    pub why: String,
}
