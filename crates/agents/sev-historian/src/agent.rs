use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::ports::Archive;
use lamplighter_core::words::{History, HistoryQuestion, ServiceCatalog};
use lamplighter_core::{Agent, Context, Result};

use crate::{Index, Library};

/// The agent: says what the past says about an incident.
///
/// It reads the archive and nothing else. What was read before can be given to it; what has changed since is read anew.
#[derive(Clone)]
pub struct SevHistorian {
    archive: Arc<dyn Archive>,
    catalog: ServiceCatalog,
    library: Arc<Library>,
}

impl SevHistorian {
    /// With this archive.
    #[must_use]
    pub fn new(archive: Arc<dyn Archive>) -> Self {
        Self { archive, catalog: ServiceCatalog::default(), library: Arc::default() }
    }

    /// The same with the services that are known.
    #[must_use]
    pub fn with_catalog(mut self, catalog: ServiceCatalog) -> Self {
        self.catalog = catalog;
        self
    }

    /// The same with what was read before.
    #[must_use]
    pub fn with_library(mut self, library: Arc<Library>) -> Self {
        self.library = library;
        self
    }
}

#[async_trait]
impl Agent for SevHistorian {
    type Input = HistoryQuestion;
    type Output = History;

    fn name(&self) -> &'static str {
        "sev-historian"
    }

    async fn run(&self, _cx: &Context, question: HistoryQuestion) -> Result<History> {
        let documents = self.archive.documents().await?;
        let (library, _) = Library::clone(&self.library).refreshed(&documents);
        let index = Index::with_catalog(Arc::new(library), self.catalog.clone());
        Ok(index.history(&question))
    }
}
