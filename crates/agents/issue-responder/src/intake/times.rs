//! When a report says that it started, as a time.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::words::start_of;

/// When something started, as far as the reporter's words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartGuess {
    /// The middle of what was meant (UTC); never later than the report.
    pub at: Timestamp,
    /// How far from that it may have been, either way.
    pub plus_minus: SignedDuration,
    /// Whether a time of day was given without a zone and was taken for UTC.
    pub assumed_utc: bool,
}

/// Makes a time of "about 3pm today", "since yesterday morning", "~14:00 UTC" or "two hours ago", for a report
/// that was filed at `filed_at`. English and the commonest German, French and Spanish words are known; `None`
/// where nothing speaks of a time.
///
/// ```
/// use lamplighter_issue_responder::intake::start_guess;
///
/// let filed_at = "2026-03-14T16:20:00Z".parse()?;
/// let guess = start_guess("about 3pm today", filed_at).unwrap();
/// assert_eq!(guess.at.to_string(), "2026-03-14T15:00:00Z");
/// assert_eq!(guess.plus_minus.as_mins(), 30);
/// # Ok::<(), jiff::Error>(())
/// ```
#[must_use]
pub fn start_guess(said: &str, filed_at: Timestamp) -> Option<StartGuess> {
    let said = start_of(said, 300).to_lowercase();
    let tokens: Vec<&str> =
        said.split_whitespace().flat_map(|word| word.split([',', ';', '(', ')', '?', '!'])).collect();
    let tokens: Vec<&str> = tokens.into_iter().map(|t| t.trim_end_matches('.')).filter(|t| !t.is_empty()).collect();
    let guess = exact(&tokens).or_else(|| ago(&tokens, filed_at)).or_else(|| on_a_day(&tokens, filed_at))?;
    Some(StartGuess { at: guess.at.min(filed_at), ..guess })
}

/// A full timestamp with its zone.
fn exact(tokens: &[&str]) -> Option<StartGuess> {
    let at = tokens.iter().find_map(|token| token.to_uppercase().parse::<Timestamp>().ok())?;
    Some(StartGuess { at, plus_minus: minutes(1), assumed_utc: false })
}

/// "two hours ago", "vor 2 Stunden", "for 20 minutes", "just now".
fn ago(tokens: &[&str], filed_at: Timestamp) -> Option<StartGuess> {
    if tokens.iter().any(|token| matches!(*token, "now" | "gerade" | "jetzt" | "maintenant" | "ahora")) {
        return Some(StartGuess { at: filed_at, plus_minus: minutes(15), assumed_utc: false });
    }
    tokens.windows(2).find_map(|pair| {
        let (count, unit) = (count(pair.first()?)?, unit(pair.get(1)?)?);
        let back = unit.checked_mul(count)?;
        let at = filed_at.checked_sub(back).ok()?;
        Some(StartGuess { at, plus_minus: (unit / 2).max(minutes(5)), assumed_utc: false })
    })
}

fn count(word: &str) -> Option<i32> {
    let number = match word {
        "a" | "an" | "one" | "einer" | "einem" | "une" | "un" | "una" => 1,
        "two" | "zwei" | "deux" | "dos" => 2,
        "three" | "drei" | "trois" | "tres" | "few" => 3,
        _ => word.parse().ok()?,
    };
    (1..=1_000).contains(&number).then_some(number)
}

fn unit(word: &str) -> Option<SignedDuration> {
    Some(match word {
        "min" | "mins" | "minute" | "minutes" | "minuten" | "minutos" => minutes(1),
        "h" | "hour" | "hours" | "hrs" | "stunde" | "stunden" | "heure" | "heures" | "hora" | "horas" => minutes(60),
        "day" | "days" | "tag" | "tagen" | "jour" | "jours" | "dia" | "días" | "dias" => minutes(24 * 60),
        "week" | "weeks" | "woche" | "wochen" | "semaine" | "semaines" | "semana" | "semanas" => minutes(7 * 24 * 60),
        _ => return None,
    })
}

/// A day, a time of day, or both.
fn on_a_day(tokens: &[&str], filed_at: Timestamp) -> Option<StartGuess> {
    let (offset, assumed_utc) = zone(tokens).map_or((Offset::UTC, true), |offset| (offset, false));
    let filed = offset.to_datetime(filed_at);
    let day = tokens.iter().find_map(|token| day(token, filed.date()));
    let time = tokens.iter().enumerate().find_map(|(at, token)| time_of_day(token, tokens.get(at + 1).copied()));
    let is_about = tokens.iter().any(|token| {
        token.starts_with('~')
            || matches!(
                *token,
                "about" | "around" | "roughly" | "approx" | "circa" | "ca" | "gegen" | "etwa" | "vers" | "sobre"
            )
    });
    let at_utc = |date: Date, time: Time| offset.to_timestamp(date.to_datetime(time)).ok();
    match (day, time) {
        (None, None) => None,
        (Some(date), None) => {
            let from = at_utc(date, Time::midnight())?;
            let to = from.checked_add(24.hours()).ok()?.min(filed_at).max(from);
            let half = to.duration_since(from) / 2;
            Some(StartGuess { at: from.checked_add(half).ok()?, plus_minus: half, assumed_utc })
        }
        (day, Some((time, spread))) => {
            let plus_minus = if is_about { spread.max(minutes(30)) } else { spread };
            let at = at_utc(day.unwrap_or(filed.date()), time)?;
            // "since 23:00", said in the morning, was yesterday.
            let is_ahead = day.is_none() && at > filed_at.checked_add(minutes(15)).ok()?;
            let at = if is_ahead { at.checked_sub(24.hours()).ok()? } else { at };
            Some(StartGuess { at, plus_minus, assumed_utc })
        }
    }
}

fn day(token: &str, today: Date) -> Option<Date> {
    let weekday = match token {
        "today" | "heute" | "aujourd'hui" | "aujourd’hui" | "hoy" | "tonight" => return Some(today),
        "yesterday" | "gestern" | "hier" | "ayer" => return today.yesterday().ok(),
        "monday" | "montag" | "lundi" | "lunes" => Weekday::Monday,
        "tuesday" | "dienstag" | "mardi" | "martes" => Weekday::Tuesday,
        "wednesday" | "mittwoch" | "mercredi" | "miércoles" => Weekday::Wednesday,
        "thursday" | "donnerstag" | "jeudi" | "jueves" => Weekday::Thursday,
        "friday" | "freitag" | "vendredi" | "viernes" => Weekday::Friday,
        "saturday" | "samstag" | "samedi" | "sábado" => Weekday::Saturday,
        "sunday" | "sonntag" | "dimanche" | "domingo" => Weekday::Sunday,
        _ => return token.parse::<Date>().ok(),
    };
    let back = weekday.until(today.weekday());
    today.checked_sub(i32::from(back).days()).ok()
}

/// A time of day with how far from it is still meant.
fn time_of_day(token: &str, next: Option<&str>) -> Option<(Time, SignedDuration)> {
    let about = |hour, spread| Some((Time::new(hour, 0, 0, 0).ok()?, minutes(spread)));
    match token {
        "morning" | "matin" | "mañana" => about(9, 180),
        "noon" | "midday" | "mittag" | "midi" | "mediodía" => about(12, 30),
        "afternoon" | "nachmittag" | "après-midi" | "tarde" => about(15, 180),
        "evening" | "tonight" | "abend" | "soir" => about(20, 180),
        "midnight" | "mitternacht" | "minuit" | "medianoche" => about(0, 30),
        "night" | "nacht" | "nuit" | "noche" => about(2, 240),
        _ => Some((clock(token, next)?, minutes(5))),
    }
}

/// `14:00`, `14:00z`, `~14:00+02:00`, `3pm`, `3:30 pm`, `15h`, `14h30`, `14 Uhr`.
fn clock(token: &str, next: Option<&str>) -> Option<Time> {
    let token = token.trim_start_matches('~');
    let end = token.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | 'h')).unwrap_or(token.len());
    let (digits, suffix) = token.split_at_checked(end)?;
    let suffix = if suffix.is_empty() { next.unwrap_or_default() } else { suffix };
    let is_clock_word = matches!(suffix, "am" | "a.m" | "pm" | "p.m" | "uhr");
    let (hour, minute) = match digits.split_once([':', 'h']) {
        Some((hour, "")) if digits.ends_with('h') => (hour, "0"),
        Some((hour, minute)) => (hour, minute.split(':').next()?),
        None if is_clock_word => (digits, "0"),
        None => return None,
    };
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match suffix {
        "am" | "a.m" | "pm" | "p.m" if !(1..=12).contains(&hour) => return None,
        "am" | "a.m" => hour % 12,
        "pm" | "p.m" => hour % 12 + 12,
        _ => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// The offset that is named: `UTC`, `CET`, `+02:00`.
fn zone(tokens: &[&str]) -> Option<Offset> {
    tokens.iter().find_map(|token| match *token {
        "utc" | "gmt" | "z" => Some(Offset::UTC),
        "cet" | "mez" => Some(Offset::constant(1)),
        "cest" | "mesz" => Some(Offset::constant(2)),
        _ => numeric_zone(token),
    })
}

fn numeric_zone(token: &str) -> Option<Offset> {
    if token.ends_with('z') && token.starts_with(|c: char| c.is_ascii_digit() || c == '~') {
        return Some(Offset::UTC);
    }
    let (time, offset) = token.split_at_checked(token.find('+')?)?;
    let is_offset = time.is_empty() || time == "utc" || time == "gmt" || time.contains(':');
    let (hours, rest) = offset.get(1..)?.split_once(':').unwrap_or((offset.get(1..)?, "0"));
    let seconds =
        hours.parse::<i32>().ok()?.checked_mul(3600)?.checked_add(rest.parse::<i32>().ok()?.checked_mul(60)?)?;
    is_offset.then(|| Offset::from_seconds(seconds).ok()).flatten()
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A Saturday.
    const FILED_AT: &str = "2026-03-14T16:20:00Z";

    fn check(said: &str, expected: Option<(&str, i64, bool)>) {
        let guess = start_guess(said, FILED_AT.parse().unwrap());
        let guess = guess.map(|g| (g.at.to_string(), g.plus_minus.as_mins(), g.assumed_utc));
        let expected = expected.map(|(at, spread, assumed)| (at.to_owned(), spread, assumed));
        assert_eq!(guess, expected, "{said:?}");
    }

    #[test]
    fn a_time_is_made_of_the_reporters_words() {
        check("about 3pm today", Some(("2026-03-14T15:00:00Z", 30, true)));
        check("since yesterday morning", Some(("2026-03-13T09:00:00Z", 180, true)));
        check("~14:00 UTC", Some(("2026-03-14T14:00:00Z", 30, false)));
        check("14:00", Some(("2026-03-14T14:00:00Z", 5, true)));
        check("3:30 pm", Some(("2026-03-14T15:30:00Z", 5, true)));
        check("12am", Some(("2026-03-14T00:00:00Z", 5, true)));
        check("noon", Some(("2026-03-14T12:00:00Z", 30, true)));
        check("14:00+02:00", Some(("2026-03-14T12:00:00Z", 5, false)));
        check("10:00 CET", Some(("2026-03-14T09:00:00Z", 5, false)));
        check("2026-03-12 08:15 UTC", Some(("2026-03-12T08:15:00Z", 5, false)));
        check("2026-03-12T08:15:30Z", Some(("2026-03-12T08:15:30Z", 1, false)));
        check("an hour ago", Some(("2026-03-14T15:20:00Z", 30, false)));
        check("20 minutes ago", Some(("2026-03-14T16:00:00Z", 5, false)));
        check("just now", Some(("2026-03-14T16:20:00Z", 15, false)));
        check("since Thursday", Some(("2026-03-12T12:00:00Z", 720, true)));
        check("today", Some(("2026-03-14T08:10:00Z", 490, true)));
        check("seit gestern Abend", Some(("2026-03-13T20:00:00Z", 180, true)));
        check("gegen 14 Uhr", Some(("2026-03-14T14:00:00Z", 30, true)));
        check("vers 14h30", Some(("2026-03-14T14:30:00Z", 30, true)));
        check("vor 2 Stunden", Some(("2026-03-14T14:20:00Z", 30, false)));
    }

    #[test]
    fn a_time_that_is_still_to_come_was_yesterday() {
        check("since 23:00", Some(("2026-03-13T23:00:00Z", 5, true)));
        check("16:30", Some(("2026-03-14T16:20:00Z", 5, true)));
        check("today at 23:00", Some((FILED_AT, 5, true)));
    }

    #[test]
    fn what_says_no_time_is_none() {
        for said in ["", "no idea", "502", "99:99", "25 pm", "since the update", "3", "v1.2.3", "a b", "1001 hours ago"]
        {
            check(said, None);
        }
    }

    proptest! {
        #[test]
        fn no_words_make_it_fail_or_look_ahead(said in "\\PC{0,60}|[0-9a-z:+~ -]{0,30}") {
            let filed_at = FILED_AT.parse().unwrap();
            if let Some(guess) = start_guess(&said, filed_at) {
                prop_assert!(guess.at <= filed_at);
                prop_assert!(!guess.plus_minus.is_negative());
            }
        }
    }
}
