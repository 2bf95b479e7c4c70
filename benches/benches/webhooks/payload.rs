use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::tools::Tools;

/// What the deliveries are signed with.
pub(crate) const SECRET: &str = "It's a secret to everybody on this loopback";

/// Whose deliveries the example is.
pub(crate) const REPOSITORY: &str = "Codertocat/Hello-World";

const VARIANTS: u64 = 256;

/// The deliveries that are sent, as files for wrk's script.
pub(crate) struct Deliveries {
    /// Those that are signed with our secret.
    pub(crate) good: PathBuf,
    /// The same ones signed with another.
    pub(crate) bad: PathBuf,
}

impl Deliveries {
    /// Writes them; nothing where there is no example to make them of.
    pub(crate) fn write(tools: &Tools, folder: &Path) -> Result<Option<Self>, Box<dyn Error>> {
        let Some(examples) = tools.webhook_examples() else { return Ok(None) };
        let examples: Value = serde_json::from_slice(&std::fs::read(examples)?)?;
        let Some(example) = opened(&examples) else { return Ok(None) };
        let bodies: Vec<String> = (1..=VARIANTS).map(|number| variant(example, number).to_string()).collect();
        let write = |name: &str, secret: &str| -> Result<PathBuf, Box<dyn Error>> {
            let mut lines = String::new();
            for body in &bodies {
                writeln!(lines, "{}\t{body}", sign(secret, body)?)?;
            }
            let path = folder.join(name);
            std::fs::write(&path, lines)?;
            Ok(path)
        };
        Ok(Some(Self { good: write("good", SECRET)?, bad: write("bad", "another secret")? }))
    }
}

/// The first example of an issue that somebody has opened.
fn opened(examples: &Value) -> Option<&Value> {
    let of_issues = examples.as_array()?.iter().find(|event| event["name"] == "issues")?;
    of_issues["examples"].as_array()?.iter().find(|example| example["action"] == "opened")
}

fn variant(example: &Value, number: u64) -> Value {
    let mut variant = example.clone();
    if let Some(issue) = variant.get_mut("issue").and_then(Value::as_object_mut) {
        issue.insert("number".to_owned(), number.into());
    }
    variant
}

fn sign(secret: &str, body: &str) -> Result<String, Box<dyn Error>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(body.as_bytes());
    let mut signature = "sha256=".to_owned();
    for byte in mac.finalize().into_bytes() {
        write!(signature, "{byte:02x}")?;
    }
    Ok(signature)
}
