#!/bin/sh
# The one account that may come in, and goes on to PostgreSQL with the same password.
set -eu
umask 077
quoted=$(printf '%s' "$TEMPORA_PASSWORD" | sed 's/"/""/g')
printf '"tempora" "%s"\n' "$quoted" > /tmp/userlist.txt
exec pgbouncer "${1:-/etc/tempora/pgbouncer/pgbouncer.ini}"
