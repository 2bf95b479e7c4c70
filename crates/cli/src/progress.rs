use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lamplighter::StepWatcher;

/// One line on standard error that says what is being done; invisible where that is no terminal.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn start(message: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.set_message(message.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Prints something while the line is out of the way.
    pub(crate) fn suspend(&self, print: impl FnOnce()) {
        self.0.suspend(print);
    }

    /// What changes the line.
    pub(crate) fn teller(&self) -> impl Fn(&str) + Send + Sync + use<> {
        let bar = self.0.clone();
        move |message| bar.set_message(message.to_owned())
    }

    /// Shows each step as it is recorded.
    pub(crate) fn watcher(&self) -> StepWatcher {
        let bar = self.0.clone();
        Arc::new(move |_, step, _| bar.set_message(step.to_owned()))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
