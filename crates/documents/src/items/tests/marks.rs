use super::{check, find};

#[test]
fn a_mark_in_the_action_counts_where_no_column_says_more() {
    let head = "## Action items\n| Action | Owner |\n|---|---|\n";
    for (cell, expected) in [
        ("✅ Buy disks", "Buy disks | ? |  | Done"),
        ("[x] Buy disks", "Buy disks | ? |  | Done"),
        ("- [ ] Buy disks", "Buy disks | ? |  | Todo"),
        ("☐ Buy disks", "Buy disks | ? |  | Todo"),
        (":white_check_mark: Buy disks", "Buy disks | ? |  | Done"),
        ("Buy disks ✅", "Buy disks | ? |  | Done"),
        ("Buy disks -- dropped", "Buy disks | ? |  | Dropped"),
        ("Buy disks :heavy_check_mark:", "Buy disks | ? |  | Done"),
        ("TODO: buy disks", "buy disks | ? |  | Todo"),
        ("Buy disks — DONE", "Buy disks | ? |  | Done"),
        ("🔴 Buy disks", "🔴 Buy disks | ? |  | Unknown"),
    ] {
        check(&format!("{head}| {cell} | maria |\n"), &[&format!("4 ? {expected}")]);
    }
    let head = "| Priority | Action | Status |\n|---|---|---|\n";
    for (row, expected) in [
        ("P1 | ☐ box | |", "P1 box | ? |  | Todo"),
        ("P1 | [x] box | |", "P1 box | ? |  | Done"),
        ("P1 | ☐ Buy disks | Done |", "P1 Buy disks | ? |  | Done"),
        // What ends it counts before what does not.
        ("P1 | ✅ Buy disks | TODO |", "P1 Buy disks | ? |  | Done"),
        ("P1 | Buy disks (done) | TODO |", "P1 Buy disks (done) | ? |  | Todo"),
    ] {
        check(&format!("{head}| {row}\n"), &[&format!("3 {expected}")]);
    }
    check(
        "- [ ] Buy disks — DONE\n- [ ] Buy fans (won't do)\n",
        &["1 ? Buy disks | ? |  | Done", "2 ? Buy fans | ? |  | Dropped"],
    );
}

#[test]
fn what_is_struck_is_dropped_unless_something_says_that_it_is_done() {
    let head = "| Action | Owner | Status |\n|---|---|---|\n";
    for (cells, expected) in [
        ("~~Buy disks~~ | maria | TODO", "Buy disks | ? |  | Dropped"),
        ("~~Buy disks~~ | maria |", "Buy disks | ? |  | Dropped"),
        ("~~Buy disks~~ | maria | Done", "Buy disks | ? |  | Done"),
        ("<del>Buy disks</del> | maria | TODO", "Buy disks | ? |  | Dropped"),
        ("[P1] ~~Buy disks~~ moved to OPS-3 | maria | TODO", "[P1] Buy disks moved to OPS-3 | ? |  | Dropped"),
        ("~~Buy disks~~ Done | maria |", "Buy disks | ? |  | Done"),
        ("Buy disks | maria | ~~TODO~~", "Buy disks | ? |  | Dropped"),
        ("Buy disks | maria | ~~TODO~~ Done", "Buy disks | ? |  | Done"),
        ("~~Buy disks~~ | maria | ~~Done~~", "Buy disks | ? |  | Done"),
        // What is struck within an action is not said.
        ("Buy ~~two~~ three disks | maria | TODO", "Buy three disks | ? |  | Todo"),
    ] {
        check(&format!("{head}| {cells} |\n"), &[&format!("3 ? {expected}")]);
    }
    check(
        "## Action items\n- ~~Buy disks~~\n- ✅ ~~Buy fans~~\n- [x] ~~Buy cables~~\n- [ ] ~~Buy ink~~ no money\n",
        &[
            "2 ? Buy disks | ? |  | Dropped",
            "3 ? Buy fans | ? |  | Done",
            "4 ? Buy cables | ? |  | Done",
            "5 ? Buy ink no money | ? |  | Dropped",
        ],
    );
}

#[test]
fn what_is_done_or_dropped_is_never_safe() {
    for (cells, is_safe) in [
        ("Raise the limit | TODO", true),
        ("Raise the limit |", true),
        ("Raise the limit | Done", false),
        ("Raise the limit | Won't do", false),
        ("✅ Raise the limit |", false),
        ("~~Raise the limit~~ | TODO", false),
    ] {
        let text = format!("| Action | Status |\n|---|---|\n| {cells} |\n");
        assert_eq!(find(&text).remove(0).item.is_safe(), is_safe, "{cells}");
    }
}

#[test]
fn a_cell_that_fits_its_column_stays_there() {
    let head = "| Action | Owner | Status |\n|---|---|---|\n";
    for (cells, expected) in [
        ("inherits P0 | Bob | TODO", "inherits P0 | ? |  | Todo"),
        ("High | Bob | TODO", "High | ? |  | Todo"),
        ("Alert | Bob | TODO", "Alert | ~Alert |  | Todo"),
        ("Done | Bob | TODO", "Done | ? |  | Todo"),
        ("☐ box | Bob | TODO", "box | ? |  | Todo"),
        ("Buy it | Bob", "Buy it | ? |  | Unknown"),
        ("Buy it | n/a |", "Buy it | ? |  | Unknown"),
    ] {
        check(&format!("{head}| {cells} |\n"), &[&format!("3 ? {expected}")]);
    }
    // Nothing is to be done.
    check(&format!("{head}| n/a | Bob | TODO |\n| - | Bob | TODO |\n| None | Bob | TODO |\n"), &[]);
    check("| Priority | Action | Status |\n|---|---|---|\n| P0 | n/a | TODO |\n", &[]);
}

#[test]
fn bullets_beside_boxes_are_items_too() {
    check(
        "## Action items\n\n- Buy disks\n- Buy fans\n- [x] Buy ink\n",
        &["3 ? Buy disks | ? |  | Unknown", "4 ? Buy fans | ? |  | Unknown", "5 ? Buy ink | ? |  | Done"],
    );
}

#[test]
fn a_heading_says_how_far_the_items_below_it_are() {
    check(
        "## Action items\n### Won't do\n- Buy disks\n### Completed\n\n| Action | Owner |\n|---|---|\n| Buy fans | maria |\n\n### Resolved\n- [x] Buy ink\n- Buy tape\n### Open\n- Buy racks\n",
        &[
            "3 ? Buy disks | ? |  | Dropped",
            "8 ? Buy fans | ? |  | Done",
            "11 ? Buy ink | ? |  | Done",
            "12 ? Buy tape | ? |  | Done",
            "14 ? Buy racks | ? |  | Todo",
        ],
    );
    check("## Completed action items\n- Buy disks\n", &["2 ? Buy disks | ? |  | Done"]);
    check("## ✅ Action items\n- Buy disks\n", &["2 ? Buy disks | ? |  | Unknown"]);
    check(
        "## Action items\n- [DONE] Buy disks\n- [todo] Buy fans\n",
        &["2 ? Buy disks | ? |  | Done", "3 ? Buy fans | ? |  | Todo"],
    );
    check("## Action items\n### Won't do\n- [ ] Buy disks\n", &["3 ? Buy disks | ? |  | Dropped"]);
    check("## Fixed IP actions\n- Buy disks\n", &["2 ? Buy disks | ? |  | Unknown"]);
}

#[test]
fn priorities_in_marks_and_in_other_words_are_read() {
    check(
        "- [ ] **P2** buy disks\n- [ ] `P1` buy fans\n- [ ] **P1:** buy ink\n- [ ] **P1** — buy tape\n- [ ] P1 pages are late\n",
        &[
            "1 P2 buy disks | ? |  | Todo",
            "2 P1 buy fans | ? |  | Todo",
            "3 P1 buy ink | ? |  | Todo",
            "4 P1 buy tape | ? |  | Todo",
            "5 ? P1 pages are late | ? |  | Todo",
        ],
    );
    check(
        "| Priority | Action | Status |\n|---|---|---|\n| SEV1 | Buy disks | TODO |\n| Haute | Buy fans | TODO |\n",
        &["3 P1 Buy disks | ? |  | Todo", "4 P1 Buy fans | ? |  | Todo"],
    );
    check("## Recommendations\n- Buy disks\n", &["2 ? Buy disks | ? |  | Unknown"]);
}

#[test]
fn code_that_is_indented_has_no_items() {
    check("Run this:\n\n    - [ ] x\n\n\t- [ ] y\n\n- [ ] Buy disks\n", &["7 ? Buy disks | ? |  | Todo"]);
    check(
        "- Shop\n\n    - [ ] Buy disks\n\n        - [ ] Buy fans\n",
        &["3 ? Buy disks | ? |  | Todo", "5 ? Buy fans | ? |  | Todo"],
    );
    check("- Shop\n```\nx\n```\n\n    - [ ] x\n", &[]);
    check("Words\n    - [ ] Buy disks\n", &["2 ? Buy disks | ? |  | Todo"]);
}

#[test]
fn words_that_only_look_like_html_stay() {
    check(
        "- [ ] restart pod <none> now\n- [ ] before <b>bold</b> after <!-- c -->\n",
        &["1 ? restart pod <none> now | ? |  | Todo", "2 ? before bold after | ? |  | Todo"],
    );
    check(
        "| Action | Status |\n|---|---|\n| Fix <service> one<br>two | TODO |\n",
        &["3 ? Fix <service> one two | ? |  | Todo"],
    );
}

#[test]
fn owners_are_read_wherever_they_are_named() {
    for (line, expected) in [
        ("- [ ] Owner: Bob - fix it", Some("Bob")),
        ("- [ ] fix it (Owner: Bob, due soon)", Some("Bob")),
        ("- [ ] fix it @maria", Some("maria")),
        ("- [ ] fix it", None),
    ] {
        assert_eq!(find(line).remove(0).item.owner.as_deref(), expected, "{line}");
    }
}

#[test]
fn lines_may_end_in_a_carriage_return_alone() {
    check(
        "# B\r## Follow-ups\r- [ ] Buy disks\r- [x] Buy fans\r",
        &["3 ? Buy disks | ? |  | Todo", "4 ? Buy fans | ? |  | Done"],
    );
}
