use async_trait::async_trait;
use lamplighter_core::words::{Incident, WrittenPostMortem};
use lamplighter_core::{Agent, Context, Result};

use crate::evidence::Ledger;
use crate::moments;
use crate::name;
use crate::sections;

/// Writes the post-mortem of an incident. It needs nothing but the facts, and never fails.
#[derive(Debug, Clone, Copy, Default)]
pub struct SevReportWriter;

impl SevReportWriter {
    /// A writer.
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    /// Writes the document.
    #[must_use]
    pub fn write(&self, incident: &Incident) -> WrittenPostMortem {
        let mark = incident.mark();
        let incident = &moments::begun(incident);
        let title = name::title(incident);
        let mut ledger = Ledger::default();
        let mut text = sections::head(incident, &title);
        for section in sections::IN_ORDER {
            section(incident, &mut ledger, &mut text);
        }
        sections::raw_data(incident, &mut ledger, &mut text);
        text = format!("{}\n\n{mark}\n", text.trim_end());
        WrittenPostMortem { name: name::file_name(incident), title, text }
    }
}

#[async_trait]
impl Agent for SevReportWriter {
    type Input = Incident;
    type Output = WrittenPostMortem;

    fn name(&self) -> &'static str {
        "sev-report-writer"
    }

    async fn run(&self, cx: &Context, incident: Incident) -> Result<WrittenPostMortem> {
        cx.go_on()?;
        Ok(self.write(&incident))
    }
}
