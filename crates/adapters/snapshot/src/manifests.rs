use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::ports::Manifests;
use lamplighter_core::{Error, Result};
use serde_json::Value;

use crate::Snapshot;
use crate::kinds::{Recorded as _, every_kind};

#[async_trait]
impl Manifests for Snapshot {
    /// The objects of `manifests.json`. A kind of which an object does not read is unknown with the reason: what
    /// was applied may have been refused for just that.
    async fn applied(&self) -> Result<Arc<ClusterState>> {
        let mut state = ClusterState::unread(self.taken_at(), self.source());
        let state = self.read(move |folder| {
            let mut refused = Vec::new();
            for object in objects(folder.json("manifests.json")?) {
                let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
                if let Err(error) = state.add(object) {
                    refused.push((kind, error));
                }
            }
            let mut state = state.all_seen();
            for (kind, error) in refused {
                mark_unknown(&mut state, &kind, &error);
            }
            Ok(state)
        });
        Ok(Arc::new(state.await?))
    }
}

/// The objects of a list, with or without a frame around it.
fn objects(recorded: Value) -> Vec<Value> {
    match recorded {
        Value::Array(items) => items,
        Value::Object(mut list) => match list.remove("items") {
            Some(Value::Array(items)) => items,
            _ => vec![Value::Object(list)],
        },
        _ => Vec::new(),
    }
}

fn mark_unknown(state: &mut ClusterState, kind: &str, error: &Error) {
    let reason = format!("manifests.json of the snapshot: {error}");
    macro_rules! mark {
        ($($field:ident: $kind:ident of $version:literal in $file:literal per $place:ident,)*) => {
            $(if kind == lamplighter_core::cluster::$kind::KIND {
                state.$field = Observed::Unknown(reason);
                return;
            })*
        };
    }
    every_kind!(mark);
}
