use serde_json::Value;

use super::{ClusterState, Observed};
use crate::{Error, Result};

macro_rules! kinds {
    ($($kind:literal in $field:ident,)*) => {
        impl ClusterState {
            /// Takes every kind as read and empty that was not read.
            #[must_use]
            pub fn all_seen(mut self) -> Self {
                $(if self.$field.seen().is_none() {
                    self.$field = Observed::Seen(Vec::new());
                })*
                self
            }

            /// Adds an object as the API writes it, by its `kind`; the objects of a list one by one. The kind counts
            /// as read from then on. An object of a kind that diagnosis does not look at is left out: the answer is
            /// how many were added.
            ///
            /// # Errors
            /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when an object is not one of its kind.
            pub fn add(&mut self, object: Value) -> Result<usize> {
                let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
                if let Some(items) = object.get("items").and_then(Value::as_array) {
                    let of_list = kind.strip_suffix("List").filter(|kind| !kind.is_empty());
                    let mut added = 0;
                    for item in items {
                        let mut item = item.clone();
                        if let (Some(kind), Some(object)) = (of_list, item.as_object_mut()) {
                            object.entry("kind").or_insert_with(|| kind.into());
                        }
                        added += self.add(item)?;
                    }
                    return Ok(added);
                }
                match kind.as_str() {
                    $($kind => push(&mut self.$field, $kind, object)?,)*
                    _ => return Ok(0),
                }
                Ok(1)
            }
        }
    };
}

kinds! {
    "Node" in nodes,
    "Namespace" in namespaces,
    "Pod" in pods,
    "Deployment" in deployments,
    "ReplicaSet" in replica_sets,
    "StatefulSet" in stateful_sets,
    "DaemonSet" in daemon_sets,
    "Job" in jobs,
    "CronJob" in cron_jobs,
    "PersistentVolumeClaim" in claims,
    "PersistentVolume" in volumes,
    "StorageClass" in storage_classes,
    "Event" in events,
    "Service" in services,
    "Endpoints" in endpoints,
    "Ingress" in ingresses,
    "NetworkPolicy" in network_policies,
    "ConfigMap" in config_maps,
    "Secret" in secrets,
    "ServiceAccount" in service_accounts,
    "RoleBinding" in role_bindings,
    "ResourceQuota" in quotas,
    "LimitRange" in limit_ranges,
    "HorizontalPodAutoscaler" in autoscalers,
    "PodDisruptionBudget" in disruption_budgets,
}

fn push<T: serde::de::DeserializeOwned>(list: &mut Observed<Vec<T>>, kind: &str, object: Value) -> Result<()> {
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("without a name").to_owned();
    let object = serde_json::from_value(object)
        .map_err(|error| Error::invalid(format!("{kind} {name} cannot be read: {error}")).with_source(error))?;
    match list {
        Observed::Seen(items) => items.push(object),
        Observed::Unknown(_) | Observed::Absent(_) => *list = Observed::Seen(vec![object]),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::words::Source;

    #[test]
    fn objects_go_where_their_kind_says() {
        let mut state = ClusterState::unread(Timestamp::UNIX_EPOCH, Source::new("test"));
        let list = json!({"kind": "List", "items": [
            {"kind": "Service", "metadata": {"name": "wiki"}},
            {"kind": "Secret", "metadata": {"name": "key"}, "data": {"password": "aHVudGVyMg=="}},
            {"kind": "Gadget", "metadata": {"name": "what"}},
        ]});
        assert_eq!(state.add(list).unwrap(), 2);
        assert_eq!(state.add(json!({"kind": "NodeList", "items": [{"metadata": {"name": "n1"}}]})).unwrap(), 1);
        assert_eq!(state.services.items().len(), 1);
        assert!(state.pods.seen().is_none());
        let secret = serde_json::to_string(&state.secrets).unwrap();
        assert!(secret.contains("password") && !secret.contains("aHVudGVyMg"), "{secret}");
    }

    #[test]
    fn what_is_no_object_of_its_kind_is_named() {
        let mut state = ClusterState::unread(Timestamp::UNIX_EPOCH, Source::new("test"));
        let error = state.add(json!({"kind": "Pod", "metadata": {"name": "p", "labels": 7}})).unwrap_err();
        assert!(error.to_string().contains("Pod p cannot be read"), "{error}");
    }
}
