use super::Untrusted;
use crate::words::{ErrorKindReported, IssueText, ReportScope, ServiceCatalog};

/// How many lines of a form are looked at.
const LINES: usize = 2_000;

const ERRORS: [(&str, ErrorKindReported); 11] = [
    ("page won't load", ErrorKindReported::PageWontLoad),
    ("502 bad gateway", ErrorKindReported::BadGateway),
    ("502", ErrorKindReported::BadGateway),
    ("503 service unavailable", ErrorKindReported::ServiceUnavailable),
    ("503", ErrorKindReported::ServiceUnavailable),
    ("login broken", ErrorKindReported::LoginBroken),
    ("slow", ErrorKindReported::Slow),
    ("feature broken", ErrorKindReported::FeatureBroken),
    ("data missing", ErrorKindReported::DataMissing),
    ("not sure", ErrorKindReported::NotSure),
    ("i'm not sure", ErrorKindReported::NotSure),
];

const SCOPES: [(&str, ReportScope); 5] = [
    ("just me", ReportScope::JustMe),
    ("others too", ReportScope::Others),
    ("others", ReportScope::Others),
    ("not sure", ReportScope::NotSure),
    ("i'm not sure", ReportScope::NotSure),
];

/// What was chosen in the outage form (SPEC §2). Nothing in it is a word of whoever filled it in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// The service, by the name that the catalog has for it.
    pub service: Option<String>,
    /// The kind of error, where it is exactly one of those that the form offers.
    pub error: Option<ErrorKindReported>,
    /// The scope, where it is exactly one of those that the form offers.
    pub scope: Option<ReportScope>,
}

/// Reads what was chosen from what a form offers, whoever filled it in: the answers can only be values that were there
/// before, so no text from outside comes through.
#[must_use]
pub fn chosen(text: &Untrusted<IssueText>, catalog: &ServiceCatalog) -> Chosen {
    let body = &text.0.body;
    let service = answer(body, "affected service");
    let one_of = |heading| answer(body, heading).map(|answer| answer.to_lowercase().replace('\u{2019}', "'"));
    let error = one_of("what kind of error?");
    let scope = one_of("is it just you or others too?");
    Chosen {
        service: service.and_then(|named| {
            let name = named.split([' ', '\u{a0}']).any(|word| word.starts_with(['(', '[']));
            let plain = if name { named.split(['(', '[']).next().unwrap_or_default() } else { named };
            catalog.find(plain).map(|service| service.name.clone())
        }),
        error: error.and_then(|error| ERRORS.into_iter().find(|(words, _)| *words == error).map(|(_, kind)| kind)),
        scope: scope.and_then(|scope| SCOPES.into_iter().find(|(words, _)| *words == scope).map(|(_, kind)| kind)),
    }
}

/// The first line below the first heading of these words.
fn answer<'a>(body: &'a str, heading: &str) -> Option<&'a str> {
    let is_heading = |line: &str| line.starts_with('#');
    let mut lines = body.lines().take(LINES).map(str::trim);
    lines.find(|line| is_heading(line) && line.trim_start_matches('#').trim().to_lowercase() == heading)?;
    lines.find(|line| !line.is_empty()).filter(|line| !is_heading(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::CatalogedService;

    fn catalog() -> ServiceCatalog {
        let wiki: CatalogedService = serde_json::from_str(r#"{"name": "Wiki", "aliases": ["pages (old)"]}"#).unwrap();
        ServiceCatalog::new(vec![wiki])
    }

    fn read(body: &str) -> Chosen {
        let text = IssueText { title: "<script>".to_owned(), body: body.to_owned() };
        chosen(&Untrusted::new(text), &catalog())
    }

    #[test]
    fn what_a_form_offers_is_read_and_nothing_else() {
        let form = |service: &str, error: &str, scope: &str| {
            format!(
                "### Affected Service\r\n\r\n{service}\r\n\r\n### What's happening?\n\nevil\n\n### What kind of error?\n\n\
                 {error}\n\n### Is it just you or others too?\n\n{scope}\n"
            )
        };
        let all = read(&form("Wiki (pages, search)", "Page won\u{2019}t load", "Others too"));
        let expected = Chosen {
            service: Some("Wiki".to_owned()),
            error: Some(ErrorKindReported::PageWontLoad),
            scope: Some(ReportScope::Others),
        };
        assert_eq!(all, expected);
        for (service, error, scope) in [
            ("Something else", "502 and you smell", "everybody!!"),
            ("_No response_", "_No response_", "_No response_"),
            ("<b>Wiki</b>", "**Slow**", "Just me, Maria"),
            ("", "", ""),
        ] {
            assert_eq!(read(&form(service, error, scope)), Chosen::default(), "{service}");
        }
        assert_eq!(read("Wiki is down, 502, others too"), Chosen::default(), "prose is no form");
        assert_eq!(read(&"### x\n".repeat(100_000)), Chosen::default());
    }
}
