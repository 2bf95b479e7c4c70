use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use lamplighter::adapters::FolderArchive;
use lamplighter::core::ports::Archive as _;
use lamplighter::core::words::ServiceCatalog;
use lamplighter::history::{Index, Library, Refresh};

use crate::commands::sources::Sources;

/// An archive that was read, and can be asked.
pub(crate) struct OpenArchive {
    pub(crate) index: Index,
    dir: PathBuf,
}

impl OpenArchive {
    /// Reads the archive in a folder. What was read before and has not changed is taken from the cache.
    pub(crate) async fn open(config: &Path, dir: &Path) -> anyhow::Result<Self> {
        let dir = dir.canonicalize().with_context(|| format!("there is no archive {}", dir.display()))?;
        let documents = FolderArchive::new(&dir).documents().await?;
        let cache = cache_of(&dir);
        let (library, change) = kept(cache.as_deref()).refreshed(&documents);
        if change != (Refresh { kept: library.len(), ..Refresh::default() })
            && let Some(cache) = &cache
        {
            // Without a cache everything is read again next time, which is slower and no failure.
            let _ = keep(cache, &library);
        }
        let catalog = if config.exists() { Sources::configured(config)?.config.service } else { Vec::new() };
        Ok(Self { index: Index::with_catalog(Arc::new(library), ServiceCatalog::new(catalog)), dir })
    }

    /// The path of a file within the archive, if it is there.
    pub(crate) fn within(&self, file: &Path) -> Option<String> {
        let file = file.canonicalize().ok()?;
        let within = file.strip_prefix(&self.dir).ok()?;
        let parts: Option<Vec<_>> = within.iter().map(|part| part.to_str()).collect();
        Some(parts?.join("/"))
    }
}

/// Where what was read of an archive is kept: in the user's cache folder, and never in the archive.
fn cache_of(dir: &Path) -> Option<PathBuf> {
    const LONGEST: usize = 120;
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))?;
    let name: String = dir.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    // Two archives under one name only take turns: what is kept is checked against each document's text.
    let start = name.char_indices().rev().nth(LONGEST).map_or(0, |(at, _)| at);
    let name = name.get(start..).unwrap_or_default().trim_matches('-');
    Some(base.join("lamplighter").join("history").join(format!("{name}.library")))
}

/// What was kept; nothing where it is damaged, of another version or not there.
fn kept(cache: Option<&Path>) -> Library {
    let bytes = cache.and_then(|cache| std::fs::read(cache).ok());
    bytes.and_then(|bytes| Library::from_bytes(&bytes).ok()).unwrap_or_default()
}

fn keep(cache: &Path, library: &Library) -> anyhow::Result<()> {
    let folder = cache.parent().context("a cache is in a folder")?;
    std::fs::create_dir_all(folder)?;
    // Whole or not at all, whoever else writes it at this moment.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut file, &library.to_bytes()?)?;
    file.persist(cache)?;
    Ok(())
}
