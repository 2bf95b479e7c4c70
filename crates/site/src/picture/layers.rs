//! Boxes in layers by their arrows: the method of Sugiyama, Tagawa and Toda (IEEE SMC-11, 1981).
//!
//! Circles are broken, each box goes one layer behind what points at it, arrows that span layers get a place of their
//! own in each of them, the places of a layer are ordered by the median of their neighbours so that few arrows cross,
//! and are then moved towards their neighbours as far as the order and the gaps allow.

mod ranks;

use ranks::{layers_of, without_circles};

/// Space between two boxes of a layer.
pub(super) const GAP: f64 = 14.0;

/// How much of a layer an arrow takes that passes through it.
const LANE: f64 = 8.0;

/// How often the layers are gone through, forth and back.
const SWEEPS: usize = 12;

/// Where boxes and arrows go.
#[derive(Debug, Default)]
pub(super) struct Layered {
    /// The layer of each box.
    pub(super) layer: Vec<usize>,
    /// The upper end of each box.
    pub(super) top: Vec<f64>,
    /// For each arrow the layers that it passes through, from its beginning to its end, and where.
    pub(super) bends: Vec<Vec<(usize, f64)>>,
    /// How many layers there are.
    pub(super) layers: usize,
    /// How high all of it is.
    pub(super) height: f64,
}

/// A place of a layer: a box, or an arrow that passes through.
struct Places {
    height: Vec<f64>,
    before: Vec<Vec<usize>>,
    behind: Vec<Vec<usize>>,
    layers: Vec<Vec<usize>>,
}

/// Puts boxes of these heights into layers. An arrow is the positions of two different boxes.
pub(super) fn layered(heights: &[f64], arrows: &[(usize, usize)]) -> Layered {
    let known = |(from, to): &(usize, usize)| from != to && *from < heights.len() && *to < heights.len();
    let forwards = without_circles(heights.len(), arrows);
    let layer = layers_of(heights.len(), &forwards);
    let count = layer.iter().max().map_or(0, |last| last + 1);
    let mut places = Places {
        height: heights.to_vec(),
        before: vec![Vec::new(); heights.len()],
        behind: vec![Vec::new(); heights.len()],
        layers: vec![Vec::new(); count],
    };
    let mut chains = Vec::with_capacity(arrows.len());
    for (arrow, (from, to)) in arrows.iter().zip(&forwards) {
        let chain = if known(arrow) { places.connect(*from, *to, &layer) } else { Vec::new() };
        chains.push((chain, arrow.0 != *from));
    }
    places.fill(&layer);
    places.untangle();
    let centre = places.settle();
    let upper = |at: usize| value(&centre, at) - value(&places.height, at) / 2.0;
    let shift = (0..places.height.len()).map(upper).fold(f64::INFINITY, f64::min);
    let height = (0..places.height.len()).map(|at| upper(at) - shift + value(&places.height, at)).fold(0.0, f64::max);
    let bends = chains.into_iter().map(|(chain, turned)| {
        let mut bends: Vec<_> = chain.into_iter().map(|(at, layer)| (layer, value(&centre, at) - shift)).collect();
        if turned {
            bends.reverse();
        }
        bends
    });
    Layered {
        bends: bends.collect(),
        top: (0..heights.len()).map(|at| upper(at) - shift).collect(),
        layer,
        layers: count,
        height,
    }
}

fn value<T: Copy + Default>(values: &[T], at: usize) -> T {
    values.get(at).copied().unwrap_or_default()
}

fn neighbours(of: &[Vec<usize>], at: usize) -> &[usize] {
    of.get(at).map_or(&[], Vec::as_slice)
}

impl Places {
    /// Connects two boxes by a place in each layer between them; these are returned with their layer.
    fn connect(&mut self, from: usize, to: usize, layer: &[usize]) -> Vec<(usize, usize)> {
        let mut chain = Vec::new();
        let mut last = from;
        for between in value(layer, from) + 1..value(layer, to) {
            let place = self.height.len();
            self.height.push(LANE);
            self.before.push(Vec::new());
            self.behind.push(Vec::new());
            self.join(last, place);
            chain.push((place, between));
            last = place;
        }
        self.join(last, to);
        for (place, layer) in &chain {
            self.layers.get_mut(*layer).into_iter().for_each(|places| places.push(*place));
        }
        chain
    }

    fn join(&mut self, from: usize, to: usize) {
        self.behind.get_mut(from).into_iter().for_each(|behind| behind.push(to));
        self.before.get_mut(to).into_iter().for_each(|before| before.push(from));
    }

    /// Puts every place into its layer in the order in which a search in depth comes by, which keeps what belongs
    /// together beside each other.
    fn fill(&mut self, layer: &[usize]) {
        let mut layer_of: Vec<usize> = layer.to_vec();
        layer_of.resize(self.height.len(), 0);
        for (at, places) in self.layers.iter_mut().enumerate() {
            for place in places.drain(..) {
                layer_of.get_mut(place).into_iter().for_each(|layer| *layer = at);
            }
        }
        let mut seen = vec![false; self.height.len()];
        let starts = (0..layer.len()).filter(|at| neighbours(&self.before, *at).is_empty());
        for start in starts.chain(0..layer.len()).collect::<Vec<_>>() {
            let mut waiting = vec![start];
            while let Some(at) = waiting.pop() {
                if std::mem::replace(seen.get_mut(at).unwrap_or(&mut true), true) {
                    continue;
                }
                self.layers.get_mut(value(&layer_of, at)).into_iter().for_each(|places| places.push(at));
                waiting.extend(neighbours(&self.behind, at).iter().rev());
            }
        }
    }

    /// Orders the places of each layer so that few arrows cross.
    fn untangle(&mut self) {
        let mut best = (self.crossings(), self.layers.clone());
        for sweep in 0..SWEEPS {
            let forth = sweep % 2 == 0;
            let mut position = self.positions();
            for step in 1..self.layers.len() {
                let at = if forth { step } else { self.layers.len() - 1 - step };
                let towards = if forth { &self.before } else { &self.behind };
                let Some(places) = self.layers.get_mut(at) else { continue };
                places.sort_by(|a, b| {
                    let wanted = |place: usize| median(neighbours(towards, place), &position, place);
                    wanted(*a).total_cmp(&wanted(*b))
                });
                for (at, place) in places.iter().enumerate() {
                    position.get_mut(*place).into_iter().for_each(|position| *position = at);
                }
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    /// The position of each place in its layer.
    fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0; self.height.len()];
        for (at, place) in self.layers.iter().flat_map(|places| places.iter().enumerate()) {
            positions.get_mut(*place).into_iter().for_each(|position| *position = at);
        }
        positions
    }

    /// How many arrows cross: the inversions among their ends (Barth, Jünger and Mutzel, JGAA 8, 2004).
    fn crossings(&self) -> usize {
        let positions = self.positions();
        let mut crossings = 0;
        for places in &self.layers {
            let mut tree = vec![0_usize; self.height.len() + 1];
            let mut total = 0;
            for place in places {
                let mut ends: Vec<usize> =
                    neighbours(&self.behind, *place).iter().map(|to| value(&positions, *to)).collect();
                ends.sort_unstable();
                for end in &ends {
                    crossings += total - up_to(&tree, *end);
                }
                for end in ends {
                    count(&mut tree, end);
                    total += 1;
                }
            }
        }
        crossings
    }

    /// The centre of each place.
    fn settle(&self) -> Vec<f64> {
        let mut centre = vec![0.0; self.height.len()];
        for places in &self.layers {
            let mut end = 0.0;
            for place in places {
                let height = value(&self.height, *place);
                centre.get_mut(*place).into_iter().for_each(|centre| *centre = end + height / 2.0);
                end += height + GAP;
            }
        }
        for sweep in 0..SWEEPS {
            let last = sweep + 1 == SWEEPS;
            for step in 0..self.layers.len() {
                let at = if sweep % 2 == 0 { step } else { self.layers.len() - 1 - step };
                let Some(places) = self.layers.get(at) else { continue };
                let wish = |place: &usize| {
                    let (before, behind) = (neighbours(&self.before, *place), neighbours(&self.behind, *place));
                    let (near, far) = if sweep % 2 == 0 { (before, behind) } else { (behind, before) };
                    let towards: Vec<usize> = match (last, near.is_empty()) {
                        (true, _) => before.iter().chain(behind).copied().collect(),
                        (false, true) => far.to_vec(),
                        (false, false) => near.to_vec(),
                    };
                    (mean(&towards, &centre).unwrap_or(value(&centre, *place)), towards.len())
                };
                let wishes: Vec<(f64, usize)> = places.iter().map(wish).collect();
                for (place, moved) in places.iter().zip(self.spread(places, &wishes)) {
                    centre.get_mut(*place).into_iter().for_each(|centre| *centre = moved);
                }
            }
        }
        centre
    }

    /// The centres nearest to the wished ones that keep the order and the gaps: neighbours whose wishes collide are
    /// moved together as one (pooling of adjacent violators).
    fn spread(&self, places: &[usize], wishes: &[(f64, usize)]) -> Vec<f64> {
        let mut offsets = Vec::with_capacity(places.len());
        let mut end = 0.0;
        for place in places {
            let height = value(&self.height, *place);
            offsets.push(end + height / 2.0);
            end += height + GAP;
        }
        let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
        for ((wished, ties), offset) in wishes.iter().zip(&offsets) {
            let weight = f64::from(u32::try_from(*ties).unwrap_or(u32::MAX)) + 0.1;
            let mut block = (wished - offset, weight, 1);
            while let Some(last) = blocks.pop_if(|last| last.0 > block.0) {
                let weight = last.1 + block.1;
                block = ((last.0 * last.1 + block.0 * block.1) / weight, weight, last.2 + block.2);
            }
            blocks.push(block);
        }
        let moved = blocks.into_iter().flat_map(|(at, _, length)| std::iter::repeat_n(at, length));
        moved.zip(offsets).map(|(moved, offset)| moved + offset).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "positions in a layer are small")]
fn median(neighbours: &[usize], position: &[usize], place: usize) -> f64 {
    let mut at: Vec<usize> = neighbours.iter().map(|neighbour| value(position, *neighbour)).collect();
    at.sort_unstable();
    let middle = at.len() / 2;
    match at.len() {
        0 => value(position, place) as f64,
        length if length % 2 == 1 => value(&at, middle) as f64,
        _ => (value(&at, middle - 1) + value(&at, middle)) as f64 / 2.0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are few neighbours")]
fn mean(neighbours: &[usize], centre: &[f64]) -> Option<f64> {
    let sum: f64 = neighbours.iter().map(|neighbour| value(centre, *neighbour)).sum();
    (!neighbours.is_empty()).then(|| sum / neighbours.len() as f64)
}

/// Counts one at a position of a Fenwick tree.
fn count(tree: &mut [usize], position: usize) {
    let mut at = position + 1;
    while let Some(sum) = tree.get_mut(at) {
        *sum += 1;
        at += at & at.wrapping_neg();
    }
}

/// How many were counted up to and at a position.
fn up_to(tree: &[usize], position: usize) -> usize {
    let (mut at, mut sum) = (position + 1, 0);
    while at > 0 {
        sum += value(tree, at);
        at -= at & at.wrapping_neg();
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_called_stands_behind_its_callers() {
        let drawn = layered(&[40.0; 4], &[(0, 1), (1, 2), (0, 2), (3, 2)]);
        assert_eq!(drawn.layer, [0, 1, 2, 1]);
        assert_eq!(drawn.bends.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1, 0]);
    }

    #[test]
    fn a_circle_has_an_end() {
        let drawn = layered(&[40.0; 3], &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(drawn.layer, [0, 1, 2]);
        assert_eq!(drawn.bends.last().map(|bends| bends.iter().map(|bend| bend.0).collect()), Some(vec![1]));
    }

    #[test]
    fn arrows_that_need_not_cross_do_not() {
        // Written down crosswise.
        let arrows = [(0, 5), (1, 4), (2, 3)];
        let drawn = layered(&[40.0; 6], &arrows);
        for (a, b) in [(0, 1), (1, 2)] {
            let (from, to) = (arrows[a], arrows[b]);
            let order = |x: usize, y: usize| drawn.top[x].total_cmp(&drawn.top[y]);
            assert_eq!(order(from.0, to.0), order(from.1, to.1));
        }
    }

    #[test]
    fn a_single_arrow_is_straight() {
        let drawn = layered(&[40.0, 90.0], &[(0, 1)]);
        assert!((drawn.top[0] + 20.0 - (drawn.top[1] + 45.0)).abs() < 0.01);
    }

    proptest! {
        #[test]
        fn boxes_of_a_layer_never_touch_and_nothing_sticks_out(
            heights in proptest::collection::vec(20.0..120.0_f64, 0..40),
            arrows in proptest::collection::vec((0..45_usize, 0..45_usize), 0..120),
        ) {
            let drawn = layered(&heights, &arrows);
            prop_assert_eq!(drawn.top.len(), heights.len());
            prop_assert_eq!(drawn.bends.len(), arrows.len());
            for a in 0..heights.len() {
                prop_assert!(drawn.top[a] >= -0.01 && drawn.top[a] + heights[a] <= drawn.height + 0.01);
                for b in a + 1..heights.len() {
                    let apart = drawn.top[a] + heights[a] <= drawn.top[b] + 0.01
                        || drawn.top[b] + heights[b] <= drawn.top[a] + 0.01;
                    prop_assert!(drawn.layer[a] != drawn.layer[b] || apart);
                }
            }
            for ((from, to), bends) in arrows.iter().zip(&drawn.bends) {
                if from != to && from.max(to) < &heights.len() {
                    prop_assert_eq!(bends.len() + 1, drawn.layer[*from].abs_diff(drawn.layer[*to]));
                }
            }
        }
    }
}
