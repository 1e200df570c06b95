#!/usr/bin/env bash
# Restores a backup and checks it: every table has as many rows as in the backup, and sql/audit/invariants.sql finds nothing.
#   restore.sh BACKUP --data-dir DIR    into a new data directory of `jiujinan dev`; put vault/ and issuer/ there afterwards or before
#   restore.sh BACKUP --url URL         into a database that does not exist yet, as a superuser or owner of a new cluster
set -euo pipefail
umask 077
source "$(dirname "${BASH_SOURCE[0]}")/postgres/cluster.sh"

[ $# = 3 ] || die "usage: restore.sh BACKUP (--data-dir DIR | --url URL)"
backup=$1
[ "$(sed -n 's/^sha256 //p' "$backup/manifest")" = "$(sha256sum <"$backup/database.dump" | cut -d' ' -f1)" ] ||
    die "$backup/database.dump is not what was written"
case $2 in
    --data-dir)
        database=jiujinan
        # The server's user must be able to get through.
        [ -d "$3" ] || install -d -m "$([ "$(id -u)" = 0 ] && echo 0711 || echo 0700)" "$3"
        [ ! -e "$3/postgres" ] && [ ! -e "$3/cluster.path" ] || die "$3 has a cluster already"
        if [ "$(id -u)" = 0 ]; then
            install -d -m 0700 -o postgres -g postgres "$3/postgres"
            as_owner test -w "$(cd "$3" && pwd -P)/postgres" || die "user postgres cannot reach $3"
        fi
        # The same cluster that the program makes itself.
        as_owner "$bin/initdb" -A trust --locale=C -E UTF8 -k -U postgres -D "$(cd "$3" && pwd -P)/postgres" >/dev/null
        open_dir "$3"
        ;;
    --url)
        url=$3
        database=$(sed -E 's#^postgres(ql)?://[^/?]*/?([^?]*).*#\2#' <<<"$url")
        [ -n "$database" ] || die "the URL names no database"
        ;;
    *) die "usage: restore.sh BACKUP (--data-dir DIR | --url URL)" ;;
esac
admin=$(url_of postgres)
to=$(url_of "$database")
[ -z "$(ask "$admin" -c "select 1 from pg_database where datname = '$database'")" ] || die "there is a database $database already"

# Roles that are there already stay as they are.
"$bin/psql" -Xq "$admin" -f "$backup/roles.sql" 2>&1 | { grep -v 'already exists' || true; } >&2
ask "$admin" -c "create database \"$database\" template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
"$bin/pg_restore" --exit-on-error --single-transaction --dbname="$to" "$backup/database.dump"
ask "$to" -c 'analyze'

while read -r _ table rows; do
    found=$(ask "$to" -c "select count(*) from jiujinan.$table")
    [ "$found" = "$rows" ] || die "jiujinan.$table has $found rows, the backup $rows"
done < <(grep '^rows ' "$backup/manifest")
broken=$(PGOPTIONS='-c search_path=jiujinan' ask "$to" -f "$here/../sql/audit/invariants.sql")
[ -z "$broken" ] || die "the restored books are wrong:
$broken"
echo "restore.sh: $database restored, $(grep -c '^rows ' "$backup/manifest") tables complete, no invariant broken" >&2
