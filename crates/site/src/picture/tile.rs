//! A box: how high it has to be for what it says, and what it looks like.

use std::fmt::Write as _;

use super::board::{App, Board, Key};
use super::choice::Chosen;
use super::marks::{self, Mark};
use super::standing::State;
use crate::svg::{Area, Elements};
use crate::text::{counted, grouped, width, wrapped};

/// How wide every box is.
pub(super) const WIDTH: f64 = 230.0;

/// Where the words begin, beside the sign.
const INDENT: f64 = 38.0;

const EDGE: f64 = 9.0;

/// How much room the words have.
pub(super) const ROOM: f64 = WIDTH - INDENT - EDGE;

const NAME: f64 = 13.0;
pub(super) const WORDS: f64 = 12.0;

/// Letters in bold are wider by this.
const BOLD: f64 = 1.12;

/// A box that knows its words and not yet its place.
#[derive(Debug, Default)]
pub(super) struct Tile {
    class: String,
    told: String,
    sign: Option<State>,
    banner: Vec<String>,
    name: Vec<String>,
    words: Vec<String>,
    rank: Option<usize>,
}

impl Tile {
    /// With a name on at most two lines.
    pub(super) fn new(state: State, name: &str, told: String) -> Self {
        Self {
            class: format!("tile {}", state.name()),
            told,
            sign: Some(state),
            name: wrapped(name, NAME * BOLD, ROOM, 2),
            ..Self::default()
        }
    }

    /// Of an app.
    pub(super) fn of_app(board: &Board<'_>, key: &Key, app: &App) -> Self {
        let (namespace, name) = key;
        let place = if namespace.is_empty() { "elsewhere".to_owned() } else { format!("in {namespace}") };
        let mut told = format!("{name} {place}, {}", app.standing.sentence());
        for part in &app.parts {
            _ = write!(told, "\n{part}");
        }
        let mut tile = Self::new(app.standing.state, name, String::new()).saying_all(&app.standing.words());
        if app.suffers {
            told.push_str("\nsuffers from the first cause");
            tile.class.push_str(" suffers");
        }
        tile.class.push_str(" app");
        tile.told = told;
        tile.marked(board, app.cause)
    }

    /// Of the apps of a namespace that are not drawn.
    pub(super) fn of_others(namespace: &str, chosen: &Chosen<'_>) -> Self {
        let worst = State::ALL.into_iter().find(|state| chosen.others.contains_key(state)).unwrap_or_default();
        let named = if namespace.is_empty() { "elsewhere" } else { namespace };
        let words = states(chosen);
        Self::new(worst, named, format!("{named}: {words}")).saying(&words, 2)
    }

    /// With what else there is to say.
    pub(super) fn saying(mut self, words: &str, most: usize) -> Self {
        self.words.extend(wrapped(words, WORDS, ROOM, most));
        self
    }

    /// With several things, on one line if they fit there.
    pub(super) fn saying_all(self, words: &[String]) -> Self {
        let on_one_line = words.join(" · ");
        if width(&on_one_line, WORDS) <= ROOM {
            return self.saying(&on_one_line, 1);
        }
        words.iter().fold(self, |tile, words| tile.saying(words, 2))
    }

    /// With the cause of which it is the culprit.
    pub(super) fn marked(mut self, board: &Board<'_>, rank: Option<usize>) -> Self {
        let Some((rank, cause)) = rank.and_then(|rank| Some((rank, board.causes.get(rank)?))) else { return self };
        let title = if rank == 0 { "Root cause" } else { "May be a cause" };
        self.banner = vec![format!("{title} · {}", cause.confidence)];
        self.banner.extend(wrapped(&cause.cause.code().replace('_', " "), WORDS, ROOM, 2));
        _ = write!(self.told, "\n{title}, {}: {}", cause.confidence, cause.cause.meaning());
        self.class.push_str(if rank == 0 { " cause first" } else { " cause" });
        self.rank = Some(rank);
        self
    }

    pub(super) fn height(&self) -> f64 {
        self.banner_height() + 2.0 * EDGE + lines(&self.name) * 17.0 + lines(&self.words) * 16.0
    }

    fn banner_height(&self) -> f64 {
        if self.banner.is_empty() { 0.0 } else { lines(&self.banner) * 16.0 + 8.0 }
    }

    pub(super) fn draw(&self, elements: &mut Elements, x: f64, y: f64) {
        let area = Area { x, y, width: WIDTH, height: self.height() };
        let banner = self.banner_height();
        elements.group(&self.class, &self.told, |elements| {
            elements.rect("box", area, 7.0);
            let mut base = y + 4.0;
            if let Some(rank) = self.rank {
                elements.rect("banner", Area { height: banner, ..area }, 7.0);
                marks::draw(elements, Mark::Cause(rank), x + 20.0, y + banner / 2.0);
                for (at, line) in self.banner.iter().enumerate() {
                    base += 16.0;
                    elements.text(if at == 0 { "label strong" } else { "label" }, x + INDENT, base - 4.0, line);
                }
            }
            if let Some(state) = self.sign {
                marks::draw(elements, Mark::State(state), x + 20.0, y + banner + (area.height - banner) / 2.0);
            }
            let mut base = y + banner + EDGE;
            for line in &self.name {
                base += 17.0;
                elements.text("name", x + INDENT, base - 4.0, line);
            }
            for line in &self.words {
                base += 16.0;
                elements.text("words", x + INDENT, base - 4.0, line);
            }
        });
    }
}

fn lines(lines: &[String]) -> f64 {
    f64::from(u32::try_from(lines.len()).unwrap_or(u32::MAX))
}

/// How many apps are not drawn, and how they stand: `31 others that work`, `32 others: 1 off, 31 work`.
pub(super) fn states(chosen: &Chosen<'_>) -> String {
    let mut some = State::ALL.into_iter().filter_map(|state| Some((state, *chosen.others.get(&state)?)));
    let all = counted(chosen.counted(), "other", "others");
    let (Some((state, count)), None) = (some.next(), some.next()) else {
        let some = State::ALL.into_iter().filter_map(|state| Some((state, *chosen.others.get(&state)?)));
        let parts: Vec<String> =
            some.map(|(state, count)| format!("{} {}", grouped(count), named(state, count))).collect();
        return format!("{all}: {}", parts.join(", "));
    };
    match (state, count) {
        (State::Works, _) => format!("{all} that {}", named(state, count)),
        (_, 1) => format!("{all} that is {}", state.name()),
        _ => format!("{all} that are {}", state.name()),
    }
}

fn named(state: State, count: usize) -> &'static str {
    if count == 1 { state.name() } else { state.plural() }
}
