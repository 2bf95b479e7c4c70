use lamplighter_core::{Agent, Error, Result, RunKey};
use lamplighter_todo_resolver::{TodoOutcome, TodoRequest};

use crate::Lamplighter;

/// The step that says that a run has ended.
const ENDED: &str = "ended";

impl Lamplighter {
    /// Does what a post-mortem of the repository says should be done, where that is safe, and lists the rest in it for people.
    ///
    /// # Idempotency
    /// Each call that ends is one of its own, and finds nothing to do in what the one before has done. One that was
    /// interrupted goes on where it was.
    ///
    /// # Errors
    /// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) without a repository or an archive of post-mortems, or when
    /// there is no such document; otherwise as [`TodoResolver`](crate::agents::TodoResolver).
    pub async fn resolve_todos(&self, request: TodoRequest) -> Result<TodoOutcome> {
        let resolver = self.resolver.as_ref().ok_or_else(|| {
            Error::invalid("action items are done in a repository: configure [repository] and [post_mortems]")
        })?;
        let mut number: u32 = 1;
        let run = loop {
            let run = RunKey::new(format!("todos/{}/{number}", request.path));
            if self.journal.recorded(&run, ENDED).await?.is_none() {
                break run;
            }
            number += 1;
        };
        let _lease = self.journal.lease(&run).await?;
        let cx = self.context(run);
        let outcome = resolver.run(&cx, request).await?;
        cx.remember(ENDED, outcome).await
    }
}
