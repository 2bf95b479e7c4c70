//! Atom feeds (RFC 4287).

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::markup::escaped;
use crate::slug::digest;

/// A feed.
#[derive(Debug)]
pub(crate) struct Feed<'a> {
    pub(crate) title: &'a str,
    /// What the feed is told from others by; it must never change.
    pub(crate) identity: &'a str,
    /// The address of the page that it tells of, as seen from the feed.
    pub(crate) page: String,
    /// Its own address, as seen from itself.
    pub(crate) address: String,
    /// How old it is without entries.
    pub(crate) begun: Timestamp,
    /// The newest first.
    pub(crate) entries: Vec<FeedEntry>,
}

/// Something that a feed tells.
#[derive(Debug)]
pub(crate) struct FeedEntry {
    pub(crate) title: String,
    /// What it is told from others by; it must never change.
    pub(crate) identity: String,
    /// The address of its page, as seen from the feed.
    pub(crate) page: String,
    /// When it was.
    pub(crate) at: Timestamp,
    pub(crate) summary: String,
    pub(crate) categories: Vec<String>,
}

impl Feed<'_> {
    /// The feed as XML. It is as old as its newest entry, and the same for the same entries. Addresses that are not whole are
    /// those of where it is got from (RFC 4287, 2; RFC 3986, 5.1.3).
    pub(crate) fn xml(&self) -> String {
        let mut xml =
            String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
        let updated = self.entries.iter().map(|entry| entry.at).max().unwrap_or(self.begun);
        _ = writeln!(xml, "<title>{}</title>", escaped(self.title));
        _ = writeln!(xml, "<id>{}</id>", id("feed", self.identity));
        _ = writeln!(xml, "<updated>{updated}</updated>");
        _ = writeln!(xml, "<author><name>{}</name></author>", escaped(self.title));
        _ = writeln!(xml, "<generator>Lamplighter</generator>");
        _ = writeln!(xml, "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", escaped(&self.page));
        _ = writeln!(xml, "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>", escaped(&self.address));
        self.entries.iter().for_each(|entry| entry.write(&mut xml));
        xml.push_str("</feed>\n");
        xml
    }
}

impl FeedEntry {
    fn write(&self, xml: &mut String) {
        _ = writeln!(xml, "<entry>\n<title>{}</title>", escaped(&self.title));
        _ = writeln!(xml, "<id>{}</id>", id("entry", &self.identity));
        _ = writeln!(xml, "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", escaped(&self.page));
        let at = self.at;
        _ = writeln!(xml, "<published>{at}</published>\n<updated>{at}</updated>");
        for category in &self.categories {
            _ = writeln!(xml, "<category term=\"{}\"/>", escaped(category));
        }
        _ = writeln!(xml, "<summary>{}</summary>\n</entry>", escaped(&self.summary));
    }
}

/// A name that is nobody else's: a UUID of version 8 (RFC 9562, 5.8) of what it is told from others by.
fn id(kind: &str, identity: &str) -> String {
    let hex = digest(&format!("lamplighter {kind} {identity}"), 32);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

#[cfg(test)]
mod tests;
