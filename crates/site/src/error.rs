use lamplighter_core::{Error, ErrorKind};

/// Why a site could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// One of our templates and what it is filled with do not fit.
    #[error("a page could not be filled in")]
    Template(#[from] TemplateError),
}

/// What is wrong with a template.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct TemplateError(minijinja::Error);

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
