# Shortcuts. Each is one command that works without just; see CONTRIBUTING.md.

# List them.
default:
    @just --list

# Set up what is missing and play the scenarios.
demo *options:
    ./run demo {{ options }}

# Set up what is missing and run all tests.
test *filters:
    ./run test {{ filters }}

# Everything that CI checks.
ci:
    bash .ci/run

# Format and lint everything.
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- -D warnings

# The API documentation, as CI builds it.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --open

# Fuzz a target for some seconds: `just fuzz intake 60`. Needs cargo-fuzz and a nightly toolchain.
fuzz target seconds="60":
    cargo +nightly fuzz run {{ target }} -- -max_total_time={{ seconds }}
