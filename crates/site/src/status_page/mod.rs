//! The status page: one [`Status`] in, files out.
//!
//! Templates are filled with what is ready to be shown; `kept.rs` has made whatever came in keep its promises before. A row is
//! a few hundred bytes, so that an ordinary page has less than 30 KB and 500 services are still a page.

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

/// A status page: what people look at when something is wrong, and what programs read.
///
/// | file | what it is | written anew |
/// |---|---|---|
/// | `index.html` | the page | with each copy |
/// | `style.css` | its styles | never |
/// | `status.json` | the same as data, as `status.schema.json` describes it | with each copy |
/// | `status.schema.json` | JSON Schema 2020-12, with what each field says | never |
/// | `api/v2/summary.json`, `api/v2/status.json` | in the shape of Statuspage's public API | with each copy |
/// | `history/summary.json` | in the shape of Upptime's summary | when a figure changes |
/// | `feed.xml` | an Atom feed of incidents and what is said of them | when there is news |
/// | `badges/<id>.svg` | a badge for each service | when its state changes |
/// | `history/index.html`, `history/<yyyy-mm>/index.html` | past incidents, by month | when one is over |
///
/// # What is never said
/// Nothing is said to be up, operational or green that is not [`ServiceState::Up`](lamplighter_core::words::status::ServiceState),
/// in any of the files, whatever the status claims of a group or of the whole. Where another format has no word for what we
/// say, it gets the nearest that is no good news:
///
/// | here | page, badge | Upptime | component of Statuspage |
/// |---|---|---|---|
/// | `up` | Up, a tick | `up` | `operational` |
/// | `maintenance` | Maintenance, a pause | `degraded` | `under_maintenance` |
/// | `pending` | Checking, a clock | `degraded` | `degraded_performance` |
/// | `unknown` | Unknown, a question in a broken ring | `degraded` | `degraded_performance` |
/// | `degraded` | Degraded, a triangle | `degraded` | `degraded_performance` |
/// | `down` | Down, an octagon | `down` | `major_outage` |
///
/// Beside it both have our own word: Upptime's entries in `state`, components in their description. A figure that is not
/// known is `null` or the word `unknown`, and never 0 or 100 %.
///
/// # Without scripts
/// All of it works; the two filters are style sheets. The one script lets the page notice that it has grown old, as
/// [`Renewal`](lamplighter_core::words::status::Renewal) says: then no state is green any more. Without it there are two
/// absolute times: when the page was made, and ten minutes later, from when on it is old, also where later looks leave it as
/// it is. A copy that stays as it is cannot tell of them by itself, and claims no more than it knows.
///
/// # Text from outside
/// Everything is escaped, is one line, and is without characters that are not seen or that turn the direction of a text.
/// Names of files are made of the ids of services and of nothing else. What operators write as self-service checks is
/// Markdown, of which only what does nothing is kept.
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
