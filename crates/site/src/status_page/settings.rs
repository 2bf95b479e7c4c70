use serde::{Deserialize, Serialize};

use crate::markup::Address;

/// Where things are that a status page leads to. All of it may be absent: then there are no such links.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatusPageSettings {
    /// The address that the page will be at, which makes the links of its feed and of its JSON files whole.
    pub base_url: Option<String>,
    /// What an issue's number is put behind: `https://github.com/owner/repository/issues/`.
    pub issues_url: Option<String>,
    /// What the path of a post-mortem in the repository is put behind: `https://github.com/owner/repository/blob/main/`.
    pub repository_url: Option<String>,
    /// Where a problem is reported: `https://github.com/owner/repository/issues/new/choose`.
    pub report_url: Option<String>,
}

impl StatusPageSettings {
    /// The address of a file of the site: whole, or as seen from its root.
    pub(super) fn address(&self, file: &str) -> String {
        match web(self.base_url.as_deref()) {
            Some(base) => format!("{}/{file}", base.trim_end_matches('/')),
            None => file.to_owned(),
        }
    }

    /// The address of the site, with a slash at its end.
    pub(super) fn base(&self) -> Option<String> {
        web(self.base_url.as_deref()).map(|base| format!("{}/", base.trim_end_matches('/')))
    }

    pub(super) fn issue(&self, number: u64) -> Option<String> {
        web(self.issues_url.as_deref()).map(|issues| format!("{}/{number}", issues.trim_end_matches('/')))
    }

    pub(super) fn report(&self) -> Option<String> {
        web(self.report_url.as_deref()).map(str::to_owned)
    }

    /// Where a post-mortem is: an address of the web, or a path in the repository where that has an address.
    pub(super) fn post_mortem(&self, place: &str) -> Option<String> {
        if let Some(address) = web(Some(place)) {
            return Some(address.to_owned());
        }
        let repository = web(self.repository_url.as_deref())?;
        is_path(place).then(|| format!("{}/{place}", repository.trim_end_matches('/')))
    }
}

/// Whether it is an address of the web or a path in a repository, and nothing else.
pub(super) fn is_place(place: &str) -> bool {
    web(Some(place)).is_some() || is_path(place)
}

fn is_path(place: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
    let is_within = !place.starts_with('/') && !place.split('/').any(|part| part == "..");
    is_within && !place.is_empty() && place.chars().all(is_plain)
}

/// An address of the web, and nothing that runs or leads to a file.
fn web(address: Option<&str>) -> Option<&str> {
    let address = address?;
    let is_web = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
    let is_clean = !address.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'<>\\".contains(c));
    (is_web && is_clean && matches!(Address::read(address), Some(Address::Elsewhere(_)))).then_some(address)
}
