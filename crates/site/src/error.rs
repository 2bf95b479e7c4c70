use lamplighter_core::{Error, ErrorKind};

/// Why a site could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// One of our templates and what it is filled with do not fit.
    #[error("a page could not be filled in")]
    Template(#[from] TemplateError),
    /// A value of ours that cannot be written as JSON.
    #[error("a file could not be written as JSON")]
    Json(#[from] JsonError),
}

/// What is wrong with a template.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct TemplateError(minijinja::Error);

/// Why a value could not be written as JSON.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct JsonError(serde_json::Error);

impl SiteError {
    pub(crate) fn json(error: serde_json::Error) -> Self {
        Self::Json(JsonError(error))
    }
}

impl From<minijinja::Error> for SiteError {
    fn from(error: minijinja::Error) -> Self {
        Self::Template(TemplateError(error))
    }
}

impl From<SiteError> for Error {
    fn from(error: SiteError) -> Self {
        Self::new(ErrorKind::Internal, error.to_string()).with_source(error)
    }
}
