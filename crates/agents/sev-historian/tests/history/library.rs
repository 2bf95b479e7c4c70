use std::sync::Arc;

use lamplighter_sev_historian::{Index, Library, Refresh, Search};

use crate::archive::{document, reports};

#[test]
fn only_what_has_changed_is_read_again() {
    let mut documents = reports("shop");
    let all = documents.len();
    let (library, change) = Library::default().refreshed(&documents);
    assert_eq!(change, Refresh { read: all, kept: 0, gone: 0 });
    documents.remove(3);
    documents[5].text.push_str("\nOne more sentence about turnips.\n");
    documents.push(document("2025-01-01-new.md", "# New\n\nTurnips."));
    let (library, change) = library.refreshed(&documents);
    assert_eq!(change, Refresh { read: 2, kept: all - 2, gone: 1 });
    assert_eq!(library.len(), all);
}

#[test]
fn what_was_kept_answers_as_what_is_read_anew() {
    let documents = reports("shop");
    let (library, _) = Library::default().refreshed(&documents[..20]);
    let (kept, _) = Library::from_bytes(&library.to_bytes().unwrap()).unwrap().refreshed(&documents);
    let (fresh, _) = Library::default().refreshed(&documents);
    let [kept, fresh] = [kept, fresh].map(|library| Index::new(Arc::new(library)));
    for query in ["no space left on device", "certificate expired on the tills", "retries without backoff"] {
        let of = |index: &Index| {
            let found = index.search(query, &Search::default());
            found.into_iter().map(|past| (past.path, past.why)).collect::<Vec<_>>()
        };
        assert_eq!(of(&kept), of(&fresh), "{query}");
    }
}

#[test]
fn a_sentence_becomes_a_templates_when_many_have_it_and_others_are_read_again() {
    let sentence = "Please use the five whys about certificates here.";
    let text = |at: usize| format!("# Report {at}\n\n{sentence} Number {at} was about a thing called thing{at}.");
    let documents: Vec<_> = (0..6).map(|at| document(&format!("{at}.md"), &text(at))).collect();
    let (few, _) = Library::default().refreshed(&documents[..3]);
    let found = |library: &Library| {
        Index::new(Arc::new(library.clone())).search("certificates with five whys", &Search::default()).len()
    };
    let (many, _) = few.refreshed(&documents);
    assert_eq!(found(&many), 0, "what all say tells none from another");
}

#[test]
fn damage_is_noticed() {
    let (library, _) = Library::default().refreshed(&reports("shop")[..4]);
    let bytes = library.to_bytes().unwrap();
    for at in [0, 30, 64, 65, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        Library::from_bytes(&damaged).unwrap_err();
        Library::from_bytes(&bytes[..at]).unwrap_err();
    }
    Library::from_bytes(b"").unwrap_err();
}
