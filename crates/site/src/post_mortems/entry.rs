//! A document as the site lists it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use lamplighter_core::diagnosis::Cause;
use lamplighter_core::markdown::shorten;
use lamplighter_core::words::Severity;
use lamplighter_documents::PostMortem;

use super::Page;
use crate::slug::{digest, slug};

/// How long names may be.
const LONGEST_NAME: usize = 60;
const LONGEST_TITLE: usize = 200;

/// What a list says of a document.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) path: String,
    /// The folder of its page.
    pub(super) folder: String,
    pub(super) title: String,
    pub(super) date: Option<Date>,
    pub(super) severity: Option<Severity>,
    pub(super) services: Vec<Facet>,
    pub(super) cause: Option<Facet>,
    pub(super) duration: Option<String>,
    pub(super) status: Option<String>,
    pub(super) summary: String,
}

/// Something that several documents may have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Facet {
    /// Its name in addresses, by which it is compared.
    pub(super) slug: String,
    pub(super) name: String,
}

impl Facet {
    pub(super) fn new(name: &str) -> Self {
        Self { slug: slug(name), name: shorten(name.trim(), LONGEST_NAME) }
    }
}

impl Entry {
    pub(super) fn of(page: &Page, folder: &str, summary: String) -> Self {
        let document = &page.document;
        let mut seen = BTreeSet::new();
        let named =
            document.services.iter().filter(|service| !service.trim().is_empty()).map(|service| Facet::new(service));
        let services = named.filter(|service| seen.insert(service.slug.clone())).collect();
        let said = |name: &str| document.field(name).map(str::trim).filter(|value| !value.is_empty());
        let cause = said_cause(document).or(page.cause.as_deref());
        Self {
            path: document.path.clone(),
            folder: folder.to_owned(),
            title: title(document),
            date: document.date,
            severity: document.severity,
            services,
            cause: cause.map(|cause| Facet::new(&cause.replace('_', " "))),
            duration: said("Duration").map(|value| shorten(value, LONGEST_NAME)),
            status: said("Status").map(|value| shorten(value, LONGEST_NAME)),
            summary,
        }
    }

    /// The address of its page, from the root.
    pub(super) fn page(&self) -> String {
        format!("post-mortems/{}/index.html", self.folder)
    }

    /// The address of the list of the documents of its name, where there are several.
    pub(super) fn namesakes(&self) -> Option<String> {
        let name = name_of(&self.path);
        (name != self.folder).then(|| format!("post-mortems/{name}/index.html"))
    }
}

/// What the head says of the cause, where that is a word or two, or a code of ours.
pub(super) fn said_cause(document: &PostMortem) -> Option<&str> {
    const NAMES: [&str; 4] = ["Cause", "Root Cause", "Root Cause Category", "Cause Code"];
    const LONGEST: usize = 40;
    // `Runtime_Fault / oom_killed`; elsewhere a classification may be anything.
    let class = document.field("Classification").and_then(|class| class.rsplit('/').next()).map(str::trim);
    let code = class.filter(|class| Cause::ALL.iter().any(|cause| cause.code() == *class));
    let words = || NAMES.iter().find_map(|name| document.field(name)).map(str::trim);
    code.or_else(words).filter(|cause| !cause.is_empty() && cause.chars().count() <= LONGEST)
}

fn title(document: &PostMortem) -> String {
    let title = document.title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() { document.path.clone() } else { shorten(&title, LONGEST_TITLE) }
}

/// The folders of the pages, in the order of the documents: the names of the files, and where several have the same
/// name, with the digest of the path. That name alone is then nobody's.
pub(super) fn folders(pages: &[&Page]) -> Vec<String> {
    let names: Vec<String> = pages.iter().map(|page| name_of(&page.document.path)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &names {
        *counts.entry(name).or_default() += 1;
    }
    let mut taken: BTreeSet<String> =
        counts.iter().filter(|(_, count)| **count > 1).map(|(name, _)| (*name).to_owned()).collect();
    let folder = |(page, name): (&&Page, &String)| {
        let mut folder = name.clone();
        if counts.get(name.as_str()).is_some_and(|count| *count > 1) {
            folder = format!("{name}-{}", digest(&page.document.path, 6));
        }
        while !taken.insert(folder.clone()) {
            folder.push_str("-2");
        }
        folder
    };
    pages.iter().zip(&names).map(folder).collect()
}

/// The names that several documents have, with those.
pub(super) fn shared_names<'a>(entries: &[&'a Entry]) -> BTreeMap<String, Vec<&'a Entry>> {
    let mut names: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        names.entry(name_of(&entry.path)).or_default().push(entry);
    }
    names.retain(|_, entries| entries.len() > 1);
    names
}

/// The name of a file, or of its folder where the file is called as many are.
fn name_of(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let is_common = matches!(
        slug(stem).as_str(),
        "readme" | "index" | "report" | "postmortem" | "post-mortem" | "incident" | "incident-report" | "main"
    );
    slug(parts.next().filter(|_| is_common).unwrap_or(stem))
}
