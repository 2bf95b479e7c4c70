//! The table: what is to be done about each cause.

mod platform;
mod running;
mod starting;

use lamplighter_core::diagnosis::{Cause, Taxonomy};

use super::Recipe;

/// What is to be done about a cause. `None` for one that the table does not know.
pub(crate) fn recipe(cause: Cause) -> Option<Recipe> {
    match cause.taxonomy() {
        Taxonomy::Admission | Taxonomy::Infrastructure | Taxonomy::Scheduling => platform::recipe(cause),
        Taxonomy::Startup | Taxonomy::ServiceRouting => starting::recipe(cause),
        Taxonomy::Runtime | Taxonomy::Performance => running::recipe(cause),
    }
}
