//! Elements of an SVG, written one after the other.

use std::fmt::Write as _;

use crate::text::escaped;

/// The elements so far.
#[derive(Debug, Default)]
pub(crate) struct Elements(String);

/// A rectangle, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    pub(crate) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(crate) fn bottom(self) -> f64 {
        self.y + self.height
    }

    pub(crate) fn middle(self) -> f64 {
        self.y + self.height / 2.0
    }
}

impl Elements {
    pub(crate) fn finish(self) -> String {
        self.0
    }

    pub(crate) fn raw(&mut self, xml: &str) {
        self.0.push_str(xml);
    }

    /// A group with the words that a pointer at rest shows and a screen reader reads.
    pub(crate) fn group(&mut self, class: &str, told: &str, inner: impl FnOnce(&mut Self)) {
        _ = write!(self.0, "<g class=\"{class}\">");
        if !told.is_empty() {
            _ = write!(self.0, "<title>{}</title>", escaped(told));
        }
        inner(self);
        self.0.push_str("</g>\n");
    }

    pub(crate) fn rect(&mut self, class: &str, area: Area, radius: f64) {
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

    pub(crate) fn path(&mut self, class: &str, line: &str) {
        _ = write!(self.0, "<path class=\"{class}\" d=\"{line}\"/>");
    }

    pub(crate) fn dot(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        _ = write!(
            self.0,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            Number(x),
            Number(y),
            Number(radius)
        );
    }

    /// A text around its middle.
    pub(crate) fn centred(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let (x, y, text) = (Number(x), Number(y), escaped(text));
        _ = write!(self.0, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{text}</text>");
    }

    pub(crate) fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        _ = write!(self.0, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", Number(x), Number(y), escaped(text));
    }

    /// Text that ends at `x`.
    pub(crate) fn text_to(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let (x, y, text) = (Number(x), Number(y), escaped(text));
        _ = write!(self.0, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{text}</text>");
    }
}

/// A number with at most one digit behind the point.
pub(crate) struct Number(pub(crate) f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rounded = (self.0 * 10.0).round() / 10.0;
        // Negative zero is zero.
        write!(f, "{}", if rounded == 0.0 { 0.0 } else { rounded })
    }
}

/// A picture within a page. Its colours are those of the page's styles.
pub(crate) struct Inline<'a> {
    /// What it is told from others of the page by.
    pub(crate) name: &'a str,
    pub(crate) class: &'a str,
    /// What it shows, in a few words.
    pub(crate) title: &'a str,
    /// The same for those who do not see it.
    pub(crate) description: &'a str,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Inline<'_> {
    /// The picture with these elements.
    pub(crate) fn around(&self, elements: Elements) -> String {
        let Self { name, class, title, description, .. } = self;
        let (width, height) = (Number(self.width), Number(self.height.ceil()));
        let (title, description) = (escaped(title), escaped(description));
        format!(
            "<svg class=\"{class}\" role=\"img\" aria-labelledby=\"{name}-title {name}-description\" \
             viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
             <title id=\"{name}-title\">{title}</title>\n<desc id=\"{name}-description\">{description}</desc>\n{}</svg>\n",
            elements.finish(),
        )
    }
}
