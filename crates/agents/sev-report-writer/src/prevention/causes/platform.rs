//! What the API server refuses, what nodes and the control plane fail at, and what finds no node.

use lamplighter_core::diagnosis::Cause;
use lamplighter_documents::ActionKind::{Architecture, Investigation, Migration, Runbook};

use super::super::{Alert, Recipe, Step, alerts, settings};

#[expect(clippy::too_many_lines, reason = "a table is read row by row")]
pub(super) fn recipe(cause: Cause) -> Option<Recipe> {
    let (prevent, notice) = match cause {
        Cause::MissingServiceAccount => (
            Step::config(
                "Declare the service account that %name% names in the stack that declares its pods, or correct the name",
                "Take the name from the resource, so that a plan without the account fails before the pods do",
                settings::ACCOUNT,
            ),
            alerts::NO_PODS_MADE,
        ),
        Cause::NamespaceCpuQuotaExceeded => quota(
            "Raise the CPU quota of %namespace%, or lower the CPU requests below it",
            "Compare the sum of requests.cpu with the quota before each rollout, with the surge counted",
        ),
        Cause::NamespaceMemoryQuotaExceeded => quota(
            "Raise the memory quota of %namespace%, or lower the memory requests below it",
            "Compare the sum of requests.memory with the quota before each rollout, with the surge counted",
        ),
        Cause::NamespacePodQuotaExceeded => quota(
            "Raise the quota on pods of %namespace% above replicas plus surge plus jobs",
            "Completed jobs count until they are removed: set ttlSecondsAfterFinished on them",
        ),
        Cause::NamespaceServiceQuotaExceeded => quota(
            "Raise the quota on services of %namespace%, and remove services that select nothing",
            "A quota on services also counts those of type NodePort and LoadBalancer apart",
        ),
        Cause::NamespaceStorageQuotaExceeded => quota(
            "Raise the quota on storage of %namespace%, and remove claims that no pod mounts",
            "Look at what is in a claim before it is removed: a person decides",
        ),
        Cause::AdmissionDenied => (
            Step::other(
                Investigation,
                "Make the objects of %name% pass the policy that refused them, and check that in the pipeline",
                "Run the policy against the rendered manifests before they are applied",
            ),
            alerts::REJECTED,
        ),
        Cause::ContainerdUnavailable => (
            Step::other(
                Investigation,
                "Find out why the container runtime of %name% stopped, and let systemd restart it",
                "Read the unit's journal of that time; set Restart=always and a start limit that gives up late",
            ),
            alerts::RUNTIME,
        ),
        Cause::KubeProxyUnavailable => (
            Step::other(
                Investigation,
                "Find out why the service proxy of %name% stopped, and give it a priority class of the system",
                "system-node-critical keeps it from being evicted; read its last log lines",
            ),
            alerts::PROXY,
        ),
        Cause::KubeSchedulerUnavailable => (
            Step::other(
                Architecture,
                "Run the scheduler more than once, with leader election",
                "One that stops is replaced within seconds; static pods need the manifest on each control-plane node",
            ),
            alerts::SCHEDULER,
        ),
        Cause::KubeletUnavailable => (
            Step::other(
                Investigation,
                "Find out why the kubelet of %name% stopped, and reserve memory for the system on the nodes",
                "Read the unit's journal; set systemReserved and kubeReserved, so that pods cannot starve it",
            ),
            alerts::KUBELET,
        ),
        Cause::NodeNetworkDelay => (
            Step::other(
                Investigation,
                "Find what slows the network of %name%: link, driver, queue or traffic shaping",
                "Compare round trips between node pairs; look at tc, at the link's speed and at its queue",
            ),
            alerts::RETRANSMITS,
        ),
        Cause::NodeNetworkPacketLoss => (
            Step::other(
                Investigation,
                "Find where packets of %name% are lost: cable, switch port, MTU or driver",
                "Compare the counters of both ends of the link; test with the largest packet that must not be split",
            ),
            alerts::RETRANSMITS,
        ),
        Cause::NodeUnavailable => (
            Step::other(
                Investigation,
                "Find out what took node %name% away: power, network, disk or kernel",
                "Read the console and the journal of the boot before; nothing in the cluster says it",
            ),
            alerts::NODE_DOWN,
        ),
        Cause::NodePressure => (
            Step::config(
                "Set requests for what runs on %name%, so that the scheduler knows what is used",
                "Pods without requests are placed as if they needed nothing, and are evicted first",
                settings::DEFAULTS,
            ),
            alerts::PRESSURE,
        ),
        Cause::ControlPlaneUnavailable => (
            Step::other(
                Architecture,
                "Run three members of the control plane behind one address",
                "etcd needs a majority; two members are no better than one",
            ),
            alerts::CONTROL_PLANE,
        ),
        Cause::ClusterDnsUnavailable => (
            Step::config(
                "Run the DNS service of the cluster twice, on different nodes, and keep one of them through drains",
                "A disruption budget and a spread over nodes; both are set where it is deployed",
                settings::DISRUPTION,
            ),
            alerts::DNS,
        ),
        Cause::CpuCapacityMismatch => (
            Step::config(
                "Lower the CPU request of %name% to what it uses and a node can give",
                "A request larger than the largest node is never placed, however empty that is",
                settings::REQUESTS,
            )
            .about("cpu request"),
            alerts::PENDING,
        ),
        Cause::MemoryCapacityMismatch => (
            Step::config(
                "Lower the memory request of %name% to what it uses and a node can give",
                "A request larger than the largest node is never placed, however empty that is",
                settings::REQUESTS,
            )
            .about("memory request"),
            alerts::PENDING,
        ),
        Cause::NodeAffinityMismatch => (
            Step::config(
                "Make the node affinity of %name% a wish, or give the label to more than one node",
                "What is required during scheduling keeps a pod from every node that lacks it",
                settings::AFFINITY,
            ),
            alerts::PENDING,
        ),
        Cause::NodeCordonMismatch => (
            Step::other(
                Runbook,
                "Uncordon nodes at the end of maintenance, and let %name% run on more than those",
                "Write down who uncordons and when; a node stays cordoned until somebody does",
            ),
            alerts::UNSCHEDULABLE,
        ),
        Cause::NodeSelectorMismatch => (
            Step::config(
                "Correct the node selector of %name% to labels that nodes have",
                "Labels of nodes are not checked when a pod is made; compare them in the plan",
                settings::PLACEMENT,
            ),
            alerts::PENDING,
        ),
        Cause::PodAntiAffinityConflict => (
            Step::config(
                "Replace the anti-affinity of %name% by a spread that is a wish",
                "A required anti-affinity over host names allows no more pods than nodes, and none for the surge",
                settings::ANTI_AFFINITY,
            ),
            alerts::PENDING,
        ),
        Cause::PvBindingOccupied => (
            Step::config(
                "Give %name% a volume of its own, and name the claim in the volume's claimRef",
                "A volume is bound to one claim; a released one is not taken again until somebody clears it",
                settings::CLAIM,
            ),
            alerts::CLAIM_PENDING,
        ),
        Cause::PvcAccessModeMismatch => (
            Step::config(
                "Ask in the claim of %name% for an access mode that the class offers",
                "ReadWriteMany needs storage that several nodes can mount; a block device has ReadWriteOnce",
                settings::CLAIM,
            ),
            alerts::CLAIM_PENDING,
        ),
        Cause::PvcCapacityMismatch => (
            Step::config(
                "Ask in the claim of %name% for no more than a volume has, or make a larger volume",
                "A claim is bound only to a volume that is at least as large",
                settings::CLAIM,
            ),
            alerts::CLAIM_PENDING,
        ),
        Cause::PvcSelectorMismatch => (
            Step::config(
                "Correct the selector of the claim of %name% to labels that a volume has",
                "A claim with a selector is never provisioned: a volume with those labels has to exist",
                settings::CLAIM,
            ),
            alerts::CLAIM_PENDING,
        ),
        Cause::PvcStorageClassMismatch => (
            Step::config(
                "Name in the claim of %name% a storage class that exists and has a provisioner",
                "A class that does not exist is no error: the claim waits for good",
                settings::CLAIM,
            ),
            alerts::CLAIM_PENDING,
        ),
        Cause::TaintTolerationMismatch => (
            Step::config(
                "Let %name% tolerate the taint of the nodes that it belongs on, or take the taint away",
                "A toleration alone does not draw a pod to a node; add a node selector where it has to be there",
                settings::TOLERATION,
            ),
            alerts::PENDING,
        ),
        Cause::NodeCapacityExhausted => (
            Step::other(
                Architecture,
                "Add room for one node's worth of pods, so that %name% is placed when a node is lost",
                "The requests of all pods have to fit on the nodes that are left",
            ),
            alerts::NODE_FULL,
        ),
        _ => return None,
    };
    Some(Recipe { prevent, contain: contain(cause), notice, harden: harden(cause) })
}

const fn quota(action: &'static str, details: &'static str) -> (Step, Alert) {
    (Step::config(action, details, settings::QUOTA), alerts::QUOTA)
}

fn contain(cause: Cause) -> Step {
    use lamplighter_core::diagnosis::Taxonomy;
    match (cause.taxonomy(), cause) {
        (Taxonomy::Admission, _) => Step::config(
            "Keep the old pods of %name% until the new ones are ready",
            "A rollout that is refused then costs nothing but the rollout",
            settings::ROLLOUT,
        ),
        (Taxonomy::Infrastructure, Cause::ClusterDnsUnavailable) => Step::config(
            "Ask fewer questions for each name in the pods that look up most",
            "Names outside of the cluster are tried with every search domain first",
            settings::DNS,
        ),
        (Taxonomy::Infrastructure, _) => Step::config(
            "Spread each service over several nodes, so that losing %name% takes no service away",
            "Two replicas on one node are lost together",
            settings::SPREAD,
        ),
        _ => Step::config(
            "Keep one pod of %name% through drains and rollouts",
            "A pod that is taken away before its successor has a node leaves nothing that serves",
            settings::DISRUPTION,
        ),
    }
}

fn harden(cause: Cause) -> Step {
    use lamplighter_core::diagnosis::Taxonomy;
    match (cause.taxonomy(), cause) {
        (Taxonomy::Admission, _) => Step::config(
            "Set default requests and limits for the containers of %namespace%",
            "A quota refuses what has no requests; a default lets it pass with known ones",
            settings::DEFAULTS,
        ),
        (Taxonomy::Infrastructure, _) => Step::other(
            Runbook,
            "Write the runbook for %code%: how to see it, what to try, whom to call",
            "This report has the signs and what was tried; try it once on a node that nobody needs",
        ),
        (_, Cause::PvBindingOccupied | Cause::PvcAccessModeMismatch | Cause::PvcCapacityMismatch) => Step::other(
            Migration,
            "Move the data of %name% to a class that can grow and be moved between nodes",
            "A person plans it: data is copied, and checked, before the old volume is let go",
        ),
        _ => Step::other(
            Runbook,
            "Write the runbook for %code%: how to see it, what to try, whom to call",
            "This report has the signs and what was tried; the events of the pod say the reason word for word",
        ),
    }
}
