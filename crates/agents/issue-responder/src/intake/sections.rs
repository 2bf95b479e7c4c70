//! Markdown cut at its headings.

/// A heading with what stands below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Section {
    /// The heading's text; empty for what stands before the first one.
    pub(crate) heading: String,
    /// Its level, 1 to 6; 0 for what stands before the first one.
    pub(crate) level: usize,
    /// What stands below it, without HTML comments.
    pub(crate) text: String,
}

/// Cuts a text at its headings, in one pass. The first section is what stands before the first heading.
///
/// A `### x` inside a code fence or an HTML comment is not a heading. A fence or a comment that is never
/// closed is not one either: a forgotten backtick must not swallow the rest of the form.
pub(crate) fn sections(body: &str) -> Vec<Section> {
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = body.split('\n').collect();
    let ends = Ends::of(&lines);
    let mut found = Vec::new();
    let mut section = Section::default();
    let mut open: Option<Fence> = None;
    let mut in_comment = false;
    for (at, line) in lines.iter().enumerate() {
        if let Some(fence) = open {
            section.push(line);
            open = (!fence.is_closed_by(line)).then_some(fence);
            continue;
        }
        open = Fence::opened_by(line).filter(|fence| !in_comment && ends.has_end_of(*fence, at));
        if open.is_some() {
            section.push(line);
            continue;
        }
        let shown = without_comments(line, &mut in_comment, ends.has_end_of_comment(at));
        match heading(&shown) {
            Some((level, text)) => {
                let next = Section { heading: text.to_owned(), level, text: String::new() };
                found.push(std::mem::replace(&mut section, next));
            }
            None => section.push(&shown),
        }
    }
    found.push(section);
    found
}

impl Section {
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The level and the text of a heading line.
fn heading(line: &str) -> Option<(usize, &str)> {
    let line = line.trim_start_matches(super::words::is_invisible);
    let indented = line.len() - line.trim_start_matches(' ').len();
    let rest = line.trim_start_matches(' ').trim_start_matches('#');
    let level = line.trim_start_matches(' ').len() - rest.len();
    let is_heading = indented <= 3 && (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with([' ', '\t']));
    is_heading.then(|| (level, rest.trim().trim_end_matches('#').trim_end()))
}

/// The line as it is shown: without HTML comments. `closes_later` says whether a comment that the line
/// leaves open is closed on a later one.
fn without_comments(line: &str, in_comment: &mut bool, closes_later: bool) -> String {
    let mut shown = String::new();
    let mut rest = line;
    loop {
        if *in_comment {
            match rest.split_once("-->") {
                Some((_, after)) => {
                    *in_comment = false;
                    rest = after;
                }
                None => return shown,
            }
        }
        match rest.split_once("<!--") {
            Some((before, after)) if closes_later || after.contains("-->") => {
                shown.push_str(before);
                *in_comment = true;
                rest = after;
            }
            _ => {
                shown.push_str(rest);
                return shown;
            }
        }
    }
}

/// A code fence: its character and how many of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let (fence, info) = Self::split(line)?;
        // Backticks in the info string make it inline code: ```x``` on one line.
        (fence.mark == '~' || !info.contains('`')).then_some(fence)
    }

    fn split(line: &str) -> Option<(Self, &str)> {
        let line = line.trim_start();
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        (length >= 3).then_some((Self { mark, length }, info))
    }

    fn is_closed_by(self, line: &str) -> bool {
        Self::split(line)
            .is_some_and(|(end, info)| end.mark == self.mark && end.length >= self.length && info.trim().is_empty())
    }
}

/// What is closed where, found out once so that nothing is searched twice.
struct Ends {
    /// For each line, the longest fence of backticks and of tildes that can end on a line after it.
    fences: Vec<(usize, usize)>,
    last_comment: Option<usize>,
}

impl Ends {
    fn of(lines: &[&str]) -> Self {
        let mut longest = (0, 0);
        let mut fences: Vec<(usize, usize)> = lines
            .iter()
            .rev()
            .map(|line| {
                let after = longest;
                match Fence::split(line) {
                    Some((fence, info)) if info.trim().is_empty() && fence.mark == '`' => {
                        longest.0 = fence.length.max(longest.0);
                    }
                    Some((fence, info)) if info.trim().is_empty() => longest.1 = fence.length.max(longest.1),
                    _ => {}
                }
                after
            })
            .collect();
        fences.reverse();
        Self { fences, last_comment: lines.iter().rposition(|line| line.contains("-->")) }
    }

    fn has_end_of(&self, fence: Fence, at: usize) -> bool {
        let (backticks, tildes) = self.fences.get(at).copied().unwrap_or_default();
        fence.length <= if fence.mark == '`' { backticks } else { tildes }
    }

    fn has_end_of_comment(&self, at: usize) -> bool {
        self.last_comment.is_some_and(|last| last > at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &[(usize, &str, &str)]) {
        let found = sections(body);
        let found: Vec<(usize, &str, &str)> =
            found.iter().map(|s| (s.level, s.heading.as_str(), s.text.trim())).collect();
        assert_eq!(found, expected, "{body:?}");
    }

    #[test]
    fn a_text_is_cut_at_its_headings() {
        check("", &[(0, "", "")]);
        check("a\n### B\n\nc\n## D ##\ne", &[(0, "", "a"), (3, "B", "c"), (2, "D", "e")]);
        check("### B\r\nc\r\nd\r\n", &[(0, "", ""), (3, "B", "c\nd")]);
        check("### B\rc", &[(0, "", ""), (3, "B", "c")]);
        check("\u{feff}### B\nc", &[(0, "", ""), (3, "B", "c")]);
        check("   ### B", &[(0, "", ""), (3, "B", "")]);
    }

    #[test]
    fn what_only_looks_like_a_heading_is_text() {
        check("#12 is back\n####### seven\n    ### code", &[(0, "", "#12 is back\n####### seven\n    ### code")]);
    }

    #[test]
    fn a_fence_hides_headings() {
        check("```\n### x\n```\n### B", &[(0, "", "```\n### x\n```"), (3, "B", "")]);
        check("~~~sh\n### x\n~~~\n### B", &[(0, "", "~~~sh\n### x\n~~~"), (3, "B", "")]);
        check("````\n```\n### x\n```\n````\n### B", &[(0, "", "````\n```\n### x\n```\n````"), (3, "B", "")]);
        check("```\n~~~\n### x\n```\n### B", &[(0, "", "```\n~~~\n### x\n```"), (3, "B", "")]);
        check("```a``` b\n### B", &[(0, "", "```a``` b"), (3, "B", "")]);
    }

    #[test]
    fn a_fence_that_is_never_closed_hides_nothing() {
        check("```\n### B\nc", &[(0, "", "```"), (3, "B", "c")]);
        check("````\n### B\n```\n### C", &[(0, "", "````"), (3, "B", "```"), (3, "C", "")]);
    }

    #[test]
    fn comments_are_not_shown() {
        check("a<!-- ### x -->b\n### B <!-- hint -->\nc", &[(0, "", "ab"), (3, "B", "c")]);
        check("<!--\n### x\n-->\n### B", &[(0, "", ""), (3, "B", "")]);
        check("<!-- a --><!-- b -->c", &[(0, "", "c")]);
        check("```\n<!-- kept -->\n```", &[(0, "", "```\n<!-- kept -->\n```")]);
        check("<!-- never closed\n### B\nc", &[(0, "", "<!-- never closed"), (3, "B", "c")]);
    }

    #[test]
    fn many_unclosed_fences_take_one_pass() {
        let body: String = (3..1200).rev().map(|n| "`".repeat(n) + "x\n").collect();
        assert_eq!(sections(&body).len(), 1);
        assert_eq!(sections(&"<!--".repeat(300_000)).len(), 1);
        assert_eq!(sections(&"### a\n".repeat(150_000)).len(), 150_001);
    }
}
