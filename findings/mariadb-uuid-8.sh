#!/usr/bin/env bash
# MariaDB 11.8.9 (Debian 13): UUIDs of versions 4 and 8 (RFC 9562) in a column of its type `UUID`, as text and as 16 bytes.
# Guess: a UUID is 128 bits, and the type takes and returns all of them, as it does for all of version 4.
# Seen: of version 8 those whose ninth byte is 0x80, one in 64, are an error as text, and come back as another UUID as bytes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=mariadb-server trixie "$folder/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$folder/log"
cat >"$folder/root/try" <<'TRY'
install -d -o mysql /run/mysqld
mariadbd --user=mysql --skip-networking --socket=/tmp/socket &>/tmp/log &
sql() { mariadb --socket=/tmp/socket --skip-column-names "$@" 2>&1; }
until sql -e 'do 1' >/dev/null; do sleep 1; done
sql mysql <<'SQL'
select version();
create table test (id uuid);
select 'version 4', count(*) from seq_32768_to_49151 where cast(concat('5c146b14-3c52-4afd-', hex(seq), '-375d0df1fbf6') as uuid) is null;
select 'version 8', count(*), min(hex(seq)), max(hex(seq)) from seq_32768_to_49151
    where cast(concat('5c146b14-3c52-8afd-', hex(seq), '-375d0df1fbf6') as uuid) is null;
insert into test values (unhex('5c146b143c528afd808a375d0df1fbf6')) returning id;
SQL
sql mysql -e "insert into test values ('5c146b14-3c52-8afd-808a-375d0df1fbf6')" | grep --only-matching 'ERROR.*value:'
mariadb-admin --socket=/tmp/socket shutdown
wait
TRY
seen=$(chroot "$folder/root" bash /try)
echo "$seen"
[ "$seen" = $'11.8.9-MariaDB-0+deb13u1 from Debian\nversion 4\t0\nversion 8\t256\t8000\t80FF
0df1fbf6-375d-808a-8afd-5c146b143c52\nERROR 1292 (22007) at line 1: Incorrect uuid value:' ]
