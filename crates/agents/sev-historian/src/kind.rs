use lamplighter_documents::PostMortem;
use serde::{Deserialize, Serialize};

/// What a document of an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DocumentKind {
    /// It tells of an incident.
    PostMortem,
    /// It lists trouble that is lived with.
    KnownIssues,
    /// It lists what incidents have in common.
    Patterns,
    /// It is about the archive and not about an incident: an index, a template, a catalog.
    About,
}

impl DocumentKind {
    /// By its path, and by what it consists of.
    pub(crate) fn of(document: &PostMortem) -> Self {
        let path = document.path.to_lowercase().replace(['_', ' '], "-");
        let stem = path.rsplit('/').next().unwrap_or(&path);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let is_below = |folder: &str| path.split('/').rev().skip(1).any(|part| part == folder);
        if is_below("known-issues") || stem == "known-issues" || stem == "known-issue" {
            Self::KnownIssues
        } else if is_below("patterns") || stem == "patterns" || stem == "incident-patterns" {
            Self::Patterns
        } else if is_about(stem, &path) || is_mostly_links(document) {
            Self::About
        } else {
            Self::PostMortem
        }
    }

    /// Whether it is a list of notes.
    pub(crate) const fn is_list(self) -> bool {
        matches!(self, Self::KnownIssues | Self::Patterns)
    }
}

fn is_about(stem: &str, path: &str) -> bool {
    let names = [
        "contributing",
        "license",
        "licence",
        "changelog",
        "code-of-conduct",
        "service-catalog",
        "services",
        "glossary",
        "summary",
    ];
    let is_template = stem == "template" || stem.starts_with("template-") || stem.ends_with("-template");
    let is_top = !path.contains('/');
    is_template || (is_top && (names.contains(&stem) || matches!(stem, "readme" | "index")))
}

/// An index: more links than a text has, and few words beside them.
fn is_mostly_links(document: &PostMortem) -> bool {
    let words: usize = document.sections.iter().map(|section| section.text.split_whitespace().count()).sum();
    let of_links: usize = document.links.iter().map(|link| link.text.split_whitespace().count()).sum();
    document.links.len() >= 8 && of_links * 2 > words
}
