//! Post-mortems as a site.

mod body;
mod course;
mod entry;
mod facets;
mod lists;
mod moments;
mod months;
mod page;
mod related;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lamplighter_core::ports::SiteFile;
use lamplighter_documents::PostMortem;

use crate::SiteError;
use crate::feed::{Feed, FeedEntry};
use crate::layout::{self, Layout, Site, SiteLink};
use body::{Body, Places};
use entry::Entry;
use facets::Facets;

/// How many entries the feed has.
const FED: usize = 50;

/// A document with its text.
#[derive(Debug, Clone)]
pub struct Page {
    /// What was read of it.
    pub document: PostMortem,
    /// Its text: Markdown, or a web page.
    pub markdown: String,
    /// Its cause in a word or two, as somebody concluded it. What its head says of it counts more.
    pub cause: Option<String>,
}

/// A site of post-mortems: an index, a page for each, lists by severity, service and cause, and a feed.
///
/// Everything works without scripts, from any folder of a web server and from a disk: links are relative and name files.
/// Nothing is loaded but the site's own style sheet. What a document says is made inert: no script, no handler, no picture
/// from elsewhere, no link that runs something. The same documents give the same bytes.
///
/// The page of a document is at `post-mortems/<file name>/index.html`, with a part of its path's digest where several
/// documents have the same file name. That name alone is then a list of them, so that older links lead on.
#[derive(Debug, Clone)]
#[must_use = "a site is made by files()"]
pub struct PostMortems<'a> {
    pages: &'a [Page],
    title: &'a str,
    base_url: Option<&'a str>,
    related: &'a [(String, Vec<String>)],
}

impl<'a> PostMortems<'a> {
    /// A site of these documents.
    pub fn new(pages: &'a [Page]) -> Self {
        Self { pages, title: "Post-mortems", base_url: None, related: &[] }
    }

    /// The same under this title, "Post-mortems" unless said otherwise.
    pub fn titled(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// The same with the address that it will be at, which makes the links of its feed whole. Without it they are relative.
    pub fn at(mut self, base_url: &'a str) -> Self {
        self.base_url = Some(base_url);
        self
    }

    /// The same with what is related to documents beside what they link to: paths of documents, the most related first.
    pub fn related(mut self, related: &'a [(String, Vec<String>)]) -> Self {
        self.related = related;
        self
    }

    /// The files of the site.
    ///
    /// # Errors
    /// [`SiteError::Template`], which is a defect of ours.
    pub fn files(&self) -> Result<Vec<SiteFile>, SiteError> {
        let mut pages: Vec<&Page> = self.pages.iter().collect();
        pages.sort_by(|one, other| one.document.path.cmp(&other.document.path));
        pages.dedup_by(|later, first| later.document.path == first.document.path);
        let folders = entry::folders(&pages);
        let paths = pages.iter().map(|page| page.document.path.as_str());
        let places = Places::new(paths.zip(folders.iter().map(String::as_str)));
        let shown: Vec<(Entry, Body)> = pages
            .iter()
            .zip(&folders)
            .map(|(page, folder)| {
                let body = Body::of(&page.document, &page.markdown, &places);
                (Entry::of(page, folder, body.summary.clone()), body)
            })
            .collect();
        let mut entries: Vec<&Entry> = shown.iter().map(|(entry, _)| entry).collect();
        entries.sort_by(|one, other| {
            let key = |entry: &'_ Entry| (entry.date, entry.severity);
            key(other).cmp(&key(one)).then_with(|| one.path.cmp(&other.path))
        });
        let facets = Facets::of(&entries);
        let layout = self.layout(&facets)?;
        let mut files = vec![layout::style(include_str!("style.css")), self.feed(&entries)];
        lists::write(&layout, &entries, &facets, self.title, &mut files)?;
        let related = related::Related::of(&shown, self.related);
        let by_path: BTreeMap<&str, &Entry> = entries.iter().map(|entry| (entry.path.as_str(), *entry)).collect();
        for (page, (entry, body)) in pages.iter().zip(&shown) {
            files.push(page::file(&layout, &page.document, entry, body, &related.of_entry(entry, &by_path))?);
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(files)
    }

    fn layout(&self, facets: &Facets<'_>) -> Result<Layout<'_>, SiteError> {
        let mut links = vec![SiteLink { name: "All", page: "index.html" }];
        links.extend(
            facets
                .kinds()
                .iter()
                .filter(|kind| !kind.is_empty())
                .map(|kind| SiteLink { name: kind.title, page: kind.index }),
        );
        let site = Site { title: self.title, feed: Some("feed.xml"), links, script: None };
        Layout::new(
            site,
            &[
                ("cards.html", include_str!("templates/cards.html")),
                ("list.html", include_str!("templates/list.html")),
                ("names.html", include_str!("templates/names.html")),
                ("page.html", include_str!("templates/page.html")),
            ],
        )
    }

    /// Documents without a date are not news.
    fn feed(&self, entries: &[&Entry]) -> SiteFile {
        let base = self.base_url.map(|base| format!("{}/", base.trim_end_matches('/')));
        let address = |page: &str| format!("{}{page}", base.as_deref().unwrap_or_default());
        let news = entries.iter().filter_map(|entry| {
            let severity = entry.severity.map(|severity| severity.to_string());
            let names = entry.services.iter().chain(&entry.cause).map(|facet| facet.name.clone());
            Some(FeedEntry {
                title: severity.iter().map(|severity| format!("{severity}: ")).chain([entry.title.clone()]).collect(),
                identity: entry.path.clone(),
                page: address(&entry.page()),
                at: entry.date?.to_zoned(TimeZone::UTC).ok()?.timestamp(),
                summary: entry.summary.clone(),
                categories: severity.clone().into_iter().chain(names).collect(),
            })
        });
        let feed = Feed {
            title: self.title,
            identity: base.as_deref().unwrap_or(self.title),
            page: address("index.html"),
            address: address("feed.xml"),
            // Nobody knows when nothing was written down.
            begun: Timestamp::UNIX_EPOCH,
            entries: news.take(FED).collect(),
        };
        SiteFile { path: "feed.xml".to_owned(), content: feed.xml().into_bytes() }
    }
}
