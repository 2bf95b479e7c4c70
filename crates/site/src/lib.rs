//! What people look at: data in, files out.
//!
//! [`Picture`] draws a cluster as one SVG: its apps in layers by who calls whom, how each of them stands, the diagnosed
//! cause, and the way from there to what people notice.
//!
//! ```
//! use lamplighter_site::Picture;
//! use lamplighter_testkit::objects::{cluster, deployment, node};
//! use lamplighter_testkit::scene::scene;
//!
//! let scene = scene(cluster().node(node("n1")).workload(deployment("apps", "wiki"))).call("wiki", "store").build();
//! let svg = Picture::new(&scene).svg();
//! assert!(svg.starts_with("<svg ") && svg.contains("wiki"));
//! ```
//!
//! [`PostMortems`] makes a site of post-mortems, in whatever shape they are written: an index, a page for each, lists by
//! severity, service and cause, and a feed.
//!
//! ```
//! use lamplighter_documents::PostMortem;
//! use lamplighter_site::{Page, PostMortems};
//!
//! let markdown = "# Wiki returned 502\n\n**Severity:** SEV2\n\n<script>alert(1)</script>\n".to_owned();
//! let page = Page { document: PostMortem::read("2026-03-01-wiki.md", &markdown), markdown, cause: None };
//! let files = PostMortems::new(&[page]).titled("Incidents").files().expect("templates fit");
//!
//! let page = files.iter().find(|file| file.path == "post-mortems/2026-03-01-wiki/index.html").expect("it has a page");
//! assert!(!String::from_utf8_lossy(&page.content).contains("<script"));
//! ```
//!
//! [`StatusPage`] makes the status page: what everybody looks at when something is wrong, and what programs read.
//!
//! ```
//! use lamplighter_core::words::status::{OverallState, STATUS_VERSION, Renewal, Status};
//! use lamplighter_site::{StatusPage, StatusPageSettings};
//!
//! let status = Status {
//!     version: STATUS_VERSION,
//!     title: "Home lab".to_owned(),
//!     generated_at: "2026-11-28T14:07:30Z".parse().expect("a time"),
//!     renewal: Renewal::EveryLook,
//!     state: OverallState::Operational,
//!     sources: Vec::new(),
//!     groups: Vec::new(),
//!     outages: Vec::new(),
//!     issues: None,
//!     maintenance: Vec::new(),
//!     self_service: Vec::new(),
//!     past: None,
//! };
//! let files = StatusPage::new(&status, StatusPageSettings::default()).files().expect("templates fit");
//!
//! let page = files.iter().find(|file| file.path == "index.html").expect("it has a page");
//! let page = String::from_utf8_lossy(&page.content);
//! assert!(page.contains("No service is watched yet"), "and not that all is well, whatever its state claims");
//! ```
//!
//! What it deliberately does not do: it reads no clock, no file and no cluster, it writes no file itself, and what it
//! makes loads nothing but its own style sheet. The one script that there is lets the status page notice that it has grown
//! old, and the page's policy names it by its digest. The same data gives the same bytes.

mod error;
mod feed;
mod layout;
mod markup;
mod picture;
mod post_mortems;
mod slug;
mod status_page;
mod svg;
mod text;

pub use error::{JsonError, SiteError, TemplateError};
pub use picture::Picture;
pub use post_mortems::{Page, PostMortems};
pub use status_page::{StatusPage, StatusPageSettings};
