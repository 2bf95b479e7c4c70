//! Who may do what: one user, who may do everything that is not denied.

use super::route::Target;
use super::{Call, Status};

/// The bearer token of every world. It opens nothing but a simulation on the loopback interface.
pub(in super::super) const TOKEN: &str = "simulated-world-token";

const USER: &str = "system:serviceaccount:lamplighter:lamplighter";

/// Something that the user may not do; `*` is any verb or resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Denial {
    pub(in super::super) verb: String,
    /// The plural, with its subresource if it has one: `pods`, `pods/log`.
    pub(in super::super) resource: String,
}

pub(super) fn is_known(call: &Call) -> bool {
    call.token.as_deref() == Some(TOKEN)
}

/// The refusal, if this is denied.
pub(super) fn denied(denials: &[Denial], verb: &str, target: &Target) -> Option<Status> {
    let plural = target.description().plural;
    let resource = match target.subresource {
        Some(part) => format!("{plural}/{}", part.as_str()),
        None => plural.to_owned(),
    };
    let covers = |pattern: &str, value: &str| pattern == "*" || pattern == value;
    let is_denied = denials.iter().any(|denial| covers(&denial.verb, verb) && covers(&denial.resource, &resource));
    is_denied.then(|| Status::forbidden(target, USER, verb))
}
