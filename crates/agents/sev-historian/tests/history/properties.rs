use lamplighter_documents::PostMortem;
use lamplighter_sev_historian::Search;
use proptest::prelude::*;

use crate::archive::{document, index, reports};

const WORDS: &[&str] = &[
    "certificate",
    "expired",
    "pool",
    "connections",
    "basket",
    "disk",
    "full",
    "dns",
    "retry",
    "the",
    "of",
    "# Root cause\n",
    "\n\n",
    "| a | b |\n",
    "- [ ] ",
    "[x](2023-02-03-shop-door-certificate.md)",
    "502",
    "OOMKilled",
    "ü",
    "\u{0}",
    "`",
    "<p>",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS), 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_answer_is_always_explained_ranked_and_never_the_question(asked in text(), other in text()) {
        let mut documents = reports("shop");
        documents.push(document("2025-05-05-odd.md", &other));
        documents.push(document("2025-06-06-asked.md", &asked));
        let index = index(&documents);
        let search = Search { except: Some("2025-06-06-asked.md".to_owned()), ..Search::default() };
        let found = index.related(&PostMortem::read("2025-06-06-asked.md", &asked), &search);
        prop_assert!(found.len() <= 10);
        for past in &found {
            prop_assert!(past.path != "2025-06-06-asked.md");
            prop_assert!(!past.why.is_empty());
            prop_assert!((0.0..=1.0).contains(&past.score), "{}", past.score);
        }
        prop_assert!(found.is_sorted_by(|one, other| one.score >= other.score));
    }

    #[test]
    fn the_order_of_documents_makes_no_difference(seed in any::<u64>()) {
        let documents = reports("shop");
        let mut shuffled = documents.clone();
        let count = shuffled.len();
        for at in 0..count {
            let other = usize::try_from(seed.rotate_left(u32::try_from(at).unwrap()) % count as u64).unwrap();
            shuffled.swap(at, other);
        }
        let [one, other] = [documents, shuffled].map(|documents| {
            let found = index(&documents).search("pool of connections exhausted", &Search::default());
            found.into_iter().map(|past| (past.path, past.why)).collect::<Vec<_>>()
        });
        prop_assert_eq!(one, other);
    }
}
