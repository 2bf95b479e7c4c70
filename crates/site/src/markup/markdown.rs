//! Documents as trees.

use pulldown_cmark::{Options, Parser, html};

use super::Node;
use super::parse::parse;

/// The tree of a document without its front matter: of Markdown, or of a web page.
pub(crate) fn read(path: &str, text: &str) -> Vec<Node> {
    if is_page(path, text) { parse(text) } else { markdown(body_of(text)) }
}

/// Whether a document has front matter.
pub(crate) fn has_front_matter(path: &str, text: &str) -> bool {
    !is_page(path, text) && body_of(text).len() + "\u{feff}".len() < text.len()
}

fn is_page(path: &str, text: &str) -> bool {
    let begin: String = text.trim_start().chars().take(200).collect::<String>().to_ascii_lowercase();
    [".html", ".htm", ".xhtml"].iter().any(|end| path.to_ascii_lowercase().ends_with(end))
        || begin.starts_with("<!doctype html")
        || begin.starts_with("<html")
        || (begin.starts_with("<?xml") && begin.contains("<html"))
}

/// The tree of Markdown. HTML in it is read as such.
pub(crate) fn markdown(text: &str) -> Vec<Node> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    let mut rendered = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut rendered, Parser::new_ext(text, options));
    parse(&rendered)
}

/// A document without its front matter.
pub(super) fn body_of(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    for fence in ["---", "+++"] {
        let Some(rest) = text.strip_prefix(fence) else { continue };
        let mut lines = rest.split_inclusive('\n');
        if !lines.next().is_some_and(|first| first.trim().is_empty()) {
            continue;
        }
        let mut at = text.len() - rest.len() + rest.find('\n').map_or(rest.len(), |end| end + 1);
        for line in lines {
            at += line.len();
            if line.trim_end() == fence || (fence == "---" && line.trim_end() == "...") {
                return text.get(at..).unwrap_or_default();
            }
            // What stands between two rules is no front matter.
            if ["## ", "| ", "**"].iter().any(|markdown| line.starts_with(markdown)) {
                break;
            }
        }
    }
    text
}
