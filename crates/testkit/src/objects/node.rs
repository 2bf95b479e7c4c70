use lamplighter_core::cluster::{Node, NodeCondition, NodeSpec, NodeStatus, Taint};

use super::{meta, quantity, yesterday};

/// Makes a [`Node`].
#[derive(Debug, Clone)]
#[must_use = "a builder makes nothing until it is built"]
pub struct NodeBuilder(Node);

/// A node that is ready and has no pressure: 4 cores, 16Gi.
pub fn node(name: &str) -> NodeBuilder {
    let size = [("cpu", "4"), ("memory", "16Gi"), ("pods", "110")];
    let capacity = size.map(|(resource, amount)| (resource.to_owned(), quantity(amount)));
    let conditions = vec![
        condition("MemoryPressure", "False"),
        condition("DiskPressure", "False"),
        condition("PIDPressure", "False"),
        condition("Ready", "True"),
    ];
    let status = NodeStatus {
        conditions,
        capacity: capacity.clone().into(),
        allocatable: capacity.into(),
        addresses: Vec::new(),
    };
    NodeBuilder(Node { metadata: meta("node", None, name), spec: NodeSpec::default(), status })
}

impl NodeBuilder {
    /// The node.
    #[must_use]
    pub fn build(self) -> Node {
        self.0
    }

    /// Not ready: its kubelet says so.
    pub fn not_ready(self) -> Self {
        self.status_of("Ready", "False", "KubeletNotReady")
    }

    /// Not heard of any more.
    pub fn unreachable(self) -> Self {
        let mut this = self.status_of("Ready", "Unknown", "NodeStatusUnknown");
        this.0.spec.taints.push(Taint {
            key: "node.kubernetes.io/unreachable".to_owned(),
            value: None,
            effect: "NoExecute".to_owned(),
        });
        this
    }

    /// Under this pressure: `MemoryPressure`, `DiskPressure`, `PIDPressure`.
    pub fn under(self, pressure: &str) -> Self {
        self.status_of(pressure, "True", "KubeletHasPressure")
    }

    /// Cordoned: nothing new is put on it.
    pub fn cordoned(mut self) -> Self {
        self.0.spec.unschedulable = Some(true);
        self
    }

    fn status_of(mut self, r#type: &str, status: &str, reason: &str) -> Self {
        self.0.status.conditions.retain(|condition| condition.r#type != r#type);
        self.0.status.conditions.push(NodeCondition { reason: Some(reason.to_owned()), ..condition(r#type, status) });
        self
    }
}

impl From<NodeBuilder> for Node {
    fn from(builder: NodeBuilder) -> Self {
        builder.build()
    }
}

fn condition(r#type: &str, status: &str) -> NodeCondition {
    NodeCondition {
        r#type: r#type.to_owned(),
        status: status.to_owned(),
        last_transition_time: Some(yesterday()),
        ..NodeCondition::default()
    }
}
