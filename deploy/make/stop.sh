#!/usr/bin/env bash
# Stops the PostgreSQL of a data directory, and no other: stop.sh DIR
set -euo pipefail

dir=$1
[ -d "$dir" ] || exit 0
# Where user postgres cannot reach the data directory, the cluster lies where this file says.
if [ -e "$dir/cluster.path" ]; then
    dir=$(cat "$dir/cluster.path")
fi
file=$dir/postgres/postmaster.pid
[ -e "$file" ] || exit 0
pid=$(head -n 1 "$file")
# A number that another process has taken since is left alone: ours names the directory in its arguments.
if ! tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF "$(cd "$dir/postgres" && pwd -P)"; then
    exit 0
fi
kill -INT "$pid"
for _ in $(seq 200); do
    kill -0 "$pid" 2>/dev/null || exit 0
    sleep 0.1
done
echo "stop.sh: PostgreSQL $pid does not stop" >&2
exit 1
