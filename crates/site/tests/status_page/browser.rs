//! The page in a real browser: on a desk and on a phone, light and dark, with and without scripts, with the keyboard
//! alone, when time passes, and judged by axe.
//!
//! With `LAMPLIGHTER_STATUS_PICTURES` set to a folder, the pages and a picture of each are left there to be looked at.

use std::path::{Path, PathBuf};
use std::process::Command;

use lamplighter_core::words::status::{Renewal, Status};
use lamplighter_testkit::servers::{installed, program};

use crate::files::site;
use crate::world::{blind, busy, hostile, many, nothing, one, quiet};

#[test]
fn a_browser_finds_nothing_to_complain_about() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = std::env::var_os("LAMPLIGHTER_STATUS_PICTURES").map(PathBuf::from);
    let root = pictures.as_deref().unwrap_or(folder.path()).join("sites");
    let worlds = [
        ("quiet", quiet()),
        ("busy", busy()),
        ("blind", blind()),
        ("one", one()),
        ("nothing", nothing()),
        ("many", many(500)),
        ("hostile", hostile()),
        ("branch", Status { renewal: Renewal::OnChange, ..quiet() }),
        ("folder", Status { renewal: Renewal::Modified, ..quiet() }),
    ];
    for (name, status) in &worlds {
        for file in site(status) {
            let path = root.join(name).join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file.content).unwrap();
        }
    }
    let browser = program(&["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]);
    let (Some(browser), Some(node)) = (browser, program(&["node"])) else { return };
    let Some(playwright) = installed("npm/playwright-core/node_modules/playwright-core") else { return };
    let Some(axe) = installed("npm/axe-core/node_modules/axe-core") else { return };
    let output = Command::new(node)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/status_page/browser.cjs"))
        .args([&browser, &playwright, &axe, &root])
        .arg(pictures.as_deref().unwrap_or_else(|| Path::new("")))
        .output()
        .unwrap();
    let (said, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{complaints}");
    // What was looked at is told, so that a browser that looks at nothing is noticed.
    let counts: serde_json::Value = serde_json::from_str(said.lines().last().unwrap_or_default()).unwrap();
    let count = |name: &str| counts[name].as_u64().unwrap_or_else(|| panic!("{name}: {said}"));
    assert!(
        count("judged") >= 35
            && count("stops") > 70
            && count("stale") >= 12
            && count("filtered") >= 8
            && count("pages") > 6,
        "{said}"
    );
}
