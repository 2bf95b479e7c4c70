//! What the volume controller compares when it looks for a volume for a claim.

use lamplighter_core::cluster::{PersistentVolume, PersistentVolumeClaim, Quantity};

/// In what a volume misses a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Miss {
    /// It is of another storage class.
    Class,
    /// It lacks an access mode.
    Modes,
    /// It is too small.
    Capacity,
    /// It lacks the labels.
    Selector,
    /// It is a block device where a file system is wanted, or the other way round.
    Kind,
    /// It belongs to another claim.
    Taken,
}

/// In what a volume misses a claim of this class.
///
/// Kubernetes docs, Persistent Volumes, Binding, Claims: class and volume mode are the same, the volume has all access
/// modes that the claim wants, is at least as large, matches the selector, and is bound to no other claim. The
/// selector is not looked at where the claim names its volume. What a claim does not say it does not want.
pub(crate) fn misses(claim: &PersistentVolumeClaim, class: &str, volume: &PersistentVolume) -> Vec<Miss> {
    let (wants, has) = (&claim.spec, &volume.spec);
    let pinned = wants.volume_name.as_deref().is_some_and(|name| !name.is_empty());
    let mut misses = Vec::new();
    if has.storage_class_name.as_deref().unwrap_or_default() != class {
        misses.push(Miss::Class);
    }
    if !wants.access_modes.iter().all(|mode| has.access_modes.contains(mode)) {
        misses.push(Miss::Modes);
    }
    let size = |amount: Option<&Quantity>| amount.and_then(Quantity::units);
    let (wanted, had) = (size(wants.resources.requests.get("storage")), size(has.capacity.get("storage")));
    if wanted.zip(had).is_some_and(|(wanted, had)| wanted > had) {
        misses.push(Miss::Capacity);
    }
    if !pinned && wants.selector.as_ref().is_some_and(|selector| !selector.matches(&volume.metadata.labels)) {
        misses.push(Miss::Selector);
    }
    let kind = |mode: &Option<String>| mode.as_deref().unwrap_or("Filesystem").to_owned();
    if kind(&wants.volume_mode) != kind(&has.volume_mode) {
        misses.push(Miss::Kind);
    }
    if is_taken(claim, volume) {
        misses.push(Miss::Taken);
    }
    misses
}

/// Whether a volume belongs to another claim. One that was released still names the claim that is gone, and is given
/// to nobody until somebody takes that name away (Kubernetes docs, Persistent Volumes, Reclaiming).
fn is_taken(claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> bool {
    let phase = volume.status.phase.as_str();
    match &volume.spec.claim_ref {
        None => matches!(phase, "Bound" | "Released" | "Failed"),
        Some(owner) => {
            let (ours, theirs) = (claim.metadata.uid.as_str(), owner.uid.as_str());
            let other = owner.name != claim.metadata.name
                || owner.namespace.as_deref().is_some_and(|namespace| namespace != claim.metadata.namespace())
                || (!ours.is_empty() && !theirs.is_empty() && ours != theirs);
            other || matches!(phase, "Released" | "Failed")
        }
    }
}

/// Whether a volume was given back by a claim of this name, and waits for a person.
pub(crate) fn is_left_behind(claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> bool {
    let named = volume.spec.claim_ref.as_ref().is_some_and(|owner| owner.name == claim.metadata.name);
    named && volume.status.phase == "Released"
}
