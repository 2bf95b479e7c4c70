use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::Result;
use lamplighter_core::ports::{HistoryUpdate, MonitorState, SourceHistory, StateChange, UptimeHistory};
use lamplighter_core::words::Source;
use sqlx::{Sqlite, Transaction};

use crate::{SqliteError, SqliteStore};

/// A change is one number where many are read or written at once: the time in milliseconds, times this, and the state.
const STATES: i64 = 8;

#[async_trait]
impl UptimeHistory for SqliteStore {
    async fn recall(&self) -> Result<BTreeMap<Source, SourceHistory>> {
        Ok(self.recall_uptime().await?)
    }

    async fn remember(&self, source: &Source, update: &HistoryUpdate) -> Result<()> {
        if update.is_empty() {
            return Ok(());
        }
        Ok(self.remember_uptime(source, update).await?)
    }
}

impl SqliteStore {
    async fn recall_uptime(&self) -> Result<BTreeMap<Source, SourceHistory>, SqliteError> {
        let mut at_once = self.snapshot().await?;
        let rows: Vec<(i64, String, Option<i64>, Option<String>)> =
            sqlx::query_as("SELECT id, name, seen_until, monitors FROM uptime_sources")
                .fetch_all(&mut *at_once)
                .await
                .map_err(self.failed())?;
        let mut sources = BTreeMap::new();
        for (id, name, seen_until, monitors) in rows {
            let seen_until = seen_until.map(time).transpose()?;
            let monitors = monitors.map(|text| serde_json::from_str(&text)).transpose();
            let monitors = monitors.map_err(|error| unreadable("the monitors of a source", error))?;
            let changes = self.recall_changes(id, &mut at_once).await?;
            let latency = self.recall_latency(id, &mut at_once).await?;
            sources.insert(Source::new(name), SourceHistory { seen_until, monitors, changes, latency });
        }
        Ok(sources)
    }

    async fn recall_changes(
        &self,
        source: i64,
        at_once: &mut Transaction<'static, Sqlite>,
    ) -> Result<BTreeMap<String, Vec<StateChange>>, SqliteError> {
        // A row for each change would take longer than what is done with them.
        let rows: Vec<(String, Option<String>)> = sqlx::query_as(
            "SELECT name, (SELECT group_concat(at * 8 + state) FROM \
             (SELECT at, state FROM uptime_changes WHERE monitor = uptime_monitors.id ORDER BY at)) \
             FROM uptime_monitors WHERE source = ?1",
        )
        .bind(source)
        .fetch_all(&mut **at_once)
        .await
        .map_err(self.failed())?;
        let read = |(name, packed): (String, Option<String>)| {
            let packed = packed.unwrap_or_default();
            let changes = packed.split(',').filter(|number| !number.is_empty()).map(unpacked);
            Ok((name, changes.collect::<Result<_, SqliteError>>()?))
        };
        rows.into_iter().map(read).collect()
    }

    async fn recall_latency(
        &self,
        source: i64,
        at_once: &mut Transaction<'static, Sqlite>,
    ) -> Result<BTreeMap<Timestamp, BTreeMap<String, u32>>, SqliteError> {
        let rows: Vec<(i64, String)> = sqlx::query_as("SELECT hour, millis FROM uptime_latency WHERE source = ?1")
            .bind(source)
            .fetch_all(&mut **at_once)
            .await
            .map_err(self.failed())?;
        let read = |(hour, text): (i64, String)| {
            let millis = serde_json::from_str(&text).map_err(|error| unreadable("the latency of an hour", error))?;
            Ok((time(hour)?, millis))
        };
        rows.into_iter().map(read).collect()
    }

    async fn remember_uptime(&self, source: &Source, update: &HistoryUpdate) -> Result<(), SqliteError> {
        let mut all = self.write().await?;
        let source: i64 = sqlx::query_scalar(
            "INSERT INTO uptime_sources (name, seen_until) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET seen_until = \
             max(coalesce(seen_until, excluded.seen_until), coalesce(excluded.seen_until, seen_until)) RETURNING id",
        )
        .bind(source.as_str())
        .bind(update.seen_until.map(Timestamp::as_millisecond))
        .fetch_one(&mut *all)
        .await
        .map_err(self.failed())?;
        if let Some(monitors) = &update.monitors {
            let text = serde_json::to_string(monitors)
                .map_err(|source| SqliteError::Unwritable { what: "the monitors of a source".to_owned(), source })?;
            sqlx::query("UPDATE uptime_sources SET monitors = ?2 WHERE id = ?1")
                .bind(source)
                .bind(text)
                .execute(&mut *all)
                .await
                .map_err(self.failed())?;
        }
        for (monitor, (from, changes)) in &update.changes {
            self.replace_changes(source, monitor, *from, changes, &mut all).await?;
        }
        for (hour, millis) in &update.latency {
            let text = serde_json::to_string(millis)
                .map_err(|source| SqliteError::Unwritable { what: "the latency of an hour".to_owned(), source })?;
            sqlx::query("INSERT OR REPLACE INTO uptime_latency (source, hour, millis) VALUES (?1, ?2, ?3)")
                .bind(source)
                .bind(hour.as_millisecond())
                .bind(text)
                .execute(&mut *all)
                .await
                .map_err(self.failed())?;
        }
        if let Some(before) = update.forget_latency_before {
            sqlx::query("DELETE FROM uptime_latency WHERE source = ?1 AND hour < ?2")
                .bind(source)
                .bind(before.as_millisecond())
                .execute(&mut *all)
                .await
                .map_err(self.failed())?;
        }
        if let Some(before) = update.forget_before {
            self.forget_uptime(source, before, &mut all).await?;
        }
        if update.forget_before.is_some() || update.changes.values().any(|(_, changes)| changes.is_empty()) {
            sqlx::query(
                "DELETE FROM uptime_monitors WHERE source = ?1 AND NOT EXISTS \
                 (SELECT 1 FROM uptime_changes WHERE monitor = uptime_monitors.id)",
            )
            .bind(source)
            .execute(&mut *all)
            .await
            .map_err(self.failed())?;
        }
        all.commit().await.map_err(self.failed())
    }

    async fn replace_changes(
        &self,
        source: i64,
        monitor: &str,
        from: Timestamp,
        changes: &[StateChange],
        all: &mut Transaction<'static, Sqlite>,
    ) -> Result<(), SqliteError> {
        // A conflict that does nothing returns no row.
        let monitor: i64 = sqlx::query_scalar(
            "INSERT INTO uptime_monitors (source, name) VALUES (?1, ?2) \
             ON CONFLICT (source, name) DO UPDATE SET name = name RETURNING id",
        )
        .bind(source)
        .bind(monitor)
        .fetch_one(&mut **all)
        .await
        .map_err(self.failed())?;
        sqlx::query("DELETE FROM uptime_changes WHERE monitor = ?1 AND at >= ?2")
            .bind(monitor)
            .bind(from.as_millisecond())
            .execute(&mut **all)
            .await
            .map_err(self.failed())?;
        let packed: Vec<String> = changes.iter().map(|change| packed(change).to_string()).collect();
        sqlx::query(
            "INSERT OR REPLACE INTO uptime_changes (monitor, at, state) \
             SELECT ?1, value >> 3, value & 7 FROM json_each(?2)",
        )
        .bind(monitor)
        .bind(format!("[{}]", packed.join(",")))
        .execute(&mut **all)
        .await
        .map_err(self.failed())?;
        Ok(())
    }

    async fn forget_uptime(
        &self,
        source: i64,
        before: Timestamp,
        all: &mut Transaction<'static, Sqlite>,
    ) -> Result<(), SqliteError> {
        for statement in [
            "DELETE FROM uptime_changes WHERE monitor IN (SELECT id FROM uptime_monitors WHERE source = ?1) AND at < \
             (SELECT max(at) FROM uptime_changes AS later WHERE later.monitor = uptime_changes.monitor AND later.at <= ?2)",
            "DELETE FROM uptime_changes WHERE monitor IN (SELECT id FROM uptime_monitors WHERE source = ?1) AND at <= ?2 \
             AND state = 4 AND NOT EXISTS (SELECT 1 FROM uptime_changes AS later \
             WHERE later.monitor = uptime_changes.monitor AND later.at > uptime_changes.at)",
        ] {
            sqlx::query(statement)
                .bind(source)
                .bind(before.as_millisecond())
                .execute(&mut **all)
                .await
                .map_err(self.failed())?;
        }
        Ok(())
    }
}

fn packed(change: &StateChange) -> i64 {
    let state = match change.state {
        MonitorState::Down => 0,
        MonitorState::Up => 1,
        MonitorState::Pending => 2,
        MonitorState::Maintenance => 3,
        MonitorState::Unknown => 4,
    };
    change.at.as_millisecond() * STATES + state
}

fn unpacked(text: &str) -> Result<StateChange, SqliteError> {
    let number: i64 = text.parse().map_err(|error| unreadable("a change of a monitor", error))?;
    let state = match number.rem_euclid(STATES) {
        0 => MonitorState::Down,
        1 => MonitorState::Up,
        2 => MonitorState::Pending,
        3 => MonitorState::Maintenance,
        // What is not known any more is not known.
        _ => MonitorState::Unknown,
    };
    Ok(StateChange { at: time(number.div_euclid(STATES))?, state })
}

fn time(milliseconds: i64) -> Result<Timestamp, SqliteError> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| unreadable("a time of a monitor", error))
}

fn unreadable(what: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> SqliteError {
    SqliteError::Unreadable { what: what.to_owned(), source: source.into() }
}
