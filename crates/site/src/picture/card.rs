//! Cards of text above the apps: what is the matter, why, what the signs mean, and what was not looked at.

use std::fmt::Write as _;

use lamplighter_core::cluster::Observed;
use lamplighter_core::diagnosis::{Diagnosis, RootCause, Scene};

use super::board::Board;
use super::marks::{self, Mark};
use super::standing::State;
use crate::svg::{Area, Elements};
use crate::text::{counted, grouped, wrapped};

/// How wide a card is: what a phone shows of it without moving.
pub(super) const WIDTH: f64 = 358.0;

/// The space inside of a card's edge.
const PAD: f64 = 14.0;

/// How many steps from the cause to what people notice are written out.
const STEPS: usize = 3;

/// How many apps of a state are named.
const NAMED: usize = 6;

/// How many gaps are written out.
const GAPS: usize = 4;

/// A line of a card: its class, its font size, its text and what stands before it.
struct Line {
    class: &'static str,
    size: f64,
    text: String,
    /// The sign before it.
    mark: Option<Mark>,
    /// Whether it stands below a line with a sign, or has one.
    indented: bool,
    /// The space above it.
    above: f64,
}

/// Lines below each other.
#[derive(Default)]
pub(super) struct Card {
    lines: Vec<Line>,
}

impl Card {
    fn line(&mut self, class: &'static str, size: f64, text: &str, most: usize) {
        for (at, text) in wrapped(text, size, WIDTH - 2.0 * PAD, most).into_iter().enumerate() {
            let above = if at == 0 && !self.lines.is_empty() { 3.0 } else { 0.0 };
            self.lines.push(Line { class, size, text, mark: None, indented: false, above });
        }
    }

    fn marked(&mut self, mark: Mark, class: &'static str, text: &str, most: usize) {
        let size = 13.0;
        let room = WIDTH - 2.0 * PAD - marks::ROOM;
        for (at, text) in wrapped(text, size, room, most).into_iter().enumerate() {
            let (mark, above) = if at == 0 { (Some(mark), 7.0) } else { (None, 0.0) };
            self.lines.push(Line { class, size, text, mark, indented: true, above });
        }
    }

    pub(super) fn height(&self) -> f64 {
        2.0 * PAD + self.lines.iter().map(Line::height).sum::<f64>()
    }

    pub(super) fn draw(&self, elements: &mut Elements, x: f64, y: f64) {
        let mut y = y + PAD;
        for line in &self.lines {
            let base = y + line.above + line.size + 1.0;
            let indent = if line.indented { marks::ROOM } else { 0.0 };
            if let Some(mark) = line.mark {
                marks::draw(elements, mark, x + PAD + 9.0, base - 4.5);
            }
            elements.text(line.class, x + PAD + indent, base, &line.text);
            y += line.height();
        }
    }

    pub(super) fn area(&self, x: f64, y: f64) -> Area {
        Area { x, y, width: WIDTH, height: self.height() }
    }
}

impl Line {
    fn height(&self) -> f64 {
        self.above + (self.size * 1.3).ceil()
    }
}

/// The cards that there are for this.
pub(super) fn cards(scene: &Scene, board: &Board<'_>, diagnosis: Option<&Diagnosis>) -> Vec<Card> {
    let mut cards = vec![summary(scene, board, diagnosis)];
    if diagnosis.is_some() && !board.causes.is_empty() {
        cards.push(reasons(&board.causes));
    }
    let gaps = gaps(scene, board, diagnosis);
    if !gaps.is_empty() {
        let mut card = Card::default();
        card.line("strong", 13.0, "Not known", 1);
        gaps.iter().take(GAPS).for_each(|gap| card.line("soft", 12.0, gap, 3));
        if gaps.len() > GAPS {
            card.line("soft", 12.0, &format!("and {} more", grouped(gaps.len() - GAPS)), 1);
        }
        cards.push(card);
    }
    cards.push(legend(diagnosis.is_some()));
    cards
}

/// The state of everything in a line: `2 apps down, 1 degraded, 12 work`.
pub(super) fn tally(board: &Board<'_>) -> String {
    let said = State::ALL.into_iter().map(|state| (state, board.count(state))).filter(|(_, count)| *count > 0);
    let parts: Vec<String> = said
        .enumerate()
        .map(|(at, (state, count))| {
            let name = if count == 1 { state.name() } else { state.plural() };
            let what = if at == 0 { counted(count, "app", "apps") } else { grouped(count) };
            format!("{what} {name}")
        })
        .collect();
    if parts.is_empty() { "no apps".to_owned() } else { parts.join(", ") }
}

/// What is the matter, in two or three words.
pub(super) fn headline(board: &Board<'_>, diagnosis: Option<&Diagnosis>) -> String {
    let Some(diagnosis) = diagnosis else {
        let broken = board.count(State::Down) + board.count(State::Degraded);
        return match (board.apps.len(), broken) {
            (0, _) => "No apps were seen".to_owned(),
            (_, 0) if board.count(State::Unknown) > 0 => "Nothing is known to be broken".to_owned(),
            (_, 0) => "Everything works".to_owned(),
            (all, broken) => format!("{} of {} broken", grouped(broken), counted(all, "app", "apps")),
        };
    };
    let mut verdict = diagnosis.verdict.to_string();
    if let Some(first) = verdict.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    match diagnosis.severity {
        Some(severity) => format!("{verdict}, {}", severity.to_string().to_uppercase()),
        None => verdict,
    }
}

/// When it was read.
pub(super) fn time(scene: &Scene) -> String {
    scene.taken_at().strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn summary(scene: &Scene, board: &Board<'_>, diagnosis: Option<&Diagnosis>) -> Card {
    let mut card = Card::default();
    card.line("headline", 22.0, &headline(board, diagnosis), 2);
    card.line("soft", 12.0, scene.source().as_str(), 2);
    card.line("soft", 12.0, &time(scene), 1);
    for state in State::ALL {
        let count = board.count(state);
        if count > 0 {
            let said = if count == 1 { state.name() } else { state.plural() };
            let mut text = format!("{} {said}", counted(count, "app", "apps"));
            if state.is_broken() {
                let names: Vec<&str> = board.within(state).map(|(_, name)| name.as_str()).take(NAMED).collect();
                let more = if count > NAMED { ", …" } else { "" };
                _ = write!(text, ": {}{more}", names.join(", "));
            }
            card.marked(Mark::State(state), "strong", &text, 4);
        }
    }
    for (rank, cause) in board.causes.iter().enumerate() {
        let text = format!("{} {}: {}", cause.confidence, cause.culprit, cause.cause);
        card.marked(Mark::Cause(rank), "strong", &text, 3);
    }
    card
}

fn reasons(causes: &[&RootCause]) -> Card {
    let mut card = Card::default();
    card.line("strong", 13.0, "Why", 1);
    for (rank, cause) in causes.iter().enumerate() {
        card.marked(Mark::Cause(rank), "plain", cause.cause.meaning(), 3);
        if rank == 0 {
            for step in cause.chain.iter().take(STEPS) {
                card.marked(Mark::Step, "soft", step, 4);
            }
        }
    }
    card
}

fn legend(diagnosed: bool) -> Card {
    let mut card = Card::default();
    card.line("strong", 13.0, "Signs", 1);
    let of = |state: State| match state {
        State::Down => "down: nothing is ready or can be reached",
        State::Degraded => "degraded: it works in part",
        State::Unknown => "unknown: nobody can tell",
        State::Off => "off: it wants no pods",
        State::Works => "works: all that is wanted is ready",
    };
    for state in State::ALL {
        card.marked(Mark::State(state), "plain", of(state), 1);
    }
    card.marked(Mark::Call, "plain", "calls; the arrow points at what is needed", 1);
    if diagnosed {
        card.marked(Mark::Way, "plain", "the way from the first cause to what people notice", 2);
        card.marked(Mark::Cause(0), "plain", "a diagnosed cause, by rank", 1);
    }
    card
}

fn gaps(scene: &Scene, board: &Board<'_>, diagnosis: Option<&Diagnosis>) -> Vec<String> {
    let state = scene.state();
    let mut gaps = Vec::new();
    let mut unread = |what: &str, reason: Result<(), &str>| {
        if let Err(reason) = reason {
            gaps.push(format!("{what}: {reason}"));
        }
    };
    unread("pods", read(&state.pods));
    unread("nodes", read(&state.nodes));
    unread("deployments", read(&state.deployments));
    unread("services", read(&state.services));
    match board.unclear_calls {
        0 => {}
        1 => gaps.push("1 call is not drawn: several apps have the name of an end".to_owned()),
        many => gaps.push(format!("{} calls are not drawn: several apps have the name of an end", grouped(many))),
    }
    if scene.calls.is_empty() && !board.apps.is_empty() {
        gaps.push("who calls whom: nothing was declared, seen or configured".to_owned());
    }
    gaps.extend(diagnosis.into_iter().flat_map(|diagnosis| diagnosis.gaps.clone()));
    gaps
}

fn read<T>(what: &Observed<T>) -> Result<(), &str> {
    what.as_result().map(|_| ())
}
