use lamplighter_core::words::Severity;

use crate::{Part, PostMortem};

const GOOGLE: &str = "# Shop outage\n\n**Date:** 2026-04-02\n\n**Authors:** maria, omar\n\n**Status:** Complete\n\n**Summary:** The shop was down \
    for an hour.\n\n**Impact:** 12,000 orders were lost to the outage.\n\n**Root Causes:** A deploy used up the memory of all pods.\n\
    Nobody had set a limit.\n\n**Trigger:** The deploy of version 7 at noon.\n\n## Action Items\n\n| Action Item | Type | Owner |\n|---|---|---|\n\
    | Set a limit | config | maria |\n\n## Lessons Learned\n\n### What went well\n- The alert came at once\n";

const TABLE: &str = "# Post-mortem: mail is slow\n\n| Field | Value |\n|---|---|\n| Date | 3 May 2026 |\n| Duration | 2 h |\n| Severity | SEV2 |\n\
    | Affected Services | mail, `imap` (reading), auth |\n\n## Summary\nMail was [slow](../other.md).\n\n## Root Cause\nThe disk was full.\n\n\
    ### Why\nLogs.\n\n## Prevention Plan\n\n### P0 – Prevent this exact failure\n\n- [ ] Rotate the logs\n";

const FRONT: &str = "---\ntitle: \"DNS: no answers\"\ndate: 2026-05-06\nseverity: 1\nservices: [dns, resolver]\n---\n\nWhat happened\n=============\n\
    Nothing resolved.\n\nWhat went wrong\n---------------\nThe zone had expired.\n";

const HTML: &str = "<!doctype html>\n<html><head><title>Export</title></head><body>\n<h1>Login broken</h1>\n<table>\n<tr><td>Date</td><td>2026-06-07</td></tr>\n\
    <tr><td>Severity</td><td>Critical</td></tr>\n<tr><td>Services</td><td>auth</td></tr></table>\n<h2>Root cause</h2><p>The certificate had expired &amp; nobody \
    knew.</p>\n<h2>Action items</h2>\n<table><tr><th>Action</th><th>Status</th></tr>\n<tr><td>Add an alert</td><td>Done</td></tr></table></body></html>";

#[test]
fn documents_of_every_shape_are_read() {
    let google = PostMortem::read("pm/shop.md", GOOGLE);
    assert_eq!((google.title.as_str(), google.date.unwrap().to_string().as_str()), ("Shop outage", "2026-04-02"));
    assert_eq!(google.field("authors"), Some("maria, omar"));
    let cause = google.part(Part::RootCause).unwrap();
    assert!(cause.text.contains("used up the memory") && cause.text.contains("set a limit"), "{}", cause.text);
    assert!(google.part(Part::Impact).unwrap().text.contains("12,000"));
    assert_eq!(google.action_items.len(), 1);
    assert_eq!(google.part(Part::Lessons).unwrap().heading, "Lessons Learned");

    let table = PostMortem::read("2026/mail.md", TABLE);
    assert_eq!((table.severity, table.date.unwrap().to_string().as_str()), (Some(Severity::Sev2), "2026-05-03"));
    assert_eq!(table.services, ["mail", "imap", "auth"]);
    assert_eq!(
        (table.field("duration"), table.links[0].target.as_str(), table.links[0].line),
        (Some("2 h"), "../other.md", 11)
    );
    let why = table.sections.iter().find(|section| section.heading == "Why").unwrap();
    assert_eq!((why.part, why.text.as_str(), why.line), (Some(Part::RootCause), "Logs.", 16));
    assert_eq!((table.action_items[0].line, table.action_items[0].priority), (23, Some(crate::Priority::P0)));
    assert!(table.unread.is_empty(), "{:?}", table.unread);

    let front = PostMortem::read("dns.md", FRONT);
    assert_eq!((front.title.as_str(), front.severity), ("DNS: no answers", Some(Severity::Sev1)));
    assert_eq!(
        (front.services, front.date.unwrap().to_string()),
        (vec!["dns".to_owned(), "resolver".to_owned()], "2026-05-06".to_owned())
    );
    let summary = front.sections.iter().find(|section| section.part == Some(Part::Summary)).unwrap();
    assert_eq!((summary.line, summary.text.as_str()), (8, "Nothing resolved."));

    let html = PostMortem::read("export.html", HTML);
    assert_eq!(
        (html.title.as_str(), html.severity, html.services.clone()),
        ("Login broken", Some(Severity::Sev1), vec!["auth".to_owned()])
    );
    assert_eq!(html.part(Part::RootCause).unwrap().text, "The certificate had expired & nobody knew.");
    assert_eq!((html.action_items[0].action.as_str(), html.action_items[0].line), ("Add an alert", 11));
}

#[test]
fn html_within_markdown_is_read_on_its_lines() {
    let read = PostMortem::read(
        "mail.md",
        "# Mail down\r\n\r\n<table>\r\n<tr><th>Severity</th><td>Sev2</td></tr>\r\n<tr><th>Services</th><td>mail, imap</td></tr>\r\n</table>\r\n\r\n\
         <h2>Root cause</h2>\r\n<p>Full.</p>\r\n\r\n## Next steps\r\n<ul>\r\n<li><input type=checkbox checked> Write it down</li>\r\n<li><input type=checkbox> Buy disks</ul>\r\n\r\n\
         [more](x.md)\r\n",
    );
    assert_eq!((read.severity, read.services.join(" ").as_str()), (Some(Severity::Sev2), "mail imap"));
    assert_eq!(read.part(Part::RootCause).map(|cause| (cause.line, cause.text.as_str())), Some((8, "Full.")));
    let items: Vec<_> = read.action_items.iter().map(|item| (item.line, item.action.as_str(), item.status)).collect();
    assert_eq!(items, [(13, "Write it down", crate::ItemStatus::Done), (14, "Buy disks", crate::ItemStatus::Todo)]);
    assert_eq!(read.links[0].line, 16);
}

#[test]
fn lines_that_stand_for_headings_are_sections() {
    let text = "INCIDENT REPORT\nSeverity: P1\nAffected: api, worker\n\nROOT CAUSE\nA bad setting.\n\n**Impact**\n\nNobody could pay.\n\nAction items:\n1. Test it first\n";
    let read = PostMortem::read("2026-03-01-pay.md", text);
    assert_eq!((read.title.as_str(), read.severity, read.services.len()), ("Pay", Some(Severity::Sev1), 2));
    let parts = [Part::RootCause, Part::Impact, Part::Prevention]
        .map(|part| read.part(part).map(|it| (it.line, it.text.as_str())));
    assert_eq!(parts, [Some((5, "A bad setting.")), Some((8, "Nobody could pay.")), Some((12, "Test it first"))]);
    assert_eq!(read.action_items.len(), 1);
}

#[test]
fn fields_on_one_line_are_told_apart() {
    let text =
        "# A\n**Severity:** Medium. **Duration**: 3 h | **Services:** wiki, mail\n\n**Note:** this is **all:** of it\n";
    let read = PostMortem::read("a.md", text);
    assert_eq!((read.severity, read.field("duration"), read.services.len()), (Some(Severity::Sev3), Some("3 h"), 2));
    assert_eq!(read.field("note"), Some("this is all: of it"));
}

#[test]
fn titles_are_found_where_headings_are_none() {
    for (text, expected) in [
        ("# Postmortem\n**Title:** Search is broken\n", "Search is broken"),
        ("# Root cause\nx\n# Impact\ny\n", "Wiki"),
        ("Postmortem: the cache is empty\n\n# Root cause\nx\n", "Postmortem: the cache is empty"),
        ("# Incident report\nIt broke.\n", "Incident report"),
        ("# Why the root cause of March was missed\n", "Why the root cause of March was missed"),
        ("# Pods <none> Ready & more\n", "Pods <none> Ready & more"),
        ("# <b>Bold</b> title<br>here\n", "Bold title here"),
        ("# \n\n| **Field | Value** |\n|---|---|\n| Date | 2026-03-01 |\n", "Wiki"),
    ] {
        assert_eq!(PostMortem::read("wiki.md", text).title, expected, "{text}");
    }
}

#[test]
fn tags_end_a_line_only_where_they_would_on_a_page() {
    let read = PostMortem::read(
        "a.md",
        "# A\n\nThe <b>new</b> pod <none> was slow.<br>It *is* so.\n\n<p>One</p><!-- a > b --><p>two</p>\n",
    );
    assert_eq!(read.sections[0].text, "The new pod <none> was slow.\nIt is so.\nOne\ntwo");
}

#[test]
fn what_is_not_said_is_absent_and_told() {
    let empty = PostMortem::read("2026-03-01-wiki_is_down.md", "");
    assert_eq!((empty.title.as_str(), empty.date.unwrap().to_string().as_str()), ("Wiki is down", "2026-03-01"));
    assert_eq!((empty.severity, empty.services.len(), empty.action_items.len()), (None, 0, 0));
    assert!(empty.unread.iter().any(|unread| unread.why == "no text"));
    let odd = PostMortem::read("x.md", "# Odd\n**Severity:** purple\n\n```\nopen\n");
    let told: Vec<_> = odd.unread.iter().map(|unread| unread.why.as_str()).collect();
    assert!(
        told.contains(&"\"purple\" is no severity that is known")
            && told.contains(&"code that is begun and never ended"),
        "{told:?}"
    );
    let binary = PostMortem::read("x.md", "\u{feff}# T\n\0\u{fffd}");
    assert_eq!((binary.title.as_str(), binary.unread[0].line), ("T", 2));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_fail(text in "([-*|#>`~=+<>/a-z\\[\\]():! \tÄ\u{1f680}]{0,20}\r?\n){0,20}", html in proptest::bool::ANY) {
        let read = PostMortem::read(if html { "a.html" } else { "a.md" }, &text);
        let lines = text.lines().count().max(1);
        for section in &read.sections {
            proptest::prop_assert!(section.line <= lines + 1, "{section:?} of {lines}");
        }
    }
}

/// Twice as long takes about twice as long: what nests and what repeats is not read again and again.
#[test]
fn huge_documents_are_read() {
    for piece in [
        "- [ ] a\n",
        "| a | b |\n",
        "<div>",
        "**a:** b ",
        "[a](",
        "> ",
        "# a\n",
        "`",
        "<!--",
        "~~a~~ ",
        "<none>",
        "<br>",
        "- a\r",
        "\n    - a\n",
    ] {
        let text = piece.repeat(20_000);
        let read = PostMortem::read("a.md", &text);
        assert!(read.path == "a.md");
    }
}
