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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> IssueFile {
        IssueFile::parse(text.to_owned()).unwrap()
    }

    fn said(file: &IssueFile) -> Vec<(&str, String)> {
        file.comments.iter().map(|comment| (comment.author.as_str(), file.body_of(comment))).collect()
    }

    fn comment<'a>(author: &'a str, body: &'a str) -> NewComment<'a> {
        NewComment { id: None, author, at: "2026-03-01T14:10:00.5Z".parse().unwrap(), body }
    }

    #[test]
    fn an_issue_reads_however_little_of_it_is_there() {
        // text, title, author, body
        let cases = [
            ("", "", UNKNOWN, ""),
            ("502 since 14:00\n", "502 since 14:00", UNKNOWN, "502 since 14:00"),
            ("# Wiki is down #\r\n\r\n502\r\n", "Wiki is down", UNKNOWN, "# Wiki is down #\r\n\r\n502"),
            ("\u{feff}## Wiki\n", "Wiki", UNKNOWN, "## Wiki"),
            ("+++\n+++\n# A\n", "A", UNKNOWN, "# A"),
            ("\u{feff}+++\r\ntitle = \"T\"\r\nauthor = \"maria\"\r\n+++\r\n\r\nb\r\n", "T", "maria", "b"),
            ("---\ntitle: T: \"x\" # no\nauthor: 'o''brien'\n---\nb", "T: \"x\"", "o'brien", "b"),
            ("---\ntitle: \"a \\\"b\\\" # c\" # d\n---", "a \"b\" # c", UNKNOWN, ""),
            // A rule at the top is Markdown.
            ("---\nnot yaml\n---\nb", "---", UNKNOWN, "---\nnot yaml\n---\nb"),
            ("---\nauthor: maria\n", "---", UNKNOWN, "---\nauthor: maria"),
            // Front matter is at the top or nowhere.
            ("\n+++\nauthor = \"maria\"\n+++\n", "+++", UNKNOWN, "+++\nauthor = \"maria\"\n+++"),
            ("# T\n---\nauthor: maria\n---\n", "T", UNKNOWN, "# T\n---\nauthor: maria\n---"),
        ];
        for (text, title, author, body) in cases {
            let file = parse(text);
            assert_eq!((file.title().as_str(), file.author(), file.body().as_str()), (title, author, body), "{text:?}");
        }
    }

    #[test]
    fn both_kinds_of_front_matter_say_the_same() {
        let toml = parse(
            "+++\nnumber = 7\nlabels = [\n  'a', # one\n  \"b c\",\n]\nstate = \"closed\"\ncollaborator = true\n\
             created = 2026-03-01T14:05:00Z\nassignees = []\ncollaborators = [\"otto\"]\n[extra]\nstate = \"x\"\n+++\n",
        );
        let yaml = parse(
            "---\nnumber: 7\n# note\nlabels:\n  - a\n  - \"b c\"\nstate: closed\ncollaborator: true # yes\n\
             created: 2026-03-01 14:05\nassignees: []\ncollaborators: [otto] # ]\nextra:\n  state: x\n---\n",
        );
        assert_eq!(toml.header, yaml.header);
        assert_eq!(toml.header.labels, ["a", "b c"].map(str::to_owned).into());
        assert_eq!(toml.header.created, Some("2026-03-01T14:05:00Z".parse().unwrap()));
        assert!(toml.header.is_closed && toml.header.collaborator == Some(true));
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        for (text, what) in [
            ("+++\ntitle = \"a\"\n", "has no end"),
            ("+++\ntitle = \n+++\n", "no TOML"),
            ("+++\ncollaborator = \"yes\"\n+++\n", "true or false"),
            ("---\ncollaborator: maybe\n---\n", "true or false"),
            ("---\nstate: done\n---\n", "open or closed"),
            ("+++\nlabels = [1]\n+++\n", "list of texts"),
            ("---\nlabels: [a, [b]]\n---\n", "list of texts"),
        ] {
            let error = IssueFile::parse(text.to_owned()).unwrap_err();
            assert!(error.contains(what), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_change_touches_its_value_alone() {
        let labels = Value::List(vec!["a".to_owned(), "b \"c\"".to_owned()]);
        // before, key, after
        let cases = [
            (
                "+++\n# hi\n  labels   =  ['x']  # why\nodd.key = { a = 1 }\n+++\nb",
                "labels",
                "+++\n# hi\n  labels   =  [\"a\", \"b \\\"c\\\"\"]  # why\nodd.key = { a = 1 }\n+++\nb",
            ),
            (
                "\u{feff}+++\r\nlabels = [\r\n 'x',\r\n]\r\n+++\r\nb\r\n",
                "labels",
                "\u{feff}+++\r\nlabels = [\"a\", \"b \\\"c\\\"\"]\r\n+++\r\nb\r\n",
            ),
            (
                "+++\ntitle = \"t\" # c\n[table]\nx = 1\n+++\n",
                "labels",
                "+++\ntitle = \"t\" # c\nlabels = [\"a\", \"b \\\"c\\\"\"]\n[table]\nx = 1\n+++\n",
            ),
            ("+++\n+++\n", "labels", "+++\nlabels = [\"a\", \"b \\\"c\\\"\"]\n+++\n"),
            (
                "---\ntitle:   T   # c\nmine: {x: 1}\nlabels: # none\n---\n",
                "labels",
                "---\ntitle:   T   # c\nmine: {x: 1}\nlabels: [a, \"b \\\"c\\\"\"] # none\n---\n",
            ),
            ("---\nlabels:\n  - x\n  - y\nz: 1\n---\n", "labels", "---\nlabels: [a, \"b \\\"c\\\"\"]\nz: 1\n---\n"),
            ("---\r\nlabels: [x]\r\n---\r\nb", "labels", "---\r\nlabels: [a, \"b \\\"c\\\"\"]\r\n---\r\nb"),
            ("---\ntitle: T\n---\n", "labels", "---\ntitle: T\nlabels: [a, \"b \\\"c\\\"\"]\n---\n"),
            ("\u{feff}# T\r\nb", "labels", "\u{feff}+++\r\nlabels = [\"a\", \"b \\\"c\\\"\"]\r\n+++\r\n\r\n# T\r\nb"),
        ];
        for (before, key, after) in cases {
            let changed = parse(before).with(key, &labels).unwrap();
            assert_eq!(changed.text(), after);
            assert_eq!(changed.header.labels.len(), 2, "{after}");
        }
    }

    #[test]
    fn comments_stand_after_what_was_there() {
        let by_hand = "+++\nthread = \"mine\"\n+++\nbody\n\n## Comment by otto (mine)\nno time\n## Comment by o at t at 2026-03-01 14:00 (mine)  \n\n\nhi\n\n";
        let file = parse(by_hand).with_comment(&comment("lamplighter", "ours\r\n\n")).unwrap();
        assert_eq!(
            said(&file),
            [("otto", "no time".to_owned()), ("o at t", "hi".to_owned()), ("lamplighter", "ours".to_owned())]
        );
        assert!(file.text().starts_with(by_hand), "{}", file.text());
        assert!(
            file.text().ends_with("\n## Comment by lamplighter at 2026-03-01T14:10:00Z (mine)\n\nours\n"),
            "{}",
            file.text()
        );
        assert_eq!(file.body(), "body");
        let ids: BTreeSet<_> = file.comments.iter().map(|comment| comment.id.as_str()).collect();
        assert_eq!(ids, ["2026-03-01T14:00:00Z/o at t", "2026-03-01T14:10:00Z/lamplighter", "undated/otto"].into());
    }

    #[test]
    fn ids_stay_when_other_comments_come_and_go() {
        let two = parse("").with_comment(&comment("a", "x")).unwrap().with_comment(&comment("a", "y")).unwrap();
        assert_ne!(two.comments[0].id, two.comments[1].id);
        let later = NewComment { at: "2026-03-02T00:00:00Z".parse().unwrap(), ..comment("b", "z") };
        let three = two.with_comment(&later).unwrap();
        let without = three.without(&three.comments[0]).unwrap();
        assert_eq!(without.comments[1].id, three.comments[2].id);
        assert_eq!(said(&without), [("a", "y".to_owned()), ("b", "z".to_owned())]);
    }

    #[test]
    fn an_existing_heading_without_the_thread_is_text() {
        let forged = "## Comment by lamplighter at 2026-03-01T14:10:00Z (guess)\n\nyes\n\n<!-- lamplighter:k -->";
        let file = parse(forged).with_comment(&comment("maria", "hm")).unwrap();
        assert_eq!(said(&file), [("maria", "hm".to_owned())]);
        assert_eq!(file.body(), forged);
    }

    /// Lines that an attacker would try, the thread known to him.
    fn hostile() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            Just("## Comment by lamplighter at 2026-03-01T14:10:00Z (mine)".to_owned()),
            Just("\\## Comment by lamplighter (mine)".to_owned()),
            Just("\\\\## Comment by  (mine)\r".to_owned()),
            Just("\\\\\\text".to_owned()),
            Just("+++".to_owned()),
            Just("---".to_owned()),
            Just("collaborator = true".to_owned()),
            Just("\u{feff}".to_owned()),
            Just(String::new()),
            "\\PC{0,20}",
        ];
        proptest::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #[test]
        fn no_text_is_read_as_anything_but_text(body in hostile(), first in hostile(), second in hostile()) {
            let file = parse("+++\nthread = \"mine\"\nauthor = \"eve\"\n+++\n")
                .with_body(&body).unwrap()
                .with_comment(&comment("eve", &first)).unwrap()
                .with_comment(&comment("eve", &second)).unwrap();
            let trimmed = |text: &str| text.trim_matches(['\r', '\n']).to_owned();
            prop_assert_eq!(said(&file), [("eve", trimmed(&first)), ("eve", trimmed(&second))]);
            prop_assert_eq!(file.body(), trimmed(&body));
            prop_assert_eq!(file.header.collaborator, None);
            let edited = file.with_comment_body(&file.comments[0], &second).unwrap().with_body(&first).unwrap();
            prop_assert_eq!(said(&edited), [("eve", trimmed(&second)), ("eve", trimmed(&second))]);
            prop_assert_eq!(edited.body(), trimmed(&first));
        }

        #[test]
        fn any_file_survives_reading_and_changing(text in "(\\+\\+\\+|---)?\\PC*(\r?\n(\\+\\+\\+|---|a: b|a = 1|labels: \\[x|- y|\\PC*)){0,8}") {
            if let Ok(file) = IssueFile::parse(text.clone()) {
                prop_assert_eq!(file.text(), &text);
                let before = file.body();
                let commented = file.with_comment(&comment("eve", "hi")).unwrap();
                prop_assert_eq!(commented.comments.len(), file.comments.len() + 1);
                prop_assert_eq!(commented.body(), before);
            }
        }

        #[test]
        fn any_value_reads_back(value in "\\PC*|[\u{0}-\u{7f}]*", items in proptest::collection::vec("\\PC{1,9}|[\u{1}-\u{7f}]{1,9}", 0..4)) {
            for empty in ["+++\n+++\n", "---\nx: 1\n---\n"] {
                let file = parse(empty).with("title", &Value::Text(value.clone())).unwrap()
                    .with("assignees", &Value::List(items.clone())).unwrap();
                prop_assert_eq!(file.header.title.clone().unwrap_or_default(), value.clone());
                prop_assert_eq!(&file.header.assignees, &items);
            }
        }
    }
}
