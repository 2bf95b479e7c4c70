use proptest::prelude::*;

use super::markdown::{body_of, markdown};
use super::*;

fn check(cases: &[(&str, &str)]) {
    for (html, expected) in cases {
        assert_eq!(written(&parse::parse(html)), *expected, "{html}");
    }
}

#[test]
fn what_runs_or_loads_something_is_not_there() {
    check(&[
        ("a<script>alert(1)</script>b", "ab"),
        ("a<SCRIPT src=//x.example/>b", "ab"),
        ("<p onclick=alert(1) style='x'>a</p>", "<p>a</p>"),
        ("<style>p{}</style><iframe src=x></iframe><p>a", "<p>a</p>"),
        ("<svg><svg><a href=x></svg><script>1</script></svg>b", "b"),
        (
            "<img src=https://x.example/a.png onerror=alert(1)>",
            "<a href=\"https://x.example/a.png\" class=\"picture\">Picture: a.png</a>",
        ),
        ("<img src=\"a/b.png\" alt='A &amp; B'>", "<span class=\"picture\">Picture: A &amp; B</span>"),
        ("<form action=x><input name=a><button>b</button>c</form>", "c"),
        ("<!-- a --><!doctype html><?php x ?>b<base href=x><meta x><link rel=y>", "b"),
        ("<title>t</title><body onload=x>b</body>", "b"),
        ("\u{202e}a\u{0}", "a"),
    ]);
}

#[test]
fn what_was_not_ended_is_and_what_stands_wrong_is_put_right() {
    check(&[
        ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<table><td>a<td>b<tr><th>c</table>", "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>"),
        ("<table> <tr> <td>a</td> </tr> x</table>", "<table><tr><td>a</td></tr><tr><td> x</td></tr></table>"),
        ("<ul>a</ul>", "<ul><li>a</li></ul>"),
        ("</div></p>a</b>", "a"),
        ("<b>a<p>b</b>c", "<b>a<p>b</p></b>c"),
        ("a<li>b</li>", "a<br>b"),
        ("<section><h2>a</section>", "<div><h2>a</h2></div>"),
        (
            "<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>",
            "<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>",
        ),
    ]);
}

#[test]
fn what_only_looks_like_markup_is_text() {
    check(&[
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("an unended <script> is a word", "an unended  is a word"),
        ("&lt;b&gt; &copy; &#65; &#x42; &nosuch; &", "&lt;b&gt; © A B &amp;nosuch; &amp;"),
    ]);
}

#[test]
fn an_address_is_one_that_leads_somewhere_and_runs_nothing() {
    let elsewhere = |text: &str| Some(Address::Elsewhere(text.to_owned()));
    let cases = [
        ("https://a.example", elsewhere("https://a.example")),
        (" HTTP://a.example", elsewhere("HTTP://a.example")),
        ("mailto:a@b.example", elsewhere("mailto:a@b.example")),
        ("//a.example/x", elsewhere("https://a.example/x")),
        ("\\\\a.example/x", elsewhere("https://a.example/x")),
        ("#a", Some(Address::Within("a".to_owned()))),
        ("../a.md#b:c", Some(Address::Beside("../a.md#b:c".to_owned()))),
        ("javascript:alert(1)", None),
        ("\u{1}java\nscript\t:alert(1)", None),
        ("JAVASCRIPT:x", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("file:///etc/passwd", None),
        ("C:\\x", None),
        ("", None),
    ];
    for (href, expected) in cases {
        assert_eq!(Address::read(href), expected, "{href}");
    }
    // Entities in an address are read before it is judged.
    let nodes = parse::parse("<a href=\"java&#115;cript&colon;alert(1)\">a</a>");
    let href = nodes.first().unwrap().element().unwrap().attribute("href").unwrap();
    assert_eq!(Address::read(href), None);
}

#[test]
fn markdown_with_html_in_it_is_one_tree() {
    let html = written(&markdown("# A\n\n<details><summary>S</summary>\n\n- [x] *b*\n- [ ] c\n\n</details>\n\nd"));
    assert!(html.contains("<details><summary>S</summary>"), "{html}");
    assert!(html.contains("aria-label=\"done:\">☑</span>"), "{html}");
    assert!(html.find("<em>b</em>") < html.find("</details>"), "{html}");
    assert_eq!(written(&markdown("|a|b|\n|-|-:|\n|1|2|")).matches("align=\"right\"").count(), 2);
}

#[test]
fn a_web_page_is_read_as_one() {
    let page = "<!DOCTYPE html><html><head><title>T</title></head><body>\n    <p>a\n\n    <p>*b*</body></html>";
    assert_eq!(written(&read("a.md", page)).replace(['\n', ' '], ""), "<p>a</p><p>*b*</p>");
    assert_eq!(written(&read("a.HTML", "# a")), "# a");
}

#[test]
fn front_matter_is_taken_off_and_rules_are_not() {
    assert_eq!(body_of("---\ntitle: x\n---\n# A"), "# A");
    assert_eq!(body_of("+++\r\ntitle = 1\r\n+++\r\n# A"), "# A");
    assert_eq!(body_of("---\n## A\n---\nb"), "---\n## A\n---\nb");
    assert_eq!(body_of("---\nno end"), "---\nno end");
    assert_eq!(body_of("\u{feff}a"), "a");
}

#[test]
fn hostile_documents_are_read_in_time_in_proportion_to_their_length() {
    for part in [
        "<a \"",
        "<!-- >",
        "<x.y",
        "<script>",
        "<div>",
        "<svg>",
        "</p><b",
        "<td>",
        "&",
        "<ul><li>",
        "> ",
        "[a](",
        "<a href='",
    ] {
        let text = part.repeat(200_000 / part.len());
        let depth = deepest(&parse::parse(&text));
        assert!(depth <= DEEPEST + 2, "{part}: {depth}");
        assert!(!written(&markdown(&text)).contains("<script"));
    }
}

fn deepest(nodes: &[Node]) -> usize {
    nodes.iter().filter_map(Node::element).map(|element| 1 + deepest(&element.children)).max().unwrap_or_default()
}

proptest! {
    #[test]
    fn whatever_comes_in_only_what_is_allowed_goes_out(
        parts in prop::collection::vec(prop_oneof![
            prop::sample::select(vec![
                "<", ">", "\"", "'", "=", "/", "<p ", "<a href=", "javascript:", "<script", "</script>", "<svg>", "</svg>",
                "<table>", "<td>", "<li>", "</ul>", "<!--", "-->", "<style>", "onerror=x", "<img src=", "&#x3c;", "&lt;",
                "</table>", "<h2>", "</h2>", "`", "\n\n", "| a |\n|-|\n",
            ]).prop_map(str::to_owned),
            "[a-z <>&\"']{0,6}",
        ], 0..40)
    ) {
        let text = parts.concat();
        for html in [written(&parse::parse(&text)), written(&markdown(&text))] {
            let xml = format!("<x>{}</x>", html.replace("<br>", "<br/>").replace("<hr>", "<hr/>").replace("<wbr>", "<wbr/>"));
            let tree = roxmltree::Document::parse(&xml).unwrap();
            for node in tree.root_element().descendants().skip(1).filter(roxmltree::Node::is_element) {
                let name = node.tag_name().name();
                prop_assert!(matches!(allowed::fate(name), allowed::Fate::Kept(_)) && !matches!(name, "img" | "input"), "{}", html);
                for attribute in node.attributes() {
                    let allowed = ["href", "title", "class", "role", "aria-label", "align", "start", "colspan", "rowspan", "open", "id"];
                    prop_assert!(allowed.contains(&attribute.name()), "{}", html);
                }
            }
        }
    }
}
