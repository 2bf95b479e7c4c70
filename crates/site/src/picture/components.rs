//! Boxes that are not connected with each other are laid out by themselves, one group below the other.

use std::collections::BTreeMap;

use super::layers::{self, GAP, Layered};

/// Puts boxes of these heights into layers, each group of connected ones by itself, the largest first. An arrow is the
/// positions of two different boxes.
pub(super) fn layered(heights: &[f64], arrows: &[(usize, usize)]) -> Layered {
    let mut all = Layered {
        layer: vec![0; heights.len()],
        top: vec![0.0; heights.len()],
        bends: vec![Vec::new(); arrows.len()],
        ..Layered::default()
    };
    for members in groups(heights.len(), arrows) {
        let position: BTreeMap<usize, usize> = members.iter().enumerate().map(|(at, member)| (*member, at)).collect();
        let inner = |(at, (from, to)): (usize, &(usize, usize))| Some((at, (*position.get(from)?, *position.get(to)?)));
        let (numbers, arrows): (Vec<usize>, Vec<(usize, usize)>) = arrows.iter().enumerate().filter_map(inner).unzip();
        let heights: Vec<f64> = members.iter().filter_map(|at| heights.get(*at).copied()).collect();
        let group = layers::layered(&heights, &arrows);
        let start = if all.height > 0.0 { all.height + GAP } else { 0.0 };
        for ((member, layer), top) in members.iter().zip(&group.layer).zip(&group.top) {
            all.layer.get_mut(*member).into_iter().for_each(|it| *it = *layer);
            all.top.get_mut(*member).into_iter().for_each(|it| *it = start + top);
        }
        for (number, bends) in numbers.into_iter().zip(group.bends) {
            let bends = bends.into_iter().map(|(layer, y)| (layer, start + y)).collect();
            all.bends.get_mut(number).into_iter().for_each(|it| it.clone_from(&bends));
        }
        all.layers = all.layers.max(group.layers);
        all.height = start + group.height;
    }
    all
}

/// The boxes that arrows connect, the largest group first.
fn groups(boxes: usize, arrows: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut beside: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    for (from, to) in arrows.iter().filter(|(from, to)| *from < boxes && *to < boxes) {
        for (end, other) in [(from, to), (to, from)] {
            beside.get_mut(*end).into_iter().for_each(|beside| beside.push(*other));
        }
    }
    let mut seen = vec![false; boxes];
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for start in 0..boxes {
        let mut members = Vec::new();
        let mut waiting = vec![start];
        while let Some(at) = waiting.pop() {
            if !std::mem::replace(seen.get_mut(at).unwrap_or(&mut true), true) {
                members.push(at);
                waiting.extend(beside.get(at).into_iter().flatten());
            }
        }
        if !members.is_empty() {
            members.sort_unstable();
            groups.push(members);
        }
    }
    groups.sort_by_key(|members| (usize::MAX - members.len(), members.first().copied()));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_lie_below_each_other_and_keep_their_arrows() {
        let drawn = layered(&[40.0; 5], &[(3, 4), (0, 1), (1, 2), (0, 2)]);
        assert_eq!(drawn.layer, [0, 1, 2, 0, 1]);
        assert!(drawn.top[3] >= drawn.top[0].max(drawn.top[2]) + 40.0);
        assert_eq!(drawn.bends.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 1]);
        assert!(drawn.height >= drawn.top[4] + 40.0);
    }
}
