use include_dir::{Dir, include_dir};
use lamplighter::Resolution;
use lamplighter::core::words::Severity;
use serde::Deserialize;

use crate::ScenarioError;

static SCENARIOS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../scenarios");

/// A scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name, which is the name of its folder.
    pub name: String,
    /// What happens in it, one sentence.
    pub about: String,
    /// How it is expected to end.
    pub expected: Expected,
    pub(crate) folder: &'static Dir<'static>,
}

/// How a scenario is expected to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// How the issue ends.
    pub resolution: Resolution,
    /// How bad it is found to be; `None` where it is no incident.
    pub severity: Option<Severity>,
    /// How many things are changed in the infrastructure.
    pub actions: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    about: String,
    order: u32,
    expected: Expected,
}

/// All scenarios, in the order in which they are told.
///
/// # Errors
/// [`ScenarioError::File`] when a manifest cannot be read; a test holds that all can.
pub fn all() -> Result<Vec<Scenario>, ScenarioError> {
    let mut scenarios = SCENARIOS.dirs().map(read).collect::<Result<Vec<_>, _>>()?;
    scenarios.sort_by_key(|(order, _)| *order);
    Ok(scenarios.into_iter().map(|(_, scenario)| scenario).collect())
}

/// The scenario of this name.
#[must_use]
pub fn find(name: &str) -> Option<Scenario> {
    all().ok()?.into_iter().find(|scenario| scenario.name == name)
}

fn read(folder: &'static Dir<'static>) -> Result<(u32, Scenario), ScenarioError> {
    let name = folder.path().to_string_lossy().into_owned();
    let text = text_of(folder, &name, "scenario.toml")?;
    let manifest: Manifest = toml::from_str(text).map_err(|error| ScenarioError::File {
        scenario: name.clone(),
        file: "scenario.toml".to_owned(),
        message: error.to_string(),
    })?;
    Ok((manifest.order, Scenario { name, about: manifest.about, expected: manifest.expected, folder }))
}

/// The text of a file of a scenario.
pub(crate) fn text_of(
    folder: &'static Dir<'static>,
    scenario: &str,
    file: &str,
) -> Result<&'static str, ScenarioError> {
    let found = folder.get_file(folder.path().join(file)).and_then(include_dir::File::contents_utf8);
    found.ok_or_else(|| ScenarioError::File {
        scenario: scenario.to_owned(),
        file: file.to_owned(),
        message: "is missing, or not text".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_can_be_read_and_the_order_is_unique() {
        let scenarios = all().unwrap();
        assert_eq!(scenarios.len(), SCENARIOS.dirs().count());
        let mut orders: Vec<u32> = SCENARIOS.dirs().map(|folder| read(folder).unwrap().0).collect();
        orders.sort_unstable();
        orders.dedup();
        assert_eq!(orders.len(), scenarios.len());
    }
}
