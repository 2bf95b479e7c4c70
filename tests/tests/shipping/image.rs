//! The image. There is no engine here to build it with: what it says is held against the files that it speaks of.

use crate::files::{deploy, text, yaml};

const FILE: &str = "Containerfile";

#[test]
fn the_image_is_built_with_the_compiler_of_the_repository() {
    let toolchain = std::fs::read_to_string(deploy().join("../rust-toolchain.toml")).unwrap();
    let version = toolchain.split('"').nth(1).unwrap();
    let minor = version.rsplit_once('.').unwrap().0;
    says(&format!("FROM rust:{minor}-alpine AS build"));
    says(&format!("ENV RUSTUP_TOOLCHAIN={version}"));
    let manifest = std::fs::read_to_string(deploy().join("../crates/cli/Cargo.toml")).unwrap();
    assert!(manifest.contains("name = \"lamplighter-cli\"") && manifest.contains("[[bin]]\nname = \"lamplighter\""));
    says("RUN cargo build --profile dist --locked -p lamplighter-cli");
    says("COPY --from=build /src/target/dist/lamplighter /usr/local/bin/lamplighter");
}

#[test]
fn the_image_runs_as_the_deployment_says() {
    let deployment = yaml("kubernetes/deployment.yaml");
    let user = deployment.pointer("/spec/template/spec/securityContext/runAsUser").unwrap();
    says(&format!("USER {user}:{user}"));
    let container = deployment.pointer("/spec/template/spec/containers/0").unwrap();
    says(&format!("EXPOSE {}", container["ports"][0]["containerPort"]));
    let arguments = container["args"].to_string().replace(',', ", ");
    says(&format!("CMD {arguments}"));
}

#[test]
fn what_the_binary_runs_is_in_the_image() {
    let whole = text(FILE);
    let installed = whole.rsplit("apk add --no-cache ").next().unwrap().lines().next().unwrap();
    let installed: Vec<&str> = installed.split(' ').collect();
    for package in ["ca-certificates", "git", "opentofu", "openssh-client"] {
        assert!(installed.contains(&package), "{package} is not in {installed:?}");
    }
}

#[track_caller]
fn says(line: &str) {
    assert!(text(FILE).lines().any(|other| other == line), "{FILE} has no line {line:?}");
}
