//! Objects that a spec writes out: they are there, and nothing acts on them.

use jiff::Timestamp;
use serde_json::Value;

use super::WorldError;
use super::api::{RESOURCES, Resource};
use super::ids::uid;
use super::json::{put, text};
use super::render::time;

/// An object of a spec with what an API server fills in: `apiVersion`, UID and creation time.
pub(super) fn extra(object: &Value, born_at: Timestamp) -> Result<(Resource, Value), WorldError> {
    let (kind, name) = (text(object, "/kind"), text(object, "/metadata/name"));
    let namespace = text(object, "/metadata/namespace");
    let refused = |why: &str| Err(WorldError::Spec(format!("the object {kind} {name} {why}")));
    let Some(known) = RESOURCES.iter().find(|description| description.kind == kind) else {
        return refused("is of a kind that is not served");
    };
    if name.is_empty() {
        return refused("has no metadata.name");
    }
    if known.namespaced == namespace.is_empty() {
        return refused(if known.namespaced { "has no metadata.namespace" } else { "can have no metadata.namespace" });
    }
    let mut whole = object.clone();
    let missing = |pointer: &str| text(object, pointer).is_empty();
    if missing("/apiVersion") {
        put(&mut whole, &["apiVersion"], known.api_version().into());
    }
    if missing("/metadata/uid") {
        put(&mut whole, &["metadata", "uid"], uid(&[kind, namespace, name]).into());
    }
    if missing("/metadata/creationTimestamp") {
        put(&mut whole, &["metadata", "creationTimestamp"], time(born_at).into());
    }
    Ok((known.resource, whole))
}
