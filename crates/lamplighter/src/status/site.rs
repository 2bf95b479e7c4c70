//! The files of the status page, and the places that they are brought to.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lamplighter_core::ports::{Published, Publisher, SiteFile};
use lamplighter_core::words::status::{Renewal, STATUS_VERSION, Status};
use lamplighter_core::{Error, Result};
use lamplighter_site::{StatusPage, StatusPageSettings};
use tokio::sync::Mutex;

use super::news::still_stands;

/// The file that says everything, by which it is known what was published last.
const STATUS: &str = "status.json";

/// The status page as files, and where they are published.
///
/// Where a status has no news over what is published already, that stands with the time of its making, so that no byte
/// changes; how readers learn that somebody looked again stands at [`Status`]. News are states, incidents, reports,
/// maintenance, and names. Figures, such as uptime, and the wording of notes go along with the next news, and are an hour old
/// at the most: by themselves they would be a push with each look.
///
/// What is published already is asked for each time. So several who publish to one place, each with a history of its own,
/// let stand what another one of them has said, and do not undo it.
pub struct StatusSite {
    settings: StatusPageSettings,
    places: Vec<Place>,
}

/// Where the page is published.
struct Place {
    name: String,
    publisher: Arc<dyn Publisher>,
    heartbeat: Option<Heartbeat>,
    /// What is published there as far as is known. Nothing after a failure, as nobody knows how far that one got.
    said: Mutex<Option<Said>>,
}

/// How old a copy gets before it is made anew though it says the same.
#[derive(Clone, Copy)]
struct Heartbeat {
    longest: Duration,
    /// When the next look is to be expected.
    every: Duration,
}

/// What was said.
struct Said {
    status: Status,
    files: Arc<Vec<SiteFile>>,
}

/// What came of publishing to a place.
#[derive(Debug)]
pub struct PublishedTo {
    /// The place, for the operator.
    pub place: String,
    /// What was written, or why nothing or not all of it was.
    pub outcome: Result<Published>,
}

impl StatusSite {
    /// A page that is published nowhere.
    #[must_use]
    pub fn new(settings: StatusPageSettings) -> Self {
        Self { settings, places: Vec::new() }
    }

    /// The same, published there as well.
    #[must_use]
    pub fn published_to(mut self, name: impl Into<String>, publisher: Arc<dyn Publisher>) -> Self {
        self.places.push(Place { name: name.into(), publisher, heartbeat: None, said: Mutex::default() });
        self
    }

    /// The same, published there as well, and there made anew also while nothing changes, so that no copy gets older than
    /// `longest` where somebody looks `every` so often.
    #[must_use]
    pub fn renewed_at(
        mut self,
        name: impl Into<String>,
        publisher: Arc<dyn Publisher>,
        longest: Duration,
        every: Duration,
    ) -> Self {
        let heartbeat = Some(Heartbeat { longest, every });
        self.places.push(Place { name: name.into(), publisher, heartbeat, said: Mutex::default() });
        self
    }

    /// Where its links lead.
    #[must_use]
    pub const fn settings(&self) -> &StatusPageSettings {
        &self.settings
    }

    /// The places that it is published to.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| place.name.as_str())
    }

    /// The files of a page that is made anew with every look.
    ///
    /// # Errors
    /// [`Internal`](lamplighter_core::ErrorKind::Internal), for a defect of ours.
    pub async fn files(&self, status: &Status) -> Result<Vec<SiteFile>> {
        self.render(Status { renewal: Renewal::EveryLook, ..status.clone() }).await
    }

    /// Brings a status to all places, one after the other. A place that fails takes no other with it.
    ///
    /// # Idempotency
    /// By what it says: the same again writes nothing.
    pub async fn publish(&self, status: &Status) -> Vec<PublishedTo> {
        let mut all = Vec::new();
        for place in &self.places {
            let outcome = self.bring(place, status).await;
            all.push(PublishedTo { place: place.name.clone(), outcome });
        }
        all
    }

    async fn bring(&self, place: &Place, status: &Status) -> Result<Published> {
        let renewal = place.heartbeat.map_or_else(|| place.publisher.renewal(), |_| Renewal::EveryLook);
        let new = Status { renewal, ..status.clone() };
        let mut said = place.said.lock().await;
        let there = place.publisher.published(STATUS).await?;
        let next = match said.take().filter(|said| there.as_deref() == said.json()) {
            Some(said) if said.stands_for(&new, place.heartbeat) => self.continued(said, &new).await?,
            Some(_) => self.said(new).await?,
            None => self.begin(place, new, there).await?,
        };
        let published = place.publisher.publish(&next.files).await?;
        if next.status.generated_at < status.generated_at {
            place.publisher.confirm(STATUS, status.generated_at).await?;
        }
        *said = Some(next);
        Ok(published)
    }

    /// What is published there is not what was said here last: it is the first time, or somebody else publishes there too.
    async fn begin(&self, place: &Place, new: Status, there: Option<Vec<u8>>) -> Result<Said> {
        let next = self.said(new).await?;
        let Some(there) = there.and_then(|json| read(&json)) else { return Ok(next) };
        // What is there is as a page has it; so that only like is compared with like, the new one is read back too.
        let told = next.json().and_then(read);
        let before = Said { status: there, files: Arc::default() };
        match told {
            Some(told) if before.stands_for(&told, place.heartbeat) => self.continued(before, &next.status).await,
            _ => Ok(next),
        }
    }

    /// What was said before still stands. The history may have changed beside it.
    async fn continued(&self, said: Said, new: &Status) -> Result<Said> {
        if said.status.past == new.past && !said.files.is_empty() {
            return Ok(said);
        }
        self.said(Status { past: new.past.clone(), ..said.status }).await
    }

    async fn said(&self, status: Status) -> Result<Said> {
        let files = Arc::new(self.render(status.clone()).await?);
        Ok(Said { status, files })
    }

    async fn render(&self, status: Status) -> Result<Vec<SiteFile>> {
        let settings = self.settings.clone();
        let made = tokio::task::spawn_blocking(move || StatusPage::new(&status, settings).files());
        let made =
            made.await.map_err(|error| Error::internal("the status page could not be made").with_source(error))?;
        Ok(made?)
    }
}

impl Said {
    /// The status as it was published.
    fn json(&self) -> Option<&[u8]> {
        self.files.iter().find(|file| file.path == STATUS).map(|file| file.content.as_slice())
    }

    /// Whether nothing has to be said anew.
    fn stands_for(&self, new: &Status, heartbeat: Option<Heartbeat>) -> bool {
        let age = new.generated_at.duration_since(self.status.generated_at);
        // A time that is not over yet is that of a clock which was wrong.
        let is_of_the_past = !age.is_negative();
        let is_due = heartbeat.is_some_and(|Heartbeat { longest, every }| {
            SignedDuration::try_from(longest.saturating_sub(every)).is_ok_and(|latest| age > latest)
        });
        is_of_the_past && !is_due && self.status.renewal == new.renewal && still_stands(&self.status, new)
    }
}

/// A status that was published, where this version knows how to read it.
fn read(json: &[u8]) -> Option<Status> {
    serde_json::from_slice::<Status>(json).ok().filter(|status| status.version == STATUS_VERSION)
}
