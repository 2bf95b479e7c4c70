use std::collections::BTreeSet;
use std::fmt;

use reqwest::Url;

use crate::HttpProbeError;

/// A service to be asked.
#[derive(Clone, PartialEq, Eq)]
pub struct ProbeTarget {
    /// The name of its monitor.
    pub name: String,
    /// Its address, `http` or `https`. May contain a user name and a password, which are never shown.
    pub url: String,
}

impl fmt::Debug for ProbeTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = Url::parse(&self.url).map_or_else(|_| "not a URL".to_owned(), |url| shown(&url));
        f.debug_struct("ProbeTarget").field("name", &self.name).field("url", &url).finish()
    }
}

/// A target whose URL has been read.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) url: Url,
}

impl Target {
    /// Reads all; a name may be there only once.
    pub(crate) fn read_all(targets: Vec<ProbeTarget>) -> Result<Vec<Self>, HttpProbeError> {
        let mut names = BTreeSet::new();
        let mut read = Vec::with_capacity(targets.len());
        for target in targets {
            if !names.insert(target.name.clone()) {
                return Err(refused(&target, "there is another of this name".to_owned()));
            }
            read.push(Self::read(target)?);
        }
        Ok(read)
    }

    fn read(target: ProbeTarget) -> Result<Self, HttpProbeError> {
        // A URL that cannot be read cannot be stripped of its secrets either, so it is not shown.
        let url = Url::parse(&target.url).map_err(|error| refused(&target, format!("its URL is not one: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(
                &target,
                format!("its URL begins with {}; http and https can be probed", url.scheme()),
            ));
        }
        Ok(Self { name: target.name, url })
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("name", &self.name).field("url", &shown(&self.url)).finish()
    }
}

fn refused(target: &ProbeTarget, what: String) -> HttpProbeError {
    HttpProbeError::Target { name: target.name.clone(), what }
}

/// A URL without what may be secret in it.
fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(name: &str, url: &str) -> ProbeTarget {
        ProbeTarget { name: name.to_owned(), url: url.to_owned() }
    }

    #[test]
    fn secrets_in_a_url_are_never_shown() {
        for url in [
            "https://user:hunter2@wiki.example.org:8443/health?token=hunter2#hunter2",
            "https://hunter2@wiki.example.org/health",
            "https://:hunter2@[::1]:x/health",
            "hunter2",
            "ftp://user:hunter2@wiki.example.org/health",
        ] {
            let target = target("wiki", url);
            let shown = format!("{target:?} {:?}", Target::read_all(vec![target.clone()]));
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        let shown = format!("{:?}", target("wiki", "https://u:p@wiki.example.org:8443/health?q"));
        assert!(shown.contains("https://wiki.example.org:8443/health\""), "{shown}");
    }

    #[test]
    fn what_cannot_be_probed_is_refused_with_its_name() {
        for (targets, says) in [
            (vec![target("wiki", "wiki.example.org")], "not one"),
            (vec![target("wiki", "")], "not one"),
            (vec![target("wiki", "ftp://wiki.example.org")], "begins with ftp"),
            (vec![target("wiki", "http://a"), target("wiki", "http://b")], "another of this name"),
        ] {
            let error = Target::read_all(targets).unwrap_err().to_string();
            assert!(error.contains("\"wiki\"") && error.contains(says), "{error}");
        }
    }
}
