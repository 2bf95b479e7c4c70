use std::path::{Component, Path};
use std::sync::Arc;

use lamplighter_core::ports::{ArchivedDocument, SiteFile};
use lamplighter_core::words::{History, HistoryQuestion, ServiceCatalog};
use lamplighter_core::{AgentExt, BoxAgent, Result};
use lamplighter_documents::PostMortem;
use lamplighter_files::{FolderArchive, FolderPublisher};
use lamplighter_issue_responder::PostMortemSite;
use lamplighter_sev_historian::SevHistorian;
use lamplighter_site::{Page, PostMortems};

use super::Config;
use crate::PostMortemShelf;

/// Where post-mortems are, where the configuration does not say.
const ARCHIVE: &str = "docs/post-mortems";

impl Config {
    /// The folder of the post-mortems, as the configuration has it.
    pub(super) fn archive_folder(&self) -> &str {
        self.post_mortems.archive.as_deref().unwrap_or(ARCHIVE)
    }

    /// The branch and the folder of the post-mortems that are kept in the repository, where there is one.
    #[must_use]
    pub fn post_mortems_in_repository(&self) -> Option<(&str, &str)> {
        self.repository.as_ref().map(|repository| (repository.branch.as_str(), self.archive_folder()))
    }

    /// A folder of the repository has to be in it, and among those that may be committed to without an apply.
    pub(super) fn check_archive(&self) -> std::result::Result<(), String> {
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
            page: Arc::new(page_of),
            files: {
                let url = self.post_mortems.url.clone();
                Arc::new(move |documents| site_of(documents, url.as_deref()))
            },
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

/// The site of these documents.
fn site_of(documents: &[ArchivedDocument], url: Option<&str>) -> Result<Vec<SiteFile>> {
    let page = |document: &ArchivedDocument| Page {
        document: PostMortem::read(&document.path, &document.text),
        markdown: document.text.clone(),
        cause: None,
    };
    let pages: Vec<Page> = documents.iter().map(page).collect();
    let site = PostMortems::new(&pages);
    let site = match url {
        Some(url) => site.at(url),
        None => site,
    };
    Ok(site.files()?)
}

/// Where the page of one of our own documents is: their names are in the form that the site gives its folders.
fn page_of(name: &str) -> String {
    format!("post-mortems/{}/index.html", name.strip_suffix(".md").unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_that_is_linked_is_on_the_site() {
        let document =
            ArchivedDocument { path: "2026-03-01-wiki-shows-502.md".to_owned(), text: "# Wiki\n".to_owned() };
        let files = site_of(std::slice::from_ref(&document), None).unwrap();
        assert!(files.iter().any(|file| file.path == page_of(&document.path)), "{}", page_of(&document.path));
    }

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
