mod configured_address;
mod denied_name;
mod gateway;
mod ingress_address;
mod policy;
mod port_conflict;
mod resolution;
mod selector;
mod slow_network;
mod target_port;
mod transport;

use lamplighter_core::diagnosis::Rule;

/// All rules, in the order in which they are applied.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(selector::SelectorThatMisses),
        Box::new(target_port::TargetPortThatMisses),
        Box::new(transport::TransportThatDiffers),
        Box::new(configured_address::ConfiguredAddressThatMisses),
        Box::new(resolution::NameThatDoesNotResolve),
        Box::new(gateway::RouteThatMisses),
        Box::new(port_conflict::PortTakenInsidePod),
        Box::new(policy::PolicyThatBlocks),
        Box::new(ingress_address::IngressWithoutAddress),
        Box::new(slow_network::SlowNetwork),
    ]
}
