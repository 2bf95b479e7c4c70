//! Tables, lists and headings of HTML within Markdown, which Markdown leaves as they are.

use std::ops::Range;

use crate::html::{self, Page};
use crate::text::{Fences, Line, lines};

const ELEMENTS: [&str; 10] = ["table", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6"];

/// A document with those elements as Markdown, and the line that each of its lines was; `None` where it has none.
pub(crate) fn as_markdown(text: &str) -> Option<Page> {
    let all: Vec<Line<'_>> = lines(text).collect();
    let blocks = blocks(text);
    if blocks.is_empty() {
        return None;
    }
    let mut blocks = blocks.into_iter().peekable();
    let mut page = Page::default();
    let mut at = 0;
    while let Some(line) = all.get(at) {
        let Some(block) = blocks.next_if(|block| block.start == line.number) else {
            push(&mut page, line.text, line.number);
            at += 1;
            continue;
        };
        let last = block.end.saturating_sub(1);
        let until = all.get(last.saturating_sub(1)).map_or(text.len(), |line| line.at + line.text.len());
        let html = html::to_markdown(text.get(line.at..until).unwrap_or_default());
        push(&mut page, "", line.number);
        for (words, of_block) in html.text.lines().zip(&html.lines) {
            push(&mut page, words, line.number + of_block.saturating_sub(1));
        }
        push(&mut page, "", last);
        at += block.len().max(1);
    }
    Some(page)
}

/// Whether a line is within such an element.
pub(crate) fn holds(text: &str, line: usize) -> bool {
    blocks(text).iter().any(|block| block.contains(&line))
}

/// The lines of each of the elements, from their tag to the one that ends them.
pub(crate) fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut fences = Fences::default();
    let all: Vec<(&str, Option<usize>)> = lines(text)
        .map(|line| (line.text, if fences.is_code(line.text) { None } else { element(line.text) }))
        .collect();
    let mut blocks = Vec::new();
    if all.iter().all(|(_, element)| element.is_none()) {
        return blocks;
    }
    let last_ends = ELEMENTS.map(|name| all.iter().rposition(|(line, _)| count(line, "</", name) > 0));
    let mut at = 0;
    while let Some((_, element)) = all.get(at) {
        let name = element.and_then(|element| ELEMENTS.get(element));
        let last = element.and_then(|element| *last_ends.get(element)?).filter(|last| *last >= at);
        let (Some(name), Some(last)) = (name, last) else {
            at += 1;
            continue;
        };
        let mut depth = 0_usize;
        let ends = all.iter().take(last + 1).skip(at).position(|(line, _)| {
            depth = (depth + count(line, "<", name)).saturating_sub(count(line, "</", name));
            depth == 0
        });
        let end = ends.map_or(last, |ends| at + ends);
        blocks.push(at + 1..end + 2);
        at = end + 1;
    }
    blocks
}

fn push(page: &mut Page, words: &str, line: usize) {
    page.text.push_str(words);
    page.text.push('\n');
    page.lines.push(line);
}

/// Which of the elements begins with this line.
fn element(line: &str) -> Option<usize> {
    let tag = line.trim_start().strip_prefix('<')?;
    ELEMENTS.iter().position(|name| is_tag(tag, name))
}

/// How many tags of this name a line has, that begin with this mark.
fn count(line: &str, mark: &str, name: &str) -> usize {
    line.match_indices(mark).filter(|(at, _)| line.get(at + mark.len()..).is_some_and(|tag| is_tag(tag, name))).count()
}

fn is_tag(tag: &str, name: &str) -> bool {
    tag.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
        && tag.get(name.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with(['>', ' ', '\t', '/']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_markdown_and_the_rest_stays() {
        let text = "# A\n<table>\n<tr><th>Action</th><th>Status</th></tr>\n<tr><td>Raise it</td><td>Done</td></tr>\n</table>\nb **c**\n\
                    ```\n<table>\n```\n<H2>Next</H2>\n<ul><li>x\n</ul>\n<table>\nopen";
        let page = as_markdown(text).unwrap();
        assert_eq!(
            page.text.split_inclusive('\n').zip(&page.lines).filter(|(line, _)| *line != "\n").collect::<Vec<_>>(),
            [
                ("# A\n", &1),
                ("| Action | Status |\n", &3),
                ("|---|---|\n", &3),
                ("| Raise it | Done |\n", &4),
                ("b **c**\n", &6),
                ("```\n", &7),
                ("<table>\n", &8),
                ("```\n", &9),
                ("## Next\n", &10),
                ("- x\n", &11),
                ("<table>\n", &13),
                ("open\n", &14),
            ]
        );
        assert!(as_markdown("# a <b>c</b>\n- d").is_none());
        assert_eq!([1, 2, 5, 6, 8].map(|line| holds(text, line)), [false, true, true, false, false]);
    }
}
