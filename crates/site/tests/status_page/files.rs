use lamplighter_core::ports::SiteFile;
use lamplighter_core::words::status::Status;
use lamplighter_site::StatusPage;

use crate::world::{busy, many, nothing, one, quiet, settings};

pub(crate) fn site(status: &Status) -> Vec<SiteFile> {
    StatusPage::new(status, settings()).files().unwrap()
}

pub(crate) fn text<'a>(files: &'a [SiteFile], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("there is no {path}"));
    std::str::from_utf8(&file.content).unwrap()
}

#[test]
fn the_page_is_small() {
    let sizes = |status: &Status| {
        let files = site(status);
        (text(&files, "index.html").len(), text(&files, "style.css").len())
    };
    let (html, styles) = sizes(&busy());
    assert!(html < 30_000, "40 services and 2 incidents take {html} bytes of HTML");
    assert!(html + styles < 60_000, "{html} + {styles} bytes");
    let (html, _) = sizes(&many(500));
    assert!(html < 500 * 600, "500 services take {html} bytes of HTML");
    println!("{:?} {:?}", sizes(&busy()), sizes(&many(500)));
}

#[test]
fn the_first_sentence_says_how_it_is() {
    let says = |status: &Status, headline: &str| {
        let files = site(status);
        let html = text(&files, "index.html");
        assert!(html.contains(&format!("<h1 id=\"verdict\">{headline}</h1>")), "{headline}: {html}");
    };
    says(&quiet(), "All services are up");
    says(&one(), "Wiki is up");
    says(&nothing(), "No service is watched yet");
    says(&busy(), "Nextcloud has been down since 14:02 UTC");
    says(&many(100), "service-30 and service-77 are down");
}
