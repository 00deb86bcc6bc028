#!/bin/sh
# The one account that may come in, and goes on to PostgreSQL with the same password.
set -eu
umask 077
quoted() { printf '%s' "$1" | sed 's/"/""/g'; }
printf '"%s" "%s"\n' "$(quoted "$DATABASE_USER")" "$(quoted "$DATABASE_PASSWORD")" > /tmp/userlist.txt
exec pgbouncer "${1:-/etc/tempora/pgbouncer.ini}"
