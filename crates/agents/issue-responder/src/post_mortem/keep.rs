//! Where a post-mortem goes: committed, or written into the archive; published; linked.

use lamplighter_core::markdown::{code, inert};
use lamplighter_core::ports::{ArchivedDocument, Workspace};
use lamplighter_core::trust::AdmittedIssue;
use lamplighter_core::words::{
    Action, Change, ChangeKey, CommitChange, Confidence, Incident, IssueNumber, WrittenPostMortem,
};
use lamplighter_core::{Carried, Context, Done, Result};
use serde::{Deserialize, Serialize};

use super::PostMortems;
use crate::desk::{Desk, Ordered};
use lamplighter_core::delivery::Delivery;

/// How often a moved remote is fetched again.
const ROUNDS: u32 = 3;

/// The longest title in the subject of a commit, in characters.
const LONGEST_TITLE: usize = 60;

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The path or the address, for people.
    pub(super) place: String,
    /// Where a link leads to; none for a folder on a disk.
    pub(super) link: Option<String>,
    /// Why it is not where it belongs, if it is not.
    pub(super) why_not: Option<String>,
}

/// The document of an issue among the documents of an archive, by the mark at its end.
#[must_use]
pub fn own_post_mortem(documents: &[ArchivedDocument], issue: IssueNumber) -> Option<&str> {
    let mark = Incident::mark_of_issue(issue);
    documents
        .iter()
        .find(|document| document.text.lines().any(|line| line == mark))
        .map(|document| document.path.as_str())
}

/// Commits it, or puts it into the archive where there is no repository or where that does not take it.
pub(super) async fn keep(
    desk: &Desk,
    post_mortems: &PostMortems,
    cx: &Context,
    issue: &AdmittedIssue,
    incident: &Incident,
    written: &WrittenPostMortem,
) -> Result<Kept> {
    cx.step("kept", || async {
        let text = marked(&written.text, issue.number);
        let why_not = match &desk.ports.delivery {
            None => None,
            Some(delivery) => match commit(desk, delivery, post_mortems, cx, issue, incident, written, &text).await? {
                Committed::At { path, branch } => return Ok(committed(post_mortems, &path, &branch)),
                Committed::Not { why } => Some(why),
            },
        };
        let documents = post_mortems.archive.documents().await?;
        let name = cx.step("name", || async { Ok(name(&documents, issue.number, &written.name)) }).await?;
        post_mortems.writer.put(&ArchivedDocument { path: name.clone(), text }).await?;
        let place = format!("{}/{name}", post_mortems.archive_name);
        let link = address(post_mortems, &name).filter(|_| why_not.is_none());
        Ok(Kept { place: link.clone().unwrap_or(place), link, why_not })
    })
    .await
}

/// With the mark of its issue, whoever has written it.
fn marked(text: &str, issue: IssueNumber) -> String {
    let mark = Incident::mark_of_issue(issue);
    if text.lines().any(|line| line == mark) { text.to_owned() } else { format!("{}\n{mark}\n", text.trim_end()) }
}

enum Committed {
    At { path: String, branch: String },
    Not { why: String },
}

#[expect(clippy::too_many_arguments, reason = "it is the seam between the document and the change")]
async fn commit(
    desk: &Desk,
    delivery: &Delivery,
    post_mortems: &PostMortems,
    cx: &Context,
    issue: &AdmittedIssue,
    incident: &Incident,
    written: &WrittenPostMortem,
    text: &str,
) -> Result<Committed> {
    let folder = &post_mortems.folder;
    for round in 1..=ROUNDS {
        let workspace: Workspace =
            cx.step(&format!("workspace-{round}"), || delivery.repository.workspace(cx.run())).await?;
        let (path, is_there) = cx
            .step(&format!("path-{round}"), || async {
                let documents = delivery.repository.documents(&workspace, folder).await?;
                let name = name(&documents, issue.number, &written.name);
                let is_there = documents.iter().any(|document| document.path == name && document.text == text);
                Ok((format!("{folder}/{name}"), is_there))
            })
            .await?;
        let branch = workspace.branch.clone();
        if is_there {
            return Ok(Committed::At { path, branch });
        }
        delivery.repository.write_document(&workspace, &path, text).await?;
        let change = Change {
            key: ChangeKey::new(cx.run(), &cx.step_name(&format!("commit-{round}"))),
            action: Action::Commit(CommitChange {
                branch: branch.clone(),
                files: vec![path.clone()],
                message: message(incident, written),
                follows: None,
            }),
            reason: format!("the post-mortem of {}", issue.number),
            requested_by: Some(issue.author.clone()),
            confidence: Confidence::High,
            impact: Vec::new(),
            evidence: Vec::new(),
            proposed_at: cx.now(),
        };
        match desk.carry_out(cx, issue.number, Ordered { change, workspace: Some(&workspace), shown: &[] }).await? {
            Carried::Done(Done::Committed { .. }) => return Ok(Committed::At { path, branch }),
            Carried::Done(_) => {}
            Carried::Refused { reasons, .. } => return Ok(Committed::Not { why: reasons.join("; ") }),
            Carried::Failed { reason } => return Ok(Committed::Not { why: reason }),
        }
    }
    Ok(Committed::Not { why: format!("the remote branch moved {ROUNDS} times meanwhile") })
}

/// Publishes the site again. One that cannot be published is no reason to hold the document back.
pub(super) async fn publish(desk: &Desk, post_mortems: &PostMortems, cx: &Context) -> Result<()> {
    let Some(site) = &post_mortems.site else { return Ok(()) };
    cx.step("published", || async {
        let documents = match &desk.ports.delivery {
            None => post_mortems.archive.documents().await?,
            Some(delivery) => {
                let workspace = delivery.repository.workspace(cx.run()).await?;
                delivery.repository.documents(&workspace, &post_mortems.folder).await?
            }
        };
        let published = match (site.files)(&documents) {
            Ok(files) => site.publisher.publish(&files).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = published {
            tracing::warn!(parent: cx.span(), error = error.chain(), "the site of post-mortems could not be published");
        }
        Ok(())
    })
    .await
}

/// What is said on the issue.
pub(super) fn comment(written: &WrittenPostMortem, kept: &Kept) -> String {
    let place = match &kept.link {
        Some(link) => format!("[{}]({link})", written.title),
        None => format!("{} ({})", written.title, code(&kept.place)),
    };
    match &kept.why_not {
        None => format!("**Postmortem:** {place}"),
        Some(why) => format!("**Postmortem:** {place}. It was written and not committed: {}.", inert(why)),
    }
}

fn committed(post_mortems: &PostMortems, path: &str, branch: &str) -> Kept {
    let name = path.rsplit('/').next().unwrap_or(path);
    // From the page of an issue, as trackers have it.
    let link = address(post_mortems, name).unwrap_or_else(|| format!("../blob/{branch}/{path}"));
    Kept { place: path.to_owned(), link: Some(link), why_not: None }
}

/// Where it can be read in a browser, where that was said.
fn address(post_mortems: &PostMortems, name: &str) -> Option<String> {
    let base = post_mortems.address.as_ref()?.trim_end_matches('/');
    let page = post_mortems.site.as_ref().map_or_else(|| name.to_owned(), |site| (site.page)(name));
    Some(format!("{base}/{page}"))
}

/// The name of its file: that of the document that this issue has already, or the first that is free.
fn name(documents: &[ArchivedDocument], issue: IssueNumber, wanted: &str) -> String {
    if let Some(own) = own_post_mortem(documents, issue) {
        return own.to_owned();
    }
    let is_free = |name: &String| !documents.iter().any(|document| document.path == *name);
    let stem = wanted.strip_suffix(".md").unwrap_or(wanted);
    let numbered = (2..).map(|number: u32| format!("{stem}-{number}.md"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(is_free).unwrap_or_else(|| wanted.to_owned())
}

/// The message of the commit. Pipelines are told to leave it alone: it changes no infrastructure.
fn message(incident: &Incident, written: &WrittenPostMortem) -> String {
    let day = written.name.get(..10).unwrap_or_default();
    let title: String = incident.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = if title.is_empty() { "incident".to_owned() } else { title };
    format!("docs: post-mortem for {day} {} [ci skip]", lamplighter_core::markdown::shorten(&title, LONGEST_TITLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(path: &str, text: &str) -> ArchivedDocument {
        ArchivedDocument { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_name_is_that_of_the_issue_or_free() {
        let documents = [
            document("2026-03-01-wiki.md", "by hand"),
            document("2026-03-01-wiki-2.md", "x\n<!-- lamplighter:post-mortem issue/7 -->\n"),
        ];
        assert_eq!(name(&documents, IssueNumber(7), "2026-03-02-other.md"), "2026-03-01-wiki-2.md", "its own");
        assert_eq!(name(&documents, IssueNumber(8), "2026-03-01-wiki.md"), "2026-03-01-wiki-3.md");
        assert_eq!(name(&documents, IssueNumber(77), "2026-03-09-x.md"), "2026-03-09-x.md");
    }

    #[test]
    fn the_message_is_one_line_and_skips_the_pipeline() {
        let written =
            WrittenPostMortem { name: "2026-03-01-x.md".to_owned(), title: String::new(), text: String::new() };
        let incident = Incident { title: "Wiki\n\nLamplighter-Change: x".to_owned(), ..Incident::default() };
        assert_eq!(
            message(&incident, &written),
            "docs: post-mortem for 2026-03-01 Wiki Lamplighter-Change: x [ci skip]"
        );
    }
}
