use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::*;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const BEGUN: Timestamp = Timestamp::UNIX_EPOCH;

fn feed(entries: Vec<FeedEntry>) -> String {
    Feed {
        title: "A & <B>",
        identity: "x",
        page: "index.html".to_owned(),
        address: "feed.xml".to_owned(),
        begun: BEGUN,
        entries,
    }
    .xml()
}

fn entry(title: &str, day: Date) -> FeedEntry {
    FeedEntry {
        title: title.to_owned(),
        identity: format!("{title}.md"),
        page: "a/index.html?x&y".to_owned(),
        at: day.to_zoned(TimeZone::UTC).unwrap().timestamp(),
        summary: "</summary><script>\u{0}\u{202e}".to_owned(),
        categories: vec!["\"wiki\"".to_owned()],
    }
}

/// What RFC 4287 asks of a feed (4.1.1) and an entry (4.1.2).
#[test]
fn a_feed_has_what_atom_asks_for() {
    let xml = feed(vec![entry("]]>&", Date::constant(2026, 3, 2)), entry("b", Date::constant(2026, 3, 1))]);
    let tree = roxmltree::Document::parse(&xml).unwrap();
    let root = tree.root_element();
    let count = |node: roxmltree::Node, name| node.children().filter(|child| child.has_tag_name((ATOM, name))).count();
    let said = |node: roxmltree::Node, name| {
        node.children().find(|child| child.has_tag_name((ATOM, name))).unwrap().text().unwrap_or_default().to_owned()
    };
    for name in ["id", "title", "updated", "author"] {
        assert_eq!(count(root, name), 1, "{name}");
    }
    assert_eq!((said(root, "title").as_str(), said(root, "updated").as_str()), ("A & <B>", "2026-03-02T00:00:00Z"));
    let entries: Vec<_> = root.children().filter(|child| child.has_tag_name((ATOM, "entry"))).collect();
    assert_eq!(entries.len(), 2);
    for entry in &entries {
        for name in ["id", "title", "updated", "summary", "link"] {
            assert_eq!(count(*entry, name), 1, "{name}");
        }
        for time in ["updated", "published"] {
            said(*entry, time).parse::<jiff::Timestamp>().unwrap();
        }
    }
    let first = entries.first().unwrap();
    assert_eq!((said(*first, "title").as_str(), said(*first, "summary").as_str()), ("]]>&", "</summary><script>"));
}

#[test]
fn an_entry_keeps_its_id_whatever_else_changes() {
    let id = |xml: &str| {
        xml.split("<entry>").nth(1).unwrap().split("<id>").nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    let mut changed = entry("a", Date::constant(2026, 3, 1));
    let before = id(&feed(vec![entry("a", Date::constant(2026, 3, 2))]));
    changed.title = "another title".to_owned();
    assert_eq!(id(&feed(vec![changed, entry("b", Date::constant(2026, 1, 1))])), before);
    assert_ne!(id(&feed(vec![entry("b", Date::constant(2026, 1, 1))])), before);
    assert_eq!(before.len(), "urn:uuid:".len() + 36);
}

#[test]
fn a_feed_without_entries_is_as_old_as_it_is_told() {
    let xml = feed(Vec::new());
    roxmltree::Document::parse(&xml).unwrap();
    assert!(xml.contains(&format!("<updated>{BEGUN}</updated>")), "{xml}");
}
