#!/bin/sh
# Run once, in an empty primary (/docker-entrypoint-initdb.d): the database, its owner, and an
# account for those that stream.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
  -v password="$TEMPORA_PASSWORD" -v replication="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE tempora LOGIN PASSWORD :'password';
CREATE DATABASE tempora OWNER tempora;
CREATE ROLE streaming LOGIN REPLICATION PASSWORD :'replication';
SQL
echo 'host replication streaming all scram-sha-256' >> "$PGDATA/pg_hba.conf"
