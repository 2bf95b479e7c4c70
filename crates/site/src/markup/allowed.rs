//! What may stand in a document, and where.

/// What becomes of a tag by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stands, under this name.
    Kept(&'static str),
    /// It goes, and what is in it stands.
    Unwrapped,
    /// It goes with what is in it.
    Dropped,
}

/// Elements that stand as they are.
const KEPT: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "ul",
    "var",
    "wbr",
];

/// Elements whose content means nothing without them.
const DROPPED: &[&str] = &[
    "applet", "audio", "button", "canvas", "embed", "frameset", "iframe", "math", "noembed", "noframes", "noscript",
    "object", "script", "select", "style", "svg", "template", "textarea", "title", "video", "xmp",
];

pub(super) fn fate(name: &str) -> Fate {
    if let Some(kept) = KEPT.iter().find(|kept| **kept == name) {
        return Fate::Kept(kept);
    }
    match name {
        // The page has landmarks of its own.
        "address" | "article" | "aside" | "center" | "footer" | "header" | "main" | "nav" | "section" => {
            Fate::Kept("div")
        }
        "strike" => Fate::Kept("s"),
        "tt" => Fate::Kept("code"),
        _ if DROPPED.contains(&name) => Fate::Dropped,
        _ => Fate::Unwrapped,
    }
}

/// Whether an element has no content and no end.
pub(super) fn is_void(tag: &str) -> bool {
    matches!(tag, "br" | "hr" | "wbr")
}

/// Whether an element stands within a line.
pub(super) fn is_inline(tag: &str) -> bool {
    matches!(
        tag,
        "a" | "abbr"
            | "b"
            | "cite"
            | "code"
            | "del"
            | "dfn"
            | "em"
            | "i"
            | "img"
            | "input"
            | "ins"
            | "kbd"
            | "mark"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "var"
            | "wbr"
    )
}

/// Whether it begins a new paragraph.
pub(super) fn ends_paragraph(tag: &str) -> bool {
    !is_inline(tag) && tag != "br"
}

/// The elements, the innermost first, that have to be around one for it to stand where it does. Empty: it may stand
/// anywhere.
pub(super) fn parents_of(tag: &str) -> &'static [&'static str] {
    match tag {
        "li" => &["ul", "ol"],
        "dt" | "dd" => &["dl"],
        "td" | "th" => &["tr"],
        "tr" => &["tbody", "thead", "tfoot", "table"],
        "tbody" | "thead" | "tfoot" | "caption" => &["table"],
        "summary" => &["details"],
        "figcaption" => &["figure"],
        _ => &[],
    }
}

/// What has to be put into an element so that anything else can stand in it.
pub(super) fn implied_child(parent: &str) -> Option<&'static str> {
    match parent {
        "ul" | "ol" => Some("li"),
        "dl" => Some("dd"),
        "tr" => Some("td"),
        "table" | "tbody" | "thead" | "tfoot" => Some("tr"),
        _ => None,
    }
}
