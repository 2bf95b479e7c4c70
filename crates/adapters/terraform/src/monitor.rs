//! The monitors that a stack declares, and one more in their shape.

use lamplighter_core::ports::Monitoring;

use crate::literal::{Literal, LiteralKind, quoted};
use crate::resolve::Sharing;
use crate::source::{Module, TopBlock};
use crate::view::View;

/// The longest label that is made of a name.
const LABEL: usize = 48;

/// A monitor as a stack declares it.
pub(crate) struct Declared<'m> {
    resource: TopBlock<'m>,
    name: View<'m>,
    url: View<'m>,
}

/// Why a monitor cannot be added.
pub(crate) enum Misfit {
    /// It is there already.
    Present,
    /// Something speaks against it.
    Because(String),
}

/// Every resource with a name and an address that is a monitor: its type says so (`uptimekuma_monitor`), or
/// it is given an object whose kind is `Monitor`.
pub(crate) fn declared(module: &Module) -> Vec<Declared<'_>> {
    let mut monitors = Vec::new();
    for resource in module.blocks("resource") {
        let by_type = resource.label(0).is_some_and(|kind| kind.to_ascii_lowercase().contains("monitor"));
        let whole = by_type.then(|| View::of(resource));
        let objects =
            View::objects(resource).filter(|object| object.text(module, &["kind"]).as_deref() == Some("Monitor"));
        for view in whole.into_iter().chain(objects) {
            let either = |one: &[&str], other: &[&str]| {
                view.along(module, one, Sharing::Allowed).or_else(|| view.along(module, other, Sharing::Allowed))
            };
            if let (Some(name), Some(url)) =
                (either(&["name"], &["metadata", "name"]), either(&["url"], &["spec", "url"]))
            {
                monitors.push(Declared { resource, name, url });
            }
        }
    }
    monitors
}

/// The end of which file the new monitor belongs to, and its text.
pub(crate) fn copy(module: &Module, wanted: &Monitoring) -> Result<(usize, String), Misfit> {
    if wanted.name.trim().is_empty() || wanted.url.trim().is_empty() {
        return Err(Misfit::Because("a monitor needs a name and an address".to_owned()));
    }
    let monitors = declared(module);
    for monitor in &monitors {
        let text = |view: &View<'_>| view.place().and_then(|place| place.text(module));
        if text(&monitor.name).as_deref() == Some(wanted.name.as_str()) {
            return Err(if text(&monitor.url).as_deref() == Some(wanted.url.as_str()) {
                Misfit::Present
            } else {
                Misfit::Because("there is a monitor of that name for another address".to_owned())
            });
        }
    }
    let copied = monitors.iter().rev().find_map(|monitor| monitor.copied(module, wanted));
    copied.ok_or_else(|| Misfit::Because("the stack has no monitor whose shape can be copied".to_owned()))
}

impl Declared<'_> {
    /// This monitor's text with another name, address and label; `None` where it says more about itself than
    /// those, or is not one resource by itself.
    fn copied(&self, module: &Module, wanted: &Monitoring) -> Option<(usize, String)> {
        let own = |view: &View<'_>| {
            let literal = Literal::at(module, view.place()?)?;
            (literal.kind == LiteralKind::Text && literal.file == self.resource.file).then_some(literal)
        };
        let (name, url) = (own(&self.name)?, own(&self.url)?);
        let block = self.resource.range();
        let inside = |literal: &Literal| block.start <= literal.range.start && literal.range.end <= block.end;
        if !inside(&name) || !inside(&url) || self.is_many() {
            return None;
        }
        let label = self.resource.block.labels.get(1)?;
        let label_range = hcl_edit::Span::span(label)?;
        let new_label = self.free_label(module, &wanted.name);
        let written_label = if label.is_string() { quoted(&new_label) } else { new_label };
        let mut splices =
            [(name.range, quoted(&wanted.name)), (url.range, quoted(&wanted.url)), (label_range, written_label)];
        splices.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let source = module.file(self.resource.file)?;
        let mut text = source.text.get(block.clone())?.to_owned();
        for (range, replacement) in splices {
            let range = range.start.checked_sub(block.start)?..range.end.checked_sub(block.start)?;
            text.get(range.clone())?;
            text.replace_range(range, &replacement);
        }
        // Something else in it repeats the name or the address, in a form that is not ours to guess.
        let repeats = |old: &str, new: &str| old != new && text.contains(&quoted(old));
        if repeats(&name.value, &wanted.name) || repeats(&url.value, &wanted.url) {
            return None;
        }
        let newline = source.newline();
        let gap = if source.text.ends_with('\n') { newline.to_owned() } else { newline.repeat(2) };
        Some((self.resource.file, format!("{gap}{text}{newline}")))
    }

    fn is_many(&self) -> bool {
        let body = &self.resource.block.body;
        body.has_attribute("count") || body.has_attribute("for_each")
    }

    /// A label of the name's letters and digits that no resource of this type has.
    fn free_label(&self, module: &Module, name: &str) -> String {
        let mut label = String::new();
        for character in name.chars().map(|c| c.to_ascii_lowercase()) {
            if label.len() >= LABEL {
                break;
            }
            if character.is_ascii_alphanumeric() {
                label.push(character);
            } else if !label.is_empty() && !label.ends_with('_') {
                label.push('_');
            }
        }
        let label = label.trim_end_matches('_');
        let label = match label.chars().next() {
            None => "monitor".to_owned(),
            Some(first) if first.is_ascii_digit() => format!("monitor_{label}"),
            Some(_) => label.to_owned(),
        };
        let kind = self.resource.label(0);
        let taken = |candidate: &str| {
            let mut resources = module.blocks("resource");
            resources.any(|other| other.label(0) == kind && other.label(1) == Some(candidate))
        };
        let numbered = (2_u32..).map(|number| format!("{label}_{number}"));
        std::iter::once(label.clone()).chain(numbered).find(|candidate| !taken(candidate)).unwrap_or(label)
    }
}
