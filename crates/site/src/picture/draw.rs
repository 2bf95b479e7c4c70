//! A plan as elements.

use std::fmt::Write as _;

use super::board::Board;
use super::card::Card;
use super::marks::{self, Mark};
use super::plan::{CORRIDOR, FRAME, MARGIN, Panel, Plan, number};
use crate::svg::{Area, Elements, Number};
use crate::text::fitted;

/// Between two cards.
const BETWEEN: f64 = 12.0;

/// How far corners are rounded.
const CORNER: f64 = 10.0;

/// Draws the cards in as many columns as fit, each where there is the most room, and returns where they end.
pub(super) fn cards(elements: &mut Elements, cards: &[Card], width: f64) -> f64 {
    let left = MARGIN + FRAME;
    let mut ends = vec![16.0];
    let mut right = left + super::card::WIDTH + BETWEEN + super::card::WIDTH;
    while right <= width - left {
        ends.push(16.0);
        right += BETWEEN + super::card::WIDTH;
    }
    for card in cards {
        let highest = ends.iter().copied().fold(f64::INFINITY, f64::min);
        let Some(column) = ends.iter().position(|end| *end <= highest) else { continue };
        let x = left + number(column) * (super::card::WIDTH + BETWEEN);
        elements.group("card", "", |elements| {
            elements.rect("frame", card.area(x, highest), 10.0);
            card.draw(elements, x, highest);
        });
        ends.get_mut(column).into_iter().for_each(|end| *end += card.height() + BETWEEN);
    }
    ends.into_iter().fold(0.0, f64::max) - BETWEEN + CORRIDOR
}

/// Draws frames, calls and boxes, one above the other in this order.
pub(super) fn plan(elements: &mut Elements, board: &Board<'_>, plan: &Plan) {
    for panel in &plan.panels {
        let class = if panel.rank == Some(0) { "frame cause" } else { "frame" };
        elements.rect(class, panel.area, 12.0);
    }
    for line in &plan.lines {
        let class = if board.way.contains(&line.call) { "call way" } else { "call" };
        let told = format!("{} calls {}", line.call.0.1, line.call.1.1);
        elements.group("line", &told, |elements| {
            let Some((x, y)) = line.points.last().copied() else { return };
            let leftwards = line.points.iter().rev().nth(1).is_some_and(|before| before.0 > x);
            // The line ends where the head begins.
            let mut points = line.points.clone();
            if let Some(end) = points.last_mut() {
                end.0 += if leftwards { 8.0 } else { -8.0 };
            }
            elements.path(class, &if line.curved { through(&points) } else { along(&points) });
            marks::head(elements, class, x, y, leftwards);
        });
    }
    for panel in &plan.panels {
        self::panel(elements, board, panel);
    }
}

/// Draws the words and the boxes of a panel.
pub(super) fn panel(elements: &mut Elements, board: &Board<'_>, panel: &Panel) {
    let Area { x, y, width, .. } = panel.area;
    let room = width - 32.0;
    elements.raw(&format!("<g class=\"panel\" data-counted=\"{}\">\n", panel.counted));
    elements.text("title", x + 16.0, y + 26.0, &fitted(&panel.title, 14.0 * 1.13, room));
    if let Some((rank, cause)) = panel.rank.and_then(|rank| Some((rank, board.causes.get(rank)?))) {
        marks::draw(elements, Mark::Cause(rank), x + 25.0, y + 45.0);
        let text = format!("{} · {}", cause.cause.code().replace('_', " "), cause.confidence);
        elements.text("label cause", x + 42.0, y + 49.0, &fitted(&text, 12.0 * 1.13, room - 26.0));
    }
    for placed in &panel.placed {
        placed.tile.draw(elements, placed.x, placed.y);
    }
    if let Some(foot) = &panel.foot {
        elements.text("soft", x + 16.0, panel.area.bottom() - 16.0, &fitted(foot, 12.0, room));
    }
    elements.raw("</g>\n");
}

/// A curve through points that come in pairs: level along a box or where the line passes one, bent in between.
fn through(points: &[(f64, f64)]) -> String {
    let mut line = String::new();
    let mut points = points.iter().copied();
    let Some((x, y)) = points.next() else { return line };
    _ = write!(line, "M{} {}", Number(x), Number(y));
    let mut last = (x, y);
    let mut level = false;
    for (x, y) in points {
        if level || (y - last.1).abs() < 0.5 {
            _ = write!(line, "L{} {}", Number(x), Number(y));
        } else {
            let middle = Number(f64::midpoint(last.0, x));
            let (from, to) = (Number(last.1), Number(y));
            _ = write!(line, "C{middle} {from} {middle} {to} {} {to}", Number(x));
        }
        level = !level;
        last = (x, y);
    }
    line
}

/// Along points, with rounded corners.
fn along(points: &[(f64, f64)]) -> String {
    let mut line = String::new();
    for (at, (x, y)) in points.iter().copied().enumerate() {
        let (Some(before), Some(after)) = (at.checked_sub(1).and_then(|at| points.get(at)), points.get(at + 1)) else {
            _ = write!(line, "{}{} {}", if at == 0 { 'M' } else { 'L' }, Number(x), Number(y));
            continue;
        };
        let towards = |end: &(f64, f64)| {
            let length = (end.0 - x).hypot(end.1 - y).max(0.1);
            let part = CORNER.min(length / 2.0) / length;
            (Number(x + (end.0 - x) * part), Number(y + (end.1 - y) * part))
        };
        let ((ax, ay), (bx, by)) = (towards(before), towards(after));
        _ = write!(line, "L{ax} {ay}Q{} {} {bx} {by}", Number(x), Number(y));
    }
    line
}
