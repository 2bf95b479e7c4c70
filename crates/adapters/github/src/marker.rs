//! The hidden line by which an effect of ours is known again; see
//! [`IssueWriter`](lamplighter_core::ports::IssueWriter).

use crate::GithubError;

/// How long a comment or the body of an issue may be, in characters.
const LIMIT: usize = 65_536;
/// What stands where the rest was cut off.
const CUT: &str = "**… the rest is left out: GitHub takes no more than 65,536 characters.**";
/// How long a key may be, in characters.
const KEY: usize = 500;

/// A body with the marker of a key on its last line. What is too long is cut, and says so.
pub(crate) fn marked(body: &str, key: &str) -> Result<String, GithubError> {
    let ends_comment = key.contains("-->") || key.contains("--!>");
    if key.is_empty() || ends_comment || key.chars().any(char::is_control) || key.chars().count() > KEY {
        return Err(GithubError::Key(key.to_owned()));
    }
    let marker = format!("\n\n<!-- lamplighter:{key} -->");
    // GitHub refuses a null byte.
    let body = body.replace('\0', "\u{fffd}");
    let room = LIMIT - marker.chars().count();
    if body.chars().count() <= room {
        return Ok(body + &marker);
    }
    // Room for the line itself, what is around it, and the end of a fence.
    let room = room - CUT.chars().count() - 16;
    let end = body.char_indices().nth(room).map_or(body.len(), |(at, _)| at);
    let kept = body.get(..end).unwrap_or(&body);
    let fence = if is_within_code(kept) { "\n```" } else { "" };
    Ok(format!("{kept}{fence}\n\n{CUT}{marker}"))
}

/// Whether a text ends between the fences of a block of code.
fn is_within_code(text: &str) -> bool {
    text.lines().filter(|line| line.trim_start().starts_with("```")).count() % 2 == 1
}

/// The key in the marker on the last line.
pub(crate) fn key_of(body: &str) -> Option<&str> {
    body.trim_end().lines().next_back()?.strip_prefix("<!-- lamplighter:")?.strip_suffix(" -->")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_body_that_is_too_long_is_cut_and_says_so() {
        let fits = "x".repeat(LIMIT - "\n\n<!-- lamplighter:k -->".len());
        assert_eq!(marked(&fits, "k").unwrap().chars().count(), LIMIT);
        assert!(!marked(&fits, "k").unwrap().contains(CUT));
        for body in [format!("{fits}x"), "☂".repeat(LIMIT), format!("```\n{}", "log\n".repeat(LIMIT))] {
            let posted = marked(&body, "k").unwrap();
            assert!(posted.chars().count() <= LIMIT && posted.contains(CUT), "{} characters", posted.chars().count());
            assert_eq!(key_of(&posted), Some("k"));
            assert!(!is_within_code(posted.split(CUT).next().unwrap()), "the line is seen as text");
        }
    }

    #[test]
    fn a_key_that_could_end_its_marker_is_refused() {
        for key in ["", "a-->b", "a--!>b", "a\nb", "a\rb", &"k".repeat(KEY + 1)] {
            assert!(matches!(marked("x", key), Err(GithubError::Key(_))), "{key:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_body_its_key_is_found(body in "(?s).{0,200}", key in "[a-z/#:.0-9]{1,30}") {
            let posted = marked(&body, &key).unwrap();
            prop_assert_eq!(key_of(&posted), Some(key.as_str()));
        }
    }
}
