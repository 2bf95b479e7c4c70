//! The status page: one [`Status`] in, files out.

mod age;
mod badge;
mod checks;
mod history;
mod kept;
mod news;
mod pictures;
mod script;
mod services;
mod settings;
mod statuspage;
mod told;
mod upptime;
mod verdict;
mod words;

use jiff::Timestamp;
use lamplighter_core::ports::SiteFile;
use lamplighter_core::words::status::Status;
use serde::Serialize;

use crate::SiteError;
use crate::layout::{self, Head, Layout, Safe, Site, SiteLink};
use age::Age;
use services::{Places, Services};
pub use settings::StatusPageSettings;
use told::{Teller, Told};
use verdict::Verdict;

/// What `status.json` is made of, in words and for validators.
const SCHEMA: &str = include_str!("status.schema.json");

/// A status page.
#[derive(Debug, Clone)]
#[must_use = "a page is made by files()"]
pub struct StatusPage<'a> {
    status: &'a Status,
    settings: StatusPageSettings,
}

/// What the page is filled with.
#[derive(Debug, Serialize)]
struct Content {
    verdict: Verdict,
    age: Age,
    script: Safe,
    services: Services,
    told: Told,
    has_past: bool,
}

impl<'a> StatusPage<'a> {
    /// A page that says this.
    pub fn new(status: &'a Status, settings: StatusPageSettings) -> Self {
        Self { status, settings }
    }

    /// The files of the site, by path.
    ///
    /// # Errors
    /// [`SiteError::Template`] and [`SiteError::Json`], which are defects of ours.
    pub fn files(&self) -> Result<Vec<SiteFile>, SiteError> {
        let status = kept::kept(self.status);
        let layout = Self::layout(&status)?;
        let mut files = vec![layout::style(include_str!("style.css"))];
        files.push(self.index(&layout, &status)?);
        files.push(json("status.json", &status)?);
        files.push(file("status.schema.json", SCHEMA));
        files.push(file("feed.xml", news::xml(&status, &self.settings)));
        files.push(json("history/summary.json", &upptime::summary(&status, &self.settings))?);
        files.push(json("api/v2/summary.json", &statuspage::summary(&status, &self.settings))?);
        files.push(json("api/v2/status.json", &statuspage::short(&status, &self.settings))?);
        if let Some(past) = &status.past {
            let places = Places::of(&status);
            // Times there are those of any day.
            let teller = Teller { page: Timestamp::UNIX_EPOCH, places: &places, settings: &self.settings };
            files.extend(history::files(&layout, past, &teller)?);
        }
        files.extend(status.services().map(|one| file(&format!("badges/{}.svg", one.id), badge::svg(one))));
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(files)
    }

    fn layout(status: &Status) -> Result<Layout<'_>, SiteError> {
        let mut links = vec![SiteLink { name: "Status", page: "index.html" }];
        links.extend(status.past.iter().map(|_| SiteLink { name: "History", page: history::INDEX }));
        let site =
            Site { title: &status.title, feed: Some("feed.xml"), links, script: Some(script::named(status.renewal)) };
        Layout::new(
            site,
            &[
                ("status.html", include_str!("templates/status.html")),
                ("services.html", include_str!("templates/services.html")),
                ("incidents.html", include_str!("templates/incidents.html")),
                ("beside.html", include_str!("templates/beside.html")),
                ("resolved.html", include_str!("templates/resolved.html")),
                ("history.html", include_str!("templates/history.html")),
                ("month.html", include_str!("templates/month.html")),
                ("named.html", include_str!("templates/named.html")),
            ],
        )
    }

    fn index(&self, layout: &Layout<'_>, status: &Status) -> Result<SiteFile, SiteError> {
        let verdict = Verdict::of(status);
        let title = verdict.headline.clone();
        let places = Places::of(status);
        let content = Content {
            verdict,
            age: Age::of(status),
            script: Safe(script::text(status.renewal)),
            services: Services::of(status),
            told: Told::of(status, &places, &self.settings),
            has_past: status.past.is_some(),
        };
        layout.page("status.html", &Head { path: "index.html", title: &title, description: &title }, content)
    }
}

fn file(path: &str, content: impl Into<Vec<u8>>) -> SiteFile {
    SiteFile { path: path.to_owned(), content: content.into() }
}

/// A value as a file, on one line.
fn json(path: &str, value: &impl Serialize) -> Result<SiteFile, SiteError> {
    let mut content = serde_json::to_vec(value).map_err(SiteError::json)?;
    content.push(b'\n');
    Ok(SiteFile { path: path.to_owned(), content })
}
