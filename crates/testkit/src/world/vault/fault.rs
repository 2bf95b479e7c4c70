use super::super::Disruption;

/// Something that goes wrong with the next requests that match.
///
/// ```
/// use lamplighter_testkit::world::vault::VaultFault;
///
/// // The next two logins are answered with an error page of a proxy.
/// let lie = VaultFault::not_json().times(2).on("POST", "/login");
/// # let _ = lie;
/// ```
#[derive(Debug, Clone)]
pub struct VaultFault {
    pub(super) what: Trouble,
    when: Disruption,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing is done; the answer is an error with this code.
    Refuse(u16),
    /// Nothing is done; the connection is reset.
    Reset,
    /// It is done; the connection is reset.
    LoseAnswer,
    /// Nothing is done, and no answer ever comes.
    Hang,
    /// It is done, and this comes instead of the answer.
    Lie(Lie),
}

/// A 200 that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    Empty,
    NotJson,
    WrongShape,
    ZeroLease,
    Huge(usize),
    Stalled,
}

impl VaultFault {
    /// Nothing is done; the answer has this code: 500, 502, 503, 429 (with `Retry-After`), 412 …
    #[must_use]
    pub const fn status(code: u16) -> Self {
        Self::new(Trouble::Refuse(code))
    }

    /// Nothing is done; the connection is reset.
    #[must_use]
    pub const fn reset() -> Self {
        Self::new(Trouble::Reset)
    }

    /// It is done; the connection is reset before the answer.
    #[must_use]
    pub const fn lose_answer() -> Self {
        Self::new(Trouble::LoseAnswer)
    }

    /// Nothing is done, and no answer comes.
    #[must_use]
    pub const fn hang() -> Self {
        Self::new(Trouble::Hang)
    }

    /// It is done; the answer is 200 without a body.
    #[must_use]
    pub const fn empty() -> Self {
        Self::new(Trouble::Lie(Lie::Empty))
    }

    /// It is done; the answer is 200 with a page of HTML.
    #[must_use]
    pub const fn not_json() -> Self {
        Self::new(Trouble::Lie(Lie::NotJson))
    }

    /// It is done; the answer is 200 and JSON in which `auth` and `data` are text, that of what they should be.
    #[must_use]
    pub const fn wrong_shape() -> Self {
        Self::new(Trouble::Lie(Lie::WrongShape))
    }

    /// It is done; every lease in the answer is zero.
    #[must_use]
    pub const fn zero_lease() -> Self {
        Self::new(Trouble::Lie(Lie::ZeroLease))
    }

    /// It is done; the answer goes on for at least so many bytes.
    #[must_use]
    pub const fn huge(bytes: usize) -> Self {
        Self::new(Trouble::Lie(Lie::Huge(bytes)))
    }

    /// It is done; the answer begins and never ends.
    #[must_use]
    pub const fn stalled() -> Self {
        Self::new(Trouble::Lie(Lie::Stalled))
    }

    const fn new(what: Trouble) -> Self {
        // A disruption knows which requests it strikes, and how often; which one it is does not matter here.
        Self { what, when: Disruption::reset() }
    }

    /// For so many requests instead of one.
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { when: self.when.times(times), ..self }
    }

    /// For every request from now on, until faults are [taken back](super::VaultWorld::heal).
    #[must_use]
    pub fn lasting(self) -> Self {
        self.times(usize::MAX)
    }

    /// Only for requests with this method, and this text somewhere in path and query.
    #[must_use]
    pub fn on(self, method: impl Into<String>, path: impl Into<String>) -> Self {
        Self { when: self.when.on(method, path), ..self }
    }

    pub(super) fn strikes(&mut self, method: &str, path_and_query: &str) -> bool {
        self.when.strikes(method, path_and_query)
    }

    pub(super) fn is_over(&self) -> bool {
        self.when.is_over()
    }
}
