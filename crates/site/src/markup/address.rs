//! Addresses that links may lead to.

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// To the web, or to somebody's mail.
    Elsewhere(String),
    /// To a place in the same document, by its name without the `#`.
    Within(String),
    /// To another file beside this one.
    Beside(String),
}

impl Address {
    /// `None` for an address that runs something, or that nobody knows.
    pub(crate) fn read(href: &str) -> Option<Self> {
        // As browsers do: white space at the ends, and line breaks and tabs anywhere, are not there (WHATWG URL, 4.4).
        let href: String = href.trim_matches(|c: char| c <= ' ').chars().filter(|c| !c.is_control()).collect();
        if let Some(fragment) = href.strip_prefix('#') {
            return Some(Self::Within(fragment.to_owned()));
        }
        if href.is_empty() {
            return None;
        }
        if href.starts_with("//") || href.starts_with("\\\\") {
            return Some(Self::Elsewhere(format!("https:{}", href.replace('\\', "/"))));
        }
        match href.find([':', '/', '?', '#', '\\']) {
            Some(end) if href.get(end..).is_some_and(|rest| rest.starts_with(':')) => {
                let scheme = href.get(..end).unwrap_or_default().to_ascii_lowercase();
                matches!(scheme.as_str(), "http" | "https" | "mailto").then_some(Self::Elsewhere(href))
            }
            _ => Some(Self::Beside(href)),
        }
    }
}
