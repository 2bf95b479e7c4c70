//! The service as a whole: webhooks of a played GitHub, secrets of a played Vault, the real binaries and databases.

mod pipeline;
mod post;
mod scenarios;
mod storm;
