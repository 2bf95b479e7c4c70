//! What a message of GitHub asks for.

use jiff::Timestamp;
use lamplighter::core::ports::{JobId, JobLimits, Message, Words, Work};
use lamplighter::core::words::{Login, labels};
use lamplighter_github::webhook::{Account, AccountKind, DeliveredComment, DeliveredIssue, DeliveredPush, Delivery};

use crate::settings::ServerSettings;

/// The labels that ask for an answer when somebody puts them on an issue.
const ASKING: [&str; 3] = [labels::USER_REPORT, labels::FEATURE_REQUEST, labels::INCIDENT];

/// How the names of documents whose action items can be changed in place end.
const DOCUMENTS: [&str; 2] = [".md", ".markdown"];

/// What becomes of a message.
#[derive(Debug)]
pub(crate) enum Intake {
    /// It asks or tells something.
    Accept(Box<Message>),
    /// It asks for nothing, and why that is.
    Ignore(&'static str),
    /// It is of another repository than ours.
    Foreign,
}

/// Sorts a message whose signature was checked.
pub(crate) fn sort(delivery: Delivery, settings: &ServerSettings, now: Timestamp) -> Intake {
    let is_of = |ours: &str| delivery.repository.as_ref().is_some_and(|theirs| ours.eq_ignore_ascii_case(theirs));
    if settings.repository.as_deref().is_some_and(|ours| !is_of(ours)) {
        return Intake::Foreign;
    }
    let Delivery { id, event, action, issue, comment, label, push, sender, .. } = delivery;
    if let Some(push) = push {
        return pushed(id, push, settings, now);
    }
    let Some(issue) = issue else { return Intake::Ignore("it is about no issue") };
    let Some(sender) = sender else { return Intake::Ignore("nobody has done it") };
    if issue.is_pull_request {
        return Intake::Ignore("it is about a pull request");
    }
    let message = Message { id, at: now, words: None, job: None, wake: None };
    // A person whose token we were lent is still a person; our own labels ask for what was asked for already.
    let by_machine = sender.kind == AccountKind::Bot;
    match (event.as_str(), action.as_deref().unwrap_or_default()) {
        // What a scan of ours has filed is answered as what people file; its words are our own.
        ("issues", "opened") if issue.is_keyed && is_us(&sender, settings) => accept(asking(message, &issue)),
        ("issues", "opened") if !by_machine => {
            let words = words(&issue, sender.login, issue.created_at.unwrap_or(now));
            accept(Message { words, ..asking(message, &issue) })
        }
        ("issues", "edited") if !by_machine => {
            let words = words(&issue, sender.login, issue.updated_at.unwrap_or(now));
            accept(Message { words, ..message })
        }
        ("issues", "labeled") if !by_machine => match label {
            Some(label) if ASKING.contains(&label.as_str()) => accept(asking(message, &issue)),
            _ => Intake::Ignore("this label asks for nothing"),
        },
        ("issues", "reopened") if !by_machine => {
            let id = JobId::new(format!("answer/{}/reopened/{}", issue.number.0, message.id));
            let work = Work::Answer { issue: issue.number, again: true, limits: JobLimits::default() };
            accept(Message { job: Some((id, work)), ..message })
        }
        ("issue_comment", "created") => match comment {
            Some(comment) if comment.may_command => commanding(message, &issue, comment, settings),
            _ => Intake::Ignore("it is no command"),
        },
        (_, _) if by_machine => Intake::Ignore("a machine did it"),
        _ => Intake::Ignore("it asks for nothing"),
    }
}

/// Whoever pushes to a branch may write to it, so that nobody is asked who he is. Our own pushes count as well: what we do
/// about a document leaves nothing in it to be done again.
fn pushed(id: String, push: DeliveredPush, settings: &ServerSettings, now: Timestamp) -> Intake {
    let Some(archive) = &settings.post_mortems else {
        return Intake::Ignore("there are no post-mortems in the repository");
    };
    let (true, Some(head)) = (push.branch.as_ref() == Some(&archive.branch), push.head) else {
        return Intake::Ignore("it is not the branch of the post-mortems");
    };
    let in_archive = |file: &String| {
        let document = file.strip_prefix(&archive.folder)?.strip_prefix('/')?;
        DOCUMENTS.iter().any(|end| document.to_ascii_lowercase().ends_with(end)).then(|| document.to_owned())
    };
    let documents: Vec<String> = push.files.iter().filter_map(in_archive).collect();
    if documents.is_empty() {
        return Intake::Ignore("it changes no post-mortem");
    }
    let job = Some((JobId::new(format!("todos/{head}")), Work::Todos { documents }));
    accept(Message { id, at: now, words: None, job, wake: None })
}

fn accept(message: Message) -> Intake {
    Intake::Accept(Box::new(message))
}

/// Asks for the answer to an issue: the same job, however many messages ask for it.
fn asking(message: Message, issue: &DeliveredIssue) -> Message {
    let id = JobId::new(format!("answer/{}", issue.number.0));
    let work = Work::Answer { issue: issue.number, again: false, limits: JobLimits::default() };
    Message { job: Some((id, work)), ..message }
}

fn commanding(
    message: Message,
    issue: &DeliveredIssue,
    comment: DeliveredComment,
    settings: &ServerSettings,
) -> Intake {
    let Some(author) = comment.author else { return Intake::Ignore("nobody has written it") };
    // Who lends us his token may still speak for himself.
    if comment.is_keyed && is_us(&author, settings) {
        return Intake::Ignore("it is our own comment");
    }
    if author.kind == AccountKind::Bot {
        return Intake::Ignore("a machine wrote it");
    }
    let id = JobId::new(format!("command/{}", comment.id));
    let (issue, author) = (issue.number, author.login);
    // A message may come long after what it tells of, and never before it.
    let at = comment.created_at.unwrap_or(message.at).min(message.at);
    let work = Work::Command { issue, comment: comment.id, author, at, body: comment.body };
    accept(Message { job: Some((id, work)), ..message })
}

/// The words of an issue whose author is known.
fn words(issue: &DeliveredIssue, written_by: Login, at: Timestamp) -> Option<Words> {
    let author = issue.author.as_ref()?.login.clone();
    Some(Words { issue: issue.number, author, written_by, at, text: issue.text.clone() })
}

/// Login names of GitHub have no case.
fn is_us(account: &Account, settings: &ServerSettings) -> bool {
    settings.ourselves.as_ref().is_some_and(|us| us.as_str().eq_ignore_ascii_case(account.login.as_str()))
}
