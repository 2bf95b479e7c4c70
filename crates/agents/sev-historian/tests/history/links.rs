use lamplighter_documents::PostMortem;
use lamplighter_sev_historian::Search;

use crate::archive::{document, index};

const STANDING: [(&str, &str); 4] = [
    ("2026-01-01-wiki.md", "# Wiki gone\n\n## Root Cause\n\nA migration held a lock on the pages."),
    ("2026-01-05-mail.md", "# Mail late\n\n## Root Cause\n\nThe queue grew behind a poison message."),
    ("2026-01-07-shop.html", "<h1>Shop warned</h1><h2>Root Cause</h2><p>An expired certificate.</p>"),
    ("2026-01-09-search.md", "# Search slow\n\n## Root Cause\n\nThe replica lagged."),
];

fn related(text: &str) -> Vec<(String, Vec<String>)> {
    let documents: Vec<_> = STANDING.iter().map(|(path, text)| document(path, text)).collect();
    let question = PostMortem::read("2026-02-01-new.md", text);
    let found = index(&documents).related(&question, &Search::default());
    found.into_iter().map(|past| (past.path, past.why)).collect()
}

#[test]
fn what_an_author_links_to_is_related() {
    for link in ["2026-01-05-mail.md", "./2026-01-05-mail.md#root-cause", "https://example.org/pm/2026-01-05-mail.html"]
    {
        let found = related(&format!("# Something odd\n\nWe have seen it [before]({link}). Xylophones fell."));
        assert_eq!(found.len(), 1, "{link}: {found:?}");
        assert_eq!(found[0].0, "2026-01-05-mail.md");
        assert_eq!(found[0].1[0], "It is named in what is asked about.");
    }
}

#[test]
fn links_that_lead_through_the_pages_mean_nothing() {
    for words in ["Previous", "« Next incident: mail", "Home", "Index"] {
        let found = related(&format!("# Something odd\n\n[{words}](2026-01-05-mail.md) Xylophones fell."));
        assert!(found.is_empty(), "{words}: {found:?}");
    }
}

#[test]
fn a_link_back_counts_as_well() {
    let mut documents: Vec<_> = STANDING.iter().map(|(path, text)| document(path, text)).collect();
    let again = "# Xylophones\n\nAs we had on the [day of the wiki](2026-01-01-wiki.md).";
    documents.push(document("2026-02-01-again.md", again));
    let asked = PostMortem::read("2026-01-01-wiki.md", STANDING[0].1);
    let search = Search { except: Some(asked.path.clone()), ..Search::default() };
    let found = index(&documents).related(&asked, &search);
    assert_eq!(found[0].path, "2026-02-01-again.md");
    assert_eq!(found[0].why[0], "It names what is asked about.");
}
