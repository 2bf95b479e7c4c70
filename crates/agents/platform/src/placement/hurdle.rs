/// What keeps a pod from a node, after the filters of the scheduler (Kubernetes docs, Scheduler Configuration,
/// Scheduling plugins).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hurdle {
    /// The node is cordoned (`NodeUnschedulable`).
    Cordon,
    /// The node has a taint that the pod does not tolerate (`TaintToleration`).
    Taint,
    /// The node is in trouble, and tainted for that by the control plane.
    Trouble,
    /// The node lacks a label of the pod's `nodeSelector` (`NodeAffinity`).
    Selector,
    /// The node does not meet the pod's required node affinity (`NodeAffinity`).
    Affinity,
    /// A volume of the pod cannot be used from the node (`VolumeBinding`).
    VolumePlace,
    /// Not enough CPU is left (`NodeResourcesFit`).
    Cpu,
    /// Not enough memory is left (`NodeResourcesFit`).
    Memory,
    /// Not enough of something else is left: pods, GPUs (`NodeResourcesFit`).
    Room,
    /// A pod that must not be beside it runs there (`InterPodAffinity`).
    AntiAffinity,
    /// The pod that it must be beside does not run there (`InterPodAffinity`).
    Company,
}

impl Hurdle {
    /// How much one node that this alone keeps away speaks for it. What is temporary, as a cordon, is likelier the
    /// odd one out than what has always been so; nodes with a taint of their own are often meant for others.
    pub(crate) const fn weight(self) -> usize {
        match self {
            Self::Cordon => 4,
            Self::Cpu | Self::Memory | Self::Room => 3,
            _ => 2,
        }
    }

    /// Whether it comes of where the pod wants to run, not of the state of the node.
    pub(crate) const fn is_choice(self) -> bool {
        matches!(self, Self::Selector | Self::Affinity | Self::VolumePlace)
    }
}
