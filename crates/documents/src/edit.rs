//! Changing a document without disturbing what is not meant.

use std::ops::Range;

use jiff::civil::Date;
use lamplighter_core::markdown::inert;

use crate::items::{self, Place};
use crate::text::{Fences, Line, end_of_line, lines, plain};
use crate::{ActionKind, Part, Priority, embedded, html, parts, table};

/// Marks the action item on a line as done, with a few words on how: `Done (a1b2c3d)` in its cell, or its box ticked and the
/// words behind it. No byte outside of that line changes.
///
/// `None` where there is no item, or nothing to mark: a row without a cell for the status, a bullet without a box, a web
/// page.
#[must_use]
pub fn mark_done(text: &str, line: usize, how: &str) -> Option<String> {
    let found = items::find(text).into_iter().find(|found| found.item.line == line)?;
    if html::is_html("", text) || embedded::holds(text, line) {
        return None;
    }
    let how = inert(how);
    match found.place {
        Place::Row { status: Some(cell) } => Some(in_cell(text, cell, &format!("Done ({how})"))),
        Place::Bullet { mark: Some(mark) } => {
            let ticked = replaced(text, mark, "x");
            let row = lines(&ticked).find(|it| it.number == line)?;
            let end = row.at + row.text.trim_end().len();
            Some(replaced(&ticked, end..end, &format!(" ({how})")))
        }
        Place::Row { status: None } | Place::Bullet { mark: None } => None,
    }
}

/// A row of the table of what came of the action items (SPEC §7, Follow-up Implementation).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// The day (UTC).
    pub date: Date,
    /// The action item.
    pub action: String,
    /// How soon it should be done.
    pub priority: Option<Priority>,
    /// Of what kind it is.
    pub kind: Option<ActionKind>,
    /// The commit that did it.
    pub commit: Option<String>,
    /// What came of it: `Done`, `Needs human review: no draft`.
    pub outcome: String,
}

const HEADING: &str = "## Follow-up Implementation";
const HEAD: [&str; 6] = ["Date", "Action", "Priority", "Type", "Commit", "Status"];

/// What the column of the action may be called.
const ACTION: &[&str] = &["action", "item", "task"];

impl FollowUp {
    /// What belongs into a column of this name.
    fn cell(&self, column: &str) -> String {
        let column = column.to_lowercase();
        let is = |names: &[&str]| names.iter().any(|name| column.contains(name));
        if is(&["date", "when"]) {
            self.date.to_string()
        } else if is(&["priority", "prio"]) {
            self.priority.map_or_else(String::new, |priority| format!("{priority:?}"))
        } else if is(&["type", "kind"]) {
            self.kind.map_or_else(String::new, |kind| format!("{kind:?}"))
        } else if is(&["commit"]) {
            self.commit.as_deref().map_or_else(String::new, inert)
        } else if is(&["status", "outcome", "result"]) {
            inert(&self.outcome)
        } else if is(ACTION) {
            inert(&self.action)
        } else {
            String::new()
        }
    }

    fn row(&self, columns: &[String]) -> String {
        let cells: Vec<String> = columns.iter().map(|column| self.cell(column)).collect();
        format!("| {} |", cells.join(" | "))
    }
}

/// Appends rows to the table below the heading `Follow-up Implementation`, which is made where it is missing. Nothing else
/// changes. The columns are those of the table that is there.
#[must_use]
pub fn append_follow_ups(text: &str, rows: &[FollowUp]) -> String {
    if rows.is_empty() {
        return text.to_owned();
    }
    let end_of_line = match end_of_line(text) {
        '\r' => "\r",
        _ if text.contains("\r\n") => "\r\n",
        _ => "\n",
    };
    let table_of = |columns: &[String]| rows.iter().map(|row| row.row(columns)).collect::<Vec<_>>().join(end_of_line);
    let head: Vec<String> = HEAD.iter().map(|name| (*name).to_owned()).collect();
    let new = || {
        let dashes = vec!["---"; HEAD.len()].join(" | ");
        [format!("| {} |", head.join(" | ")), format!("| {dashes} |"), table_of(&head)].join(end_of_line)
    };
    match section(text) {
        Some(Section { table: Some((columns, end)), .. }) => insert_line(text, end, &table_of(&columns), end_of_line),
        Some(Section { heading_end, .. }) => {
            insert_line(text, heading_end, &format!("{end_of_line}{}", new()), end_of_line)
        }
        None => {
            let gap =
                if text.is_empty() || text.ends_with("\n\n") || text.ends_with("\r\n\r\n") { "" } else { end_of_line };
            let mut closed = if text.is_empty() || text.ends_with(['\n', '\r']) { "" } else { end_of_line }.to_owned();
            // Code that is never ended would take the table.
            let mut fences = Fences::default();
            lines(text).for_each(|line| _ = fences.is_code(line.text));
            if let Some(fence) = fences.end() {
                closed.push_str(&fence);
                closed.push_str(end_of_line);
            }
            format!("{text}{closed}{gap}{HEADING}{end_of_line}{end_of_line}{}{end_of_line}", new())
        }
    }
}

/// The section of what came of the action items.
struct Section {
    /// The end of its heading, without the end of the line.
    heading_end: usize,
    /// The columns of its table, and the end of the last row.
    table: Option<(Vec<String>, usize)>,
}

fn section(text: &str) -> Option<Section> {
    let mut fences = Fences::default();
    let html = embedded::blocks(text);
    let is_html = |line: &Line<'_>| {
        let at = html.partition_point(|block| block.end <= line.number);
        html.get(at).is_some_and(|block| block.contains(&line.number))
    };
    let all: Vec<Line<'_>> = lines(text).filter(|line| !fences.is_code(line.text) && !is_html(line)).collect();
    let is_heading = |line: &Line<'_>| line.text.trim_start().starts_with('#');
    let at =
        all.iter().position(|line| is_heading(line) && parts::part_of(&plain(line.text)) == Some(Part::FollowUp))?;
    let heading_end = all.get(at).map(|line| line.at + line.text.len())?;
    let body: Vec<&Line<'_>> = all.iter().skip(at + 1).take_while(|line| !is_heading(line)).collect();
    let table = body.windows(2).position(
        |pair| matches!(pair, [head, dashes] if table::is_row(head.text) && table::is_delimiter(dashes.text)),
    );
    let table = table.and_then(|head_at| {
        let head = body.get(head_at)?;
        let columns =
            table::cells(head.text, None).into_iter().map(|cell| plain(head.text.get(cell).unwrap_or_default()));
        let columns: Vec<String> = columns.collect();
        let has_action = |column: &String| ACTION.iter().any(|name| column.to_lowercase().contains(name));
        columns.iter().find(|column| has_action(column))?;
        let last = body.iter().skip(head_at).take_while(|line| table::is_row(line.text)).last()?;
        Some((columns, last.at + last.text.len()))
    });
    Some(Section { heading_end, table })
}

/// Inserts a line after the line that ends here.
fn insert_line(text: &str, end: usize, line: &str, end_of_line: &str) -> String {
    replaced(text, end..end, &format!("{end_of_line}{line}"))
}

/// Words in a cell, which keep apart from the pipes beside it.
fn in_cell(text: &str, cell: Range<usize>, words: &str) -> String {
    let before = if text.get(..cell.start).is_some_and(|it| it.ends_with('|')) { " " } else { "" };
    let after = if text.get(cell.end..).is_some_and(|it| it.starts_with('|')) { " " } else { "" };
    replaced(text, cell, &format!("{before}{words}{after}"))
}

fn replaced(text: &str, range: Range<usize>, with: &str) -> String {
    let (before, after) = (text.get(..range.start).unwrap_or(text), text.get(range.end..).unwrap_or_default());
    format!("{before}{with}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ItemStatus, PostMortem};

    #[test]
    fn an_item_is_marked_in_its_own_shape() {
        for (text, line, expected) in [
            (
                "| Action | Status |\n|---|---|\n| Raise it | TODO |\n",
                3,
                Some("| Action | Status |\n|---|---|\n| Raise it | Done (a1b2c3d) |\n"),
            ),
            (
                "| Action | Status |\n|---|---|\n| Raise it | |",
                3,
                Some("| Action | Status |\n|---|---|\n| Raise it | Done (a1b2c3d) |"),
            ),
            (
                "|Action|Status|\r\n|---|---|\r\n|Raise it|TODO|\r\nÜ",
                3,
                Some("|Action|Status|\r\n|---|---|\r\n|Raise it| Done (a1b2c3d) |\r\nÜ"),
            ),
            (
                "| Status | Action |\n|---|---|\n| ⬜ | Raise it |\n",
                3,
                Some("| Status | Action |\n|---|---|\n| Done (a1b2c3d) | Raise it |\n"),
            ),
            ("\u{feff}- [ ] Raise it  \n- [ ] b c\n", 1, Some("\u{feff}- [x] Raise it (a1b2c3d)  \n- [ ] b c\n")),
            ("# A\r- [ ] Raise it\r- [ ] b c", 2, Some("# A\r- [x] Raise it (a1b2c3d)\r- [ ] b c")),
            ("- [] Raise it", 1, Some("- [x] Raise it (a1b2c3d)")),
            ("| Action | Owner |\n|---|---|\n| Raise it | maria |\n", 3, None),
            ("## Action items\n- Raise it\n", 2, None),
            ("no item", 1, None),
            ("<table>\n- [ ] Raise it\n</table>", 2, None),
            ("<!doctype html>\n- [ ] Raise it\n", 2, None),
        ] {
            assert_eq!(mark_done(text, line, "a1b2c3d").as_deref(), expected, "{text}");
        }
    }

    fn follow_up() -> FollowUp {
        FollowUp {
            date: jiff::civil::date(2026, 3, 1),
            action: "Raise | it".to_owned(),
            priority: Some(Priority::P0),
            kind: Some(ActionKind::Config),
            commit: Some("a1b2c3d".to_owned()),
            outcome: "Done".to_owned(),
        }
    }

    #[test]
    fn what_came_of_the_items_is_appended() {
        let made = append_follow_ups("# A", &[follow_up()]);
        assert_eq!(
            made,
            "# A\n\n## Follow-up Implementation\n\n| Date | Action | Priority | Type | Commit | Status |\n| --- | --- | --- | --- | --- | --- |\n\
             | 2026-03-01 | Raise \\| it | P0 | Config | a1b2c3d | Done |\n"
        );
        let longer = append_follow_ups(&made, &[follow_up()]);
        assert!(longer.starts_with(&made) && longer.lines().count() == made.lines().count() + 1, "{longer}");
        let own =
            "## Follow-up implementation\r\n\r\n| Item | Result |\r\n|---|---|\r\n| x | y |\r\n\r\n## Raw data\r\n";
        assert_eq!(
            append_follow_ups(own, &[follow_up()]),
            "## Follow-up implementation\r\n\r\n| Item | Result |\r\n|---|---|\r\n| x | y |\r\n| Raise \\| it | Done |\r\n\r\n## Raw data\r\n"
        );
        let empty = "## Follow-up Implementation\n\n_None yet._\n";
        let filled = append_follow_ups(empty, &[follow_up()]);
        assert!(
            filled.starts_with("## Follow-up Implementation\n\n| Date |") && filled.ends_with("\n\n_None yet._\n"),
            "{filled}"
        );
        assert_eq!(append_follow_ups(own, &[]), own);
        let open = append_follow_ups("~~~~\nopen", &[follow_up()]);
        assert!(open.starts_with("~~~~\nopen\n~~~~\n\n## Follow-up Implementation\n"), "{open}");
    }

    /// Lines of which any document may be made, however they stand together.
    const LINES: &[&str] = &[
        "",
        "## Action items",
        "### P0 – prevent it",
        "## Timeline",
        "| Action | Type | Status |",
        "|---|---|---|",
        "| Action | Owner |",
        "|---|---|",
        "| Raise it | Config | TODO |",
        "| Page me | Alert |  |",
        "| Buy disks | Done | maria |",
        "| a | b",
        "Action | Status",
        "--- | ---",
        "- [ ] Raise it",
        "  - [ ] Deeper",
        "1. [ ] Numbered",
        "- Words",
        "> - [ ] Quoted",
        "> | Quoted | Config | TODO |",
        "- TODO: buy it",
        "- ✅ Bought",
        "[ ] Bare",
        "```",
        "<!-- x",
        "-->",
        "| `a | b` | Config | TODO |",
        "| ~~Gone~~ | Config | |",
        "<table>",
        "<tr><td>x</td></tr>",
        "</table>",
        "\t- [ ] Tab",
        "- [ ] Ünïcode 🚀  ",
        "| Fix \\| it | Monitor | ⬜ |",
        "## Follow-up Implementation",
        "**Next steps:**",
        "- [~] Begun",
        "- ~~Struck~~",
        "- [ ] ~~Struck~~ later",
        "- [ ] Bought — DONE",
        "    - [ ] Indented",
        "### Won't do",
        "### Completed",
        "| ✅ Ticked | Config | TODO |",
        "| [ ] Boxed | Config | |",
        "| ~~Struck~~ | Config | ~~TODO~~ |",
        "| High | maria |",
        "| Done | Config | TODO |",
        "| - [ ] Listed | n/a | |",
        "---",
    ];

    proptest::proptest! {
        #[test]
        fn marking_an_item_changes_it_and_no_other(
            bom in proptest::bool::ANY,
            lines in proptest::collection::vec((proptest::sample::select(LINES), "\r?\n"), 1..12),
        ) {
            let mut text = if bom { "\u{feff}" } else { "" }.to_owned();
            text.extend(lines.iter().flat_map(|(line, end)| [*line, end.as_str()]));
            let before = PostMortem::read("a.md", &text).action_items;
            for item in &before {
                let Some(marked) = mark_done(&text, item.line, "a1b2c3d") else { continue };
                let (old, new): (Vec<_>, Vec<_>) = (text.split('\n').collect(), marked.split('\n').collect());
                let is_other = |(at, (old, new)): &(usize, (&&str, &&str))| old != new && at + 1 != item.line;
                proptest::prop_assert!(old.len() == new.len() && !old.iter().zip(&new).enumerate().any(|it| is_other(&it)), "{marked}");
                let after = PostMortem::read("a.md", &marked).action_items;
                proptest::prop_assert_eq!(before.len(), after.len(), "{}", marked);
                for (before, after) in before.iter().zip(&after) {
                    let is_it = before.line == item.line && after.line == item.line && after.status == ItemStatus::Done;
                    proptest::prop_assert!(is_it || before == after, "{marked}");
                }
            }
            let appended = append_follow_ups(&text, &[follow_up()]);
            let told = |text: &str| PostMortem::read("a.md", text).action_items.into_iter().map(|item| (item.action, item.status)).collect::<Vec<_>>();
            proptest::prop_assert_eq!(told(&appended), told(&text), "{}", appended);
            let twice = append_follow_ups(&appended, &[follow_up()]);
            proptest::prop_assert_eq!(twice.matches("Raise \\| it").count(), 2, "{}", twice);
            proptest::prop_assert_eq!(twice.matches("| Date | Action |").count(), appended.matches("| Date | Action |").count());
        }

        #[test]
        fn no_byte_outside_of_the_row_changes(
            before in "([a-zÄ| \t#-]{0,12}\r?\n){0,6}",
            row in "\\| [A-Z][a-z]{3,8} [a-z|`]{0,6}[a-z] \\| (TODO|Open|✅ done|)[ \t]?\\|[ \t]{0,2}",
            after in "(\r?\n[a-zÄ| \t#-]{0,12}){0,6}",
        ) {
            let text = format!("{before}\n| Action | Status |\n|---|---|\n{row}{after}");
            let line = text.split('\n').position(|line| line.trim_end_matches('\r') == row).unwrap() + 1;
            if let Some(marked) = mark_done(&text, line, "a1b2c3d") {
                let (old, new): (Vec<_>, Vec<_>) = (text.split('\n').collect(), marked.split('\n').collect());
                proptest::prop_assert_eq!(old.len(), new.len());
                for (at, (old, new)) in old.iter().zip(&new).enumerate() {
                    proptest::prop_assert!(old == new || at + 1 == line, "{old:?} became {new:?}");
                }
                let item = PostMortem::read("a.md", &marked).action_items.into_iter().find(|item| item.line == line);
                let item = item.ok_or_else(|| proptest::test_runner::TestCaseError::fail(marked.clone()))?;
                proptest::prop_assert_eq!(item.status, ItemStatus::Done);
            }
        }
    }
}
