//! Tags of HTML within Markdown, told from words that only look like them: `<none>`, `<service>`.

/// What a tag does to the words around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// It ends the line.
    Break,
    /// It leaves the words as they are.
    Mark,
    /// It strikes the words through, or stops that.
    Strike { is_begin: bool },
    /// It is no tag, and stands for itself.
    Word,
}

const MARKS: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "dfn", "em", "font", "i", "img", "input", "ins", "kbd",
    "label", "mark", "path", "q", "rp", "rt", "ruby", "samp", "small", "span", "strong", "sub", "sup", "svg", "tt",
    "u", "var", "wbr",
];

const BREAKS: &[&str] = &[
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "li",
    "main",
    "nav",
    "noscript",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "video",
];

impl Tag {
    /// Reads what begins with `<`: a tag, a comment or a word.
    pub(crate) fn read(tag: &str) -> Self {
        let inner = tag.strip_prefix('<').unwrap_or(tag);
        if inner.starts_with(['!', '?']) {
            return Self::Mark;
        }
        let (inner, is_begin) = inner.strip_prefix('/').map_or((inner, true), |inner| (inner, false));
        let name = inner.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "del" | "s" | "strike" => Self::Strike { is_begin },
            name if MARKS.contains(&name) => Self::Mark,
            name if BREAKS.contains(&name) => Self::Break,
            _ => Self::Word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_from_words() {
        for (tag, expected) in [
            ("<b>", Tag::Mark),
            ("</B>", Tag::Mark),
            ("<a href=\"x\">", Tag::Mark),
            ("<!-- c -->", Tag::Mark),
            ("<br/>", Tag::Break),
            ("<s>", Tag::Strike { is_begin: true }),
            ("</del>", Tag::Strike { is_begin: false }),
            ("<none>", Tag::Word),
            ("<service name>", Tag::Word),
            ("<b-side>", Tag::Word),
            ("<", Tag::Word),
            ("", Tag::Word),
        ] {
            assert_eq!(Tag::read(tag), expected, "{tag}");
        }
    }
}
