use super::*;

fn body(text: &str) -> Body {
    Body::of(&PostMortem::read("a.md", text), text, &Places::default())
}

fn check(text: &str, shown: &[&str], not_shown: &[&str]) {
    let html = body(text).html;
    for said in shown {
        assert!(html.contains(said), "{said}: {html}");
    }
    for said in not_shown {
        assert!(!html.contains(said), "{said}: {html}");
    }
}

#[test]
fn headings_have_names_and_no_gaps_below_that_of_the_page() {
    check(
        "# T\n\n# A & B\n\n#### C\n\n# A & B\n\n## page-main",
        &["<h2 id=\"a--b\">", "<h3 id=\"c\">", "<h2 id=\"a--b-1\">", "<h3 id=\"page-main-1\">"],
        &["<h1", "<h4"],
    );
}

#[test]
fn links_that_lead_nowhere_are_words() {
    check(
        "# T\n\n## Why\n\n[a](#why) [b](#what) [c](gone.md) [d](javascript:x) [e](https://a.example/?b=1&c=2) [f](a.md)",
        &[
            "<a href=\"#why\">a</a>",
            "<span>b</span>",
            "<span>c</span>",
            "<span>d</span>",
            "href=\"https://a.example/?b=1&amp;c=2\"",
            "<span>f</span>",
        ],
        &[],
    );
}

#[test]
fn the_head_is_facts_whatever_its_form_and_nothing_else_is() {
    let facts = |text: &str| {
        body(text).facts.iter().map(|fact| format!("{}={}", fact.name, text_of(&fact.value))).collect::<Vec<_>>()
    };
    for (text, expected) in [
        ("# T\n\n| | |\n|-|-|\n| Issue | [#1](https://a.example/1) |\n| Severity | SEV1 |", vec!["Issue=#1"]),
        ("# T\n\n**Issue:** #1\n**Severity:** SEV1\n", vec!["Issue=#1"]),
        ("# T\n\n- **Issue**: #1\n- **Severity**: sev1", vec!["Issue=#1"]),
        ("---\nissue: 1\nseverity: SEV1\n---\n# T\n\nText.", vec!["issue=1"]),
        ("# T\n\n| Pod | Node |\n|-|-|\n| a | b |\n\nText.", vec![]),
    ] {
        assert_eq!(facts(text), expected, "{text}");
    }
}

#[test]
fn the_summary_is_the_first_sentences_of_it() {
    for (text, summary) in [
        (
            "# T\n\nIntroduction, long enough.\n\n## Summary\n\nThe wiki was down for an hour.\n\nMore.",
            "The wiki was down for an hour.",
        ),
        ("# T\n\nThe wiki was down for an hour.\n\n## Timeline\n\n- 10:00 it began", "The wiki was down for an hour."),
        ("# T\n\n## Notes\n\n- the wiki was down for an hour", "the wiki was down for an hour"),
        ("", ""),
    ] {
        assert_eq!(body(text).summary, summary, "{text}");
    }
    let long = body(&format!("# T\n\n{}", "A sentence of some words. ".repeat(40))).summary;
    assert!(long.ends_with('.') && long.chars().count() <= 220, "{long}");
    let endless = body(&format!("# T\n\n{}", "word ".repeat(200))).summary;
    assert!(endless.ends_with("word…") && endless.chars().count() <= 221, "{endless}");
}

#[test]
fn lines_that_begin_with_a_time_stay_lines() {
    check("# T\n\n10:00 it began\n10:05 it ended", &["10:00 it began<br>10:05 it ended"], &[]);
    check("# T\n\nAt 10:00 it began\nand went on", &["At 10:00 it began\nand went on"], &["<br>"]);
}

#[test]
fn the_timeline_is_read_from_tables_lists_and_lines() {
    for (text, rows) in [
        ("# T\n\n## Timeline\n\n| Time | Event |\n|-|-|\n| 10:00 | a |\n\n## Next\n\n- 11:00 b", 2),
        ("# T\n\n## Timeline (UTC)\n\n- 10:00 a\n  - 10:01 b\n- 10:02 c", 3),
        ("# T\n\n## Timeline\n\n### Monday\n\n10:00 a\n10:01 b\n\n## Root cause", 3),
        ("<html><body><h2>Timeline</h2><div><table><tr><td>10:00</td><td>a</td></tr></table></div></body></html>", 1),
    ] {
        assert_eq!(body(text).timeline.len(), rows, "{text}: {:?}", body(text).timeline);
    }
}
