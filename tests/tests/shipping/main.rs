//! The files below `deploy/`, which people copy: each is read by its vendor's own parser or schema, which refuses a broken
//! copy of it, and each does what it says. The Kubernetes manifests are in the tests of the Kubernetes adapter.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic and says why"
)]

mod configuration;
mod files;
mod forms;
mod guide;
mod image;
mod manifests;
mod pipeline;
mod played;
mod vendors;
mod workflows;
