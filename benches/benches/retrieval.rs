//! How well past incidents are found, beside plain BM25 and `SQLite`'s full-text search on the same texts, and how fast
//! in 10,000 reports.
//!
//! ```text
//! cargo bench -p lamplighter-benches --bench retrieval -- ARCHIVE RELATED [UNRELATED]
//! ```
//!
//! `ARCHIVE` is a folder, `RELATED` a file of queries with what is right, `UNRELATED` one of queries that nothing answers;
//! their forms are those of [`Questions::read`]. Without any the archives of the historian's own tests are taken.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lamplighter_benches::retrieval::{FullText, PlainBm25, Question, Questions, Score, reports};
use lamplighter_core::words::PastIncident;
use lamplighter_documents::PostMortem;
use lamplighter_sev_historian::{Index, Library, Search};

const LIST: usize = 10;

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let named: Vec<PathBuf> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).map(PathBuf::from).collect();
    if let [archive, related, rest @ ..] = named.as_slice() {
        compare(archive, related, rest.first().map(PathBuf::as_path)).await?;
        return many();
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/agents/sev-historian/tests/archives");
    for name in ["shop", "institute", "studio", "railway"] {
        println!("{name}");
        let dir = own.join(name);
        compare(&dir.join("reports"), &dir.join("related.tsv"), Some(&dir.join("unrelated.txt"))).await?;
    }
    many()
}

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
async fn compare(archive: &Path, related: &Path, unrelated: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let questions = Questions::read(archive, related, unrelated)?;
    let (library, _) = Library::default().refreshed(&questions.documents);
    let index = Index::new(Arc::new(library));
    let plain = PlainBm25::new(&questions.documents);
    let full_text = FullText::new(&questions.documents).await?;
    let [mut ours, mut of_plain, mut of_full_text] = [Score::default(); 3];
    let verbose = std::env::var_os("VERBOSE").is_some();
    for question in questions.related.iter().chain(&questions.unrelated) {
        let answer = ask(&index, question);
        let except = question.path.as_deref();
        ours.count(question, &answer);
        of_plain.count(question, &plain.search(&question.text, except, LIST));
        of_full_text.count(question, &full_text.search(&question.text, except, LIST).await?);
        if verbose && answer.first().map_or(!question.right.is_empty(), |first| !question.right.contains(first)) {
            let name = question.path.as_deref().unwrap_or(&question.text);
            println!("  {name}\n    is answered by {:?}\n    and should be by {:?}", answer.first(), question.right);
        }
    }
    println!("  {} documents, {} queries with answers", questions.documents.len(), questions.related.len());
    for (name, score) in [("sev-historian", ours), ("plain BM25", of_plain), ("SQLite FTS5", of_full_text)] {
        println!("  {name:<14} {score}");
    }
    Ok(())
}

fn ask(index: &Index, question: &Question) -> Vec<String> {
    let found: Vec<PastIncident> = match &question.path {
        Some(path) => {
            let document = PostMortem::read(path, &question.text);
            let search = Search { except: Some(path.clone()), text: Some(question.text.clone()), ..Search::default() };
            index.related(&document, &search)
        }
        None => index.search(&question.text, &Search::default()),
    };
    found.into_iter().map(|past| past.path).collect()
}

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
fn many() -> Result<(), Box<dyn Error>> {
    const COUNT: usize = 10_000;
    let documents = reports(COUNT);
    let before = resident();
    let start = Instant::now();
    let (library, _) = Library::default().refreshed(&documents);
    let read = start.elapsed();
    let library = Arc::new(library);
    let index = Index::new(Arc::clone(&library));
    let indexed = start.elapsed();
    let memory = resident().saturating_sub(before);
    let kept = library.to_bytes()?;
    let start = Instant::now();
    let (again, change) = Library::from_bytes(&kept)?.refreshed(&documents);
    let again_took = start.elapsed();
    println!(
        "{COUNT} reports, {} MB of text",
        documents.iter().map(|document| document.text.len()).sum::<usize>() >> 20
    );
    println!(
        "  read in {read:.2?}, indexed after {indexed:.2?}; from what was kept {again_took:.2?} ({} kept)",
        change.kept
    );
    println!(
        "  kept {} MB, lists of the index {} MB, memory {} MB",
        kept.len() >> 20,
        index.size() >> 20,
        memory >> 20
    );
    drop(again);
    let asked = documents.iter().step_by(COUNT / 200);
    let mut of_documents = Vec::new();
    let mut of_texts = Vec::new();
    for document in asked {
        let question = Question { text: document.text.clone(), path: Some(document.path.clone()), right: Vec::new() };
        of_documents.push(timed(&index, &question));
        let words: String = document.text.split_whitespace().skip(40).take(12).collect::<Vec<_>>().join(" ");
        of_texts.push(timed(&index, &Question { text: words, path: None, right: Vec::new() }));
    }
    for (name, mut times) in [("a whole report", of_documents), ("twelve words", of_texts)] {
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        println!("  a query with {name}: median {:.2?}, p95 {:.2?}", at(50), at(95));
    }
    Ok(())
}

fn timed(index: &Index, question: &Question) -> Duration {
    let start = Instant::now();
    std::hint::black_box(ask(index, question));
    start.elapsed()
}

/// The memory that this process has, where Linux says it.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or_default() * 1024
}
