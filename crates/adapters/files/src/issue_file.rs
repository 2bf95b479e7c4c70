//! One issue's file: front matter, body, comments.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use lamplighter_core::words::IssueState;

use crate::front_matter::{FrontMatter, Value, line_end, lines};

/// Who is meant when a file does not say.
pub(crate) const UNKNOWN: &str = "unknown";

const HEADING: &str = "## Comment by ";

/// An issue's file, read. Changing it gives another one; nothing is written here.
#[derive(Debug)]
pub(crate) struct IssueFile {
    text: String,
    front: Option<FrontMatter>,
    pub(crate) header: Header,
    body: Range<usize>,
    pub(crate) comments: Vec<Comment>,
}

/// What the front matter says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Header {
    pub(crate) title: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) collaborator: Option<bool>,
    pub(crate) collaborators: Vec<String>,
    pub(crate) labels: BTreeSet<String>,
    pub(crate) is_closed: bool,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) created: Option<Timestamp>,
    pub(crate) assignees: Vec<String>,
    pub(crate) edited_by: Option<String>,
    pub(crate) url: Option<String>,
    thread: Option<String>,
}

/// A comment in the file.
#[derive(Debug, PartialEq)]
pub(crate) struct Comment {
    /// Unique in its file, and the same as long as its heading is.
    pub(crate) id: String,
    pub(crate) author: String,
    pub(crate) at: Option<Timestamp>,
    heading: Range<usize>,
    body: Range<usize>,
}

/// A comment to be written.
#[derive(Debug)]
pub(crate) struct NewComment<'a> {
    /// Its id elsewhere, where it comes from elsewhere.
    pub(crate) id: Option<&'a str>,
    pub(crate) author: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) body: &'a str,
}

impl IssueFile {
    pub(crate) fn parse(text: String) -> Result<Self, String> {
        let front = FrontMatter::find(&text)?;
        let header = front.as_ref().map_or_else(|| Ok(Header::default()), Header::read)?;
        let start =
            front.as_ref().map_or_else(|| text.len() - text.trim_start_matches('\u{feff}').len(), |front| front.end);
        let headings = match &header.thread {
            Some(thread) => headings(&text, start, thread),
            None => Vec::new(),
        };
        let body = start..headings.first().map_or(text.len(), |first| first.line.start);
        let comments = comments(&headings, text.len());
        Ok(Self { text, front, header, body, comments })
    }

    /// The text as it is written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn state(&self) -> IssueState {
        if self.header.is_closed { IssueState::Closed } else { IssueState::Open }
    }

    pub(crate) fn author(&self) -> &str {
        self.header.author.as_deref().unwrap_or(UNKNOWN)
    }

    /// The title of the front matter, otherwise the first heading, otherwise the first line.
    pub(crate) fn title(&self) -> String {
        if let Some(title) = &self.header.title {
            return title.clone();
        }
        let body = self.body();
        let heading = body.lines().find_map(|line| line.strip_prefix('#'));
        let heading = heading.map(|heading| heading.trim_start_matches('#').trim_matches([' ', '\t', '#']));
        let first = || body.lines().map(str::trim).find(|line| !line.is_empty());
        heading.filter(|heading| !heading.is_empty()).or_else(first).unwrap_or_default().to_owned()
    }

    pub(crate) fn body(&self) -> String {
        self.words(&self.body)
    }

    pub(crate) fn body_of(&self, comment: &Comment) -> String {
        self.words(&comment.body)
    }

    /// The same with another value in the front matter, which is made where there is none.
    pub(crate) fn with(&self, key: &str, value: &Value) -> Result<Self, String> {
        if let Some(front) = &self.front {
            return Self::parse(front.set(&self.text, key, value));
        }
        let end = line_end(&self.text);
        let (mark, rest) = self.text.split_at_checked(self.body.start).unwrap_or(("", &self.text));
        Self::parse(format!("{mark}+++{end}+++{end}{end}{rest}"))?.with(key, value)
    }

    /// The same with another set of labels.
    pub(crate) fn with_labels(&self, labels: &BTreeSet<String>) -> Result<Self, String> {
        self.with("labels", &Value::List(labels.iter().cloned().collect()))
    }

    /// The same with other words as its body.
    pub(crate) fn with_body(&self, body: &str) -> Result<Self, String> {
        let file = self.with_thread()?;
        let end = line_end(&file.text);
        let body = file.escaped(body);
        let gap = if file.comments.is_empty() { "" } else { end };
        let new = format!("{end}{}{end}{gap}", body.trim_end_matches(['\r', '\n']));
        Self::parse(file.replaced(&file.body, &new))
    }

    /// The same with one more comment at its end.
    pub(crate) fn with_comment(&self, comment: &NewComment<'_>) -> Result<Self, String> {
        let file = self.with_thread()?;
        let end = line_end(&file.text);
        let gap = if file.text.ends_with('\n') { "" } else { end };
        let thread = file.header.thread.as_deref().unwrap_or_default();
        let id = comment.id.map(|id| format!(", id {id}")).unwrap_or_default();
        let (author, at) = (comment.author, whole_seconds(comment.at));
        let body = file.escaped(comment.body);
        let body = body.trim_end_matches(['\r', '\n']);
        Self::parse(format!("{}{gap}{end}{HEADING}{author} at {at}{id} ({thread}){end}{end}{body}{end}", file.text))
    }

    /// The same with other words in a comment.
    pub(crate) fn with_comment_body(&self, comment: &Comment, body: &str) -> Result<Self, String> {
        let end = line_end(&self.text);
        let gap = if comment.body.end == self.text.len() { "" } else { end };
        let body = self.escaped(body);
        let new = format!("{end}{}{end}{gap}", body.trim_end_matches(['\r', '\n']));
        Self::parse(self.replaced(&comment.body, &new))
    }

    /// The same without a comment.
    pub(crate) fn without(&self, comment: &Comment) -> Result<Self, String> {
        Self::parse(self.replaced(&(comment.heading.start..comment.body.end), ""))
    }

    fn with_thread(&self) -> Result<Self, String> {
        match self.header.thread {
            Some(_) => Self::parse(self.text.clone()),
            None => self.with("thread", &Value::Text(unused_word(&self.text))),
        }
    }

    fn replaced(&self, range: &Range<usize>, new: &str) -> String {
        let (before, after) = (self.text.get(..range.start), self.text.get(range.end..));
        format!("{}{new}{}", before.unwrap_or_default(), after.unwrap_or_default())
    }

    /// Text that shall not begin a comment: a line that would gets a `\` before it, and one that has some, one more.
    fn escaped(&self, text: &str) -> String {
        let Some(thread) = &self.header.thread else { return text.to_owned() };
        let escape = |line: &str| match heading(line.trim_start_matches('\\'), thread) {
            Some(_) => format!("\\{line}"),
            None => line.to_owned(),
        };
        text.split_inclusive('\n').map(escape).collect()
    }

    /// The words that stand in a range, without what only sets them apart.
    fn words(&self, range: &Range<usize>) -> String {
        let text = self.text.get(range.clone()).unwrap_or_default().trim_matches(['\r', '\n']);
        let Some(thread) = &self.header.thread else { return text.to_owned() };
        let unescape = |line: &'_ str| match line.strip_prefix('\\') {
            Some(rest) if heading(rest.trim_start_matches('\\'), thread).is_some() => rest.to_owned(),
            _ => line.to_owned(),
        };
        text.split_inclusive('\n').map(unescape).collect()
    }
}

impl Header {
    fn read(front: &FrontMatter) -> Result<Self, String> {
        let text = |key: &str| match front.get(key) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            // `author: true` is YAML's way to misread a name.
            Some(Value::Flag(flag)) => Ok(Some(flag.to_string())),
            Some(Value::List(items)) if items.is_empty() => Ok(None),
            Some(_) => Err(format!("{key} has to be text on one line")),
        };
        let list = |key: &str| match front.get(key) {
            None => Ok(Vec::new()),
            Some(Value::List(items)) => Ok(items.clone()),
            Some(Value::Text(text)) => {
                Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
            }
            Some(_) => Err(format!("{key} has to be a list of texts, such as [\"a\", \"b\"]")),
        };
        let collaborator = match front.get("collaborator") {
            None => None,
            Some(Value::Flag(flag)) => Some(*flag),
            Some(_) => return Err("collaborator has to be true or false".to_owned()),
        };
        let is_closed = match text("state")?.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("open") => false,
            Some("closed") => true,
            Some(_) => return Err("state has to be open or closed".to_owned()),
        };
        Ok(Self {
            title: text("title")?,
            author: text("author")?,
            collaborator,
            collaborators: list("collaborators")?,
            labels: list("labels")?.into_iter().collect(),
            is_closed,
            closed_at: text("closed_at")?.as_deref().and_then(time),
            created: text("created")?.as_deref().and_then(time),
            assignees: list("assignees")?,
            edited_by: text("edited_by")?,
            url: text("url")?,
            thread: text("thread")?,
        })
    }
}

/// A time as people write it, in UTC where it does not say otherwise.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let civil = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse().ok().or_else(civil)
}

/// Without what is below a second, as people write times.
pub(crate) fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

struct Heading {
    line: Range<usize>,
    id: Option<String>,
    author: String,
    at: Option<Timestamp>,
}

fn headings(text: &str, from: usize, thread: &str) -> Vec<Heading> {
    let read = |(start, line): (usize, &str)| {
        let (author, at, id) = heading(line, thread)?;
        Some(Heading {
            line: start..start + line.len(),
            id: id.map(str::to_owned),
            author: author.to_owned(),
            at: at.and_then(time),
        })
    };
    lines(text, from).filter_map(read).collect()
}

/// `## Comment by AUTHOR at TIME, id ID (THREAD)`: the author, and the time and the id where they are given.
fn heading<'a>(line: &'a str, thread: &str) -> Option<(&'a str, Option<&'a str>, Option<&'a str>)> {
    let words = line.trim_end().strip_prefix(HEADING)?;
    let words = words.strip_suffix(')')?.strip_suffix(thread)?.strip_suffix('(')?.trim();
    let (words, id) = words.rsplit_once(", id ").map_or((words, None), |(words, id)| (words, Some(id.trim())));
    Some(words.rsplit_once(" at ").map_or((words, None, id), |(author, at)| (author.trim(), Some(at.trim()), id)))
}

fn comments(headings: &[Heading], end: usize) -> Vec<Comment> {
    let ends = headings.iter().skip(1).map(|next| next.line.start).chain([end]);
    let mut comments: Vec<Comment> = Vec::with_capacity(headings.len());
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for (heading, end) in headings.iter().zip(ends) {
        let time = || heading.at.map_or_else(|| "undated".to_owned(), |at| at.to_string());
        let mut id = heading.id.clone().unwrap_or_else(|| format!("{}/{}", time(), heading.author));
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            id = format!("{id}/{count}");
        }
        comments.push(Comment {
            id,
            author: heading.author.clone(),
            at: heading.at,
            heading: heading.line.clone(),
            body: heading.line.end..end,
        });
    }
    comments
}

/// A short random word that the text does not contain, so that nothing in it can pretend to know it.
fn unused_word(text: &str) -> String {
    loop {
        let word = format!("{:08x}", RandomState::new().build_hasher().finish() & 0xffff_ffff);
        if !text.contains(&word) {
            return word;
        }
    }
}

#[cfg(test)]
mod tests;
