use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use lamplighter::adapters::{FolderArchive, FolderPublisher};
use lamplighter::core::ports::{ArchivedDocument, Published, Publisher as _, SiteFile};
use lamplighter::documents::PostMortem;
use lamplighter::history::{Index, Library, Search};
use lamplighter_site::{Page, PostMortems};

use crate::output::{DIM, GREEN, Output, YELLOW, in_one_line};
use crate::progress::Progress;

/// For how many documents, the newest, the related ones are looked for. For others those that they link to are named.
const MOST_RELATED: usize = 2_000;

/// How many related documents are given for each.
const RELATED: usize = 4;

/// How many paths are printed.
const PRINTED: usize = 20;

#[derive(Debug, clap::Args)]
pub(crate) struct SiteArgs {
    /// The folder of the archive: post-mortems in Markdown or HTML.
    archive: PathBuf,
    /// The folder to publish into. Files in it that are not of the site are left alone.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The address that the site will have. Without it the links of the feed are relative.
    #[arg(long, value_name = "URL", value_parser = web_address)]
    base_url: Option<String>,
    /// What the site is called.
    #[arg(long, value_name = "TITLE", default_value = "Post-mortems")]
    title: String,
}

fn web_address(text: &str) -> Result<String, &'static str> {
    let is_one = ["https://", "http://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    is_one.then(|| text.to_owned()).ok_or("an address begins with https:// or http://")
}

/// The path of what may not be there yet, without `..` and links as far as it is there.
fn resolved(path: &Path) -> std::io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let there = path.ancestors().find_map(|ancestor| Some((ancestor, ancestor.canonicalize().ok()?)));
    let Some((ancestor, real)) = there else { return Ok(path) };
    Ok(path.strip_prefix(ancestor).map_or_else(|_| real.clone(), |rest| real.join(rest)))
}

pub(crate) async fn run(output: &Output, args: SiteArgs) -> anyhow::Result<ExitCode> {
    let archive =
        args.archive.canonicalize().with_context(|| format!("there is no archive {}", args.archive.display()))?;
    if resolved(&args.out)?.starts_with(&archive) {
        bail!(
            "{} is inside the archive, where the site would become a part of it; name a folder beside it",
            args.out.display()
        );
    }
    let contents = FolderArchive::new(archive).contents().await?;
    let (title, base_url) = (args.title, args.base_url);
    let made = {
        let _progress = Progress::start("making the site");
        let documents = contents.documents;
        tokio::task::spawn_blocking(move || make(&documents, &title, base_url.as_deref())).await??
    };
    // More likely than an archive that was emptied is one that is not there, as after a checkout that failed.
    if made.incidents == 0 && args.out.join("index.html").exists() {
        bail!(
            "there is no post-mortem in {}; the site in {} is left as it is (remove it to begin anew)",
            args.archive.display(),
            args.out.display()
        );
    }
    let published = FolderPublisher::new(&args.out).publish(&made.files).await?;
    let unchanged = made.files.len() - published.written.len();
    print(output, &published, unchanged);
    for path in &made.not_incidents {
        output.line(format_args!(
            "{DIM}{} has no page: it tells of no incident, or is the archive's own{DIM:#}",
            in_one_line(path)
        ));
    }
    for file in &contents.left_out {
        output.line(format_args!("{YELLOW}{}{YELLOW:#} left out: {}", in_one_line(&file.path), file.why));
    }
    output.line(format_args!(
        "{GREEN}ok{GREEN:#}  {} post-mortems in {}: {} files written, {} removed, {unchanged} unchanged",
        made.incidents,
        args.out.display(),
        published.written.len(),
        published.removed.len(),
    ));
    let left_out: Vec<_> = contents.left_out.iter().map(|file| &file.path).collect();
    output.value(&serde_json::json!({
        "out": args.out,
        "post_mortems": made.incidents,
        "written": published.written,
        "removed": published.removed,
        "unchanged": unchanged,
        "without_page": made.not_incidents,
        "left_out": left_out,
    }))?;
    Ok(ExitCode::SUCCESS)
}

/// A site that was made.
struct Made {
    files: Vec<SiteFile>,
    incidents: usize,
    /// What is about the archive: an index, a template, known issues.
    not_incidents: Vec<String>,
}

fn make(documents: &[ArchivedDocument], title: &str, base_url: Option<&str>) -> anyhow::Result<Made> {
    let (library, _) = Library::default().refreshed(documents);
    let index = Index::new(Arc::new(library));
    let causes: BTreeMap<&str, Option<&str>> = index.causes().collect();
    let mut pages = Vec::new();
    let mut not_incidents = Vec::new();
    for ArchivedDocument { path, text } in documents {
        match causes.get(path.as_str()) {
            Some(cause) => pages.push(Page {
                document: PostMortem::read(path, text),
                markdown: text.clone(),
                cause: cause.map(str::to_owned),
            }),
            None => not_incidents.push(path.clone()),
        }
    }
    pages.sort_by_key(|page| Reverse(page.document.date));
    let related: Vec<_> = pages.iter().take(MOST_RELATED).map(|page| related(&index, page)).collect();
    let site = PostMortems::new(&pages).titled(title).related(&related);
    let site = if let Some(base_url) = base_url { site.at(base_url) } else { site };
    Ok(Made { files: site.files().map_err(lamplighter::core::Error::from)?, incidents: pages.len(), not_incidents })
}

fn related(index: &Index, page: &Page) -> (String, Vec<String>) {
    let path = page.document.path.clone();
    let search = Search { except: Some(path.clone()), ..Search::default() };
    let found = index.related(&page.document, &search);
    (path, found.into_iter().take(RELATED).map(|past| past.path).collect())
}

fn print(output: &Output, published: &Published, unchanged: usize) {
    for (paths, done) in [(&published.written, "wrote"), (&published.removed, "removed")] {
        for path in paths.iter().take(PRINTED) {
            output.line(format_args!("{done} {}", in_one_line(path)));
        }
        let more = paths.len().saturating_sub(PRINTED);
        if more > 0 {
            output.line(format_args!("{DIM}{done} {more} more{DIM:#}"));
        }
    }
    if published.is_unchanged() && unchanged > 0 {
        output.line(format_args!("{DIM}nothing had changed{DIM:#}"));
    }
}
