//! Where everything goes.
//!
//! Boxes stand in columns that are the same for the whole picture. Between two columns is a gutter, and between two
//! rows of namespaces a corridor; a call from one namespace to another runs along these, so that it never passes
//! behind a box.

use std::collections::BTreeMap;

use super::board::{Board, Key};
use super::choice::{Chosen, choose};
use super::components::layered;
use super::layers::GAP;
use super::standing::State;
use super::tile::{self, Tile, states};
use crate::svg::Area;
use crate::text::{counted, grouped};

/// From one column to the next.
pub(super) const PITCH: f64 = tile::WIDTH + 2.0 * INSET;

/// Left and right of everything.
pub(super) const MARGIN: f64 = 6.0;

/// From a column's beginning to its box.
const INSET: f64 = 29.0;

/// From a column's beginning to the frame of a namespace.
pub(super) const FRAME: f64 = 10.0;

/// What the name of a namespace takes.
const HEAD: f64 = 42.0;

/// What the line about the others takes.
const FOOT: f64 = 26.0;

/// Between two rows of namespaces.
pub(super) const CORRIDOR: f64 = 32.0;

/// How many namespaces later ones may overtake, to fill a row.
const LOOK_AHEAD: usize = 4;

/// How many namespaces are named of which no app is drawn.
const NAMED: usize = 40;

/// A box at its place.
pub(super) struct Placed {
    pub(super) tile: Tile,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A frame around boxes.
#[derive(Default)]
pub(super) struct Panel {
    /// Its title.
    pub(super) title: String,
    /// What it is the culprit of.
    pub(super) rank: Option<usize>,
    /// What is said of what it does not show.
    pub(super) foot: Option<String>,
    /// How many apps it counts and does not draw.
    pub(super) counted: usize,
    pub(super) area: Area,
    pub(super) placed: Vec<Placed>,
    boxes: Vec<(Key, usize, Area)>,
    bends: BTreeMap<(Key, Key), Vec<(usize, f64)>>,
    columns: usize,
    row: usize,
    first_column: usize,
}

/// A call as a line.
pub(super) struct Line {
    pub(super) call: (Key, Key),
    pub(super) points: Vec<(f64, f64)>,
    /// Whether it is drawn as a curve through its points rather than along them.
    pub(super) curved: bool,
}

/// The whole plan.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) panels: Vec<Panel>,
    pub(super) lines: Vec<Line>,
    pub(super) columns: usize,
    pub(super) bottom: f64,
    pub(super) drawn: usize,
}

impl Plan {
    /// How wide the columns are together.
    pub(super) fn width(&self) -> f64 {
        2.0 * MARGIN + number(self.columns) * PITCH
    }
}

/// Plans the apps from a height downwards.
pub(super) fn plan(board: &Board<'_>, most: usize, width: f64, top: f64) -> Plan {
    let chosen = choose(board, most);
    let fitting = columns_in(width);
    let mut panels: Vec<Panel> = Vec::new();
    let mut absent: Vec<(&str, &Chosen<'_>)> = Vec::new();
    for (namespace, chosen) in &chosen {
        if chosen.drawn.is_empty() {
            absent.push((namespace, chosen));
        } else {
            panels.push(panel(board, namespace, chosen, fitting));
        }
    }
    panels.sort_by_key(|panel| panel.urgency(board));
    let columns = panels.iter().map(|panel| panel.columns).max().unwrap_or(1).max(fitting);
    if !absent.is_empty() {
        panels.push(absentees(&absent, columns));
    }
    let mut plan = Plan { columns, drawn: chosen.values().map(|it| it.drawn.len()).sum(), ..Plan::default() };
    let rows = plan.stack(panels, top);
    plan.connect(board, &rows);
    plan
}

/// How many columns a width holds.
pub(super) fn columns_in(width: f64) -> usize {
    let mut columns = 1;
    while number(columns + 1) * PITCH + 2.0 * MARGIN <= width {
        columns += 1;
    }
    columns
}

pub(super) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Puts boxes into rows of a panel and returns where they end.
pub(super) fn grid(placed: &mut Vec<Placed>, tiles: Vec<Tile>, columns: usize, top: f64) -> f64 {
    let mut y = top;
    let mut row: Vec<Tile> = Vec::new();
    let mut tiles = tiles.into_iter().peekable();
    while let Some(tile) = tiles.next() {
        row.push(tile);
        if row.len() == columns || tiles.peek().is_none() {
            let height = row.iter().map(Tile::height).fold(0.0, f64::max);
            for (column, tile) in row.drain(..).enumerate() {
                placed.push(Placed { tile, x: column_x(column), y });
            }
            y += height + GAP;
        }
    }
    if y > top { y - GAP } else { y }
}

/// Where the box of a panel's column begins, from the panel's own beginning.
fn column_x(column: usize) -> f64 {
    number(column) * PITCH + INSET
}

/// The panel of a namespace, with places from its own upper left.
fn panel(board: &Board<'_>, namespace: &str, chosen: &Chosen<'_>, fitting: usize) -> Panel {
    let position: BTreeMap<&Key, usize> = chosen.drawn.iter().enumerate().map(|(at, key)| (*key, at)).collect();
    let inner = |call: &&(Key, Key)| position.contains_key(&call.0) && position.contains_key(&call.1);
    let calls: Vec<&(Key, Key)> = board.calls.iter().filter(inner).collect();
    let tied = |key: &&Key| calls.iter().any(|call| call.0 == **key || call.1 == **key);
    let (tied, loose): (Vec<&Key>, Vec<&Key>) = chosen.drawn.iter().copied().partition(tied);
    let tile = |key: &Key| board.apps.get(key).map(|app| Tile::of_app(board, key, app)).unwrap_or_default();

    let tiles: Vec<Tile> = tied.iter().map(|key| tile(key)).collect();
    let heights: Vec<f64> = tiles.iter().map(Tile::height).collect();
    let at = |key: &Key| tied.iter().position(|other| *other == key).unwrap_or(usize::MAX);
    let arrows: Vec<(usize, usize)> = calls.iter().map(|(from, to)| (at(from), at(to))).collect();
    let layered = layered(&heights, &arrows);

    let mut panel = Panel { title: title(board, namespace), ..Panel::default() };
    panel.rank = board.causes.iter().position(
        |cause| matches!(&cause.culprit, lamplighter_core::diagnosis::Culprit::Namespace { name } if name == namespace),
    );
    let head = panel.head();
    for ((key, tile), (layer, top)) in tied.iter().zip(tiles).zip(layered.layer.iter().zip(&layered.top)) {
        panel.put(key, tile, *layer, head + top);
    }
    for (call, bends) in calls.into_iter().zip(layered.bends) {
        let bends = bends.into_iter().map(|(layer, y)| (layer, y + head)).collect();
        panel.bends.insert(call.clone(), bends);
    }
    let spread = (1..fitting).find(|columns| columns * columns >= loose.len()).unwrap_or(fitting);
    panel.columns = layered.layers.max(if loose.is_empty() { 1 } else { spread });
    let mut bottom = head + layered.height;
    if !loose.is_empty() {
        let top = if tied.is_empty() { head } else { bottom + GAP };
        let start = panel.placed.len();
        let tiles = loose.iter().map(|key| tile(key)).collect();
        bottom = grid(&mut panel.placed, tiles, panel.columns, top);
        for (at, key) in loose.into_iter().enumerate() {
            let Some(placed) = panel.placed.get(start + at) else { continue };
            let area = Area { x: placed.x, y: placed.y, width: tile::WIDTH, height: placed.tile.height() };
            panel.boxes.push((key.clone(), at % panel.columns, area));
        }
    }
    if chosen.counted() > 0 {
        panel.foot = Some(format!("and {}", states(chosen)));
        panel.counted = chosen.counted();
    }
    panel.close(bottom);
    panel
}

/// The panel of the namespaces of which no app is drawn.
fn absentees(absent: &[(&str, &Chosen<'_>)], columns: usize) -> Panel {
    let all: usize = absent.iter().map(|(_, chosen)| chosen.counted()).sum();
    let (apps, in_all) = (counted(all, "other app", "other apps"), counted(absent.len(), "namespace", "namespaces"));
    let title = format!("{apps} in {in_all}, not drawn");
    let mut panel = Panel { title, columns, counted: all, ..Panel::default() };
    let mut absent: Vec<_> = absent.to_vec();
    let worst = |chosen: &Chosen<'_>| State::ALL.into_iter().position(|state| chosen.others.contains_key(&state));
    absent.sort_by_key(|(_, chosen)| worst(chosen));
    let tiles = absent.iter().take(NAMED).map(|(name, chosen)| Tile::of_others(name, chosen)).collect();
    let bottom = grid(&mut panel.placed, tiles, columns, HEAD);
    if absent.len() > NAMED {
        let rest = absent.iter().skip(NAMED);
        let apps: usize = rest.map(|(_, chosen)| chosen.counted()).sum();
        let namespaces = grouped(absent.len() - NAMED);
        panel.foot = Some(format!("and {} in {namespaces} more namespaces", counted(apps, "other", "others")));
    }
    panel.close(bottom);
    panel
}

fn title(board: &Board<'_>, namespace: &str) -> String {
    let of = |state: State| {
        let here = |(key, app): &(&Key, &super::board::App)| key.0 == namespace && app.standing.state == state;
        board.apps.iter().filter(here).count()
    };
    let states = State::ALL.into_iter().map(|state| (state, of(state))).filter(|(_, count)| *count > 0);
    let said: Vec<String> = states
        .map(|(state, count)| format!("{} {}", grouped(count), if count == 1 { state.name() } else { state.plural() }))
        .collect();
    let name = if namespace.is_empty() { "Elsewhere" } else { namespace };
    format!("{name} · {}", said.join(", "))
}

impl Panel {
    /// A panel of this title whose boxes are in rows.
    pub(super) fn of_tiles(title: &str, tiles: Vec<Tile>, foot: Option<String>, columns: usize, top: f64) -> Self {
        let mut panel = Self { title: title.to_owned(), columns, ..Self::default() };
        panel.foot = foot;
        let bottom = grid(&mut panel.placed, tiles, columns, HEAD);
        panel.close(bottom);
        panel.move_to(MARGIN, top);
        panel
    }

    /// What its title takes, and the cause that it is the culprit of.
    fn head(&self) -> f64 {
        if self.rank.is_some() { HEAD + 24.0 } else { HEAD }
    }

    fn put(&mut self, key: &Key, tile: Tile, column: usize, y: f64) {
        let x = column_x(column);
        self.boxes.push((key.clone(), column, Area { x, y, width: tile::WIDTH, height: tile.height() }));
        self.placed.push(Placed { tile, x, y });
    }

    fn close(&mut self, bottom: f64) {
        let foot = if self.foot.is_some() { FOOT } else { 0.0 };
        let width = number(self.columns) * PITCH - 2.0 * FRAME;
        self.area = Area { x: FRAME, y: 0.0, width, height: bottom + foot + 16.0 };
    }

    fn move_to(&mut self, x: f64, y: f64) {
        self.area.x += x;
        self.area.y += y;
        for placed in &mut self.placed {
            placed.x += x;
            placed.y += y;
        }
        for (_, _, area) in &mut self.boxes {
            area.x += x;
            area.y += y;
        }
        for (_, bend) in self.bends.values_mut().flatten() {
            *bend += y;
        }
    }

    /// What comes first is what somebody has to see first.
    fn urgency(&self, board: &Board<'_>) -> (usize, usize, usize, String) {
        let apps = || self.boxes.iter().filter_map(|(key, ..)| board.apps.get(key));
        let rank = apps().filter_map(|app| app.cause).chain(self.rank).min().unwrap_or(usize::MAX);
        let with = |state: State| apps().filter(|app| app.standing.state == state).count();
        (rank, usize::MAX - with(State::Down), usize::MAX - with(State::Degraded), self.title.clone())
    }
}

/// Where a box is in the grid of the whole picture.
#[derive(Clone, Copy)]
struct Spot {
    panel: usize,
    row: usize,
    column: usize,
    area: Area,
}

impl Plan {
    /// Puts the panels into rows, and returns where each row begins, with the end of the last.
    fn stack(&mut self, panels: Vec<Panel>, top: f64) -> Vec<f64> {
        let mut rows = vec![top];
        let (mut y, mut used, mut lowest) = (top, 0, top);
        let mut waiting = panels;
        while !waiting.is_empty() {
            // One of the next that fits beside the others of the row.
            let mut next = waiting.iter().take(LOOK_AHEAD);
            let fitting = next.position(|panel| used == 0 || used + panel.columns <= self.columns);
            let Some(at) = fitting else {
                y = lowest + CORRIDOR;
                rows.push(y);
                used = 0;
                continue;
            };
            let mut panel = waiting.remove(at);
            panel.row = rows.len() - 1;
            panel.first_column = used;
            panel.move_to(MARGIN + number(used) * PITCH, y);
            used += panel.columns;
            lowest = lowest.max(panel.area.bottom());
            self.panels.push(panel);
        }
        self.bottom = lowest;
        rows
    }

    fn connect(&mut self, board: &Board<'_>, rows: &[f64]) {
        let mut spots: BTreeMap<&Key, Spot> = BTreeMap::new();
        for (at, panel) in self.panels.iter().enumerate() {
            for (key, column, area) in &panel.boxes {
                let column = panel.first_column + column;
                spots.insert(key, Spot { panel: at, row: panel.row, column, area: *area });
            }
        }
        let mut lines = Vec::new();
        for (at, call) in board.calls.iter().enumerate() {
            let (Some(from), Some(to)) = (spots.get(&call.0), spots.get(&call.1)) else { continue };
            let bends =
                self.panels.get(from.panel).and_then(|panel| Some((panel.area.x - FRAME, panel.bends.get(call)?)));
            let line = match bends {
                Some((x, bends)) => curve(*from, *to, x, bends),
                None => self.detour(*from, *to, rows, at),
            };
            lines.push(Line { call: call.clone(), curved: bends.is_some(), points: line });
        }
        // What matters lies on top.
        lines.sort_by_key(|line| board.way.contains(&line.call));
        self.lines = lines;
    }

    /// Along gutters and corridors. Lines that run there together are a little apart.
    fn detour(&self, from: Spot, to: Spot, rows: &[f64], at: usize) -> Vec<(f64, f64)> {
        let lane = number(at % 7) * 4.0 - 12.0;
        let gutter = |column: usize| {
            // The outermost gutters are half as wide.
            let place = match column {
                0 => lane / 2.0 + 10.0,
                last if last == self.columns => lane / 2.0 - 10.0,
                _ => lane,
            };
            MARGIN + number(column) * PITCH + place
        };
        let (out, back) = (gutter(from.column + 1), gutter(to.column));
        let (start, end) = ((from.area.right(), from.area.middle()), (to.area.x, to.area.middle()));
        if from.column + 1 == to.column && from.row == to.row {
            return vec![start, (out, start.1), (out, end.1), end];
        }
        let row = if from.row > to.row { to.row + 1 } else { to.row };
        let corridor = rows.get(row).copied().unwrap_or_default() - CORRIDOR / 2.0 + lane / 2.0;
        vec![start, (out, start.1), (out, corridor), (back, corridor), (back, end.1), end]
    }
}

/// Through the layers of a panel that begins at `x`.
fn curve(from: Spot, to: Spot, x: f64, bends: &[(usize, f64)]) -> Vec<(f64, f64)> {
    let forwards = from.area.x < to.area.x;
    let (start, end) = if forwards { (from.area.right(), to.area.x) } else { (from.area.x, to.area.right()) };
    let mut points = vec![(start, from.area.middle())];
    for (layer, y) in bends {
        let (left, right) = (x + column_x(*layer), x + column_x(*layer) + tile::WIDTH);
        let (enter, leave) = if forwards { (left, right) } else { (right, left) };
        points.extend([(enter, *y), (leave, *y)]);
    }
    points.push((end, to.area.middle()));
    points
}
