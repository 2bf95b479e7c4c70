//! Prometheus' text format, as far as Uptime Kuma writes it.
//!
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>. The usual crate for it brings `chrono`; what is
//! needed is the labels and the value of a few lines.

use std::collections::BTreeMap;

/// One line that has a value.
#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

/// The lines of one metric, and the numbers of those that have this name and cannot be read: leaving one out leaves out
/// what it says.
pub(crate) fn lines(text: &str, metric: &str) -> (Vec<Line>, Vec<usize>) {
    let (mut found, mut malformed) = (Vec::new(), Vec::new());
    for (number, line) in (1_usize..).zip(text.lines()) {
        let Some(rest) = line.trim_start().strip_prefix(metric) else { continue };
        if rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        match read(rest) {
            Some(line) => found.push(line),
            None => malformed.push(number),
        }
    }
    (found, malformed)
}

/// Whether the text says anything of a metric, be it only that there is one.
pub(crate) fn knows(text: &str, metric: &str) -> bool {
    text.lines().any(|line| line.split_whitespace().any(|word| word.split('{').next() == Some(metric)))
}

/// What comes after the name: labels, value, and perhaps a timestamp and an exemplar, which are not looked at.
fn read(rest: &str) -> Option<Line> {
    let rest = rest.trim_start();
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(inner) => read_labels(inner)?,
        None => (BTreeMap::new(), rest),
    };
    let value = rest.split_whitespace().next()?.parse().ok()?;
    Some(Line { labels, value })
}

fn read_labels(mut rest: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut labels = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            return Some((labels, after));
        }
        let (name, after) = rest.split_once('=')?;
        let (value, after) = read_value(after.trim_start().strip_prefix('"')?)?;
        labels.insert(name.trim_end().to_owned(), value);
        rest = after.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(after) => after,
            None if rest.starts_with('}') => rest,
            None => return None,
        };
    }
}

/// A value up to its closing quote, in which `\\`, `\"` and `\n` stand for one character each.
fn read_value(rest: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, rest.get(at + 1..)?)),
            '\\' => match chars.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn only(text: &str) -> (Vec<(String, String)>, f64) {
        let (mut found, malformed) = lines(text, "m");
        assert_eq!((found.len(), malformed.len()), (1, 0), "{text}");
        let line = found.remove(0);
        (line.labels.into_iter().collect(), line.value)
    }

    fn labels(labels: &[(&str, &str)]) -> Vec<(String, String)> {
        labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_line_is_read_in_every_form() {
        for (text, expected, value) in [
            ("m 1", labels(&[]), 1.0),
            ("m{} -2.5e3", labels(&[]), -2500.0),
            ("  m { a = \"b\" , } 1 1772366400000", labels(&[("a", "b")]), 1.0),
            ("m{a=\"b\",c=\"d\"}1", labels(&[("a", "b"), ("c", "d")]), 1.0),
            ("m{a=\"}{,=# \"} 0", labels(&[("a", "}{,=# ")]), 0.0),
            (r#"m{a="\"x\" \\ \n é"} +Inf"#, labels(&[("a", "\"x\" \\ \n é")]), f64::INFINITY),
            ("m{a=\"\"} 1 # {trace_id=\"x\"} 0.5 1772366400", labels(&[("a", "")]), 1.0),
            ("# HELP m says m 5\n# TYPE m gauge\nm 2\n\nmm 3\nm_total 4\nn{m=\"1\"} 5\r\n", labels(&[]), 2.0),
        ] {
            assert_eq!(only(text), (expected, value), "{text}");
        }
        assert!(lines("m NaN", "m").0[0].value.is_nan());
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_and_not_left_out() {
        for text in
            ["m", "m x", "m{", "m{a} 1", "m{a=b} 1", "m{a=\"b} 1", "m{a=\"b\"c=\"d\"} 1", "m{a=\"b\\", "m{a=\"b\"}"]
        {
            let (found, malformed) = lines(&format!("m 1\n{text}"), "m");
            assert_eq!((found.len(), malformed), (1, vec![2]), "{text}");
        }
        assert_eq!(lines("other{ 1\n<html>", "m"), (vec![], vec![]));
    }

    #[test]
    fn a_metric_without_a_line_is_known_by_its_help() {
        assert!(knows("# HELP m says\n# TYPE m gauge\n", "m"));
        assert!(knows("m{a=\"b\"} 1", "m"));
        assert!(!knows("<html>mm</html>", "m"));
    }

    proptest! {
        #[test]
        fn any_value_survives(value: String, number: f64) {
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            // A carriage return ends a line here, and is not escaped by the format.
            prop_assume!(!value.contains('\r') && number.is_finite());
            prop_assert_eq!(only(&format!("m{{a=\"{escaped}\"}} {number}")), (vec![("a".to_owned(), value)], number));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = lines(&text, "m");
            let _ = lines(&format!("m{text}"), "m");
            let _ = lines(&format!("m{{{text}"), "m");
        }
    }
}
