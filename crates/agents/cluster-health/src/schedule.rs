//! How long a cron job's schedule lets it rest.

use jiff::SignedDuration;
use jiff::civil::{Date, date};

const MINUTES_A_DAY: i64 = 24 * 60;

/// The longest time between two runs of a schedule, or `None` where it cannot be read or hardly ever runs.
///
/// It is the same in every time zone, but for the hour that summer time takes or gives. The grammar is that of
/// `robfig/cron`, which the cron job controller reads schedules with (Kubernetes docs, `CronJob`, "Schedule syntax"): five
/// fields of lists, ranges, steps and names, or a macro such as `@daily` and `@every 90m`.
pub(crate) fn longest_gap(schedule: &str) -> Option<SignedDuration> {
    let schedule = schedule.trim();
    let without_zone = schedule.strip_prefix("CRON_TZ=").or_else(|| schedule.strip_prefix("TZ="));
    let schedule = without_zone.and_then(|rest| rest.split_once(' ')).map_or(schedule, |(_, rest)| rest.trim());
    if let Some(every) = schedule.strip_prefix("@every ") {
        return every.trim().parse::<SignedDuration>().ok().filter(SignedDuration::is_positive);
    }
    let fields = match schedule {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        fields => fields,
    };
    Fields::read(fields)?.longest_gap()
}

/// The values that each field allows, as the bits of a number.
struct Fields {
    minutes: u64,
    hours: u64,
    days: Field,
    months: u64,
    weekdays: Field,
}

struct Field {
    values: u64,
    is_any: bool,
}

impl Fields {
    fn read(text: &str) -> Option<Self> {
        let mut fields = text.split_whitespace();
        let mut next = |least, most, names| field(fields.next()?, least, most, names);
        let (minutes, hours) = (next(0, 59, &[])?.values, next(0, 23, &[])?.values);
        let days = next(1, 31, &[])?;
        let months = next(1, 12, &MONTHS)?.values;
        let mut weekdays = next(0, 7, &WEEKDAYS)?;
        // 7 is Sunday too.
        weekdays.values |= weekdays.values >> 7 & 1;
        fields.next().is_none().then_some(Self { minutes, hours, days, months, weekdays })
    }

    fn longest_gap(&self) -> Option<SignedDuration> {
        let times: Vec<i64> =
            values(self.hours).flat_map(|hour| values(self.minutes).map(move |minute| hour * 60 + minute)).collect();
        let (first, last) = (times.first()?, times.last()?);
        let inside = times.windows(2).map(|pair| match pair {
            [before, after] => after - before,
            _ => 0,
        });
        let across = self.days_between().map(|days| days * MINUTES_A_DAY - last + first);
        // A single day that matches says nothing about the next one.
        let across: Vec<i64> = across.collect();
        inside.chain(across.iter().copied()).max().filter(|_| !across.is_empty()).map(SignedDuration::from_mins)
    }

    /// The days between each two days that match, over five years.
    fn days_between(&self) -> impl Iterator<Item = i64> {
        let days = date(2023, 1, 1).series(jiff::Span::new().days(1)).take(5 * 366);
        let matching: Vec<i64> = (0..).zip(days).filter(|(_, day)| self.matches(*day)).map(|(at, _)| at).collect();
        let later = matching.clone().into_iter().skip(1);
        matching.into_iter().zip(later).map(|(before, after)| after - before)
    }

    /// A day of the month and a weekday that are both restricted: either is enough.
    fn matches(&self, day: Date) -> bool {
        let has = |values: u64, value: i8| values >> value & 1 == 1;
        let by_day = has(self.days.values, day.day());
        let by_weekday = has(self.weekdays.values, day.weekday().to_sunday_zero_offset());
        let by_either =
            if self.days.is_any || self.weekdays.is_any { by_day && by_weekday } else { by_day || by_weekday };
        by_either && has(self.months, day.month())
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

fn field(text: &str, least: u32, most: u32, names: &[&str]) -> Option<Field> {
    let mut all = Field { values: 0, is_any: false };
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let value = |text: &str| {
            let by_name = (least..).zip(names).find(|(_, name)| name.eq_ignore_ascii_case(text)).map(|(at, _)| at);
            by_name.or_else(|| text.parse().ok()).filter(|value| (least..=most).contains(value))
        };
        let (from, to) = match range.split_once('-') {
            _ if matches!(range, "*" | "?") => (least, most),
            Some((from, to)) => (value(from)?, value(to)?),
            // `5/10` is from 5 on.
            None if step.is_some() => (value(range)?, most),
            None => (value(range)?, value(range)?),
        };
        all.is_any |= matches!(range, "*" | "?") && step.is_none_or(|step| step == 1);
        let step = usize::try_from(step.unwrap_or(1)).ok()?;
        all.values |= (from..=to).step_by(step).fold(0, |values, value| values | 1 << value);
    }
    (all.values != 0).then_some(all)
}

fn values(bits: u64) -> impl Iterator<Item = i64> {
    (0..60).filter(move |value| bits >> value & 1 == 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_schedule_rests_no_longer_than_this() {
        let cases = [
            ("* * * * *", Some(1)),
            ("*/5 * * * *", Some(5)),
            ("7,20 * * * *", Some(47)),
            ("0 3 * * *", Some(24 * 60)),
            ("@daily", Some(24 * 60)),
            ("TZ=Europe/Rome 0 3 * * *", Some(24 * 60)),
            ("@every 1h30m", Some(90)),
            ("0 9-17 * * 1-5", Some(64 * 60)),
            ("0 9-17 * * MON-fri", Some(64 * 60)),
            ("0 0 * * 7", Some(7 * 24 * 60)),
            ("0 0 * * SUN", Some(7 * 24 * 60)),
            ("@monthly", Some(31 * 24 * 60)),
            ("0 0 1,15 * 1", Some(7 * 24 * 60)),
            ("10/20 0 * * ?", Some(24 * 60 - 40)),
            ("@yearly", Some(366 * 24 * 60)),
            ("0 0 31 2 *", None),
            ("60 * * * *", None),
            ("* * * *", None),
            ("* * * * * *", None),
            ("*/0 * * * *", None),
            ("@reboot", None),
            ("@every -1h", None),
            ("", None),
        ];
        for (schedule, minutes) in cases {
            assert_eq!(longest_gap(schedule), minutes.map(SignedDuration::from_mins), "{schedule}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(schedule in "[0-9*/,?@a-zA-Z \\-]{0,24}|.{0,12}") {
            let _ = longest_gap(&schedule);
        }
    }
}
