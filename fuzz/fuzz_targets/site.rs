//! Whatever a post-mortem is made of: its page runs and loads nothing, and is the same every time.
#![no_main]

use lamplighter_documents::PostMortem;
use lamplighter_site::{Page, PostMortems};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let markdown = String::from_utf8_lossy(data).into_owned();
    for path in ["a.md", "a.html"] {
        let page = Page { document: PostMortem::read(path, &markdown), markdown: markdown.clone(), cause: None };
        let pages = [page];
        let files = PostMortems::new(&pages).files().expect("templates fit");
        assert_eq!(PostMortems::new(&pages).files().expect("templates fit"), files);
        for file in files.iter().filter(|file| file.path.ends_with(".html")) {
            let html = std::str::from_utf8(&file.content).expect("a page is text");
            for bad in ["<script", "<iframe", "<img", "<object", "<embed", "<base", "<form", "href=\"javascript:"] {
                assert!(!html.contains(bad), "{bad}");
            }
        }
    }
});
