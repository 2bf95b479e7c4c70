//! What the rules say of broken workloads and of those that only look so.

mod crashes;
mod fixtures;
mod load;
mod memory;
mod probes;
