#!/bin/sh
# PostgreSQL for tests: initializes $PGDATA if it is empty, then becomes the server. POSTGRES_PASSWORD or
# POSTGRES_PASSWORD_FILE, POSTGRES_USER, POSTGRES_DB as in the official image; writes to $PGDATA's folder and /tmp only.
# Arguments are passed to the server.
set -eu
data=${PGDATA:-/data/pgdata}
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

if [ ! -s "$data/PG_VERSION" ]; then
  umask 077
  password=${POSTGRES_PASSWORD:-$(cat "${POSTGRES_PASSWORD_FILE:?is needed, or POSTGRES_PASSWORD}")}
  printf '%s\n' "$password" >/tmp/password
  # Renamed when complete, so that a killed pod starts again from nothing.
  rm -rf "$data.new"
  initdb --pgdata "$data.new" --username "$user" --pwfile /tmp/password --auth-local trust --auth-host scram-sha-256 \
    --encoding UTF8 --locale C.UTF-8
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$data.new/pg_hba.conf"
  if [ "$database" != postgres ]; then
    echo "CREATE DATABASE \"$database\"" | postgres --single -D "$data.new" postgres
  fi
  mv "$data.new" "$data"
fi
exec postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
