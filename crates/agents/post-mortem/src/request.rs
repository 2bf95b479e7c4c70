use lamplighter_core::diagnosis::DiagnosisRequest;
use lamplighter_core::words::Incident;
use serde::{Deserialize, Serialize};

/// Of what a post-mortem is to be written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PostMortemRequest {
    /// What is known already. Triage and causes that are in it are not looked for again: what was seen during the incident
    /// is worth more than what can be seen after it.
    pub incident: Incident,
    /// What triage and the specialists are to look at for what is not known; nothing where absent.
    pub look: Option<DiagnosisRequest>,
}

impl PostMortemRequest {
    /// Of what is known, without looking further.
    #[must_use]
    pub fn new(incident: Incident) -> Self {
        Self { incident, look: None }
    }

    /// The same, and triage and specialists look at this for what is not known.
    #[must_use]
    pub fn looking_at(mut self, look: DiagnosisRequest) -> Self {
        self.look = Some(look);
        self
    }
}
