use jiff::civil::Date;

use super::*;

fn moments(rows: &[(&str, &str)]) -> Moments {
    let rows: Vec<Vec<String>> = rows.iter().map(|(at, text)| vec![(*at).to_owned(), (*text).to_owned()]).collect();
    Moments::read(&rows, Some(Date::constant(2026, 3, 1)))
}

#[test]
fn the_phases_of_an_incident_are_told_with_their_lengths() {
    let figure = figure(&moments(&[
        ("14:00", "Deploy of 1.3"),
        ("14:07", "Alert fired"),
        ("14:38", "Rolled back"),
        ("14:47", "Service recovered"),
        ("15:00", "Notes written"),
    ]));
    for said in [
        "7 min until it was noticed",
        "31 min until it was mitigated",
        "9 min until it was over",
        "13 min",
        "5 entries, UTC",
    ] {
        assert!(figure.contains(said), "{said}: {figure}");
    }
    assert!(figure.contains("<title id=\"course-title\">Timeline from 14:00 to 15:00 UTC</title>"), "{figure}");
}

#[test]
fn what_has_no_room_beside_its_moment_ends_at_the_edge() {
    let text = "all that had waited was sent at last";
    let figure = figure(&moments(&[("14:00", "first calls"), ("14:40", text)]));
    // In both pictures, its time and its text, and nothing else.
    assert_eq!(figure.matches("text-anchor=\"end\">").count(), 4, "{figure}");
    assert_eq!(figure.matches("text-anchor=\"end\">14:40<").count(), 2, "{figure}");
}

#[test]
fn a_course_without_two_times_is_not_drawn() {
    assert_eq!(figure(&moments(&[])), "");
    assert_eq!(figure(&moments(&[("14:00", "a")])), "");
    assert_eq!(figure(&moments(&[("14:00", "a"), ("14:00", "b")])), "");
}

#[test]
fn a_long_pause_is_shortened_and_said_to_be() {
    let with_pause =
        [("2026-02-01 10:00", "a"), ("2026-03-01 10:00", "b"), ("10:05", "c"), ("10:09", "d"), ("10:15", "e")];
    let (places, pauses) = places(&moments(&with_pause).all);
    assert_eq!(pauses, [0]);
    assert!(places.iter().zip(places.iter().skip(1)).all(|(one, next)| one < next), "{places:?}");
    assert!(figure(&moments(&with_pause)).contains("long pauses are shortened"));
}

#[test]
fn lengths_are_told_in_two_units_at_most() {
    for (seconds, said) in [(59, "59 s"), (60, "1 min"), (3_600, "1 h"), (7_500, "2 h 5 min"), (270_000, "3 d 3 h")] {
        assert_eq!(lasting(seconds), said);
    }
}
