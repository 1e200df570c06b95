#!/usr/bin/env bash
# Everything that must hold, cheap checks first. Ends with one line: N passed, N failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

deploy/make/packages.sh compiler postgres
tools=$(deploy/make/tools.sh)
# The cluster that the tests share stays for the next binary, but not for longer than this run.
trap 'deploy/make/stop.sh "$CARGO_TARGET_DIR/tmp/world"' EXIT

nextest="cargo nextest"
if ! cargo nextest --version >/dev/null 2>&1; then
    nextest="$tools/cargo-nextest nextest"
fi
log=$CARGO_TARGET_DIR/tests.log
: >"$log"
status=0

# Ctrl-C ends all of it, not only what runs at the moment.
trap 'exit 130' INT TERM

# Runs tests; a failure is remembered, so that the rest is still seen.
tests() {
    echo "== tests: $*"
    $nextest run --locked --no-tests=pass "$@" 2>&1 | tee -a "$log" || status=1
}

deploy/make/check.sh
# One set of features for all: what was built for one is there for the next.
tests --features oracle --lib --bins --test window --test house --test rail
tests --features oracle --test drills
CARGO_TARGET_DIR=${LOAD_TARGET_DIR:-$CARGO_TARGET_DIR/load} tests --manifest-path loadtest/Cargo.toml

echo "== contract"
cargo build --locked --quiet --features oracle
"$tools/python" deploy/contract/contract.py "$CARGO_TARGET_DIR/debug/jiujinan" "$tools/schemathesis" "$CARGO_TARGET_DIR/contract" || status=1
echo "== receiver"
"$tools/python" deploy/contract/receiver.py "$CARGO_TARGET_DIR/debug/jiujinan" "$CARGO_TARGET_DIR/receiver" || status=1

# What the runner said at its ends, added up. nextest counts what failed, what timed out and what broke apart.
awk '
    /^ *Summary / { for (i = 2; i <= NF; i++) { word = $i; sub(",", "", word)
        if (word == "passed") passed += $(i - 1)
        if (word == "failed" || word == "timed") failed += $(i - 1)
        if (word == "skipped") skipped += $(i - 1) } }
    END { printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""; exit passed == 0 }
' "$log" || status=1
exit "$status"
