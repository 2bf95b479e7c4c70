//! Trust as a type: what an outsider wrote cannot reach an agent.

mod chosen;
mod shown;

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ports::IssueReader;
use crate::runs::GATE;
use crate::words::{FiledIssue, IssueNumber, IssueState, IssueText, Label, Login};
use crate::{Context, Result};

pub use chosen::{Chosen, chosen};
pub use shown::Vouching;

/// Text from outside, before its author has been checked. It has no accessor: the only way in is
/// [`admit`], which checks the author first.
///
/// ```compile_fail
/// use lamplighter_core::trust::Untrusted;
///
/// let words = Untrusted::new("rm -rf".to_owned());
/// println!("{}", words.0);
/// ```
///
/// It does not serialise by itself either. A store that keeps it until its author is checked says so, field by field, with
/// [`stored`].
#[derive(Clone)]
pub struct Untrusted<T>(T);

impl<T> Untrusted<T> {
    /// Locks text up. Adapters call this on everything that they read.
    pub fn new(text: T) -> Self {
        Self(text)
    }

    /// The text with its provenance, for somebody whose permission has been checked in this crate.
    pub(crate) fn admitted(self, provenance: Provenance) -> Trusted<T> {
        Trusted { text: self.0, provenance }
    }
}

impl<T> fmt::Debug for Untrusted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Untrusted(..)")
    }
}

/// How a store keeps untrusted text: `#[serde(with = "lamplighter_core::trust::stored")]` on the field. What is read back is
/// locked again; written to anything but a store it would be the outsider's words at large.
pub mod stored {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Untrusted;

    /// Writes the text.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn serialize<T: Serialize, S: Serializer>(text: &Untrusted<T>, serializer: S) -> Result<S::Ok, S::Error> {
        text.0.serialize(serializer)
    }

    /// Reads it back, locked.
    ///
    /// # Errors
    /// Those of the deserialiser.
    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Untrusted<T>, D::Error> {
        T::deserialize(deserializer).map(Untrusted)
    }
}

/// Where trusted text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// A collaborator wrote it, as the tracker said when it was checked.
    Collaborator(Login),
    /// The operator gave it, on the command line or from the program that embeds us.
    Operator,
    /// We wrote it.
    Ourselves,
}

/// Text whose author was checked. Cannot be read from data: there is no `Deserialize`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trusted<T> {
    text: T,
    provenance: Provenance,
}

impl<T> Trusted<T> {
    /// Text that the operator vouches for by giving it.
    pub fn from_operator(text: T) -> Self {
        Self { text, provenance: Provenance::Operator }
    }

    /// Text of our own making.
    pub fn ours(text: T) -> Self {
        Self { text, provenance: Provenance::Ourselves }
    }

    /// The text.
    pub fn get(&self) -> &T {
        &self.text
    }

    /// Who vouches for it.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Something derived from the text, with the same provenance.
    pub fn map<U>(self, derive: impl FnOnce(T) -> U) -> Trusted<U> {
        Trusted { text: derive(self.text), provenance: self.provenance }
    }
}

/// What came of the trust gate.
#[derive(Debug, Clone, PartialEq)]
pub enum Admission {
    /// The author is a collaborator: here is the text that was checked.
    Admitted(AdmittedIssue),
    /// The author, or the last editor, is not: nothing was read.
    Queued {
        /// Whose text it is.
        author: Login,
    },
}

/// An issue whose words may be used, pinned: whatever is edited later, this is what was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct AdmittedIssue {
    /// Its number.
    pub number: IssueNumber,
    /// Who filed it.
    pub author: Login,
    /// Its labels when it was admitted.
    pub labels: BTreeSet<Label>,
    /// Whether it was open.
    pub state: IssueState,
    /// When it was filed (UTC), where the tracker says so.
    pub created_at: Option<Timestamp>,
    /// Its words.
    pub text: Trusted<IssueText>,
}

#[derive(Serialize, Deserialize)]
enum Recorded {
    Queued(Login),
    Admitted {
        author: Login,
        vouched_by: Provenance,
        labels: BTreeSet<Label>,
        state: IssueState,
        created_at: Option<Timestamp>,
        text: IssueText,
    },
}

/// The trust gate (SPEC §1.2). Reads the issue, asks the tracker what its author and its last editor may
/// do, and pins the words in the journal: the text that was checked is the text that is used, across
/// edits and restarts. An issue that we filed, which the tracker knows by its key, is our own word.
///
/// # Errors
/// Those of the tracker and the journal. An author whose permission cannot be found out is not admitted.
pub async fn admit(cx: &Context, tracker: &dyn IssueReader, number: IssueNumber) -> Result<Admission> {
    let recorded = cx
        .step(GATE, || async {
            let issue = tracker.issue(number).await?;
            Ok(match voucher(tracker, &issue).await? {
                Err(stranger) => Recorded::Queued(stranger),
                Ok(vouched_by) => Recorded::Admitted {
                    author: issue.author,
                    vouched_by,
                    labels: issue.labels,
                    state: issue.state,
                    created_at: issue.created_at,
                    text: issue.text.0,
                },
            })
        })
        .await?;
    Ok(match recorded {
        Recorded::Queued(author) => Admission::Queued { author },
        Recorded::Admitted { author, vouched_by, labels, state, created_at, text } => {
            let text = Untrusted::new(text).admitted(vouched_by);
            Admission::Admitted(AdmittedIssue { number, author, labels, state, created_at, text })
        }
    })
}

/// Who vouches for the words of an issue, or the stranger whose they are.
async fn voucher(tracker: &dyn IssueReader, issue: &FiledIssue) -> Result<Result<Provenance, Login>> {
    if issue.key.is_some() && issue.edited_by.is_none() {
        return Ok(Ok(Provenance::Ourselves));
    }
    let writer = issue.edited_by.as_ref().unwrap_or(&issue.author);
    for login in [&issue.author, writer] {
        if !tracker.permission(login).await?.is_collaborator() {
            return Ok(Err(login.clone()));
        }
    }
    Ok(Ok(Provenance::Collaborator(writer.clone())))
}

/// The gate for a comment: its words, if a collaborator wrote it. What was found is recorded, so that the answer stays the
/// same when the run is started again.
///
/// # Errors
/// Those of the tracker and the journal. An author whose permission cannot be found out is not admitted.
pub async fn admit_comment(
    cx: &Context,
    tracker: &dyn IssueReader,
    author: &Login,
    body: Untrusted<String>,
) -> Result<Option<Trusted<String>>> {
    let is_collaborator = cx.step(GATE, || async { Ok(tracker.permission(author).await?.is_collaborator()) }).await?;
    Ok(is_collaborator.then(|| body.admitted(Provenance::Collaborator(author.clone()))))
}
