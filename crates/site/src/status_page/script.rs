//! The script by which the page notices that it has grown old.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lamplighter_core::words::status::Renewal;
use sha2::{Digest, Sha256};

use crate::layout::Script;

const JUDGES: &str = include_str!("stale.js");
const ASKS: &str = include_str!("ask.js");

/// Where the one stands in the other.
const PLACE: &str = "/* asks */";

/// The script of a page that is renewed like this. It asks for something only where that tells it of later looks.
pub(super) fn text(renewal: Renewal) -> String {
    let asks = if renewal == Renewal::Modified { ASKS } else { "" };
    let lines = JUDGES.replace(PLACE, asks);
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The same, as the policy of the page names it.
pub(super) fn named(renewal: Renewal) -> Script {
    let digest = BASE64_STANDARD.encode(Sha256::digest(text(renewal)));
    Script { digest: format!("sha256-{digest}"), asks: renewal == Renewal::Modified }
}
