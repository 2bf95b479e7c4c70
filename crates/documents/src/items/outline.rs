use crate::text::{Line, plain};
use crate::wording::priority_of_heading;
use crate::{ItemStatus, Part, Priority, parts, wording};

/// The level of a line that is nothing but bold words, below all headings.
const BOLD: usize = 7;

/// The headings above a line.
#[derive(Debug, Default)]
pub(super) struct Outline {
    above: Vec<Heading>,
    /// The lines on which sections begin.
    begins: Vec<usize>,
}

#[derive(Debug)]
struct Heading {
    level: usize,
    part: Option<Part>,
    priority: Option<Priority>,
    /// How far the items below it are: `Won't do`.
    status: Option<ItemStatus>,
    is_of_actions: bool,
}

impl Outline {
    /// Takes a heading that begins here, and says how many lines it has.
    pub(super) fn take(&mut self, lines: &[Line<'_>]) -> usize {
        let [first, rest @ ..] = lines else { return 0 };
        let Some((level, words, count)) = heading(first.text, rest.first().map_or("", |next| next.text)) else {
            return 0;
        };
        self.above.retain(|heading| heading.level < level);
        let words = plain(words);
        let above = self.above.last();
        let is_below_actions = above.is_some_and(|above| above.is_of_actions);
        let status = told(&words).or_else(|| wording::lone_status(&words).filter(|_| is_below_actions));
        // Below actions `Resolved` is not what was done then.
        let own = parts::part_of(&words).filter(|part| status.is_none() || *part == Part::Prevention);
        let heading = Heading {
            level,
            part: own.or_else(|| above.and_then(|above| above.part)),
            priority: priority_of_heading(&words)
                .or_else(|| wording::priority(&words, false).filter(|_| is_below_actions))
                .or_else(|| above.and_then(|above| above.priority)),
            status: status.or_else(|| above.and_then(|above| above.status)),
            is_of_actions: own == Some(Part::Prevention) || (own.is_none() && is_below_actions),
        };
        self.above.push(heading);
        self.begins.push(first.number);
        count
    }

    pub(super) fn part(&self) -> Option<Part> {
        self.above.last().and_then(|heading| heading.part)
    }

    pub(super) fn priority(&self) -> Option<Priority> {
        self.above.last().and_then(|heading| heading.priority)
    }

    pub(super) fn status(&self) -> Option<ItemStatus> {
        self.above.last().and_then(|heading| heading.status)
    }

    /// Whether what is listed here should be done.
    pub(super) fn is_of_actions(&self) -> bool {
        self.above.last().is_some_and(|heading| heading.is_of_actions)
    }

    /// The section that is read.
    pub(super) const fn section(&self) -> usize {
        self.begins.len()
    }

    pub(super) fn section_of(&self, line: usize) -> usize {
        self.begins.partition_point(|begin| *begin <= line)
    }
}

/// `Completed action items`.
fn told(heading: &str) -> Option<ItemStatus> {
    const ITEMS: &[&str] = &["action items", "actions", "items", "tasks", "follow-ups", "followups", "follow ups"];
    // A mark before a heading is there for its looks.
    let (status, items) = heading.split_once(' ').filter(|(status, _)| status.contains(char::is_alphabetic))?;
    wording::lone_status(status).filter(|_| ITEMS.contains(&items.trim().to_lowercase().as_str()))
}

/// The level, the words and the number of lines of a heading: `## x`, `x` above `---`, or a line of bold words alone.
fn heading<'a>(line: &'a str, next: &str) -> Option<(usize, &'a str, usize)> {
    let trimmed = line.trim();
    let hashes = trimmed.len() - trimmed.trim_start_matches('#').len();
    if (1..=6).contains(&hashes) {
        let words = trimmed.get(hashes..)?;
        return words.starts_with([' ', '\t']).then(|| (hashes, words.trim().trim_end_matches('#').trim(), 1));
    }
    if trimmed.is_empty() || line.starts_with([' ', '\t']) || trimmed.contains('|') {
        return None;
    }
    let under = next.trim();
    if under.len() >= 3 && !is_list(trimmed) {
        if under.bytes().all(|byte| byte == b'=') {
            return Some((1, trimmed, 2));
        }
        if under.bytes().all(|byte| byte == b'-') {
            return Some((2, trimmed, 2));
        }
    }
    if let Some(words) = parts::lone_heading(trimmed) {
        return Some((BOLD, words, 1));
    }
    let bold = trimmed.trim_end_matches(':').strip_prefix("**").or_else(|| trimmed.strip_prefix("__"))?;
    let bold = ["**", ":**", "__", ":__"].iter().find_map(|mark| bold.strip_suffix(mark))?;
    (!bold.is_empty() && !bold.contains("**") && !bold.contains("__")).then_some((BOLD, bold, 1))
}

fn is_list(line: &str) -> bool {
    ["- ", "* ", "+ ", "> "].iter().any(|mark| line.starts_with(mark))
}
