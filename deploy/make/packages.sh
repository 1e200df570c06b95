#!/usr/bin/env bash
# Installs what is missing from Debian: packages.sh [compiler] [postgres] [python] [curl]
# Prints where a program of PostgreSQL lies: packages.sh where pgbench
set -euo pipefail

# The oldest major version of PostgreSQL that the server takes, as src/db/embedded/binaries.rs has it.
oldest=15

die() {
    echo "make: $*" >&2
    exit 1
}

# The directory of the newest PostgreSQL: the one on PATH, or else Debian's.
postgres_bin() {
    local dir version found
    found=$(command -v postgres initdb | head -n 1 || true)
    for dir in ${found:+"$(dirname "$(readlink -f "$found")")"} $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr); do
        [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] || continue
        version=$("$dir/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
        if [ "$version" -ge "$oldest" ]; then
            echo "$dir"
            return
        fi
    done
    return 1
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        die "packages are missing and only root can install them; ask root to run: deploy/make/packages.sh ${needs[*]}"
    fi
}

install_packages() {
    local wanted=("$@")
    command -v apt-get >/dev/null || die "install these yourself, there is no apt-get here: ${wanted[*]}"
    echo "make: installing ${wanted[*]}" >&2
    if [[ " ${wanted[*]} " == *" postgresql "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        # Debian starts a cluster of its own on installation; nobody asked for that one.
        as_root mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    as_root "${apt[@]}" update >&2
    as_root "${apt[@]}" install --yes --no-install-recommends "${wanted[@]}" >&2
}

if [ "${1:-}" = where ]; then
    dir=$(postgres_bin) || die "there is no PostgreSQL $oldest or newer"
    [ -x "$dir/$2" ] || die "$dir has no $2"
    echo "$dir/$2"
    exit
fi

needs=("$@")
wanted=()
for need in "$@"; do
    case $need in
        compiler)
            command -v cargo >/dev/null || die "Rust is missing: install cargo and rustc 1.95 or newer first"
            command -v cc >/dev/null || wanted+=(gcc libc6-dev)
            ;;
        postgres) postgres_bin >/dev/null || wanted+=(postgresql) ;;
        curl) command -v curl >/dev/null || wanted+=(curl) ;;
        python) python3 -c 'import ensurepip, venv' 2>/dev/null || wanted+=(python3 python3-venv) ;;
        *) die "nothing is called $need" ;;
    esac
done
if [ ${#wanted[@]} -gt 0 ]; then
    install_packages "${wanted[@]}"
fi
