use std::path::{Component, Path};
use std::sync::Arc;

use lamplighter_core::ports::{ArchivedDocument, SiteFile};
use lamplighter_core::words::{History, HistoryQuestion, ServiceCatalog};
use lamplighter_core::{AgentExt, BoxAgent};
use lamplighter_files::{FolderArchive, FolderPublisher};
use lamplighter_issue_responder::PostMortemSite;
use lamplighter_sev_historian::SevHistorian;

use super::Config;
use crate::PostMortemShelf;

/// Where post-mortems are, where the configuration does not say.
const ARCHIVE: &str = "docs/post-mortems";

impl Config {
    /// The folder of the post-mortems, as the configuration has it.
    pub(super) fn archive_folder(&self) -> &str {
        self.post_mortems.archive.as_deref().unwrap_or(ARCHIVE)
    }

    /// A folder of the repository has to be in it, and among those that may be committed to without an apply.
    pub(super) fn check_archive(&self) -> Result<(), String> {
        if self.repository.is_none() {
            return Ok(());
        }
        let folder = self.archive_folder();
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if folder.is_empty() || !Path::new(folder).components().all(is_plain) {
            return Err(format!("post_mortems.archive is a folder of the repository, and {folder:?} is none"));
        }
        let is_documentation = self.guardrails.docs_folders.iter().any(|docs| Path::new(folder).starts_with(docs));
        if is_documentation {
            return Ok(());
        }
        Err(format!(
            "post_mortems.archive is {folder:?}, and only folders below guardrails.docs_folders are committed to without an apply"
        ))
    }

    /// Who remembers what stands in a folder, or in the configured one.
    #[must_use]
    pub fn historian(&self, archive: Option<&Path>) -> BoxAgent<HistoryQuestion, History> {
        let folder = archive.unwrap_or_else(|| Path::new(self.archive_folder()));
        SevHistorian::new(Arc::new(FolderArchive::new(folder)))
            .with_catalog(ServiceCatalog::new(self.service.clone()))
            .boxed()
    }

    /// Where post-mortems are kept and published.
    pub(super) fn shelf(&self) -> PostMortemShelf {
        let folder = self.archive_folder().to_owned();
        // With a repository, what that does not take waits beside the journal.
        let dir = match &self.repository {
            Some(_) => self.data_dir.join("post-mortems"),
            None => Path::new(&folder).to_owned(),
        };
        let archive = FolderArchive::new(&dir);
        let site = self.post_mortems.site.as_ref().map(|site| PostMortemSite {
            files: Arc::new(as_they_are),
            publisher: Arc::new(FolderPublisher::new(site)),
        });
        PostMortemShelf {
            folder,
            archive: Arc::new(archive.clone()),
            writer: Arc::new(archive),
            name: dir.to_string_lossy().into_owned(),
            site,
            address: self.post_mortems.url.clone(),
        }
    }
}

/// The documents themselves.
fn as_they_are(documents: &[ArchivedDocument]) -> Vec<SiteFile> {
    let file = |document: &ArchivedDocument| SiteFile {
        path: document.path.clone(),
        content: document.text.clone().into_bytes(),
    };
    documents.iter().map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_is_in_the_repository_or_beside_the_configuration() {
        let least = "owner = \"ada\"\n[tracker]\nkind = \"files\"\ndir = \"issues\"\n[cluster]\nkind = \"snapshot\"\ndir = \"dump\"\n";
        let parse = |more: &str| Config::parse(&format!("{least}{more}"), std::iter::empty());
        assert_eq!(parse("").unwrap().archive_folder(), "docs/post-mortems");
        assert!(parse("[post_mortems]\narchive = \"../elsewhere\"\n").is_ok(), "a folder on the disk may be anywhere");
        let repository = "[repository]\nremote = \"x\"\n";
        for (more, expected) in [
            ("[post_mortems]\narchive = \"../elsewhere\"\n", "a folder of the repository"),
            ("[post_mortems]\narchive = \"incidents\"\n", "guardrails.docs_folders"),
            ("[post_mortems]\narchiv = \"x\"\n", "did you mean `archive`?"),
        ] {
            let message = parse(&format!("{repository}{more}")).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
        let allowed = "[guardrails]\ndocs_folders = [\"incidents\"]\n[post_mortems]\narchive = \"incidents/2026\"\n";
        assert!(parse(&format!("{repository}{allowed}")).is_ok());
    }
}
