#!/bin/sh
# A server that streams from $PRIMARY: an empty one is copied from there first.
set -eu
export PGPASSWORD="$REPLICATION_PASSWORD"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA.new"
  pg_basebackup --host "$PRIMARY" --port "${PRIMARY_PORT:-5432}" --username streaming \
    --pgdata "$PGDATA.new" --wal-method stream --checkpoint fast --write-recovery-conf
  chmod 0700 "$PGDATA.new"
  # Whole, or not there.
  rmdir "$PGDATA" 2>/dev/null || true
  mv "$PGDATA.new" "$PGDATA"
fi
exec postgres -D "$PGDATA" "$@"
