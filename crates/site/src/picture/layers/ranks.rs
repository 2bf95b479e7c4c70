//! Which layer a box is in: circles are broken, and each box goes behind what points at it.

use super::{neighbours, value};

/// The arrows, with those turned around that close a circle.
pub(super) fn without_circles(boxes: usize, arrows: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    let mut pointed_at = vec![false; boxes];
    for (from, to) in arrows {
        if let (Some(behind), Some(pointed_at)) = (behind.get_mut(*from), pointed_at.get_mut(*to)) {
            behind.push(*to);
            *pointed_at = true;
        }
    }
    // Where a circle is entered decides which arrow is turned: from where nothing points at, as people read it.
    let (inner, outer): (Vec<usize>, Vec<usize>) = (0..boxes).partition(|at| value(&pointed_at, *at));
    let mut finished = vec![usize::MAX; boxes];
    let mut seen = vec![false; boxes];
    let mut clock = 0;
    for start in outer.into_iter().chain(inner) {
        let mut path = vec![(start, 0)];
        while let Some((at, next)) = path.pop() {
            if next == 0 && std::mem::replace(seen.get_mut(at).unwrap_or(&mut true), true) {
                continue;
            }
            if let Some(child) = neighbours(&behind, at).get(next) {
                path.push((at, next + 1));
                if !value(&seen, *child) {
                    path.push((*child, 0));
                }
            } else if let Some(finished) = finished.get_mut(at) {
                *finished = clock;
                clock += 1;
            }
        }
    }
    // In a search in depth an arrow closes a circle when its end is finished after its beginning.
    let turned = |(from, to): &(usize, usize)| value(&finished, *to) > value(&finished, *from);
    arrows.iter().map(|arrow| if turned(arrow) { (arrow.1, arrow.0) } else { *arrow }).collect()
}

/// The layer of each box: behind the last that points at it. What nothing points at stands right before what it
/// points at.
pub(super) fn layers_of(boxes: usize, arrows: &[(usize, usize)]) -> Vec<usize> {
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    let mut waits_for = vec![0_usize; boxes];
    for (from, to) in arrows.iter().filter(|(from, to)| from != to) {
        if let (Some(behind), Some(waits_for)) = (behind.get_mut(*from), waits_for.get_mut(*to)) {
            behind.push(*to);
            *waits_for += 1;
        }
    }
    let first: Vec<usize> = (0..boxes).filter(|at| value(&waits_for, *at) == 0).collect();
    let mut layer = vec![0_usize; boxes];
    let mut ready = first.clone();
    while let Some(at) = ready.pop() {
        for next in neighbours(&behind, at) {
            let soonest = value(&layer, at) + 1;
            if let (Some(layer), Some(waits_for)) = (layer.get_mut(*next), waits_for.get_mut(*next)) {
                *layer = soonest.max(*layer);
                *waits_for -= 1;
                if *waits_for == 0 {
                    ready.push(*next);
                }
            }
        }
    }
    for at in first {
        let nearest = neighbours(&behind, at).iter().map(|next| value(&layer, *next)).min();
        if let (Some(layer), Some(nearest)) = (layer.get_mut(at), nearest) {
            *layer = nearest.saturating_sub(1);
        }
    }
    layer
}
