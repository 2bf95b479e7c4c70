use super::Hurdle;

/// What the scheduler says in the event `FailedScheduling` and in the condition `PodScheduled`.
///
/// The message is `0/N nodes are available: COUNT REASON, …. preemption: …`; the reasons are those of the filter
/// plugins (`pkg/scheduler/framework/plugins/*`, `ErrReason…`) and have been worded in several ways since 1.14.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    reasons: Vec<(Reason, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Is(Hurdle),
    /// Selector and affinity share their words.
    Choice,
    /// A claim of the pod is not bound, or not there.
    Claim,
}

impl Words {
    /// Reads a message. What is not known is left out.
    pub(crate) fn read(message: &str) -> Self {
        let first = message.split("preemption:").next().unwrap_or_default();
        let reasons = first.split_once("nodes are available:").map_or(first, |(_, reasons)| reasons);
        let mut words = Self::default();
        // A taint's words hold a comma of their own.
        for part in reasons.replace(", that the pod", " that the pod").split([',', ';']) {
            let part = part.trim();
            let count = part.split(' ').next().and_then(|count| count.parse().ok());
            // That the control plane's nodes are kept free is as it should be.
            let kept_free = part.contains("node-role.kubernetes.io/");
            if let Some(reason) = reason(&part.to_ascii_lowercase()).filter(|_| !kept_free) {
                words.reasons.push((reason, count.unwrap_or(1)));
            }
        }
        words
    }

    /// Whether nothing is said that is understood.
    pub(crate) fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Whether it says that a claim of the pod is not bound.
    pub(crate) fn claim(&self) -> bool {
        self.reasons.iter().any(|(reason, _)| *reason == Reason::Claim)
    }

    /// Whether it says this.
    pub(crate) fn say(&self, hurdle: Hurdle) -> bool {
        self.reasons.iter().any(|(reason, _)| match reason {
            Reason::Is(said) => *said == hurdle,
            Reason::Choice => matches!(hurdle, Hurdle::Selector | Hurdle::Affinity),
            Reason::Claim => false,
        })
    }

    /// What it says, with on how many nodes. Of selector and affinity, which share their words, `choice`.
    pub(crate) fn hurdles(&self, choice: Hurdle) -> impl Iterator<Item = (Hurdle, usize)> {
        self.reasons.iter().filter_map(move |(reason, count)| match reason {
            Reason::Is(hurdle) => Some((*hurdle, *count)),
            Reason::Choice => Some((choice, *count)),
            Reason::Claim => None,
        })
    }
}

fn reason(part: &str) -> Option<Reason> {
    let says = |words: &str| part.contains(words);
    Some(if says("persistentvolumeclaim") || says("persistent volumes to bind") {
        Reason::Claim
    } else if says("volume node affinity") || says("no available volume zone") {
        Reason::Is(Hurdle::VolumePlace)
    } else if says("anti-affinity") {
        Reason::Is(Hurdle::AntiAffinity)
    } else if says("pod affinity") {
        Reason::Is(Hurdle::Company)
    } else if says("taint") {
        Reason::Is(match part {
            _ if says("node.kubernetes.io/unschedulable") => Hurdle::Cordon,
            _ if says("node.kubernetes.io/") || says("cloudprovider.kubernetes.io/") => Hurdle::Trouble,
            _ => Hurdle::Taint,
        })
    } else if says("unschedulable") {
        Reason::Is(Hurdle::Cordon)
    } else if says("node affinity") || says("node selector") || says("nodeaffinity") {
        Reason::Choice
    } else if says("insufficient cpu") {
        Reason::Is(Hurdle::Cpu)
    } else if says("insufficient memory") {
        Reason::Is(Hurdle::Memory)
    } else if says("insufficient ") || says("too many pods") {
        Reason::Is(Hurdle::Room)
    } else if says("not ready") || says("under memory pressure") || says("under disk pressure") {
        Reason::Is(Hurdle::Trouble)
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_many_versions_are_understood() {
        let cases: [(&str, &[(Hurdle, usize)]); 13] = [
            ("0/3 nodes are available: 3 node(s) didn't match node selector.", &[(Hurdle::Selector, 3)]),
            ("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", &[(Hurdle::Selector, 3)]),
            (
                "0/5 nodes are available: 1 node(s) had untolerated taint {team: red}, 4 Insufficient cpu. preemption: 0/5 nodes are available: 5 No preemption victims found for incoming pod.",
                &[(Hurdle::Taint, 1), (Hurdle::Cpu, 4)],
            ),
            (
                "0/2 nodes are available: 2 node(s) had taint {team: red}, that the pod didn't tolerate.",
                &[(Hurdle::Taint, 2)],
            ),
            ("0/2 nodes are available: 2 node(s) had taints that the pod didn't tolerate.", &[(Hurdle::Taint, 2)]),
            (
                "0/2 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 1 node(s) had taint {node.kubernetes.io/unschedulable: }, that the pod didn't tolerate.",
                &[(Hurdle::Trouble, 1), (Hurdle::Cordon, 1)],
            ),
            ("0/2 nodes are available: 2 node(s) were unschedulable.", &[(Hurdle::Cordon, 2)]),
            (
                "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }.",
                &[(Hurdle::Cpu, 1)],
            ),
            (
                "0/2 nodes are available: 2 node(s) didn't match pod affinity/anti-affinity, 2 node(s) didn't satisfy existing pods anti-affinity rules.",
                &[(Hurdle::AntiAffinity, 2), (Hurdle::AntiAffinity, 2)],
            ),
            ("0/2 nodes are available: 2 node(s) didn't match pod affinity rules.", &[(Hurdle::Company, 2)]),
            ("0/1 nodes are available: 1 Insufficient example.org/gpu.", &[(Hurdle::Room, 1)]),
            (
                "0/1 nodes are available: 1 Insufficient memory, 1 Too many pods.",
                &[(Hurdle::Memory, 1), (Hurdle::Room, 1)],
            ),
            ("0/1 nodes are available: 1 node(s) had volume node affinity conflict.", &[(Hurdle::VolumePlace, 1)]),
        ];
        for (message, expected) in cases {
            let words = Words::read(message);
            assert_eq!(words.hurdles(Hurdle::Selector).collect::<Vec<_>>(), expected, "{message}");
        }
    }

    #[test]
    fn claims_are_no_fault_of_nodes() {
        for message in [
            "0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/4",
            "0/4 nodes are available: 4 node(s) didn't find available persistent volumes to bind.",
            "persistentvolumeclaim \"data\" not found",
        ] {
            let words = Words::read(message);
            assert!(words.claim() && words.hurdles(Hurdle::Selector).next().is_none(), "{message}");
        }
        assert!(Words::read("skip schedule deleting pod: apps/wiki").is_empty());
    }
}
