//! The site of post-mortems in a real browser, from the disk: on a desk and on a phone, light and dark, with the keyboard
//! alone, and judged by axe.
//!
//! With `LAMPLIGHTER_SITE_PICTURES` set to a folder, the site and a picture of each page are left there to be looked at.
#![expect(clippy::unwrap_used, reason = "a failing test says where")]

mod support;

use std::path::PathBuf;
use std::process::Command;

use lamplighter_testkit::servers::{installed, program};
use support::{archive, site};

#[test]
fn a_browser_finds_nothing_to_complain_about() {
    let browser = program(&["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]);
    let (Some(browser), Some(node)) = (browser, program(&["node"])) else { return };
    let Some(playwright) = installed("npm/playwright-core/node_modules/playwright-core") else { return };
    let Some(axe) = installed("npm/axe-core/node_modules/axe-core") else { return };
    let folder = tempfile::tempdir().unwrap();
    let pictures = std::env::var_os("LAMPLIGHTER_SITE_PICTURES").map(PathBuf::from);
    let root = pictures.as_deref().unwrap_or(folder.path()).join("site");
    for file in site(&archive()) {
        let path = root.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.content).unwrap();
    }
    let output = Command::new(node)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/check.cjs"))
        .args([&browser, &playwright, &axe, &root])
        .arg(pictures.as_deref().unwrap_or_else(|| std::path::Path::new("")))
        .output()
        .unwrap();
    let (said, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{complaints}");
    // What was looked at is told, so that a browser that looks at nothing is noticed.
    let counts: serde_json::Value = serde_json::from_str(said.lines().last().unwrap_or_default()).unwrap();
    let count = |name: &str| counts[name].as_u64().unwrap_or_else(|| panic!("{name}: {said}"));
    assert!(count("pages") > 20 && count("links") > 300 && count("judged") > 40 && count("stops") > 50, "{said}");
}
