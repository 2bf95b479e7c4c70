//! Following `var.x` and `local.x` to the plain value behind them.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::structure::Body;
use hcl_edit::template::Element;
use hcl_edit::visit::{self, Visit};

use crate::source::{Module, TopBlock};

/// How many references in a row are followed.
const HOPS: usize = 16;

/// An expression and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Place<'m> {
    pub(crate) file: usize,
    /// The part of the file that it belongs to: its resource, its variable, its local.
    pub(crate) owner: Range<usize>,
    pub(crate) expression: &'m Expression,
}

/// Whether a value may be followed that others refer to as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// To read it.
    Allowed,
    /// To change it: a change would reach further than the one resource that is meant.
    Refused,
}

impl<'m> Place<'m> {
    pub(crate) fn with(&self, expression: &'m Expression) -> Self {
        Self { file: self.file, owner: self.owner.clone(), expression }
    }

    /// The place of the value that this one refers to, or itself. `None` where it is computed or set from
    /// outside of the files.
    pub(crate) fn follow(&self, module: &'m Module, sharing: Sharing) -> Option<Self> {
        let mut place = self.clone();
        for _ in 0..HOPS {
            match place.expression {
                Expression::Parenthesis(inner) => place = place.with(inner.inner()),
                Expression::Traversal(traversal) => place = place.target(module, traversal, sharing)?,
                _ => return Some(place),
            }
        }
        None
    }

    fn target(&self, module: &'m Module, traversal: &'m Traversal, sharing: Sharing) -> Option<Self> {
        let (kind, name, rest) = reference(traversal)?;
        let mut place = match kind {
            "var" => variable(module, name)?,
            "local" => local(module, name)?,
            _ => return None,
        };
        if sharing == Sharing::Refused && !is_private(module, kind, name, self) {
            return None;
        }
        for operator in rest {
            place = place.member(module, step(operator)?, sharing)?;
        }
        Some(place)
    }

    /// The value under `key`, where this is an object.
    pub(crate) fn member(&self, module: &'m Module, key: &str, sharing: Sharing) -> Option<Self> {
        let object = self.follow(module, sharing)?;
        let members = object.expression.as_object()?;
        let (_, value) = members.iter().find(|(candidate, _)| key_text(candidate) == Some(key))?;
        Some(object.with(value.expr()))
    }

    /// The text that this evaluates to, where that can be told from the files.
    pub(crate) fn text(&self, module: &'m Module) -> Option<String> {
        self.text_within(module, HOPS)
    }

    fn text_within(&self, module: &'m Module, hops: usize) -> Option<String> {
        let hops = hops.checked_sub(1)?;
        match self.expression {
            Expression::Traversal(traversal) if reference(traversal).is_some_and(|(kind, ..)| is_namespace(kind)) => {
                namespace_name(module, traversal)?.text_within(module, hops)
            }
            Expression::StringTemplate(template) => {
                let mut text = String::new();
                for element in template {
                    match element {
                        Element::Literal(literal) => text.push_str(literal),
                        Element::Interpolation(inner) => {
                            text.push_str(&self.with(&inner.expr).text_within(module, hops)?);
                        }
                        Element::Directive(_) => return None,
                    }
                }
                Some(text)
            }
            Expression::String(text) => Some(text.as_str().to_owned()),
            Expression::Number(number) => Some(number.value().to_string()),
            Expression::Parenthesis(inner) => self.with(inner.inner()).text_within(module, hops),
            Expression::Traversal(traversal) => {
                self.target(module, traversal, Sharing::Allowed)?.text_within(module, hops)
            }
            _ => None,
        }
    }
}

/// The key of an object's entry, where it is a plain one.
pub(crate) fn key_text(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(ident) => Some(ident.as_str()),
        ObjectKey::Expression(expression) => expression.as_str(),
    }
}

/// `var.x.rest…` as its kind, its name and the rest.
fn reference(traversal: &Traversal) -> Option<(&str, &str, &[hcl_edit::Decorated<TraversalOperator>])> {
    let Expression::Variable(kind) = &traversal.expr else { return None };
    let (first, rest) = traversal.operators.split_first()?;
    let TraversalOperator::GetAttr(name) = first.value() else { return None };
    Some((kind.as_str(), name.as_str(), rest))
}

fn step(operator: &hcl_edit::Decorated<TraversalOperator>) -> Option<&str> {
    match operator.value() {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        TraversalOperator::Index(key) => key.as_str(),
        _ => None,
    }
}

fn variable<'m>(module: &'m Module, name: &str) -> Option<Place<'m>> {
    if let Some(set) = module.tfvars().filter_map(|(file, source)| attribute(&source.body, file, name)).last() {
        // A `.tfvars.json` file may be read after it.
        return (!module.set_elsewhere.iter().any(|other| other == name)).then_some(set);
    }
    if module.set_elsewhere.iter().any(|other| other == name) {
        return None;
    }
    let declaration = only(module.blocks("variable").filter(|block| block.label(0) == Some(name)))?;
    let default = declaration.block.body.get_attribute("default")?;
    Some(Place { file: declaration.file, owner: declaration.range(), expression: &default.value })
}

fn local<'m>(module: &'m Module, name: &str) -> Option<Place<'m>> {
    only(module.blocks("locals").filter_map(|locals| attribute(&locals.block.body, locals.file, name)))
}

fn attribute<'m>(body: &'m Body, file: usize, name: &str) -> Option<Place<'m>> {
    let attribute = body.get_attribute(name)?;
    Some(Place { file, owner: attribute.span().unwrap_or_default(), expression: &attribute.value })
}

fn is_namespace(kind: &str) -> bool {
    matches!(kind, "kubernetes_namespace" | "kubernetes_namespace_v1")
}

/// `kubernetes_namespace.x.metadata[0].name`.
fn namespace_name<'m>(module: &'m Module, traversal: &Traversal) -> Option<Place<'m>> {
    let (kind, label, rest) = reference(traversal)?;
    let names: Vec<&str> = rest.iter().filter_map(step).collect();
    if !matches!(names.as_slice(), ["metadata", "name"]) {
        return None;
    }
    let resource =
        only(module.blocks("resource").filter(|block| block.label(0) == Some(kind) && block.label(1) == Some(label)))?;
    let metadata = resource.block.body.get_blocks("metadata").next()?;
    let name = metadata.body.get_attribute("name")?;
    Some(Place { file: resource.file, owner: resource.range(), expression: &name.value })
}

/// Whether nothing but the owner of `from` refers to it. Outputs only show it.
fn is_private(module: &Module, kind: &str, name: &str, from: &Place<'_>) -> bool {
    let outputs: Vec<TopBlock<'_>> = module.blocks("output").collect();
    module.configuration().all(|(file, source)| {
        let mut references = References { kind, name, found: Vec::new() };
        references.visit_body(&source.body);
        references.found.iter().all(|reference| {
            let within = |owner: &Range<usize>| owner.start <= reference.start && reference.end <= owner.end;
            let shown = outputs.iter().any(|output| output.file == file && within(&output.range()));
            let checked = kind == "var"
                && module
                    .blocks("variable")
                    .any(|block| block.file == file && block.label(0) == Some(name) && within(&block.range()));
            shown || checked || (file == from.file && within(&from.owner))
        })
    })
}

struct References<'n> {
    kind: &'n str,
    name: &'n str,
    found: Vec<Range<usize>>,
}

impl Visit for References<'_> {
    fn visit_expr(&mut self, expression: &Expression) {
        match expression {
            Expression::Traversal(traversal)
                if reference(traversal).is_some_and(|(kind, name, _)| kind == self.kind && name == self.name) =>
            {
                self.found.push(traversal.span().unwrap_or_default());
                visit::visit_expr(self, expression);
            }
            _ => visit::visit_expr(self, expression),
        }
    }
}

/// The only one, if there is just one.
pub(crate) fn only<T>(mut candidates: impl Iterator<Item = T>) -> Option<T> {
    let first = candidates.next()?;
    candidates.next().is_none().then_some(first)
}
