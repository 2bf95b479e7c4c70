//! How long it takes: a synthetic cluster of any size, and the time that is measured on it.
//!
//! ```
//! use lamplighter_benches::SyntheticCluster;
//!
//! # fn main() -> std::io::Result<()> {
//! let dir = tempfile::tempdir()?;
//! let dump = SyntheticCluster::of_pods(40).write(dir.path())?;
//! assert!(dump.files.iter().any(|file| file.ends_with("nodes.json")));
//! # Ok(())
//! # }
//! ```
//!
//! What it deliberately does not do: it compares with nothing but what runs in the same process at the same time. On a
//! busy machine times mean little and ratios still hold.

pub mod lines;
mod measure;
mod random;
pub mod retrieval;
mod synthetic;

pub use measure::{Measured, alternately};
pub use synthetic::{Dump, Fault, SyntheticCluster};
