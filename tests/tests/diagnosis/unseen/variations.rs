use serde_json::json;

use super::observatory::Recording;

/// Recordings of one fault each, and what must be the first cause of them.
#[derive(Default)]
pub(super) struct Variations {
    wrong: Vec<String>,
    seen: usize,
}

impl Variations {
    pub(super) async fn expect(
        &mut self,
        what: &str,
        recording: &Recording,
        taxonomy: &str,
        culprit: &str,
        code: &str,
    ) {
        self.seen += 1;
        let diagnosis = recording.diagnose().await;
        let said: Vec<String> = diagnosis
            .causes
            .iter()
            .take(3)
            .map(|cause| {
                format!(
                    "{} {} {} {}",
                    json!(cause.taxonomy).as_str().unwrap_or_default(),
                    cause.culprit,
                    cause.cause.code(),
                    cause.confidence
                )
            })
            .collect();
        let want = format!("{taxonomy} {culprit} {code} ");
        if !said.first().is_some_and(|first| first.starts_with(&want)) || !diagnosis.verdict.is_broken() {
            self.wrong.push(format!("{what}: wanted {want}got {} {said:?} {:?}", diagnosis.verdict, diagnosis.gaps));
        }
    }

    pub(super) async fn expect_healthy(&mut self, what: &str, recording: &Recording) {
        self.seen += 1;
        let diagnosis = recording.diagnose().await;
        let likely = diagnosis.causes.iter().any(|cause| cause.confidence.get() >= 0.5);
        if likely || diagnosis.verdict.is_broken() {
            let said: Vec<String> = diagnosis
                .causes
                .iter()
                .map(|cause| format!("{} {} {}", cause.culprit, cause.cause.code(), cause.confidence))
                .collect();
            self.wrong.push(format!("{what}: {} {said:?} {:?}", diagnosis.verdict, diagnosis.reasons));
        }
    }

    pub(super) fn judge(self) {
        assert!(self.wrong.is_empty(), "{} of {} wrong\n{}", self.wrong.len(), self.seen, self.wrong.join("\n"));
    }
}
