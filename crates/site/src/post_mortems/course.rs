//! The picture of an incident's course: a bar from its first moment to its last, and what happened when.

use std::fmt::Write as _;

use jiff::civil::DateTime;

use super::moments::{Kind, Moment, Moments};
use crate::svg::{Area, Elements, Inline};
use crate::text::{begun, counted, escaped, width};

/// How wide the two pictures are: for a desk and for a phone.
const WIDE: f64 = 860.0;
const NARROW: f64 = 300.0;

const MARGIN: f64 = 10.0;
const BAR: Area = Area { x: MARGIN, y: 10.0, width: 0.0, height: 16.0 };
const ROW: f64 = 34.0;
const LABELS: f64 = 52.0;
const SIZE: f64 = 12.0;

/// How much wider bold letters are.
const BOLD: f64 = 1.15;

/// How many moments the description tells.
const TOLD: usize = 30;

/// How many times as long as the usual one a pause is drawn at most.
const LONGEST_PAUSE: f64 = 6.0;

/// A figure of the course of an incident: empty with fewer than two times.
pub(super) fn figure(moments: &Moments) -> String {
    let Some(course) = Course::of(moments) else { return String::new() };
    let mut html = String::from("<figure class=\"panel course\">\n");
    html.push_str(&course.picture("course", "wide", WIDE));
    html.push_str(&course.picture("course-narrow", "narrow", NARROW));
    html.push_str(&course.caption());
    html.push_str("</figure>\n");
    html
}

struct Course<'a> {
    moments: &'a [Moment],
    zone: &'a str,
    /// Where the moments are, from 0 to 1.
    places: Vec<f64>,
    /// Between which moments time was shortened.
    pauses: Vec<usize>,
    phases: Vec<Phase>,
}

/// A stretch of the bar.
struct Phase {
    class: &'static str,
    from: usize,
    to: usize,
}

impl<'a> Course<'a> {
    fn of(moments: &'a Moments) -> Option<Self> {
        let all = moments.all.as_slice();
        if all.first()?.at >= all.last()?.at {
            return None;
        }
        let (places, pauses) = places(all);
        let zone = moments.zone.as_deref().unwrap_or("UTC");
        Some(Self { moments: all, zone, places, pauses, phases: phases(all) })
    }

    fn last(&self) -> usize {
        self.moments.len() - 1
    }

    fn at(&self, index: usize) -> DateTime {
        self.moments.get(index).map_or_else(DateTime::default, |moment| moment.at)
    }

    fn seconds(&self, from: usize, to: usize) -> i64 {
        seconds(self.at(from), self.at(to))
    }

    fn picture(&self, name: &str, class: &str, wide: f64) -> String {
        let bar = Area { width: wide - 2.0 * MARGIN, ..BAR };
        let x = |index: usize| bar.x + bar.width * self.places.get(index).copied().unwrap_or(0.0);
        let mut elements = Elements::default();
        for phase in &self.phases {
            let area = Area { x: x(phase.from), width: x(phase.to) - x(phase.from), ..bar };
            elements.rect(phase.class, area, 2.0);
        }
        for pause in &self.pauses {
            let middle = f64::midpoint(x(*pause), x(pause + 1));
            let (top, bottom) = (bar.y - 2.0, bar.bottom() + 2.0);
            elements.path(
                "gap",
                &format!(
                    "M{} {bottom}L{} {top}M{} {bottom}L{} {top}",
                    middle - 6.0,
                    middle - 1.0,
                    middle + 1.0,
                    middle + 6.0
                ),
            );
        }
        let labels = self.labels(wide, x);
        let rows = labels.iter().map(|label| label.row + 1).max().unwrap_or(0);
        for label in &labels {
            let bottom = LABELS + ROW * f64::from(label.row) - 10.0;
            elements.path("leader", &format!("M{0} {1}V{bottom}", crate::svg::Number(x(label.moment)), bar.bottom()));
        }
        for (index, moment) in self.moments.iter().enumerate() {
            let told = format!("{} {}", moment.at.strftime("%H:%M"), moment.text);
            elements.group("", &told, |elements| elements.dot("dot", x(index), bar.middle(), 4.5));
        }
        for label in &labels {
            let y = LABELS + ROW * f64::from(label.row);
            for (class, y, said) in [("strong halo", y, &label.time), ("soft halo", y + 14.0, &label.text)] {
                if label.is_moved {
                    elements.text_to(class, label.end, y, said);
                } else {
                    elements.text(class, label.x, y, said);
                }
            }
        }
        let height = LABELS + ROW * f64::from(rows.max(1)) - 12.0;
        let title = format!("Timeline from {} to {} {}", self.stamp(0), self.stamp(self.last()), self.zone);
        Inline { name, class, title: &title, description: &self.description(), width: wide, height }.around(elements)
    }

    fn stamp(&self, index: usize) -> String {
        let one_day = self.at(0).date() == self.at(self.last()).date();
        self.at(index).strftime(if one_day { "%H:%M" } else { "%-d %b %H:%M" }).to_string()
    }

    /// The moments that are told below the bar, each on the first row where there is room, from the right to the left:
    /// so no line to a label crosses another label.
    fn labels(&self, wide: f64, x: impl Fn(usize) -> f64) -> Vec<Label> {
        let most_rows = 4;
        let room = if wide > NARROW { 250.0 } else { 200.0 };
        let mut labels: Vec<Label> = Vec::new();
        for moment in self.told().into_iter().rev() {
            let Some(said) = self.moments.get(moment) else { continue };
            let time = self.stamp(moment);
            let text = begun(&said.text, SIZE, room);
            let length = width(&text, SIZE).max(width(&time, SIZE) * BOLD);
            let from = x(moment).min(wide - length).max(0.0);
            let is_free = |row: &u32| {
                labels
                    .iter()
                    .filter(|label| label.row == *row)
                    .all(|label| from + length + 8.0 < label.x || label.end + 8.0 < from)
            };
            if let Some(row) = (0..most_rows).find(is_free) {
                let is_moved = from < x(moment);
                labels.push(Label { moment, row, x: from, end: from + length, is_moved, time, text });
            }
        }
        labels.reverse();
        labels
    }

    /// The moments that matter most: the first and the last, the ends of phases, and others where there are few.
    fn told(&self) -> Vec<usize> {
        const FEW: usize = 7;
        let mut told: Vec<usize> = if self.moments.len() <= FEW {
            (0..self.moments.len()).collect()
        } else {
            let ends = self.phases.iter().flat_map(|phase| [phase.from, phase.to]);
            ends.chain([0, self.last()]).collect()
        };
        told.sort_unstable();
        told.dedup();
        // Of what was at the same time only the first is told.
        told.dedup_by(|later, first| self.at(*later) == self.at(*first));
        told
    }

    fn description(&self) -> String {
        let mut told = String::new();
        for moment in self.moments.iter().take(TOLD) {
            _ = write!(told, "{} {}. ", moment.at.strftime("%H:%M"), moment.text.trim_end_matches('.'));
        }
        let more = self.moments.len().saturating_sub(TOLD);
        if more > 0 {
            _ = write!(told, "{} more.", counted(more, "entry", "entries"));
        }
        told.trim_end().to_owned()
    }

    fn caption(&self) -> String {
        let mut html = String::from("<figcaption><ul class=\"key\">\n");
        for phase in &self.phases {
            let lasted = lasting(self.seconds(phase.from, phase.to));
            let said = match phase.class {
                "unnoticed" => format!("{lasted} until it was noticed"),
                "worked-on" => format!("{lasted} until it was mitigated"),
                "recovering" => format!("{lasted} until it was over"),
                _ => format!("{lasted} from the first entry to the last"),
            };
            _ = writeln!(html, "<li class=\"{}\">{said}</li>", phase.class);
        }
        let entries = counted(self.moments.len(), "entry", "entries");
        let cut = if self.pauses.is_empty() { "" } else { "; long pauses are shortened" };
        _ = writeln!(html, "<li class=\"plain\">{entries}, {}{cut}</li>", escaped(self.zone));
        html.push_str("</ul></figcaption>\n");
        html
    }
}

struct Label {
    moment: usize,
    row: u32,
    x: f64,
    end: f64,
    /// Whether it has no room to the right of its moment, and so ends at the edge.
    is_moved: bool,
    time: String,
    text: String,
}

/// Where moments are from 0 to 1. Of a pause that is much longer than the usual one only a part is drawn.
fn places(moments: &[Moment]) -> (Vec<f64>, Vec<usize>) {
    let pairs = moments.iter().zip(moments.iter().skip(1));
    #[expect(clippy::cast_precision_loss, reason = "a picture has no use for the last digit")]
    let gaps: Vec<f64> = pairs.map(|(one, next)| seconds(one.at, next.at) as f64).collect();
    let mut sorted: Vec<f64> = gaps.iter().copied().filter(|gap| *gap > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(1.0);
    let longest = if sorted.len() > 2 { usual * LONGEST_PAUSE } else { f64::INFINITY };
    let pauses = gaps.iter().enumerate().filter(|(_, gap)| **gap > longest).map(|(at, _)| at).collect();
    let mut places = vec![0.0];
    let mut sum = 0.0;
    for gap in gaps {
        sum += gap.min(longest);
        places.push(sum);
    }
    for place in &mut places {
        *place /= sum;
    }
    (places, pauses)
}

/// The phases of an incident, as far as its moments tell them apart; one for the whole where they do not.
fn phases(moments: &[Moment]) -> Vec<Phase> {
    let last = moments.len() - 1;
    let position =
        |kind: Kind, from: usize| moments.iter().skip(from).position(|moment| moment.kind == kind).map(|at| at + from);
    let noticed = position(Kind::Noticed, 0);
    let over = moments.iter().rposition(|moment| moment.kind == Kind::Resolved);
    let end = over.unwrap_or(last);
    let mitigated = moments
        .iter()
        .take(end)
        .rposition(|moment| moment.kind == Kind::Mitigated)
        .filter(|at| *at > noticed.unwrap_or(0));
    let mut phases = Vec::new();
    let mut from = 0;
    for (class, to) in [("unnoticed", noticed), ("worked-on", mitigated), ("recovering", over)] {
        let Some(to) = to.filter(|to| *to > from) else { continue };
        if moments.get(from).map(|moment| moment.at) < moments.get(to).map(|moment| moment.at) {
            phases.push(Phase { class, from, to });
            from = to;
        }
    }
    if phases.is_empty() {
        return vec![Phase { class: "whole", from: 0, to: last }];
    }
    if from < last && moments.get(from).map(|moment| moment.at) < moments.get(last).map(|moment| moment.at) {
        phases.push(Phase { class: "whole", from, to: last });
    }
    phases
}

fn seconds(from: DateTime, to: DateTime) -> i64 {
    to.duration_since(from).as_secs()
}

/// `45 s`, `38 min`, `2 h 5 min`, `3 d 4 h`.
fn lasting(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let both = |first: String, rest: i64, unit: &str| if rest > 0 { format!("{first} {rest} {unit}") } else { first };
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{minutes} min"),
        3_600..86_400 => both(format!("{hours} h"), minutes % 60, "min"),
        _ => both(format!("{days} d"), hours % 24, "h"),
    }
}

#[cfg(test)]
mod tests;
