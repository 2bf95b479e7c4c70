use std::sync::Arc;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use lamplighter_core::delivery::{Carrier, Delivered, Delivery, Order, deliver};
use lamplighter_core::markdown::{code, inert, shorten};
use lamplighter_core::ports::{CommitId, StackEdit, Workspace};
use lamplighter_core::words::{Action, Change, ChangeKey, CommitChange, Confidence, Login, ServiceCatalog, StackName};
use lamplighter_core::{Agent, Carried, Context, Done, Error, Result};
use lamplighter_documents::{ActionItem, FollowUp, ItemStatus, PostMortem, append_follow_ups, mark_done};
use serde::{Deserialize, Serialize};

use crate::wanted::{Wanted, is_raise, wanted};

/// How often a moved remote is fetched again for the document's own commit.
const ROUNDS: u32 = 3;

/// The longest action in the subject of a commit, in characters.
const LONGEST_SUBJECT: usize = 60;

/// The post-mortem whose action items are to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoRequest {
    /// Its path within the folder of post-mortems.
    pub path: String,
    /// Who asked for it, where a person did.
    pub requested_by: Option<Login>,
}

/// What came of the action items of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoOutcome {
    /// The items that were still to do, in the order in which they were taken.
    pub items: Vec<ResolvedItem>,
    /// The commit that updates the document; none where there was nothing to do or it could not be committed.
    pub commit: Option<CommitId>,
    /// Why the document could not be updated, if it could not.
    pub why_not: Option<String>,
}

/// What came of one action item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedItem {
    /// Its line in the document as it was read, from 1.
    pub line: usize,
    /// What it says.
    pub action: String,
    /// The commit that did it.
    pub commit: Option<CommitId>,
    /// Why a person has to look, where it was not done.
    pub needs_review: Option<String>,
}

/// The agent: one run for each document, named by the context.
///
/// # Idempotency
/// By the run: killed anywhere and called again, each item is planned, applied and committed once, and the document is
/// updated once.
///
/// # Errors
/// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) when there is no such document; those of the journal, and of
/// systems that cannot be reached: run it again later.
pub struct TodoResolver {
    delivery: Delivery,
    carrier: Arc<dyn Carrier>,
    folder: String,
    catalog: ServiceCatalog,
}

impl TodoResolver {
    /// An agent for the post-mortems in this folder of the repository.
    pub fn new(
        delivery: Delivery,
        carrier: Arc<dyn Carrier>,
        folder: impl Into<String>,
        catalog: ServiceCatalog,
    ) -> Self {
        Self { delivery, carrier, folder: folder.into(), catalog }
    }

    async fn text(&self, workspace: &Workspace, path: &str) -> Result<String> {
        let documents = self.delivery.repository.documents(workspace, &self.folder).await?;
        let found = documents.into_iter().find(|document| document.path == path);
        found.map(|document| document.text).ok_or_else(|| {
            Error::invalid(format!("there is no post-mortem {path:?} below {:?} of the repository", self.folder))
        })
    }

    async fn resolve(&self, cx: &Context, request: &TodoRequest, id: &str, item: &ActionItem) -> Result<ResolvedItem> {
        let (commit, needs_review) = match self.try_it(cx, request, id, item).await? {
            Ok(commit) => (Some(commit), None),
            Err(why) => (None, Some(why)),
        };
        Ok(ResolvedItem { line: item.line, action: item.action.clone(), commit, needs_review })
    }

    /// Does an item, or says why not.
    async fn try_it(
        &self,
        cx: &Context,
        request: &TodoRequest,
        id: &str,
        item: &ActionItem,
    ) -> Result<Result<CommitId, String>> {
        // Recorded, since what is found once it is done is another thing.
        let found = cx.step("where", || self.find(cx, item)).await?;
        let (stack, edit) = match found {
            Found::Here { stack, edit } => (stack, edit),
            Found::Not { why } => return Ok(Err(why)),
        };
        let order = Order {
            stack: &stack,
            edits: &[edit],
            reason: format!("an action item of {}, line {}", request.path, item.line),
            subject: format!("fix(post-mortem): {} [{id}]", shorten(&one_line(&item.action), LONGEST_SUBJECT)),
            requested_by: request.requested_by.as_ref(),
            confidence: Confidence::High,
            impact: Vec::new(),
            evidence: Vec::new(),
        };
        Ok(match deliver(&*self.carrier, &self.delivery, cx, &order).await? {
            Delivered::Done { commit, .. } => Ok(commit),
            Delivered::Already => Err("somebody committed the same meanwhile".to_owned()),
            Delivered::Refused { why, .. } => Err(why),
            Delivered::Failed { why, applied, .. } => {
                Err(if applied { format!("it was begun and failed: {why}") } else { why })
            }
        })
    }

    /// What to edit where, or why a person has to look.
    async fn find(&self, cx: &Context, item: &ActionItem) -> Result<Found> {
        let wanted = match wanted(item, &self.catalog) {
            Ok(wanted) => wanted,
            Err(why) => return Ok(Found::Not { why }),
        };
        let workspace = self.delivery.repository.workspace(cx.run()).await?;
        Ok(match wanted {
            Wanted::Monitor(monitoring) => match self.delivery.stacks.monitoring(&workspace).await? {
                Some(stack) => Found::Here { stack, edit: StackEdit::AddMonitor(monitoring) },
                None => Found::Not { why: "no stack has monitors yet".to_owned() },
            },
            Wanted::Setting { workload, knob, to } => {
                match self.delivery.stacks.locate(&workspace, &workload, &knob).await? {
                    None => Found::Not { why: format!("no stack sets this of {workload} as a plain value") },
                    Some(setting) if !is_raise(&setting.value, &to) => {
                        let now = code(&setting.value);
                        Found::Not { why: format!("it is {now} now, and to lower it is left to a person") }
                    }
                    Some(setting) => {
                        let edit = StackEdit::Set { workload, knob, from: setting.value, to };
                        Found::Here { stack: setting.stack, edit }
                    }
                }
            }
        })
    }

    /// Marks what is done, lists what came of all, and commits the document.
    async fn update(
        &self,
        cx: &Context,
        request: &TodoRequest,
        id: &str,
        items: &[ResolvedItem],
        all: &[ActionItem],
    ) -> Result<Updated> {
        let path = format!("{}/{}", self.folder, request.path);
        for round in 1..=ROUNDS {
            let workspace =
                cx.step(&format!("workspace-{round}"), || self.delivery.repository.workspace(cx.run())).await?;
            let text = self.text(&workspace, &request.path).await?;
            let updated = Self::updated(cx, &text, items, all);
            self.delivery.repository.write_document(&workspace, &path, &updated).await?;
            let change = Change {
                key: ChangeKey::new(cx.run(), &cx.step_name(&format!("commit-{round}"))),
                action: Action::Commit(CommitChange {
                    branch: workspace.branch.clone(),
                    files: vec![path.clone()],
                    message: format!("docs: what came of the action items of {id} [ci skip]"),
                    follows: None,
                }),
                reason: format!("the action items of {} were taken up", request.path),
                requested_by: request.requested_by.clone(),
                confidence: Confidence::High,
                impact: Vec::new(),
                evidence: Vec::new(),
                proposed_at: cx.now(),
            };
            match self.carrier.carry_out(cx, change, Some(&workspace), &[]).await? {
                Carried::Done(Done::Committed { commit }) => {
                    return Ok(Updated { commit: Some(commit), why_not: None });
                }
                Carried::Done(_) => {}
                Carried::Refused { reasons, .. } => return Ok(Updated::not(reasons.join("; "))),
                Carried::Failed { reason } => return Ok(Updated::not(reason)),
            }
        }
        Ok(Updated::not(format!("the remote branch moved {ROUNDS} times meanwhile")))
    }

    /// The document as it is now, with what came of its items. An item is found again by its words, since its line may be
    /// another one by now.
    fn updated(cx: &Context, text: &str, items: &[ResolvedItem], all: &[ActionItem]) -> String {
        let mut text = text.to_owned();
        let date = TimeZone::UTC.to_datetime(cx.now()).date();
        let mut rows = Vec::new();
        for resolved in items {
            let item = all.iter().find(|item| item.line == resolved.line && item.action == resolved.action);
            if let Some(commit) = &resolved.commit {
                let now = PostMortem::read("", &text).action_items;
                let is_it = |other: &&ActionItem| other.action == resolved.action && other.status == ItemStatus::Todo;
                let line =
                    now.iter().filter(is_it).map(|other| other.line).min_by_key(|line| line.abs_diff(resolved.line));
                if let Some(marked) = line.and_then(|line| mark_done(&text, line, commit.short())) {
                    text = marked;
                }
            }
            let outcome = resolved
                .needs_review
                .as_ref()
                .map_or_else(|| "Done".to_owned(), |why| format!("Needs human review: {}", inert(why)));
            rows.push(FollowUp {
                date,
                action: resolved.action.clone(),
                priority: item.and_then(|item| item.priority),
                kind: item.and_then(|item| item.kind),
                commit: resolved.commit.as_ref().map(|commit| commit.short().to_owned()),
                outcome,
            });
        }
        append_follow_ups(&text, &rows)
    }
}

/// Where an item is to be done.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Found {
    Here { stack: StackName, edit: StackEdit },
    Not { why: String },
}

/// What came of updating the document.
#[derive(Serialize, Deserialize)]
struct Updated {
    commit: Option<CommitId>,
    why_not: Option<String>,
}

impl Updated {
    const fn not(why: String) -> Self {
        Self { commit: None, why_not: Some(why) }
    }
}

/// The name of a post-mortem in commits: `PM-2026-03-01`.
fn id_of(document: &PostMortem) -> String {
    document.date.map_or_else(|| format!("PM-{}", document.path), |date| format!("PM-{date}"))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[async_trait]
impl Agent for TodoResolver {
    type Input = TodoRequest;
    type Output = TodoOutcome;

    fn name(&self) -> &'static str {
        "todo-resolver"
    }

    async fn run(&self, cx: &Context, request: TodoRequest) -> Result<TodoOutcome> {
        let text = cx
            .step("document", || async {
                let workspace = self.delivery.repository.workspace(cx.run()).await?;
                self.text(&workspace, &request.path).await
            })
            .await?;
        let document = PostMortem::read(&request.path, &text);
        let id = id_of(&document);
        let mut todo: Vec<&ActionItem> =
            document.action_items.iter().filter(|item| item.status == ItemStatus::Todo).collect();
        // What has no priority comes last.
        todo.sort_by_key(|item| (item.priority.is_none(), item.priority, item.line));
        let mut items = Vec::new();
        for item in todo {
            cx.go_on()?;
            let name = format!("item:{}", item.line);
            let scoped = cx.scoped(&name);
            items.push(cx.step(&name, || self.resolve(&scoped, &request, &id, item)).await?);
        }
        if items.is_empty() {
            return Ok(TodoOutcome { items, commit: None, why_not: None });
        }
        let scoped = cx.scoped("updated");
        let updated =
            cx.step("updated", || self.update(&scoped, &request, &id, &items, &document.action_items)).await?;
        Ok(TodoOutcome { items, commit: updated.commit, why_not: updated.why_not })
    }
}
