use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{Published, Publisher, SiteFile, check_site_path, site_paths};
use lamplighter_core::{Result, async_trait};

use super::{Calls, locked};

/// A site in memory.
#[derive(Clone, Default)]
pub struct FakePublisher(Arc<Inner>);

#[derive(Default)]
struct Inner {
    site: Mutex<Site>,
    calls: Calls,
}

#[derive(Default)]
struct Site {
    files: BTreeMap<String, Vec<u8>>,
    ours: BTreeSet<String>,
}

impl FakePublisher {
    /// An empty site.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// Puts a file there that we have not published, or changes one behind our back.
    pub fn plant(&self, path: &str, content: &[u8]) {
        locked(&self.0.site).files.insert(path.to_owned(), content.to_vec());
    }

    /// The content of a file.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        locked(&self.0.site).files.get(path).cloned()
    }

    /// The content of a file that is text.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        String::from_utf8(self.file(path)?).ok()
    }

    /// The paths of all files.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        locked(&self.0.site).files.keys().cloned().collect()
    }
}

#[async_trait]
impl Publisher for FakePublisher {
    async fn publish(&self, files: &[SiteFile]) -> Result<Published> {
        self.0.calls.begin("publish", files.len())?;
        site_paths(files)?;
        let published = locked(&self.0.site).publish(files);
        self.0.calls.end("publish").map(|()| published)
    }

    async fn published(&self, path: &str) -> Result<Option<Vec<u8>>> {
        self.0.calls.begin("published", path)?;
        check_site_path(path)?;
        Ok(self.file(path))
    }
}

impl Site {
    fn publish(&mut self, files: &[SiteFile]) -> Published {
        let wanted: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let removed: Vec<String> = self.ours.iter().filter(|path| !wanted.contains(path.as_str())).cloned().collect();
        for path in &removed {
            self.files.remove(path);
            self.ours.remove(path);
        }
        let mut written = Vec::new();
        for file in files {
            self.ours.insert(file.path.clone());
            if self.files.get(&file.path) != Some(&file.content) {
                self.files.insert(file.path.clone(), file.content.clone());
                written.push(file.path.clone());
            }
        }
        Published { written, removed }
    }
}
