mod board;
mod card;
mod choice;
mod components;
mod draw;
mod layers;
mod marks;
mod nodes;
mod plan;
mod standing;
mod tile;

use std::fmt::Write as _;

use lamplighter_core::diagnosis::{Diagnosis, Scene};

use crate::svg::{Area, Elements, Number};
use crate::text::{self, escaped};
use board::Board;
use plan::Panel;
use standing::State;

/// The colours and the lines, for a light and a dark surrounding.
const STYLE: &str = include_str!("style.css");

/// How many apps are drawn unless something else is asked for.
const MOST: usize = 80;

/// How wide the picture is, in pixels, unless something else is asked for or its layers need more.
const WIDTH: u32 = 1360;

/// How many broken apps the description names.
const DESCRIBED: usize = 20;

/// A picture of a cluster: what runs, what calls what, what is broken, and why.
///
/// Apps stand in layers, callers to the left of what they call, in a frame for each namespace. Each says how it stands
/// by a sign of its own shape, by words and by colour. The first diagnosed cause is outlined, with its confidence, and
/// the calls from there up to what people notice are drawn strong. Below are the nodes with the pods that do not serve.
///
/// The picture keeps its size and is scrolled where there is less room; what it says first fits on a phone. It follows
/// the light or dark setting of whoever looks at it. Times are UTC.
#[derive(Debug, Clone, Copy)]
#[must_use = "a picture is drawn by svg()"]
pub struct Picture<'a> {
    scene: &'a Scene,
    diagnosis: Option<&'a Diagnosis>,
    most: usize,
    width: u32,
}

impl<'a> Picture<'a> {
    /// A picture of a scene. Without a diagnosis it shows what the cluster says of itself.
    pub fn new(scene: &'a Scene) -> Self {
        Self { scene, diagnosis: None, most: MOST, width: WIDTH }
    }

    /// The same with what a diagnosis says.
    pub fn with_diagnosis(mut self, diagnosis: &'a Diagnosis) -> Self {
        self.diagnosis = Some(diagnosis);
        self
    }

    /// The same with at most this many apps, 80 unless said otherwise. Where there are more, those that are broken are
    /// drawn with their neighbours, and the others are counted.
    pub fn showing_at_most(mut self, apps: usize) -> Self {
        self.most = apps;
        self
    }

    /// The same for this width in pixels, 1360 unless said otherwise. Layers are never folded: a picture with more of
    /// them than fit is wider.
    pub fn fitting(mut self, width: u32) -> Self {
        self.width = width;
        self
    }

    /// The picture as an SVG document. It has no scripts, loads nothing, and is the same for the same data.
    #[must_use]
    pub fn svg(&self) -> String {
        let board = Board::new(self.scene, self.diagnosis);
        let cards = card::cards(self.scene, &board, self.diagnosis);
        // How wide the cards may be is known only when the apps are planned, and where these begin only after the cards.
        let planned = plan::plan(&board, self.most, f64::from(self.width), 0.0);
        let width = planned.width().max(2.0 * (plan::MARGIN + plan::FRAME) + card::WIDTH);
        let mut elements = Elements::default();
        let top = draw::cards(&mut elements, &cards, width.min(f64::from(self.width)));
        let plan = plan::plan(&board, self.most, width, top);
        draw::plan(&mut elements, &board, &plan);
        let bottom = self.draw_nodes(&mut elements, &board, plan.columns, plan.bottom);
        let height = bottom + 16.0;
        self.document(&board, plan.drawn, &elements.finish(), Area { x: 0.0, y: 0.0, width, height })
    }

    fn draw_nodes(&self, elements: &mut Elements, board: &Board<'_>, columns: usize, bottom: f64) -> f64 {
        let (tiles, rest) = nodes::tiles(self.scene, board);
        if tiles.is_empty() {
            return bottom;
        }
        let top = if bottom > 0.0 { bottom + plan::CORRIDOR } else { 16.0 };
        let panel = Panel::of_tiles("Nodes", tiles, rest, columns, top);
        elements.rect("frame", panel.area, 12.0);
        draw::panel(elements, board, &panel);
        panel.area.bottom()
    }

    fn document(&self, board: &Board<'_>, drawn: usize, elements: &str, area: Area) -> String {
        let (width, height) = (Number(area.width.ceil()), Number(area.height.ceil()));
        let mut svg = String::with_capacity(elements.len() + STYLE.len() + 1_000);
        _ = writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lamplighter-picture\" role=\"img\" \
             aria-labelledby=\"lamplighter-title lamplighter-description\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" data-apps=\"{}\" data-drawn=\"{drawn}\">",
            board.apps.len(),
        );
        let headline = card::headline(board, self.diagnosis);
        let title = format!("{headline}: {} at {}", self.scene.source(), card::time(self.scene));
        _ = writeln!(svg, "<title id=\"lamplighter-title\">{}</title>", escaped(&title));
        _ = writeln!(svg, "<desc id=\"lamplighter-description\">{}</desc>", escaped(&description(board)));
        _ = writeln!(svg, "<style>\n{STYLE}</style>");
        svg.push_str("<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n");
        svg.push_str(elements);
        svg.push_str("</svg>\n");
        svg
    }
}

/// What the picture shows, for those who do not see it.
fn description(board: &Board<'_>) -> String {
    let mut said = format!("{}.", card::tally(board));
    for (rank, cause) in board.causes.iter().enumerate() {
        let meaning = cause.cause.meaning();
        let (confidence, culprit) = (cause.confidence, &cause.culprit);
        _ = write!(said, " Cause {}, {confidence}: {culprit}, {}. {meaning}", rank + 1, cause.cause);
        if rank == 0 {
            cause.chain.iter().for_each(|step| _ = write!(said, " {step}"));
        }
    }
    let broken = || board.apps.iter().filter(|(_, app)| app.standing.state.is_broken());
    for ((namespace, name), app) in broken().take(DESCRIBED) {
        _ = write!(said, " {name} in {namespace}: {}.", app.standing.sentence());
    }
    let more = broken().count().saturating_sub(DESCRIBED);
    if more > 0 {
        _ = write!(said, " {} more are broken.", text::grouped(more));
    }
    if board.count(State::Unknown) > 0 {
        _ = write!(said, " Of {} nobody can tell.", text::counted(board.count(State::Unknown), "app", "apps"));
    }
    said
}

#[cfg(test)]
mod tests;
