use serde::{Deserialize, Serialize};

/// An outage report, as the form or free text gave it (SPEC §2). What was left empty is `None`; nothing
/// is guessed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    /// The service as the reporter names it, without the hint in brackets.
    pub service: Option<String>,
    /// What is happening, in the reporter's words.
    pub what: Option<String>,
    /// What kind of error.
    pub error: Option<ErrorKindReported>,
    /// Just the reporter or others too.
    pub scope: Option<ReportScope>,
    /// When it started, in the reporter's words: "about 3pm today".
    pub started: Option<String>,
    /// The address that was used.
    pub url: Option<String>,
    /// How to reach the reporter.
    pub contact: Option<String>,
}

impl Report {
    /// The names of the fields that are needed to look for a cause and are missing, as the form calls them.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.service.is_none() && self.url.is_none() {
            missing.push("Affected Service");
        }
        if self.error.is_none() {
            missing.push("What kind of error?");
        }
        if self.started.is_none() {
            missing.push("When did it start?");
        }
        missing
    }

    /// Whether there is nothing in it that says where to look.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.service.is_none() && self.url.is_none()
    }
}

/// The kinds of error that the form offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKindReported {
    /// The page does not load.
    PageWontLoad,
    /// HTTP 502.
    BadGateway,
    /// HTTP 503.
    ServiceUnavailable,
    /// Cannot log in.
    LoginBroken,
    /// Slow.
    Slow,
    /// One feature does not work.
    FeatureBroken,
    /// Data is missing.
    DataMissing,
    /// The reporter is not sure, or wrote something that the form does not offer.
    NotSure,
}

/// Who is affected, as the reporter sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportScope {
    /// Just the reporter.
    JustMe,
    /// Others too.
    Others,
    /// The reporter is not sure.
    NotSure,
}
