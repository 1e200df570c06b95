#!/usr/bin/env bash
# Backs up roles and database, as of one moment, while the service runs:
#   backup.sh --data-dir DIR OUT     of `jiujinan dev`, running or not
#   backup.sh --url URL OUT          of any PostgreSQL; password by PGPASSFILE, never in the URL
# OUT is made: database.dump, roles.sql, manifest. The vault's keys are no part of it: keep them elsewhere.
set -euo pipefail
umask 077
source "$(dirname "${BASH_SOURCE[0]}")/postgres/cluster.sh"

[ $# = 3 ] || die "usage: backup.sh (--data-dir DIR | --url URL) OUT"
case $1 in
    --data-dir) open_dir "$2"; database=jiujinan ;;
    --url) url=$2; database=$(ask "$url" -c 'select current_database()') ;;
    *) die "usage: backup.sh (--data-dir DIR | --url URL) OUT" ;;
esac
out=$3
[ ! -e "$out" ] || die "$out is there already"
mkdir -p "$out"
from=$(url_of "$database")

# One snapshot for the dump and for the counts in the manifest.
coproc HOLDER { exec "$bin/psql" -XAtq -v ON_ERROR_STOP=1 "$from"; }
echo "begin isolation level repeatable read; select pg_export_snapshot();" >&"${HOLDER[1]}"
read -r -t 30 snapshot <&"${HOLDER[0]}" || die "no snapshot"

"$bin/pg_dump" --format=custom --snapshot="$snapshot" --file="$out/database.dump" "$from"
"$bin/pg_dumpall" --roles-only --no-role-passwords --dbname="$from" --file="$out/roles.sql"

{
    for table in $(ask "$from" -c "select tablename from pg_tables where schemaname = 'jiujinan' order by 1"); do
        echo "select '$table ' || count(*) from jiujinan.$table;"
    done
    echo "\\echo end"
} >&"${HOLDER[1]}"
while read -r -t 600 line <&"${HOLDER[0]}" && [ "$line" != end ]; do
    echo "rows $line"
done >"$out/manifest"
{
    echo "database $database"
    echo "taken $(date -u +%Y-%m-%dT%H:%M:%SZ)"
    echo "sha256 $(sha256sum <"$out/database.dump" | cut -d' ' -f1)"
} >>"$out/manifest"
echo "backup.sh: $out, $(stat -c %s "$out/database.dump") bytes; the vault's keys are not in it" >&2
