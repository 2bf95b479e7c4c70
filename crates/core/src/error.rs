//! The one error type that crosses crate boundaries.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use jiff::Timestamp;

/// A `Result` with the core's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any error, as the sources of an [`Error`] carry it.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// What kind of failure an [`Error`] is, for callers that decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The thing that was asked for does not exist.
    NotFound,
    /// The input cannot be used as it is; the message says what to change.
    InvalidInput,
    /// The other side knows us and refuses: a permission is missing.
    Permission,
    /// Somebody else got there first: a lock is held, a version has moved.
    Conflict,
    /// The other side cannot be reached or answers that it is not able to.
    Unavailable,
    /// It took longer than the time that was given.
    Timeout,
    /// The caller asked to stop.
    Cancelled,
    /// The run waits for a person; start it again when it is answered, or when
    /// [its time is over](Error::waits_until).
    Waiting,
    /// The money or the calls of a budget are used up.
    BudgetExceeded,
    /// A guardrail said no.
    Refused,
    /// Stored data does not read back as what was written.
    Corrupt,
    /// A defect of ours.
    Internal,
}

impl ErrorKind {
    /// Whether trying again later may help, when the error itself says nothing else.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Unavailable | Self::Timeout)
    }

    const fn public(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::InvalidInput => "the input could not be used",
            Self::Permission => "a permission is missing",
            Self::Conflict => "it was being changed by somebody else",
            Self::Unavailable => "a system could not be reached",
            Self::Timeout => "a system took too long to answer",
            Self::Cancelled => "it was stopped",
            Self::Waiting => "it waits for a person",
            Self::BudgetExceeded => "the budget is used up",
            Self::Refused => "a guardrail refused it",
            Self::Corrupt => "stored data could not be read",
            Self::Internal => "an internal error",
        }
    }
}

/// An opaque error: a [kind](ErrorKind), whether a retry may help, a message for the operator, a
/// message that is safe in public, and the source.
///
/// `Display` prints the operator's message; [`Error::public_message`] is what may stand in a comment
/// on an issue. It is the kind alone unless the maker of the error said that more is safe, so that an
/// error nobody thought of never leaks a host name or a token.
///
/// ```
/// use lamplighter_core::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Unavailable, "connect to 10.1.2.3:6443: refused");
/// assert!(error.is_retryable());
/// assert_eq!(error.public_message(), "a system could not be reached");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    retryable: bool,
    message: Cow<'static, str>,
    public: Option<Cow<'static, str>>,
    waits_until: Option<Timestamp>,
    source: Option<BoxError>,
}

impl Error {
    /// An error of this kind with a message for the operator: lower case, no full stop, and saying
    /// what to do where something can be done.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            retryable: kind.is_transient(),
            message: message.into(),
            public: None,
            waits_until: None,
            source: None,
        }))
    }

    /// The same with the error that caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same with a message that may be shown to anybody.
    #[must_use]
    pub fn with_public(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.public = Some(message.into());
        self
    }

    /// The same, saying whether a retry may help where the kind alone would say otherwise.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// The same error with `context: ` before its message.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.message = format!("{context}: {}", self.0.message).into();
        self
    }

    /// A defect of ours.
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// Input that cannot be used; the message says what to change.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    /// A run that waits for a person until then (UTC).
    #[must_use]
    pub fn waiting(until: Timestamp) -> Self {
        let mut error = Self::new(ErrorKind::Waiting, format!("waits for a person until {}", crate::utc(until)));
        error.0.waits_until = Some(until);
        error
    }

    /// Until when the run waits (UTC), where this says that it does.
    #[must_use]
    pub fn waits_until(&self) -> Option<Timestamp> {
        self.0.waits_until
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether trying again later may help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// What may be shown to anybody.
    #[must_use]
    pub fn public_message(&self) -> &str {
        self.0.public.as_deref().unwrap_or(self.0.kind.public())
    }

    /// The operator's message followed by every source, on one line.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut line = self.0.message.to_string();
        let mut source = StdError::source(self);
        while let Some(error) = source {
            let text = error.to_string();
            if !line.contains(&text) {
                line.push_str(": ");
                line.push_str(&text);
            }
            source = error.source();
        }
        line
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({})", self.0.kind, self.chain())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
