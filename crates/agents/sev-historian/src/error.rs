use thiserror::Error;

/// What can be wrong with a library that was kept.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// Its bytes are not those that were written.
    #[error("the kept library is damaged: its checksum is another one")]
    Altered(#[source] Altered),
    /// It cannot be read or written.
    #[error("the kept library cannot be read or written")]
    Damaged(#[source] Damaged),
    /// It was kept by another version.
    #[error("the kept library has the form of another version: {0}")]
    OtherForm(OtherForm),
}

/// See [`LibraryError::Altered`].
#[derive(Debug, Error)]
#[error("the checksum does not match")]
pub struct Altered(());

/// See [`LibraryError::Damaged`].
#[derive(Debug, Error)]
#[error(transparent)]
pub struct Damaged(serde_json::Error);

/// See [`LibraryError::OtherForm`].
#[derive(Debug, Error)]
#[error("form {0}")]
pub struct OtherForm(u32);

impl LibraryError {
    pub(crate) const fn altered() -> Self {
        Self::Altered(Altered(()))
    }

    pub(crate) const fn damaged(error: serde_json::Error) -> Self {
        Self::Damaged(Damaged(error))
    }

    pub(crate) const fn other_form(form: u32) -> Self {
        Self::OtherForm(OtherForm(form))
    }
}

impl From<LibraryError> for lamplighter_core::Error {
    fn from(error: LibraryError) -> Self {
        Self::invalid(error.to_string())
    }
}
