use lamplighter_core::markdown::shorten;

use super::find;

mod marks;

/// Asserts which items a text has, one line each: `line priority action | kind | details | status`, with `?` for what is not
/// said and `~` before a kind that was concluded.
fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> = find(text)
        .into_iter()
        .map(|found| {
            let item = found.item;
            let mark = if item.is_kind_inferred { "~" } else { "" };
            format!(
                "{} {} {} | {mark}{} | {} | {:?}",
                item.line,
                item.priority.map_or("?".to_owned(), |it| format!("{it:?}")),
                item.action,
                item.kind.map_or("?".to_owned(), |it| format!("{it:?}")),
                item.details,
                item.status
            )
        })
        .collect();
    assert_eq!(found, expected, "in\n{}", shorten(text, 2_000));
}

#[test]
fn full_tables_are_read() {
    check(
        "| Priority | Action | Type | Details | Status |\n|---|---|---|---|---|\n| P0 | Raise the limit | Config | `a.tf:12` | TODO |\n| P1 | Page somebody | Alert | rules.yaml | Done |\n",
        &["3 P0 Raise the limit | Config | a.tf:12 | Todo", "4 P1 Page somebody | Alert | rules.yaml | Done"],
    );
    // Without the outer pipes.
    check(
        "Priority | Action | Type | Details | Status\n--- | --- | --- | --- | ---\nP2 | Watch it | Monitor | kuma | In progress\n",
        &["3 P2 Watch it | Monitor | kuma | InProgress"],
    );
    // In another order, in other cases, aligned, with marks.
    check(
        "| **STATUS** | type | Action Item | Prio |\n|:--|:-:|--:|---|\n| ✅ | alert | *Page* `me` | P3 |\n",
        &["3 P3 Page me | Alert |  | Done"],
    );
    // Line ends of Windows.
    check("| Action | Status |\r\n|---|---|\r\n| Raise it | Done |\r\n", &["3 ? Raise it | ~Config |  | Done"]);
}

#[test]
fn the_priority_comes_from_the_heading_where_no_cell_has_it() {
    let table = "| Action | Type | Details | Status |\n|---|---|---|---|\n| Raise it | Config | x | TODO |\n";
    check(&format!("### P0 – Prevent this exact failure\n{table}"), &["4 P0 Raise it | Config | x | Todo"]);
    check(
        &format!("## Prevention Plan\n### P1: Reduce blast radius\n\n{table}"),
        &["6 P1 Raise it | Config | x | Todo"],
    );
    check(&format!("P2 Detect faster\n----------------\n\n{table}"), &["6 P2 Raise it | Config | x | Todo"]);
    check(&format!("**P3 – Improve resilience**\n\n{table}"), &["5 P3 Raise it | Config | x | Todo"]);
    check(&format!("#### Detect faster ####\n{table}"), &["4 P2 Raise it | Config | x | Todo"]);
    // Until the next heading of its level.
    check(&format!("## P0\n## Actions\n{table}"), &["5 ? Raise it | Config | x | Todo"]);
    check(&format!("## P0\n### Actions\n{table}"), &["5 P0 Raise it | Config | x | Todo"]);
    check("## P1\n| Prio | Action |\n|---|---|\n| P0 | Raise it |\n", &["4 P0 Raise it | ~Config |  | Unknown"]);
    check("## P1\n- [ ] Raise it\n", &["2 P1 Raise it | ~Config |  | Todo"]);
}

#[test]
fn tables_of_other_columns_are_read() {
    check(
        "| Action | Owner | Status |\n|---|---|---|\n| Buy disks | maria | open |\n",
        &["3 ? Buy disks | ? |  | Todo"],
    );
    check(
        "| # | Task | Who | Due | Done? |\n|---|---|---|---|---|\n| 1 | Write a runbook | @omar | 2026-04-01 | no |\n| 2 | Enable it | @omar | | ✅ |\n",
        &["3 ? Write a runbook | ~Runbook | 2026-04-01 | Todo", "4 ? Enable it | ~Config |  | Done"],
    );
    check(
        "## Action items\n| Description | Ticket |\n|---|---|\n| Investigate why | OPS-1 |\n",
        &["4 ? Investigate why | ~Investigation | OPS-1 | Unknown"],
    );
    check("| Maßnahme | Status |\n|---|---|\n| Platten kaufen | offen |\n", &["3 ? Platten kaufen | ? |  | Todo"]);
    // Without a column for the status nobody knows how far it is.
    check("| Action | Type |\n|---|---|\n| Raise it | Config |\n", &["3 ? Raise it | Config |  | Unknown"]);
    // An empty cell does not say it either.
    check("| Action | Status |\n|---|---|\n| Buy disks | |\n", &["3 ? Buy disks | ? |  | Unknown"]);
    check(
        "| Action | Priority | Status |\n|---|---|---|\n| Buy disks | High | n/a |\n",
        &["3 P1 Buy disks | ? |  | Dropped"],
    );
}

#[test]
fn a_status_counts_in_whatever_column_it_is() {
    check(
        "| Action | Type | Details |\n|---|---|---|\n| Raise it | Config | Done |\n",
        &["3 ? Raise it | Config | Done | Done"],
    );
    check(
        "| Action | Owner | Status |\n|---|---|---|\n| Buy disks | Done | maria |\n",
        &["3 ? Buy disks | ? |  | Done"],
    );
    check(
        "| Action | Notes | Owner |\n|---|---|---|\n| Buy disks | TODO | maria |\n",
        &["3 ? Buy disks | ? | TODO | Todo"],
    );
    check("| Action | Status |\n|---|---|\n| Buy disks | Done (a1b2c3d) |\n", &["3 ? Buy disks | ? |  | Done"]);
    check("| Action | Status |\n|---|---|\n| Buy disks | **Not done** |\n", &["3 ? Buy disks | ? |  | Todo"]);
    check(
        "| Action | Status |\n|---|---|\n| Buy disks | [x] |\n| Buy fans | [ ] |\n",
        &["3 ? Buy disks | ? |  | Done", "4 ? Buy fans | ? |  | Todo"],
    );
    // A sentence that begins with such a word is none.
    check(
        "| Action | Details | Owner |\n|---|---|---|\n| Buy disks | Open a ticket with the vendor first | maria |\n",
        &["3 ? Buy disks | ? | Open a ticket with the vendor first | Unknown"],
    );
}

#[test]
fn pipes_that_are_escaped_or_in_code_or_links_end_no_cell() {
    let head = "| Action | Type | Status |\n|---|---|---|\n";
    check(&format!("{head}| Run `a \\| b` | Config | Done |\n"), &["3 ? Run a | b | Config |  | Done"]);
    check(&format!("{head}| Raise a \\| b | Config | Done |\n"), &["3 ? Raise a | b | Config |  | Done"]);
    check(&format!("{head}| Run `a | b | c` | Config | Done |\n"), &["3 ? Run a | b | c | Config |  | Done"]);
    check(&format!("{head}| See [a | b](x) | Alert | TODO |\n"), &["3 ? See a | b | Alert |  | Todo"]);
    check(&format!("{head}| See [a](x) and [b](y) | Alert | TODO |\n"), &["3 ? See a and b | Alert |  | Todo"]);
    check(&format!("{head}| One<br>two | Alert | TODO |\n"), &["3 ? One two | Alert |  | Todo"]);
    check(&format!("{head}| A lone ` tick | Alert | TODO |\n"), &["3 ? A lone ` tick | Alert |  | Todo"]);
}

#[test]
fn cells_that_do_not_match_the_head_are_read_by_what_they_say() {
    let head = "| Priority | Action | Type | Details | Status |\n|---|---|---|---|---|\n";
    check(&format!("{head}| P1 | Raise the limit | Done |\n"), &["3 P1 Raise the limit | ~Config |  | Done"]);
    check(
        &format!("{head}| P1 | Config | Raise the limit | x.tf | TODO | extra |\n"),
        &["3 P1 Raise the limit | Config | x.tf; extra | Todo"],
    );
    check(&format!("{head}| Raise the limit |\n"), &["3 ? Raise the limit | ~Config |  | Unknown"]);
    check(
        &format!("{head}| Raise the limit | P2 | Config | x | Done |\n"),
        &["3 P2 Raise the limit | Config | x | Done"],
    );
    check(
        &format!("{head}| P1 | Raise it | Config | x | TODO\n| P2 | Lower it | Config | y | Done |\n"),
        &["3 P1 Raise it | Config | x | Todo", "4 P2 Lower it | Config | y | Done"],
    );
    check("| Owner | Action |\n|---|---|\n| 2026-03-01 | Done |\n", &[]);
}

#[test]
fn a_cell_never_takes_the_next_row() {
    let head = "| Action | Type | Status |\n|---|---|---|\n";
    check(
        &format!("{head}| Raise it | Config\n| Page me | Alert | Done |\n"),
        &["3 ? Raise it | Config |  | Unknown", "4 ? Page me | Alert |  | Done"],
    );
    check(
        &format!("{head}| An `open tick | Config | TODO |\n| Page `me | Alert | Done |\n"),
        &["3 ? An `open tick | Config |  | Todo", "4 ? Page `me | Alert |  | Done"],
    );
    check(
        &format!("{head}| Raise it | | |\n\n| Page me | Alert | Done |\n"),
        &["3 ? Raise it | ~Config |  | Unknown", "5 ? Page me | Alert |  | Done"],
    );
    check(&format!("{head}| Raise it | Config | TODO |\nSome words.\n"), &["3 ? Raise it | Config |  | Todo"]);
    check(&format!("{head}|||\n| - | - | - |\n| Raise it | Config | TODO |\n"), &["5 ? Raise it | Config |  | Todo"]);
}

#[test]
fn tables_that_are_broken_are_read_where_they_can_be() {
    // The line of dashes is missing.
    check("| Action | Type | Status |\n| Raise it | Config | TODO |\n", &["2 ? Raise it | Config |  | Todo"]);
    // The head is missing.
    check(
        "## Action items\n|---|---|---|\n| P1 | Raise the limit | TODO |\n",
        &["3 P1 Raise the limit | ~Config |  | Todo"],
    );
    // Two tables.
    check(
        "| Action | Status |\n|---|---|\n| Raise it | TODO |\n\n| Task | Owner |\n|---|---|\n| Lower it | maria |\n",
        &["3 ? Raise it | ~Config |  | Todo", "7 ? Lower it | ~Config |  | Unknown"],
    );
    check("", &[]);
    check("|", &[]);
    check("|---|", &[]);
    check("| Action |", &[]);
}

#[test]
fn check_lists_are_read() {
    check(
        "- [ ] Raise it\n- [x] Page me\n* [X] Watch the site\n+ [ ] Buy disks\n",
        &[
            "1 ? Raise it | ~Config |  | Todo",
            "2 ? Page me | ~Alert |  | Done",
            "3 ? Watch the site | ? |  | Done",
            "4 ? Buy disks | ? |  | Todo",
        ],
    );
    check(
        "1. [ ] Raise it\n2) [x] Lower it\n",
        &["1 ? Raise it | ~Config |  | Todo", "2 ? Lower it | ~Config |  | Done"],
    );
    check(
        "- [ ] Raise it\n  - [x] Lower it\n",
        &["1 ? Raise it | ~Config |  | Todo", "2 ? Lower it | ~Config |  | Done"],
    );
    check(
        "- [ ] Raise it\n  in `a.tf`\n  - because\n- [ ] Buy disks\n",
        &["1 ? Raise it | ~Config | in a.tf because | Todo", "4 ? Buy disks | ? |  | Todo"],
    );
    check(
        "- [-] Buy disks\n- [~] Buy fans\n- [ ] ~~Buy cables~~\n",
        &["1 ? Buy disks | ? |  | Dropped", "2 ? Buy fans | ? |  | InProgress", "3 ? Buy cables | ? |  | Dropped"],
    );
    check(
        "- [ ] **P1** (Alert): page me @maria\n- [ ] [P0, Config] raise it\n- [ ] P2: buy disks (Monitor)\n",
        &[
            "1 P1 page me @maria | Alert |  | Todo",
            "2 P0 raise it | Config |  | Todo",
            "3 P2 buy disks | Monitor |  | Todo",
        ],
    );
    check("- [link](x) is no box\n- []() neither\n-[ ] nor this\n- [ ]\n- [y] nor that\n", &[]);
    check("- [ ] Größe ändern 🚀\n", &["1 ? Größe ändern 🚀 | ? |  | Todo"]);
}

#[test]
fn bullets_without_a_box_count_where_actions_are_listed() {
    check(
        "## Action items\n- Raise the limit\n  more words\n- Page me\n",
        &["2 ? Raise the limit | ~Config | more words | Unknown", "4 ? Page me | ~Alert |  | Unknown"],
    );
    check(
        "## Action items\n- TODO: raise the limit\n- DONE - page me\n",
        &["2 ? raise the limit | ~Config |  | Todo", "3 ? page me | ~Alert |  | Done"],
    );
    check("## Impact\n- Users saw errors\n- TODO: ask them\n", &["3 ? ask them | ? |  | Todo"]);
    // Beside rows they are remarks.
    check(
        "## Action items\n- See below\n\n| Action | Status |\n|---|---|\n| Raise it | Done |\n",
        &["6 ? Raise it | ~Config |  | Done"],
    );
    check("## Lessons learned\n- Raise the limit\n", &[]);
}

#[test]
fn bullets_that_say_how_far_they_are_count_beside_boxes() {
    check(
        "## Action items\n- [ ] Buy disks\n- ✅ Buy fans\n- ⬜ Buy cables\n1. Buy racks — DONE\n2. Buy lamps [in progress]\n- Buy tape. Status: open\n- Buy ink ✅\n- Remark\n",
        &[
            "2 ? Buy disks | ? |  | Todo",
            "3 ? Buy fans | ? |  | Done",
            "4 ? Buy cables | ? |  | Todo",
            "5 ? Buy racks | ? |  | Done",
            "6 ? Buy lamps | ? |  | InProgress",
            "7 ? Buy tape. | ? |  | Todo",
            "8 ? Buy ink | ? |  | Done",
            "9 ? Remark | ? |  | Unknown",
        ],
    );
    // Where some say it, the others are actions too.
    check(
        "## TODO\n- Buy disks\n- ~~Buy fans~~ (won't do)\n",
        &["2 ? Buy disks | ? |  | Unknown", "3 ? Buy fans | ? |  | Dropped"],
    );
    // What went well is no action.
    check("## What went well\n- ✅ Somebody was paged\n- Paging worked - done\n", &[]);
    check("> - [ ] Buy disks\n> > 1. [x] Buy fans\n", &["1 ? Buy disks | ? |  | Todo", "2 ? Buy fans | ? |  | Done"]);
    check("[ ] Buy disks\n[x] Buy fans\n[a](b) [ ]\n", &["1 ? Buy disks | ? |  | Todo", "2 ? Buy fans | ? |  | Done"]);
    check("ACTION ITEMS\n1. Buy disks\n\nTimeline:\n- Bought none\n", &["2 ? Buy disks | ? |  | Unknown"]);
    check("## Action items\n### High\n- Buy disks\n", &["3 P1 Buy disks | ? |  | Unknown"]);
}

#[test]
fn statuses_are_read_in_the_words_and_signs_that_people_use() {
    let head = "| Action | Estado |\n|---|---|\n";
    for (cell, expected) in [
        ("Yes", "Done"),
        ("no", "Todo"),
        ("50%", "InProgress"),
        ("100 %", "Done"),
        (":white_check_mark:", "Done"),
        ("**Status:** done", "Done"),
        ("En curso", "InProgress"),
        ("🔴 Not started", "Todo"),
        ("Done in [#12](x)", "Done"),
        ("OPS-3", "Unknown"),
    ] {
        check(&format!("{head}| Buy disks | {cell} |\n"), &[&format!("3 ? Buy disks | ? |  | {expected}")]);
    }
    // Such words in a column of another kind are no status where they say more.
    check(
        "| Action | Details | Owner |\n|---|---|---|\n| Buy disks | New disks | maria |\n",
        &["3 ? Buy disks | ? | New disks | Unknown"],
    );
}

#[test]
fn what_was_done_then_is_no_action() {
    check("## Resolution\n| Action | By |\n|---|---|\n| Restarted it | maria |\n", &[]);
    check("## Resolution\n| Action | Status |\n|---|---|\n| Buy disks | open |\n", &["4 ? Buy disks | ? |  | Todo"]);
}

#[test]
fn what_only_looks_like_an_item_is_none() {
    check("```\n- [ ] x\n| Action | Status |\n|---|---|\n| a b | Done |\n```\n", &[]);
    check("~~~md\n- [ ] x\n~~~\n- [ ] Buy disks\n", &["4 ? Buy disks | ? |  | Todo"]);
    check("<!--\n- [ ] x\n-->\n- [ ] Buy disks\n", &["4 ? Buy disks | ? |  | Todo"]);
    check("<!-- - [ ] x -->\n", &[]);
    check("## Timeline\n| Time | Action | Status |\n|---|---|---|\n| 10:00 | Restarted it | Done |\n", &[]);
    check("| Time (UTC) | Action | Who |\n|---|---|---|\n| 10:00 | Restarted it | maria |\n", &[]);
    check(
        "## Follow-up Implementation\n| Date | Action | Priority | Type | Commit | Status |\n|---|---|---|---|---|---|\n| 2026-03-01 | Raise it | P0 | Config | a1b2c3d | Done |\n",
        &[],
    );
    check("| Service | Impact |\n|---|---|\n| wiki | down |\n", &[]);
    check("---\ntodo:\n- [ ] x\n---\n- [ ] Buy disks\n", &["5 ? Buy disks | ? |  | Todo"]);
    check("a | b\n", &[]);
}

#[test]
fn what_is_safe_is_of_a_safe_kind_and_speaks_of_nothing_that_cannot_be_undone() {
    for (action, kind, is_safe) in [
        ("Raise the limit", "Config", true),
        ("Page somebody", "Alert", true),
        ("Watch the site", "Monitor", true),
        ("Two clusters", "Architecture", false),
        ("Find out why", "Investigation", false),
        ("Write it down", "Runbook", false),
        ("Move it", "Migration", false),
        ("Delete the old volume", "Config", false),
        ("Rotate the password", "Config", false),
        ("Set it up", "", false),
        ("Raise the limit", "", true),
        ("Buy disks", "", false),
        ("Alert before the migration", "", false),
    ] {
        let text = format!("| Action | Type |\n|---|---|\n| {action} | {kind} |\n");
        assert_eq!(find(&text).remove(0).item.is_safe(), is_safe, "{action} {kind}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_fail(text in "([-*|#>`~\\[\\]x! \t:a-zé\u{1f680}]{0,12}\r?\n){0,12}") {
        let mut last = 0;
        for found in find(&text) {
            proptest::prop_assert!(found.item.line > last && found.item.line <= text.lines().count());
            last = found.item.line;
        }
    }

    #[test]
    fn a_row_is_read_whatever_is_in_its_cells(action in "[A-Z][a-z]{2,8} [a-z]{3,8} [a-z |`\\[\\]]{0,8}[a-z]", rows in 1_usize..6) {
        let cell = action.replace('|', "\\|").replace('`', "");
        let mut text = "| Action | Type | Status |\n|---|---|---|\n".to_owned();
        for _ in 0..rows {
            text.push_str("| ");
            text.push_str(&cell);
            text.push_str(" | Config | Done |\n");
        }
        let found = find(&text);
        proptest::prop_assert_eq!(found.len(), rows);
        for (index, found) in found.iter().enumerate() {
            proptest::prop_assert_eq!(found.item.line, index + 3);
            proptest::prop_assert_eq!(found.item.status, crate::ItemStatus::Done);
        }
    }
}
