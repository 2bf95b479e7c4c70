use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::ports::{AuditEntry, AuditLog, AuditQuery, Journal, RunLease, StepRecord};
use lamplighter_core::{Context, Result, RunKey};
use serde_json::Value;

use crate::SystemClock;

/// A context for an agent that is used alone: a dry run by the machine's clock that remembers nothing, so every
/// step is done anew each time.
#[must_use]
pub fn standalone(name: &str) -> Context {
    Context::new(RunKey::new(name), Arc::new(SystemClock), Arc::new(Forgetful), Arc::new(Forgetful))
}

/// A journal and an audit log that keep nothing.
struct Forgetful;

#[async_trait]
impl AuditLog for Forgetful {
    async fn append(&self, _: AuditEntry) -> Result<()> {
        Ok(())
    }

    async fn entries(&self, _: &AuditQuery) -> Result<Vec<AuditEntry>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Journal for Forgetful {
    async fn lease(&self, _: &RunKey) -> Result<RunLease> {
        Ok(RunLease::new(()))
    }

    async fn recorded(&self, _: &RunKey, _: &str) -> Result<Option<Value>> {
        Ok(None)
    }

    async fn record(&self, _: &RunKey, _: &str, output: Value) -> Result<Value> {
        Ok(output)
    }

    async fn steps(&self, _: &RunKey) -> Result<Vec<StepRecord>> {
        Ok(Vec::new())
    }

    async fn runs(&self) -> Result<Vec<RunKey>> {
        Ok(Vec::new())
    }

    async fn signal(&self, _: &RunKey, _: &str, value: Value) -> Result<Value> {
        Ok(value)
    }

    async fn signalled(&self, _: &RunKey, _: &str) -> Result<Option<Value>> {
        Ok(None)
    }
}
