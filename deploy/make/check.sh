#!/usr/bin/env bash
# The cheap checks: form, lints, documentation, licences, Dockerfile, scripts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

step() {
    echo "== $1"
    shift
    "$@"
}

deploy/make/packages.sh compiler
tools=$(deploy/make/tools.sh)
load=(--manifest-path loadtest/Cargo.toml --target-dir "${LOAD_TARGET_DIR:-$CARGO_TARGET_DIR/load}")

step "form" cargo fmt --check
step "form of the load" cargo fmt --check --manifest-path loadtest/Cargo.toml
for script in .ci/run deploy/*.sh deploy/make/*.sh; do
    step "syntax of $script" bash -n "$script"
done
step "Dockerfile" "$tools/hadolint" Dockerfile
# cargo-deny reads what cargo has fetched and asks nobody.
step "packages" cargo fetch --locked --quiet --target x86_64-unknown-linux-gnu
step "licences, bans, sources" "$tools/cargo-deny" --offline --locked check licenses bans sources
step "lints" cargo clippy --locked --all-targets --all-features --quiet -- -D warnings
step "lints of the load" cargo clippy --locked --all-targets --quiet "${load[@]}" -- -D warnings
step "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --all-features --quiet
