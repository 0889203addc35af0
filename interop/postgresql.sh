# PostgreSQL from Debian with pgjwt: postgresql.sh < cases, with the extension's file beside it
bin=$(echo /usr/lib/postgresql/*/bin)
export PGHOST=/tmp PGPORT=15432 PGUSER=postgres
if [ ! -e /tmp/postgresql ]; then
  install -d -o postgres /tmp/postgresql
  su postgres -c "$bin/initdb -D /tmp/postgresql --locale=C.UTF-8 --auth=trust" >/tmp/postgresql.log
fi
extensions=$(echo /usr/share/postgresql/*/extension)
cp pgjwt--*.sql "$extensions"
printf "default_version = '0.2.0'\nrequires = pgcrypto\nschema = public\n" >"$extensions/pgjwt.control"
su postgres -c "$bin/pg_ctl -D /tmp/postgresql -o '-k /tmp -p 15432 -c listen_addresses=' -w start" >>/tmp/postgresql.log
psql -qc 'CREATE EXTENSION IF NOT EXISTS pgjwt CASCADE' 2>/dev/null
while read -r token key algorithm _; do
  [ "$algorithm" = - ] && algorithm= || algorithm=", '$algorithm'"
  answer=$(psql -qtAc "SELECT payload FROM verify('$token', convert_from('\\x$key', 'UTF8')$algorithm) WHERE valid" 2>/dev/null)
  [ -n "$answer" ] && echo "claims $answer" || echo refused
done
su postgres -c "$bin/pg_ctl -D /tmp/postgresql -m fast stop" >>/tmp/postgresql.log
