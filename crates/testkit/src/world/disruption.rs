/// Something that goes wrong between a client and the API, for the next requests that match.
///
/// ```
/// use lamplighter_testkit::world::Disruption;
///
/// // The next two deletions are carried out, and nobody hears of it.
/// let lost = Disruption::lose_answer().times(2).on("DELETE", "/pods/");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disruption {
    pub(super) what: Mishap,
    skips: usize,
    times: usize,
    method: Option<String>,
    path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// The request is refused with this code.
    Refuse(u16),
    /// The connection is reset before anything is done.
    Reset,
    /// The request is carried out, and then the connection is reset.
    LoseAnswer,
    /// The request is carried out, and the connection ends in the middle of the answer.
    Truncate,
}

impl Disruption {
    /// The request is not carried out; the answer is an error of the API with this code: 500, 503, 429 (with
    /// `Retry-After`), 410 …
    #[must_use]
    pub const fn status(code: u16) -> Self {
        Self::new(Mishap::Refuse(code))
    }

    /// The request is not carried out; the connection is reset.
    #[must_use]
    pub const fn reset() -> Self {
        Self::new(Mishap::Reset)
    }

    /// The request is carried out; the connection is reset before the answer.
    #[must_use]
    pub const fn lose_answer() -> Self {
        Self::new(Mishap::LoseAnswer)
    }

    /// The request is carried out; the connection ends after half of the answer's body.
    #[must_use]
    pub const fn truncate() -> Self {
        Self::new(Mishap::Truncate)
    }

    const fn new(what: Mishap) -> Self {
        Self { what, skips: 0, times: 1, method: None, path: String::new() }
    }

    /// For so many requests instead of one.
    #[must_use]
    pub const fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Only after so many requests that match have gone well.
    #[must_use]
    pub const fn after(mut self, requests: usize) -> Self {
        self.skips = requests;
        self
    }

    /// Only for requests with this method, and this text somewhere in path and query.
    #[must_use]
    pub fn on(mut self, method: impl Into<String>, path: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self.path = path.into();
        self
    }

    /// Whether it happens to this request; if so, it is used up by one.
    pub(super) fn strikes(&mut self, method: &str, path_and_query: &str) -> bool {
        let matches = self.times > 0
            && self.method.as_deref().is_none_or(|wanted| wanted == method)
            && path_and_query.contains(&self.path);
        if matches && self.skips > 0 {
            self.skips -= 1;
            return false;
        }
        self.times -= usize::from(matches);
        matches
    }

    pub(super) fn is_over(&self) -> bool {
        self.times == 0
    }
}
