//! The rules of the platform on clusters of our own making: what is broken, and what only looks so.

mod capacity;
mod claims;
mod components;
#[cfg(test)]
mod fixture;
mod nodes;
mod placement;
mod scheduler;
mod volumes;
