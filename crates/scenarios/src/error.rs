use std::path::PathBuf;

/// Why a scenario could not be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// A file of the scenario cannot be used.
    #[error("scenario {scenario}: {file}: {message}")]
    File {
        /// Which scenario.
        scenario: String,
        /// Which file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// The folder cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A program cannot be run or failed.
    #[error("{program} failed: {message}")]
    Program {
        /// The program with its arguments.
        program: String,
        /// What it said.
        message: String,
    },
    /// The world could not be started.
    #[error("the world could not be started: {0}")]
    World(String),
    /// The issue could not be answered.
    #[error("the issue could not be answered: {}", .0.chain())]
    Respond(lamplighter::core::Error),
}

impl From<lamplighter::core::Error> for ScenarioError {
    fn from(error: lamplighter::core::Error) -> Self {
        Self::Respond(error)
    }
}
