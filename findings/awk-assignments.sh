#!/usr/bin/env bash
# gawk 5.2.1 and mawk 1.3.4 (Debian 13, of which mawk is the one that is there by itself): `awk -v "secret=$SECRET"`.
# Guess: both take escapes in the value, as POSIX has it, and what is no escape stays as it is in both or in neither.
# Seen: of `k3y\qw` mawk keeps the backslash and gawk takes it away, with a warning. So a script that fills in a template
# fills in another secret once somebody installs gawk, which takes the name `awk` over.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase trixie "$folder/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$folder/log"
cat >"$folder/root/try" <<'TRY'
show() {
  dpkg-query --show --showformat '${Package} ${Version}\n' "$1"
  awk -v 'secret=k3y\qw' 'BEGIN { print secret }' 2>/dev/null
}
show mawk
apt-get install --yes --no-install-recommends gawk >/dev/null 2>&1
show gawk
TRY
seen=$(chroot "$folder/root" bash /try)
echo "$seen"
[ "$seen" = $'mawk 1.3.4.20250131-1\nk3y\\qw\ngawk 1:5.2.1-2+b1\nk3yqw' ]
