//! The small pictures in the row of a service. Each is a handful of paths, however many days it has: 500 rows are a page.

use std::fmt::Write as _;

use lamplighter_core::words::status::{DayCell, LatencyPoint, Ratio};

use super::words::{millis, seen};
use crate::markup::escaped;
use crate::text::counted;

/// From this share on, in millionths, a day is one with few failures.
const FEW: u32 = 990_000;

/// How many days a bar has room for, and how wide each is, in pixels: whole ones, which are drawn sharply.
const DAYS: usize = 90;
const DAY: usize = 3;

/// How many hours are a point of the line, how wide a point is, and how high the line, in pixels.
const HOURS: usize = 2;
const POINT: usize = 4;
const HEIGHT: u32 = 14;

/// How a day was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Whole,
    /// No failure was seen, and not all of it was.
    Part,
    Few,
    Many,
    NotKnown,
}

impl Day {
    /// Those that are drawn, with the class and the height of their middle. What failed stands out, what is not known is
    /// a stub: colour says nothing that the shape does not.
    const DRAWN: [(Self, &'static str, f64); 5] = [
        (Self::Whole, "w", 12.0),
        (Self::Part, "p", 16.5),
        (Self::Few, "f", 11.0),
        (Self::Many, "m", 10.0),
        (Self::NotKnown, "n", 18.5),
    ];

    fn of(cell: &DayCell) -> Self {
        match cell.uptime {
            None => Self::NotKnown,
            Some(Ratio::ALL) if is_in_part(cell) => Self::Part,
            Some(Ratio::ALL) => Self::Whole,
            Some(ratio) if ratio.millionths() >= FEW => Self::Few,
            Some(_) => Self::Many,
        }
    }
}

/// Whether something is known of a day, and of a part of it alone.
fn is_in_part(cell: &DayCell) -> bool {
    cell.uptime.is_some() && cell.observed != Ratio::ALL
}

/// The bar of a service's days, with its words for those who do not see it.
pub(super) fn days(cells: &[DayCell]) -> String {
    if cells.is_empty() {
        return String::new();
    }
    let days: Vec<Day> = cells.iter().map(Day::of).collect();
    let mut svg = format!("<svg class=bar role=img aria-label=\"{}\">", escaped(&told(cells)));
    for (day, class, middle) in Day::DRAWN {
        let runs = runs(&days, day);
        if !runs.is_empty() {
            _ = write!(svg, "<path class={class} d=\"");
            let offset = DAYS.saturating_sub(days.len());
            for (from, length) in runs {
                _ = write!(svg, "M{} {middle}h{}", (from + offset) * DAY, length * DAY);
            }
            svg.push_str("\"/>");
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Where days of a kind stand next to one another: the first of them, and how many.
fn runs(days: &[Day], wanted: Day) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in days.iter().enumerate().filter(|(_, day)| **day == wanted) {
        match runs.last_mut() {
            Some((from, length)) if *from + *length == at => *length += 1,
            _ => runs.push((at, 1)),
        }
    }
    runs
}

fn told(cells: &[DayCell]) -> String {
    let all = cells.len();
    let unknown = cells.iter().filter(|cell| cell.uptime.is_none()).count();
    let failed = cells.iter().filter_map(|cell| Some((cell.uptime.filter(|ratio| *ratio != Ratio::ALL)?, cell)));
    let worst = failed.clone().min_by_key(|(ratio, cell)| (*ratio, cell.date));
    let mut told = match worst {
        _ if unknown == all => return format!("Nothing is known of the last {}", counted(all, "day", "days")),
        None => format!("No failure was seen in {}", counted(all, "day", "days")),
        Some((ratio, cell)) => format!(
            "Failures on {} of {all} days, worst {}: {}{}",
            failed.count(),
            cell.date.strftime("%-d %b"),
            ratio.percent(),
            if is_in_part(cell) { format!(" {}", seen(cell.observed)) } else { String::new() }
        ),
    };
    let in_part = cells.iter().filter(|cell| is_in_part(cell)).count();
    if in_part > 0 {
        _ = write!(told, "; {in_part} seen only in part");
    }
    if unknown > 0 {
        _ = write!(told, "; nothing is known of {unknown}");
    }
    told
}

/// The line of a service's times to answer.
pub(super) fn latency(points: &[LatencyPoint]) -> String {
    let measured = || points.iter().filter_map(|point| point.millis);
    let (Some(least), Some(most)) = (measured().min(), measured().max()) else { return String::new() };
    let place = |millis: u32| {
        let share = u64::from(millis) * u64::from(HEIGHT - 2) / u64::from(most.max(1));
        HEIGHT - 1 - u32::try_from(share).unwrap_or(HEIGHT - 2)
    };
    let mut line = String::new();
    let mut before: Option<u32> = None;
    for (at, hours) in points.chunks(HOURS).enumerate() {
        let Some(y) = mean(hours).map(place) else {
            before = None;
            continue;
        };
        if let Some(height) = before {
            let step = i64::from(y) - i64::from(height);
            _ = write!(line, "{POINT}{}{step} ", if step < 0 { "" } else { " " });
        } else {
            // A point that stands alone is a dot.
            let is_alone = points.chunks(HOURS).nth(at + 1).is_none_or(|next| mean(next).is_none());
            _ = write!(line, "M{} {y}{}", at * POINT + 1, if is_alone { "h0" } else { "l" });
        }
        before = Some(y);
    }
    let told = format!("{}–{}", millis(least), millis(most));
    format!("<svg class=line role=img aria-label=\"{told}\"><path d=\"{}\"/></svg>", line.trim_end())
}

/// The mean of what was measured in some hours.
fn mean(points: &[LatencyPoint]) -> Option<u32> {
    let (mut sum, mut count) = (0_u64, 0_u64);
    for millis in points.iter().filter_map(|point| point.millis) {
        sum += u64::from(millis);
        count += 1;
    }
    u32::try_from(sum.checked_div(count)?).ok()
}
