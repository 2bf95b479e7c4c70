use std::sync::Arc;

use lamplighter_core::ports::{Archive, ArchiveWriter, ArchivedDocument, Publisher, SiteFile};
use lamplighter_core::words::{Incident, WrittenPostMortem};
use lamplighter_core::{BoxAgent, Result};

/// Who writes post-mortems, and where they go.
#[derive(Clone)]
pub struct PostMortems {
    /// Writes one from the facts.
    pub agent: BoxAgent<Incident, WrittenPostMortem>,
    /// The folder of the repository that they are committed to, where there is a repository.
    pub folder: String,
    /// The archive that they are kept in where there is no repository, or where it does not take them.
    pub archive: Arc<dyn Archive>,
    /// The same, for writing.
    pub writer: Arc<dyn ArchiveWriter>,
    /// What that archive is called for people: a path.
    pub archive_name: String,
    /// The site that they are published on.
    pub site: Option<PostMortemSite>,
    /// The address of the site, or of the documents where there is none; without it a link leads into the repository.
    pub address: Option<String>,
}

/// Makes the files of a site from all documents.
type SiteMaker = dyn Fn(&[ArchivedDocument]) -> Result<Vec<SiteFile>> + Send + Sync;

/// A site of post-mortems.
#[derive(Clone)]
pub struct PostMortemSite {
    /// Where the page of a document is within it, by the document's path.
    pub page: Arc<dyn Fn(&str) -> String + Send + Sync>,
    /// Makes its files from all documents.
    pub files: Arc<SiteMaker>,
    /// Publishes them.
    pub publisher: Arc<dyn Publisher>,
}
