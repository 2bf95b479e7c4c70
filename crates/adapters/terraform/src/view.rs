//! One way to look into a resource, whether it is written in blocks or as an object.

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;

use crate::resolve::{Place, Sharing};
use crate::source::{Module, TopBlock};

/// A part of a resource: the body of a block, or a value.
#[derive(Debug, Clone)]
pub(crate) enum View<'m> {
    /// The body of a block of this resource.
    Body(TopBlock<'m>, &'m Body),
    /// A value.
    Value(Place<'m>),
}

impl<'m> View<'m> {
    /// A resource as a whole.
    pub(crate) fn of(resource: TopBlock<'m>) -> Self {
        Self::Body(resource, &resource.block.body)
    }

    /// What is in it under `key`: an attribute, blocks, an entry of an object.
    pub(crate) fn members(&self, module: &'m Module, key: &str, sharing: Sharing) -> Vec<Self> {
        match self {
            Self::Body(resource, body) => {
                let attribute = body.get_attribute(key).map(|attribute| Self::value(*resource, &attribute.value));
                let blocks = body
                    .blocks()
                    .filter(|block| block.has_ident(key) && block.labels.is_empty())
                    .map(|block| Self::Body(*resource, &block.body));
                attribute.into_iter().chain(blocks).collect()
            }
            Self::Value(place) => place.member(module, key, sharing).map(Self::Value).into_iter().collect(),
        }
    }

    /// The same along a path; empty where it ends early or forks.
    pub(crate) fn along(&self, module: &'m Module, path: &[&str], sharing: Sharing) -> Option<Self> {
        let mut view = self.clone();
        for key in path {
            view = crate::resolve::only(view.members(module, key, sharing).into_iter())?;
        }
        Some(view)
    }

    /// The elements of a list; anything else is its own only element.
    pub(crate) fn elements(self, module: &'m Module, sharing: Sharing) -> Vec<Self> {
        if let Self::Value(place) = &self
            && let Some(list) = place.follow(module, sharing)
            && let Expression::Array(elements) = list.expression
        {
            return elements.iter().map(|element| Self::Value(list.with(element))).collect();
        }
        vec![self]
    }

    /// The text along a path, where it can be told from the files.
    pub(crate) fn text(&self, module: &'m Module, path: &[&str]) -> Option<String> {
        self.along(module, path, Sharing::Allowed)?.place()?.text(module)
    }

    /// The place, where this is a value.
    pub(crate) fn place(&self) -> Option<&Place<'m>> {
        match self {
            Self::Value(place) => Some(place),
            Self::Body(..) => None,
        }
    }

    /// The objects that a resource is given whole: a manifest, an input, also one that is encoded on the way.
    pub(crate) fn objects(resource: TopBlock<'m>) -> impl Iterator<Item = Self> {
        let values = resource.block.body.attributes().map(|attribute| plain_object(&attribute.value));
        values.flatten().map(move |object| Self::value(resource, object))
    }

    fn value(resource: TopBlock<'m>, expression: &'m Expression) -> Self {
        Self::Value(Place { file: resource.file, owner: resource.range(), expression })
    }
}

fn plain_object(expression: &Expression) -> Option<&Expression> {
    match expression {
        Expression::Object(_) => Some(expression),
        Expression::Parenthesis(inner) => plain_object(inner.inner()),
        Expression::FuncCall(call) if matches!(call.name.name.as_str(), "jsonencode" | "yamlencode") => {
            crate::resolve::only(call.args.iter()).and_then(plain_object)
        }
        _ => None,
    }
}
