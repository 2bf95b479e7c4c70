use serde::{Deserialize, Serialize};

/// How a filer behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilerSettings {
    /// How many conditions have an issue of their own at one time; the others share one. Default: 5.
    pub most: usize,
    /// Whether an issue is closed when its condition is over. Default: no, somebody should look why it happened.
    pub close_recovered: bool,
    /// The name of the cluster, where several share a tracker; each then minds its own issues. Default: none.
    pub cluster: Option<String>,
}

impl Default for FilerSettings {
    fn default() -> Self {
        Self { most: 5, close_recovered: false, cluster: None }
    }
}
