# Sourced by backup.sh and restore.sh: reaches the database of a `jiujinan dev` data directory, or the one of a URL.
# Gives: bin (programs of PostgreSQL), url_of DATABASE, started (empty unless a cluster was started here).

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# pg_dump must be at least as new as its server, so the newest is taken.
bin=$(dirname "$("$here/make/packages.sh" where pg_dump)")
started=

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# Runs a command as whoever owns the cluster: root's clusters belong to user postgres.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups env -i PATH="$PATH" LC_ALL=C "$@")
    else
        (cd / && exec env -i PATH="$PATH" LC_ALL=C "$@")
    fi
}

# Where the cluster of a data directory lies.
home_of() {
    if [ -e "$1/cluster.path" ]; then cat "$1/cluster.path"; else (cd "$1" && pwd -P); fi
}

# Uses the running cluster of a data directory, or starts it until this script ends.
open_dir() {
    home=$(home_of "$1")
    local pid
    pid=$(head -n 1 "$home/postgres/postmaster.pid" 2>/dev/null || true)
    if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then
        sockets=$(sed -n 5p "$home/postgres/postmaster.pid")
    else
        sockets=$(mktemp -d /tmp/jjn-XXXXXX)
        if [ "$(id -u)" = 0 ]; then chown postgres: "$sockets"; fi
        as_owner "$bin/pg_ctl" -D "$home/postgres" -w -s -l "$sockets/log" \
            -o "-c listen_addresses= -c unix_socket_directories=$sockets -c port=5432" start
        started=$home/postgres
        trap 'as_owner "$bin/pg_ctl" -D "$started" -m fast -w -s stop; rm -rf "$sockets"' EXIT
    fi
    server="host=$sockets port=5432 user=postgres"
}

# The connection string of a database on the same server.
url_of() {
    if [ -n "${server:-}" ]; then
        echo "$server dbname=$1"
    else
        # Everything up to the host stays, the database is another, parameters stay.
        sed -E "s#^(postgres(ql)?://[^/?]*)(/[^?]*)?#\1/$1#" <<<"$url"
    fi
}

ask() {
    "$bin/psql" -XAtq -v ON_ERROR_STOP=1 "$@"
}
