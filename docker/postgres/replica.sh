#!/bin/sh
# A server that streams from $PRIMARY: an empty one is copied from there first. The primary keeps what
# it has not had yet, for the name $SLOT: each replica needs one of its own, and of one that is gone
# for good the primary must be told (SELECT pg_drop_replication_slot('…')).
set -eu
export PGPASSWORD="$REPLICATION_PASSWORD" PGHOST="$PRIMARY" PGPORT="${PRIMARY_PORT:-5432}" PGUSER=streaming
slot="${SLOT:-replica}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA.new"
  # One may be left from a copy that was not finished, or of a server that this one replaces.
  psql --quiet -d 'dbname=postgres replication=true' -c "DROP_REPLICATION_SLOT $slot" 2>/dev/null || true
  pg_basebackup --pgdata "$PGDATA.new" --wal-method stream --checkpoint fast --write-recovery-conf \
    --create-slot --slot "$slot"
  chmod 0700 "$PGDATA.new"
  # Whole, or not there.
  rmdir "$PGDATA" 2>/dev/null || true
  mv "$PGDATA.new" "$PGDATA"
fi
unset PGHOST PGPORT PGUSER
exec postgres -D "$PGDATA" "$@"
