//! Publishers that break a promise.

use lamplighter_core::ports::{Published, Publisher, SiteFile};
use lamplighter_core::{Result, async_trait};
use lamplighter_testkit::contract::{self, PublisherHarness};
use lamplighter_testkit::fakes::FakePublisher;

use crate::check;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    WritesEverything,
    RemovesNothing,
    RemovesOthers,
    CutsPaths,
    ForgetsWhatItPublished,
}

struct Broken(FakePublisher, Fault);

#[async_trait]
impl Publisher for Broken {
    async fn publish(&self, files: &[SiteFile]) -> Result<Published> {
        match self.1 {
            Fault::WritesEverything => {
                let written = files.iter().map(|file| file.path.clone()).collect();
                Ok(Published { written, ..self.0.publish(files).await? })
            }
            Fault::RemovesNothing => {
                for file in files {
                    self.0.plant(&file.path, &file.content);
                }
                let written = files.iter().map(|file| file.path.clone()).collect();
                Ok(Published { written, removed: Vec::new() })
            }
            Fault::RemovesOthers => {
                let mut published = self.0.publish(files).await?;
                for path in self.0.paths() {
                    if !files.iter().any(|file| file.path == path) {
                        self.0.plant(&path, b"removed");
                        published.removed.push(path);
                    }
                }
                Ok(published)
            }
            Fault::ForgetsWhatItPublished => self.0.publish(files).await,
            Fault::CutsPaths => {
                let cut = |file: &SiteFile| SiteFile {
                    path: file.path.trim_start_matches("../").trim_start_matches('/').to_owned(),
                    ..file.clone()
                };
                self.0.publish(&files.iter().map(cut).collect::<Vec<_>>()).await
            }
        }
    }

    async fn published(&self, path: &str) -> Result<Option<Vec<u8>>> {
        if self.1 == Fault::ForgetsWhatItPublished { Ok(None) } else { self.0.published(path).await }
    }
}

#[async_trait]
impl PublisherHarness for Broken {
    fn port(&self) -> &dyn Publisher {
        self
    }

    async fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.file(path)
    }

    async fn plant(&self, path: &str, content: &[u8]) {
        self.0.plant(path, content);
    }
}

#[tokio::test]
async fn a_publisher_that_breaks_a_promise_is_found_out() {
    for (fault, words) in [
        (Fault::WritesEverything, "written of"),
        (Fault::RemovesNothing, "written of"),
        (Fault::RemovesOthers, "removed for"),
        (Fault::ForgetsWhatItPublished, "can be read back"),
        (Fault::CutsPaths, "publishing \"../escaped\""),
    ] {
        check(words, async move { contract::publisher(&Broken(FakePublisher::new(), fault)).await }).await;
    }
}
