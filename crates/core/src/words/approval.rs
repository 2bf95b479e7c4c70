use serde::{Deserialize, Serialize};

use super::{Change, Digest, Login};
use crate::{Error, Result};

/// What a collaborator has decided about a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What.
    pub decision: Decision,
    /// Who: a collaborator, as the tracker said when the command was taken.
    pub by: Login,
}

/// Yes or no. Deliberately exhaustive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It may be carried out.
    Approve,
    /// It may not.
    Deny,
}

/// What the names of questions about changes begin with.
const APPROVAL: &str = "approval:";

/// The name of the question whether a change may be carried out. The action is part of it, by its digest: what was approved
/// is what was shown, and a plan that is made anew is asked about anew.
///
/// # Errors
/// [`Internal`](crate::ErrorKind::Internal) for an action that JSON cannot hold.
pub fn approval_question(change: &Change) -> Result<String> {
    let action = serde_json::to_vec(&change.action)
        .map_err(|error| Error::internal("an action is not what JSON can hold").with_source(error))?;
    Ok(format!("{APPROVAL}{}:{}", change.key, Digest::of(&action)))
}

/// Whether a question is one about a change, which `/approve` and `/deny` answer.
#[must_use]
pub fn is_approval_question(name: &str) -> bool {
    name.starts_with(APPROVAL)
}
