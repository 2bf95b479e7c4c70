//! Elements of an SVG, written one after the other.

use std::fmt::Write as _;

use super::text::escaped;

/// The elements so far.
#[derive(Debug, Default)]
pub(super) struct Elements(String);

/// A rectangle, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }

    pub(super) fn middle(self) -> f64 {
        self.y + self.height / 2.0
    }
}

impl Elements {
    pub(super) fn finish(self) -> String {
        self.0
    }

    pub(super) fn raw(&mut self, xml: &str) {
        self.0.push_str(xml);
    }

    /// A group with the words that a pointer at rest shows and a screen reader reads.
    pub(super) fn group(&mut self, class: &str, told: &str, inner: impl FnOnce(&mut Self)) {
        _ = write!(self.0, "<g class=\"{class}\">");
        if !told.is_empty() {
            _ = write!(self.0, "<title>{}</title>", escaped(told));
        }
        inner(self);
        self.0.push_str("</g>\n");
    }

    pub(super) fn rect(&mut self, class: &str, area: Area, radius: f64) {
        let Area { x, y, width, height } = area;
        _ = write!(
            self.0,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
            Number(x),
            Number(y),
            Number(width),
            Number(height),
            Number(radius),
        );
    }

    pub(super) fn path(&mut self, class: &str, line: &str) {
        _ = write!(self.0, "<path class=\"{class}\" d=\"{line}\"/>");
    }

    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        _ = write!(self.0, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", Number(x), Number(y), escaped(text));
    }
}

/// A number with at most one digit behind the point.
pub(super) struct Number(pub(super) f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rounded = (self.0 * 10.0).round() / 10.0;
        // Negative zero is zero.
        write!(f, "{}", if rounded == 0.0 { 0.0 } else { rounded })
    }
}
