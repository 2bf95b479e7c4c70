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
