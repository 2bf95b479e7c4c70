//! Signs that are told apart by their shape, and not by their colour alone.

use super::standing::State;
use crate::svg::{Area, Elements, Number};

/// How much room a sign takes before a text.
pub(super) const ROOM: f64 = 26.0;

/// What stands before a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// How something stands.
    State(State),
    /// A diagnosed cause by its rank; the first is 0.
    Cause(usize),
    /// A step from the cause to what people notice.
    Step,
    /// That something calls something.
    Call,
    /// A call on the way from the cause.
    Way,
}

/// Draws a sign around its middle.
pub(super) fn draw(elements: &mut Elements, mark: Mark, x: f64, y: f64) {
    let at = |dx: f64, dy: f64| format!("{} {}", Number(x + dx), Number(y + dy));
    match mark {
        Mark::State(State::Works) => {
            round(elements, "sign works", x, y);
            elements.path("stroke works", &format!("M{}L{}L{}", at(-4.0, 0.5), at(-1.0, 3.5), at(4.5, -3.0)));
        }
        Mark::State(State::Degraded) => {
            let triangle = format!("M{}L{}L{}Z", at(0.0, -9.0), at(9.5, 8.0), at(-9.5, 8.0));
            elements.path("sign degraded", &triangle);
            let bang = format!("M{}L{}M{}L{}", at(0.0, -3.0), at(0.0, 2.0), at(0.0, 4.8), at(0.0, 5.4));
            elements.path("stroke degraded", &bang);
        }
        Mark::State(State::Down) => {
            elements.rect("sign down", Area { x: x - 8.5, y: y - 8.5, width: 17.0, height: 17.0 }, 2.0);
            let cross = format!("M{}L{}M{}L{}", at(-4.0, -4.0), at(4.0, 4.0), at(4.0, -4.0), at(-4.0, 4.0));
            elements.path("stroke down", &cross);
        }
        Mark::State(State::Unknown) => {
            let diamond = format!("M{}L{}L{}L{}Z", at(0.0, -10.0), at(10.0, 0.0), at(0.0, 10.0), at(-10.0, 0.0));
            elements.path("sign unknown", &diamond);
            elements.text("query", x, y + 4.5, "?");
        }
        Mark::State(State::Off) => {
            round(elements, "sign off", x, y);
            elements.path("stroke off", &format!("M{}L{}", at(-4.0, 0.0), at(4.0, 0.0)));
        }
        Mark::Cause(rank) => {
            elements.rect("sign cause", Area { x: x - 9.0, y: y - 9.0, width: 18.0, height: 18.0 }, 9.0);
            elements.text("rank", x, y + 4.5, &(rank + 1).to_string());
        }
        Mark::Step => elements.path("arrow", &format!("M{}L{}L{}", at(-3.0, -4.0), at(1.0, 0.0), at(-3.0, 4.0))),
        Mark::Call | Mark::Way => {
            let class = if mark == Mark::Way { "call way" } else { "call" };
            elements.path(class, &format!("M{}L{}", at(-9.0, 0.0), at(5.0, 0.0)));
            head(elements, class, x + 9.0, y, false);
        }
    }
}

fn round(elements: &mut Elements, class: &str, x: f64, y: f64) {
    elements.rect(class, Area { x: x - 9.0, y: y - 9.0, width: 18.0, height: 18.0 }, 9.0);
}

/// The head of an arrow that ends here.
pub(super) fn head(elements: &mut Elements, class: &str, x: f64, y: f64, leftwards: bool) {
    let half = if class.ends_with("way") { 6.0 } else { 4.5 };
    let back = Number(if leftwards { x + 9.0 } else { x - 9.0 });
    let (upper, lower) = (Number(y - half), Number(y + half));
    let class = class.replace("call", "head");
    elements.path(&class, &format!("M{} {}L{back} {upper}L{back} {lower}Z", Number(x), Number(y)));
}
