//! The status page: one [`Status`] in, files out.

mod checks;
mod kept;
mod pictures;
mod services;
mod settings;
mod told;
mod verdict;
mod words;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use lamplighter_core::ports::SiteFile;
use lamplighter_core::words::status::Status;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::SiteError;
use crate::layout::{self, Head, Layout, Safe, Site, SiteLink};
use services::{Places, Services};
pub use settings::StatusPageSettings;
use told::Told;
use verdict::Verdict;
use words::Moment;

/// How old the page may be before it says that it is out of date.
const STALE_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// What turns the page to "stale" in a browser. It is the only script that the page's policy lets run.
const SCRIPT: &str = include_str!("stale.js");

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
    made: Moment,
    stale: Moment,
    script: Safe,
    services: Services,
    told: Told,
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
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(files)
    }

    fn layout(status: &Status) -> Result<Layout<'_>, SiteError> {
        let site = Site {
            title: &status.title,
            feed: None,
            links: vec![SiteLink { name: "Status", page: "index.html" }],
            script: Some(format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(SCRIPT)))),
        };
        Layout::new(
            site,
            &[
                ("status.html", include_str!("templates/status.html")),
                ("services.html", include_str!("templates/services.html")),
                ("incidents.html", include_str!("templates/incidents.html")),
                ("beside.html", include_str!("templates/beside.html")),
                ("resolved.html", include_str!("templates/resolved.html")),
                ("named.html", include_str!("templates/named.html")),
            ],
        )
    }

    fn index(&self, layout: &Layout<'_>, status: &Status) -> Result<SiteFile, SiteError> {
        let verdict = Verdict::of(status);
        let title = verdict.headline.clone();
        let places = Places::of(status);
        let page = status.generated_at;
        let content = Content {
            verdict,
            made: Moment::of(page, page),
            stale: Moment::of(page.checked_add(STALE_AFTER).unwrap_or(Timestamp::MAX), page),
            script: Safe(SCRIPT.to_owned()),
            services: Services::of(status),
            told: Told::of(status, &places, &self.settings),
        };
        layout.page("status.html", &Head { path: "index.html", title: &title, description: &title }, content)
    }
}

/// A value as a file, on one line.
fn json(path: &str, value: &impl Serialize) -> Result<SiteFile, SiteError> {
    let mut content = serde_json::to_vec(value).map_err(SiteError::json)?;
    content.push(b'\n');
    Ok(SiteFile { path: path.to_owned(), content })
}
