//! What all pages have in common: the frame, the styles, and how addresses are made.

use std::fmt::Display;

use lamplighter_core::ports::SiteFile;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, context, escape_formatter};
use serde::Serialize;

use crate::SiteError;
use crate::markup::escaped;

/// The styles of what every page has: light and dark, on screens and on paper.
const STYLE: &str = include_str!("style.css");

/// The names of places that every page has.
pub(crate) const NAMES: [&str; 2] = ["page-main", "page-contents"];

/// The frame of a site's pages.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    templates: Environment<'static>,
    site: Site<'a>,
}

/// What every page says of the site.
#[derive(Debug, Serialize)]
pub(crate) struct Site<'a> {
    pub(crate) title: &'a str,
    /// The address of its feed, from the root.
    pub(crate) feed: Option<&'static str>,
    /// The links at the top of every page.
    pub(crate) links: Vec<SiteLink>,
    /// The one script that may run. Without it none may.
    pub(crate) script: Option<Script>,
}

/// A script as the policy of a page names it.
#[derive(Debug, Serialize)]
pub(crate) struct Script {
    /// Its digest (Content Security Policy 3, `hash-source`).
    pub(crate) digest: String,
    /// Whether it may ask for files of the site.
    pub(crate) asks: bool,
}

/// A link at the top of every page.
#[derive(Debug, Serialize)]
pub(crate) struct SiteLink {
    pub(crate) name: &'static str,
    /// From the root.
    pub(crate) page: &'static str,
}

/// What is particular to a page's head.
#[derive(Debug, Serialize)]
pub(crate) struct Head<'a> {
    /// Its path within the site.
    pub(crate) path: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
}

impl<'a> Layout<'a> {
    /// With the templates of the pages: names that end in `.html`, which is what has everything in them escaped.
    pub(crate) fn new(site: Site<'a>, pages: &[(&'static str, &'static str)]) -> Result<Self, SiteError> {
        let mut templates = Environment::new();
        templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        templates.set_formatter(|out, state, value| match value.as_str() {
            // minijinja's own escaping writes every slash as an entity, and lets the direction of text be turned.
            Some(text) if !value.is_safe() && *state.auto_escape() == AutoEscape::Html => {
                Ok(out.write_str(&escaped(text))?)
            }
            _ => escape_formatter(out, state, value),
        });
        templates.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        for (name, template) in [("layout.html", include_str!("templates/layout.html"))].iter().chain(pages) {
            templates.add_template(name, template)?;
        }
        Ok(Self { templates, site })
    }

    /// A page.
    pub(crate) fn page(&self, template: &str, head: &Head<'_>, page: impl Serialize) -> Result<SiteFile, SiteError> {
        let site = Value::from(Serde(&self.site));
        let values = context! {
            site,
            head => Value::from(Serde(head)),
            root => root_from(head.path),
            page => Value::from(Serde(page)),
        };
        let html = self.templates.get_template(template)?.render(values)?;
        Ok(SiteFile { path: head.path.to_owned(), content: html.into_bytes() })
    }
}

/// The styles, as a file beside the pages: those of the frame, and a site's own.
pub(crate) fn style(own: &str) -> SiteFile {
    SiteFile { path: "style.css".to_owned(), content: [STYLE, own].concat().into_bytes() }
}

/// The way from a page to the root: nothing, or `../` for each folder.
pub(crate) fn root_from(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// HTML of our own making, or made inert, as a value that is not escaped again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Safe(pub(crate) String);

impl Serialize for Safe {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from_safe_string(self.0.clone()).serialize(serializer)
    }
}

/// A day as people read it: `1 March 2026`.
pub(crate) fn day(date: jiff::civil::Date) -> impl Display {
    date.strftime("%-d %B %Y")
}
