use async_trait::async_trait;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use lamplighter_core::Result;
use lamplighter_core::diagnosis::{UnitState, UnitStatus};
use lamplighter_core::ports::NodeUnits;

use crate::folder::{Folder, is_name};
use crate::{Snapshot, SnapshotError};

/// A folder for each node, and in it a file for each unit.
const FOLDER: &str = "node-logs";

#[async_trait]
impl NodeUnits for Snapshot {
    /// The units by node and name. A recording without an `Active:` line has the state
    /// [`Unknown`](UnitState::Unknown).
    async fn units(&self) -> Result<Vec<UnitStatus>> {
        self.read(units).await
    }
}

fn units(folder: &Folder) -> Result<Vec<UnitStatus>, SnapshotError> {
    let mut units = Vec::new();
    for node in folder.names(FOLDER)?.into_iter().filter(|node| is_name(node)) {
        // A file that happens to lie here is no node.
        let Ok(files) = folder.names(&format!("{FOLDER}/{node}")) else { continue };
        for unit in files.iter().filter_map(|file| file.strip_suffix(".txt")) {
            let bytes = folder.bytes(&format!("{FOLDER}/{node}/{unit}.txt"))?;
            units.push(parse(&node, unit, &String::from_utf8_lossy(&bytes)));
        }
    }
    Ok(units)
}

/// Reads what `systemctl status` prints: some lines on the unit, among them `Active: STATE (SUBSTATE) since TIME;
/// AGE ago`, an empty line, and the last lines of its journal (systemctl(1), "Output").
fn parse(node: &str, unit: &str, text: &str) -> UnitStatus {
    let mut lines = text.lines();
    let about: Vec<&str> = lines.by_ref().take_while(|line| !line.trim().is_empty()).collect();
    let active = about.into_iter().map(str::trim).find_map(|line| Some((line, line.strip_prefix("Active:")?.trim())));
    let (detail, said) = active.unwrap_or_default();
    UnitStatus {
        node: node.to_owned(),
        unit: unit.strip_suffix(".service").unwrap_or(unit).to_owned(),
        state: UnitState::named(said.split(' ').next().unwrap_or_default()),
        detail: detail.to_owned(),
        since: since(said),
        lines: lines.map(str::to_owned).collect(),
    }
}

/// The time in `active (running) since Wed 2026-03-04 10:28:56 UTC; 1 day ago`. The abbreviations of other zones
/// mean different offsets in different places, so that only UTC can be read.
fn since(said: &str) -> Option<Timestamp> {
    let (_, rest) = said.split_once(" since ")?;
    let mut words = rest.split(';').next()?.split_whitespace();
    let (_weekday, date, time, zone) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let at: civil::DateTime = format!("{date}T{time}").parse().ok()?;
    if !matches!(zone, "UTC" | "GMT") {
        return None;
    }
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
