use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{Archive, ArchiveWriter, ArchivedDocument};
use lamplighter_core::{Error, Result, async_trait};

use super::{Calls, locked};

/// An archive in memory.
#[derive(Clone, Default)]
pub struct FakeArchive(Arc<Inner>);

#[derive(Default)]
struct Inner {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    calls: Calls,
}

impl FakeArchive {
    /// An archive that is not there.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a document.
    #[must_use]
    pub fn with(self, path: &str, text: &str) -> Self {
        self.put(path, text);
        self
    }

    /// Puts a file into it, text or not.
    pub fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        locked(&self.0.files).insert(path.to_owned(), content.as_ref().to_vec());
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }
}

#[async_trait]
impl Archive for FakeArchive {
    async fn documents(&self) -> Result<Vec<ArchivedDocument>> {
        self.0.calls.begin("documents", "")?;
        let document = |(path, content): (&String, &Vec<u8>)| {
            let text = String::from_utf8(content.clone()).ok()?;
            Some(ArchivedDocument { path: path.clone(), text })
        };
        Ok(locked(&self.0.files).iter().filter_map(document).collect())
    }
}

#[async_trait]
impl ArchiveWriter for FakeArchive {
    async fn put(&self, document: &ArchivedDocument) -> Result<()> {
        self.0.calls.begin("put", &document.path)?;
        let is_name = |name: &str| !name.is_empty() && name != "." && name != "..";
        if !document.path.split('/').all(is_name) {
            return Err(Error::invalid(format!("{:?} is not in the archive", document.path)));
        }
        FakeArchive::put(self, &document.path, &document.text);
        self.0.calls.end("put")
    }
}
