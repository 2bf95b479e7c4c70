//! Tables, lists and headings of HTML within Markdown, which Markdown leaves as they are.

use crate::html::{self, Page};
use crate::text::{Fences, Line, lines};

const ELEMENTS: [&str; 10] = ["table", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6"];

/// A document with those elements as Markdown, and the line that each of its lines was; `None` where it has none.
pub(crate) fn as_markdown(text: &str) -> Option<Page> {
    let mut fences = Fences::default();
    let all: Vec<(Line<'_>, bool)> = lines(text).map(|line| (line, fences.is_code(line.text))).collect();
    let begins = |(line, is_code): &(Line<'_>, bool)| if *is_code { None } else { element(line.text) };
    if !all.iter().any(|line| begins(line).is_some()) {
        return None;
    }
    let last_ends = ELEMENTS.map(|name| all.iter().rposition(|(line, _)| count(line.text, "</", name) > 0));
    let mut page = Page::default();
    let mut at = 0;
    while let Some((line, is_code)) = all.get(at) {
        let element = begins(&(*line, *is_code));
        let last = element.and_then(|element| *last_ends.get(element)?).filter(|last| *last >= at);
        let (Some(name), Some(last)) = (element.and_then(|element| ELEMENTS.get(element)), last) else {
            push(&mut page, line.text, line.number);
            at += 1;
            continue;
        };
        let mut depth = 0_usize;
        let mut end = at;
        for (index, (line, _)) in all.iter().enumerate().take(last + 1).skip(at) {
            depth = (depth + count(line.text, "<", name)).saturating_sub(count(line.text, "</", name));
            end = index;
            if depth == 0 {
                break;
            }
        }
        let until = all.get(end).map_or(text.len(), |(line, _)| line.at + line.text.len());
        let block = html::to_markdown(text.get(line.at..until).unwrap_or_default());
        push(&mut page, "", line.number);
        for (words, of_block) in block.text.lines().zip(&block.lines) {
            push(&mut page, words, line.number + of_block.saturating_sub(1));
        }
        push(&mut page, "", line.number + (end - at));
        at = end + 1;
    }
    Some(page)
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
    }
}
