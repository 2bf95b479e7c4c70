//! Systems that no rule was made for, each with one thing wrong.

#![expect(clippy::indexing_slicing, reason = "a fixture that lacks what it changes is wrong")]

mod admission;
mod clinic;
mod database;
mod healthy;
mod infrastructure;
mod observatory;
mod performance;
mod routing;
mod runtime;
mod scheduling;
mod startup;
mod variations;
