//! What does not start, and requests that do not get to where they should.

use lamplighter_core::diagnosis::{Cause, Taxonomy};
use lamplighter_documents::ActionKind::{Architecture, Investigation, Runbook};

use super::super::{Recipe, Step, alerts, settings};

#[expect(clippy::too_many_lines, reason = "a table is read row by row")]
pub(super) fn recipe(cause: Cause) -> Option<Recipe> {
    let (prevent, notice) = match cause {
        Cause::ImageRegistryDnsFailure => (
            Step::other(
                Architecture,
                "Pull the images of %name% through a mirror inside the network",
                "A name that does not resolve then stops no pod; the mirror keeps what was pulled once",
            ),
            alerts::WAITING,
        ),
        Cause::IncorrectImageReference => (
            Step::config(
                "Name the image of %name% by a digest that the pipeline has pulled",
                "A tag can be misspelt, moved and removed; a digest that was pulled exists",
                settings::IMAGE,
            ),
            alerts::WAITING,
        ),
        Cause::MissingImagePullSecret => (
            Step::config(
                "Give %name% the credentials of its registry in the stack that declares it",
                "A pull secret is looked for in the pod's own namespace only",
                settings::PULL_SECRET,
            ),
            alerts::WAITING,
        ),
        Cause::MissingSecretBinding => (
            Step::config(
                "Declare what %name% reads its settings from in the same stack, and refer to it by resource",
                "A reference to a resource fails the plan; a name in quotes fails the pod",
                settings::BINDING,
            ),
            alerts::WAITING,
        ),
        Cause::VolumeMountPermissionDenied => (
            Step::config(
                "Let the group of the process in %name% own its volume",
                "fsGroup sets the group when the volume is mounted; a read-only root file system needs an emptyDir for /tmp",
                settings::VOLUME_GROUP,
            ),
            alerts::RESTARTS,
        ),
        Cause::ContainerConfigInvalid => (
            Step::config(
                "Correct what the container runtime refuses in %name%, and try the image with that user",
                "An image that needs root cannot run as non-root; a subPath must exist in the volume",
                settings::CONTAINER,
            ),
            alerts::WAITING,
        ),
        Cause::RolloutStuck => (
            Step::config(
                "Give the rollout of %name% a deadline, and undo it when that is over",
                "progressDeadlineSeconds only reports; the pipeline has to wait for it and roll back",
                settings::ROLLOUT,
            ),
            alerts::ROLLOUT,
        ),
        Cause::GatewayMisroute => (
            Step::config(
                "Correct the route to %name%, and test each route after a change of the gateway",
                "A route to a service that exists and is the wrong one fails nowhere but at the user",
                settings::ROUTE,
            ),
            alerts::PROBE_FAILS,
        ),
        Cause::ServiceDnsResolutionFailure => (
            Step::config(
                "Take the name of %name% from the service's resource wherever it is called",
                "A short name resolves in its own namespace only; name.namespace.svc resolves everywhere",
                settings::ADDRESS,
            ),
            alerts::NXDOMAIN,
        ),
        Cause::ServiceEnvVarAddressMismatch => (
            Step::config(
                "Take the address that %name% calls from the resource of the called service",
                "An address in quotes is right until the other side moves; a reference moves with it",
                settings::ADDRESS,
            ),
            alerts::ERRORS,
        ),
        Cause::ServicePortMappingMismatch => (
            Step::config(
                "Let the service %name% forward to its container's port by name",
                "A port's name is looked up in each pod; a number has to be changed in two places",
                settings::SERVICE,
            ),
            alerts::PROBE_FAILS,
        ),
        Cause::ServiceProtocolMismatch => (
            Step::config(
                "Say in the service %name% what its port speaks, as its pods do",
                "appProtocol and the port's name tell a mesh or an ingress which protocol to use",
                settings::SERVICE,
            ),
            alerts::ERRORS,
        ),
        Cause::ServiceSelectorMismatch => (
            Step::config(
                "Take the selector of the service %name% and the labels of its pods from one value",
                "A selector that matches nothing is valid, and the service has no endpoints",
                settings::SERVICE,
            ),
            alerts::NO_ENDPOINTS,
        ),
        Cause::NetworkPolicyBlocks => (
            Step::config(
                "Allow the traffic that %name% needs in the policy that blocks it",
                "As soon as one policy selects a pod, all that no policy allows is dropped; DNS too, for egress",
                settings::POLICY,
            ),
            alerts::PROBE_FAILS,
        ),
        Cause::IngressWithoutAddress => (
            Step::config(
                "Name in the ingress %name% a class that a controller serves",
                "An ingress of a class without a controller is valid, and nothing listens for it",
                settings::ROUTE,
            ),
            alerts::PROBE_FAILS,
        ),
        _ => return None,
    };
    let (contain, harden) = match cause.taxonomy() {
        Taxonomy::Startup => (
            Step::config(
                "Keep the old pods of %name% until the new ones are ready",
                "What does not start then replaces nothing",
                settings::ROLLOUT,
            ),
            Step::other(
                Runbook,
                "Write the runbook for %code%: how to see it, what to try, whom to call",
                "This report has the signs; kubectl describe of the pod says the reason word for word",
            ),
        ),
        _ => (
            Step::other(
                Architecture,
                "Let the callers of %name% time out early and answer without it where they can",
                "A caller that waits for its whole timeout fails with what it calls",
            ),
            Step::other(
                Investigation,
                "Call each service through its route after every rollout, and stop the rollout when one fails",
                "Readiness asks the pod itself and sees no fault between it and its users",
            ),
        ),
    };
    Some(Recipe { prevent, contain, notice, harden })
}
