//! The configuration that the pod is given.

use lamplighter::Config;
use lamplighter::core::Mode;

use crate::files::{text, yaml};

const FILE: &str = "kubernetes/lamplighter.toml";

#[test]
fn the_shipped_configuration_is_read_and_changes_nothing() {
    let config = parse(&text(FILE)).unwrap();
    assert_eq!(config.mode, Mode::DryRun);
    assert!(config.repository.is_none());
    assert!(parse(&text(FILE).replace("owner", "ownr")).unwrap_err().contains("did you mean `owner`?"));
}

#[test]
fn what_stands_in_comments_is_read_too_once_they_are_taken_away() {
    let whole = text(FILE);
    let code = |line: &&str| line.starts_with("# [") || line.contains("\" = ") || line.contains(" = \"");
    let hidden = whole.lines().filter(|line| line.starts_with("# ")).filter(code).count();
    assert!(hidden > 4, "only {hidden} lines are examples");
    let shown: Vec<&str> =
        whole.lines().map(|line| Some(line).filter(code).and_then(|l| l.strip_prefix("# ")).unwrap_or(line)).collect();
    let config = parse(&shown.join("\n")).unwrap();
    assert!(config.repository.is_some() && config.uptime_kuma.is_some());
}

/// The folder that is kept is the volume, and what is read are the mounted folders.
#[test]
fn every_path_is_in_a_folder_that_is_mounted() {
    let deployment = yaml("kubernetes/deployment.yaml");
    let mounts = deployment.pointer("/spec/template/spec/containers/0/volumeMounts").unwrap();
    let mounts: Vec<&str> =
        mounts.as_array().unwrap().iter().map(|mount| mount["mountPath"].as_str().unwrap()).collect();
    let whole = text(FILE);
    let paths: Vec<&str> = whole.split('"').skip(1).step_by(2).filter(|value| value.starts_with('/')).collect();
    assert!(paths.len() > 2, "{paths:?}");
    for path in paths {
        assert!(mounts.iter().any(|mount| path.starts_with(mount)), "{path} is in none of {mounts:?}");
    }
}

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(text, std::iter::empty())
}
