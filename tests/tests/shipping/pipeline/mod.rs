//! The Woodpecker pipeline, and the script that it runs.

mod run;
mod script;

use crate::files::{text, yaml};
use crate::vendors::{holds, schema, shellcheck};

const PIPELINE: &str = "woodpecker/lamplighter.yml";
const SCRIPT: &str = "woodpecker/process-issue.sh";

#[test]
fn the_pipeline_is_what_woodpecker_takes() {
    let breaks = [("    commands:", "    comands:"), ("event: manual", "event: by-hand"), ("    image:", "    imago:")];
    holds(schema("vendor.woodpecker-ci"), PIPELINE, &breaks);
}

/// Woodpecker replaces what stands between `${` and `}` before it reads the file.
#[test]
fn no_variable_becomes_a_part_of_the_pipeline() {
    assert!(!text(PIPELINE).contains("${"));
}

#[test]
fn the_pipeline_sets_what_the_script_reads() {
    let pipeline = yaml(PIPELINE);
    let step = &pipeline["steps"][0];
    let commands = step["commands"].as_array().unwrap();
    assert_eq!(commands.last().unwrap(), "sh .woodpecker/process-issue.sh");
    let script = text(SCRIPT);
    let documented = script.lines().take_while(|line| line.starts_with('#')).collect::<Vec<_>>().join("\n");
    for name in step["environment"].as_object().unwrap().keys() {
        assert!(documented.contains(name), "the script does not say that it reads {name}");
    }
}

#[test]
fn shellcheck_has_nothing_to_say_about_the_script() {
    let breaks = [("\"$work/answer\"", "$work/answer"), ("[ -r \"$JWT_FILE\" ]", "[[ -r $JWT_FILE ]]")];
    holds(shellcheck, SCRIPT, &breaks);
}
