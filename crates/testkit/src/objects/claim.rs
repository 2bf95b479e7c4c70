use lamplighter_core::cluster::{PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus};

use super::{meta, quantity, uid};

/// Makes a [`PersistentVolumeClaim`].
#[derive(Debug, Clone)]
#[must_use = "a builder makes nothing until it is built"]
pub struct ClaimBuilder(PersistentVolumeClaim);

/// A claim that is bound to a volume of 10Gi.
pub fn claim(namespace: &str, name: &str) -> ClaimBuilder {
    let metadata = meta("claim", Some(namespace), name);
    let spec = PersistentVolumeClaimSpec {
        access_modes: vec!["ReadWriteOnce".to_owned()],
        storage_class_name: Some("standard".to_owned()),
        volume_name: Some(format!("pvc-{}", uid(&metadata.uid))),
        ..PersistentVolumeClaimSpec::default()
    };
    let status = PersistentVolumeClaimStatus {
        phase: "Bound".to_owned(),
        capacity: [("storage".to_owned(), quantity("10Gi"))].into(),
    };
    ClaimBuilder(PersistentVolumeClaim { metadata, spec, status })
}

impl ClaimBuilder {
    /// The claim.
    #[must_use]
    pub fn build(self) -> PersistentVolumeClaim {
        self.0
    }

    /// Waiting for a volume.
    pub fn pending(mut self) -> Self {
        self.0.spec.volume_name = None;
        self.0.status = PersistentVolumeClaimStatus { phase: "Pending".to_owned(), ..Default::default() };
        self
    }

    /// Bound to a volume that is gone.
    pub fn lost(mut self) -> Self {
        "Lost".clone_into(&mut self.0.status.phase);
        self.0.status.capacity.clear();
        self
    }
}

impl From<ClaimBuilder> for PersistentVolumeClaim {
    fn from(builder: ClaimBuilder) -> Self {
        builder.build()
    }
}
