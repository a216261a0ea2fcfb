#!/bin/sh
# What the official image does at its start, as far as the line uses it.
set -eu
umask 0077
user=${POSTGRES_USER:-postgres} database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  # shellcheck disable=SC2086
  initdb --pgdata "$PGDATA" --username "$user" --pwfile "$POSTGRES_PASSWORD_FILE" ${POSTGRES_INITDB_ARGS:-} >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl --pgdata "$PGDATA" --options "-c listen_addresses='' -k /var/run/postgresql" --wait start >/dev/null
  [ "$database" = postgres ] || PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") createdb --host /var/run/postgresql --username "$user" "$database"
  pg_ctl --pgdata "$PGDATA" --mode fast --wait stop >/dev/null
fi
exec "$@" -D "$PGDATA" -c listen_addresses='*' -k /var/run/postgresql
