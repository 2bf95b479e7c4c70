//! A badge for a service: its name and its state in words.
//!
//! A badge has no time in it, so that it is not written anew while nothing changes. It says what was so when it was
//! published last; `status.json` beside it says when somebody looked.

use lamplighter_core::words::status::{ServiceState, ServiceStatus};

use super::words;
use crate::svg::{Area, Elements, Inline, Number};
use crate::text::{fitted, width};

const SIZE: f64 = 11.0;
const PADDING: f64 = 7.0;
const HEIGHT: f64 = 20.0;

/// How wide a name may be.
const NAME: f64 = 220.0;

/// The badge as an SVG that stands for itself.
pub(super) fn svg(service: &ServiceStatus) -> String {
    let (name, word) = (fitted(&service.name, SIZE, NAME), words::state(service.state));
    let left = width(&name, SIZE).ceil() + 2.0 * PADDING;
    let right = width(word, SIZE).ceil() + 2.0 * PADDING;
    let title = format!("{}: {word}", service.name);
    let mut elements = Elements::default();
    elements.raw(&format!(
        "<style>text{{font:{SIZE}px Verdana,\"DejaVu Sans\",Geneva,sans-serif;fill:#fff}}.n{{fill:#3d444d}}.s{{fill:{}}}</style>\n",
        colour(service.state)
    ));
    let corners = Area { x: 0.0, y: 0.0, width: left + right, height: HEIGHT };
    elements.raw(&format!(
        "<clipPath id=\"r\"><rect width=\"{}\" height=\"{}\" rx=\"3\"/></clipPath>\n<g clip-path=\"url(#r)\">\n",
        Number(corners.width),
        Number(corners.height)
    ));
    elements.rect("n", Area { width: left, ..corners }, 0.0);
    elements.rect("s", Area { x: left, width: right, ..corners }, 0.0);
    elements.raw("\n</g>\n");
    elements.centred("", left / 2.0, 14.0, &name);
    elements.centred("", left + right / 2.0, 14.0, word);
    let picture = Inline {
        name: "badge",
        class: "badge",
        title: &title,
        description: "As it was when this was published last.",
        width: corners.width,
        height: HEIGHT,
    };
    picture.around(elements).replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1)
}

/// White text is read on each of these (WCAG 2, 1.4.3). The word says the same as the colour.
const fn colour(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Up => "#2a7347",
        ServiceState::Maintenance => "#1f5fa8",
        ServiceState::Pending => "#7a5c00",
        ServiceState::Unknown => "#6a707a",
        ServiceState::Degraded => "#9a4a00",
        ServiceState::Down => "#b3261e",
    }
}
