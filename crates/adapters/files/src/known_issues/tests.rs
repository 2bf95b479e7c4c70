use lamplighter_core::words::ObjectRef;
use proptest::prelude::*;

use super::*;

const FILE: &str = "\
# Known issues

Ask before you add one. See docs/runbooks/7.

## The wiki leaks memory

- `pod/apps/wiki-*`
- deployment/apps/wiki, statefulset/apps/wiki

- **Until:** 2026-12-31

It restarts about once a week and/or when it is busy.
See https://example.org/runbook/7.

## A test cluster without DNS
*/lab/*
service/lab/

```
pod/apps/not-this
```

<!-- pod/apps/nor-this -->
<!--
node/nor-this
-->

## Never ends
node/n7
until: some day

| Object | Until | Note |
|---|---|---|
| `monitor/old-printer` | 2026-06-30 | off at night |
| pod/apps/* | | too much |
| monitor/x | soon | |
| `node/n9` | | |

| Word | Meaning |
|------|---------|
| pod/apps/none | not a table of ours |
";

#[test]
fn headings_and_tables_are_read() {
    let file = KnownIssuesFile::parse(FILE);
    let said: Vec<_> = file
        .issues()
        .iter()
        .map(|known| {
            let any = |part: &Option<String>| part.clone().unwrap_or_else(|| "any".to_owned());
            let until = known.until.map_or_else(|| "-".to_owned(), |day| day.to_string());
            format!("{} {} {} {until}: {}", any(&known.kind), any(&known.namespace), known.name, known.note)
        })
        .collect();
    let wiki = "The wiki leaks memory: It restarts about once a week and/or when it is busy. See https://example.org/runbook/7.";
    assert_eq!(
        said,
        [
            format!("pod apps wiki-* 2026-12-31: {wiki}"),
            format!("deployment apps wiki 2026-12-31: {wiki}"),
            format!("statefulset apps wiki 2026-12-31: {wiki}"),
            "monitor any old-printer 2026-06-30: off at night".to_owned(),
            "node any n9 -: Never ends".to_owned(),
        ]
    );
}

#[test]
fn what_cannot_be_read_is_named_by_its_line_and_silences_nothing() {
    let file = KnownIssuesFile::parse(FILE);
    let problems: Vec<_> = file.problems().iter().map(|problem| (problem.line, problem.what.as_str())).collect();
    let lines: Vec<_> = problems.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [16, 30, 35, 36], "{problems:?}");
    assert!(problems[0].1.contains("* alone"), "{problems:?}");
    assert!(problems[1].1.contains("\"some day\" is not a day"), "{problems:?}");
}

#[test]
fn a_pattern_covers_what_it_says() {
    let covers = |pattern: &str, object: &ObjectRef| {
        let file = KnownIssuesFile::parse(&format!("## x\n`{pattern}`\n"));
        assert!(file.problems().is_empty(), "{pattern}: {:?}", file.problems());
        file.issues().iter().any(|known| known.covers(object))
    };
    let pod = ObjectRef::pod("apps", "wiki-0");
    for (pattern, expected) in [
        ("pod/apps/wiki-0", true),
        ("Pod/apps/wiki-*", true),
        ("*/apps/wiki-*", true),
        ("pod/*/wiki-0", true),
        ("pod/wiki-0", true),
        ("pod/other/wiki-0", false),
        ("node/wiki-0", false),
        ("pod/apps/wiki", false),
    ] {
        assert_eq!(covers(pattern, &pod), expected, "{pattern}");
    }
    assert!(covers("node/n1", &ObjectRef::global("node", "n1")));
}

#[test]
fn stars_and_parts_in_odd_places_are_refused() {
    for pattern in
        ["pod/apps/*", "*/*", "pod/ap*/wiki", "p*/apps/wiki", "pod/apps/w*i", "pod//wiki", "a/b/c/d", "wiki", "/x"]
    {
        let file = KnownIssuesFile::parse(&format!("## x\n- `{pattern}`\n"));
        assert_eq!((file.issues().len(), file.problems().len()), (0, 1), "{pattern}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("known-issues.md");
    assert!(matches!(KnownIssuesFile::read(&path).await, Err(FilesError::Io { .. })));
    std::fs::write(&path, "## x\nnode/n1\r\n").unwrap();
    assert_eq!(KnownIssuesFile::read(&path).await.unwrap().issues().len(), 1);
}

proptest! {
    /// No text fails, no pattern is without a name, and no problem is outside of the file.
    #[test]
    fn no_text_is_too_odd(text in r"(## [a-z]{0,3}\n|[-*|`#/a-z: ]{0,12}\n|until: [0-9-]{0,10}\n|.{0,20}\n|```\n|<!--\n|-->\n|\|){0,20}") {
        let file = KnownIssuesFile::parse(&text);
        for known in file.issues() {
            prop_assert!(!known.name.is_empty() && known.name != "*");
        }
        for problem in file.problems() {
            prop_assert!((1..=text.lines().count()).contains(&problem.line));
        }
    }
}
