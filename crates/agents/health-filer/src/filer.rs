use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use lamplighter_core::ports::{CloseReason, IssueReader, IssueWriter, NewIssue};
use lamplighter_core::words::{FiledIssue, HealthReport, IssueNumber, Severity, labels};
use lamplighter_core::{Agent, Context, Error, Result, utc};
use serde::{Deserialize, Serialize};

use crate::FilerSettings;
use crate::condition::{Condition, Key, Standing, Subject, all_looked, serious, standing};
use crate::words;

/// A report that is older says nothing about how things are.
const OLD: SignedDuration = SignedDuration::from_hours(1);

/// The keys of comments begin with these, and end with a number that counts the recoveries of an issue.
const RECOVERED: &str = "health-recovered/";
const BACK: &str = "health-back/";

/// What came of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Filing {
    /// The issues that were filed.
    pub filed: Vec<IssueNumber>,
    /// The issues whose conditions are still there, or could not be looked at.
    pub open: Vec<IssueNumber>,
    /// The issues whose conditions were found to be over in this scan.
    pub recovered: Vec<IssueNumber>,
    /// The issues whose conditions were over and are back.
    pub back: Vec<IssueNumber>,
    /// How many conditions share one issue since there are too many.
    pub overflow: usize,
}

/// The agent: compares a report with the open issues, files what is new, and says what is over.
///
/// # Idempotency
/// By the keys in the markers of issues and comments. The same report again changes nothing, and one that was cut short
/// is completed by the next.
pub struct HealthFiler {
    reader: Arc<dyn IssueReader>,
    writer: Arc<dyn IssueWriter>,
    settings: FilerSettings,
}

/// An open issue of ours.
struct Open {
    number: IssueNumber,
    key: Key,
    severity: Option<Severity>,
}

impl HealthFiler {
    /// A filer on this tracker.
    #[must_use]
    pub fn new(reader: Arc<dyn IssueReader>, writer: Arc<dyn IssueWriter>) -> Self {
        Self { reader, writer, settings: FilerSettings::default() }
    }

    /// The same with these settings.
    #[must_use]
    pub fn with_settings(mut self, settings: FilerSettings) -> Self {
        self.settings = settings;
        self
    }

    async fn open(&self) -> Result<Vec<Open>> {
        let incidents = self.reader.open_issues(&[labels::INCIDENT.to_owned()].into()).await?;
        let ours = incidents.iter().filter_map(|issue: &FiledIssue| {
            let key = Key::read(issue.key.as_deref()?, self.settings.cluster.as_deref())?;
            let severity = Severity::ALL.into_iter().find(|severity| issue.labels.contains(severity.label()));
            Some(Open { number: issue.number, key, severity })
        });
        Ok(ours.collect())
    }

    async fn file(&self, key: &Key, issue: &NewIssue) -> Result<IssueNumber> {
        self.writer.file(&key.write(self.settings.cluster.as_deref()), issue).await
    }

    /// What has been said of recoveries: how often it was over, and whether that is the last word.
    async fn recoveries(&self, number: IssueNumber) -> Result<(usize, bool)> {
        let comments = self.reader.comments(number).await?;
        let said: Vec<_> = comments.iter().filter_map(|comment| comment.key.as_deref()).collect();
        let last = said.iter().rfind(|key| key.starts_with(RECOVERED) || key.starts_with(BACK));
        let times = said.iter().filter(|key| key.starts_with(RECOVERED)).count();
        Ok((times, last.is_some_and(|key| key.starts_with(RECOVERED))))
    }

    /// Says once that it is over. Whether that was new.
    async fn recover(&self, report: &HealthReport, issue: &Open) -> Result<bool> {
        let (times, is_over) = self.recoveries(issue.number).await?;
        if !is_over {
            let check = match &issue.key {
                Key::Condition { check, .. } => check,
                Key::Overflow => "",
            };
            let body = words::recovered(report.taken_at, check);
            self.writer.comment(issue.number, &format!("{RECOVERED}{}", times + 1), &body).await?;
        }
        // A scan that died between the two is completed here.
        if self.settings.close_recovered {
            self.writer.close(issue.number, CloseReason::Completed).await?;
        }
        Ok(!is_over)
    }

    /// Says once that it is back, where it was said to be over, and marks it as worse where it is. Whether it is back.
    async fn stay(&self, report: &HealthReport, issue: &Open, severity: Severity) -> Result<bool> {
        if issue.severity.is_none_or(|known| known < severity) {
            let others: BTreeSet<_> = Severity::ALL.into_iter().filter(|other| *other != severity).collect();
            let others = others.into_iter().map(|other| other.label().to_owned()).collect();
            self.writer.relabel(issue.number, &[severity.label().to_owned()].into(), &others).await?;
        }
        let (times, is_over) = self.recoveries(issue.number).await?;
        if is_over {
            self.writer.comment(issue.number, &format!("{BACK}{times}"), &words::back(report.taken_at)).await?;
        }
        Ok(is_over)
    }

    /// Files as many as may have an issue of their own; the rest share one.
    async fn file_new(
        &self,
        cx: &Context,
        report: &HealthReport,
        mut new: Vec<Condition<'_>>,
        shared: Option<&Open>,
        filing: &mut Filing,
    ) -> Result<()> {
        let taken = filing.open.len() + filing.back.len();
        let rest = new.split_off(self.settings.most.saturating_sub(taken).min(new.len()));
        for condition in &new {
            cx.go_on()?;
            filing.filed.push(self.file(&condition.key(), &words::issue(report, condition)).await?);
        }
        filing.overflow = rest.len();
        let severity = rest.iter().map(|condition| condition.severity).max();
        match (shared, severity) {
            (None, Some(_)) => {
                let issue = words::overflow(report, &rest);
                filing.filed.push(self.file(&Key::Overflow, &issue).await?);
            }
            (Some(shared), Some(severity)) => {
                let is_back = self.stay(report, shared, severity).await?;
                if is_back { &mut filing.back } else { &mut filing.open }.push(shared.number);
            }
            (Some(shared), None) if all_looked(report) => {
                if self.recover(report, shared).await? {
                    filing.recovered.push(shared.number);
                }
            }
            (Some(shared), None) => filing.open.push(shared.number),
            (None, None) => {}
        }
        Ok(())
    }
}

#[async_trait]
impl Agent for HealthFiler {
    type Input = HealthReport;
    type Output = Filing;

    fn name(&self) -> &'static str {
        "health-filer"
    }

    /// The report has to be of the whole cluster: what is not in it counts as over.
    ///
    /// # Errors
    /// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) where the report is more than an hour old, and those of
    /// the tracker.
    async fn run(&self, cx: &Context, report: HealthReport) -> Result<Filing> {
        if cx.now().duration_since(report.taken_at) > OLD {
            return Err(Error::invalid(format!(
                "the scan is of {}: issues are filed of what is so now",
                utc(report.taken_at)
            )));
        }
        let open = self.open().await?;
        let (mut filing, mut shared) = (Filing::default(), None);
        let mut conditions = serious(&report);
        let mut known: BTreeSet<&Subject> = BTreeSet::new();
        for issue in &open {
            cx.go_on()?;
            let Key::Condition { check, subject } = &issue.key else {
                shared = Some(issue);
                continue;
            };
            if let Some(condition) = conditions.iter().find(|condition| condition.subject == *subject) {
                known.insert(subject);
                let is_back = self.stay(&report, issue, condition.severity).await?;
                if is_back { &mut filing.back } else { &mut filing.open }.push(issue.number);
            } else if standing(&report, check, subject) == Standing::Open {
                filing.open.push(issue.number);
            } else if self.recover(&report, issue).await? {
                filing.recovered.push(issue.number);
            }
        }
        conditions.retain(|condition| !known.contains(&condition.subject));
        self.file_new(cx, &report, conditions, shared, &mut filing).await?;
        Ok(filing)
    }
}
