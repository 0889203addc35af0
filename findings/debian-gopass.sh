#!/usr/bin/env bash
# Debian 12's package `gopass`, by the name of a well-known secret store.
# Guess: `apt install gopass` installs that one, perhaps an older version.
# Seen: another program, aviau's re-implementation of pass, at 1.5.0: its help knows neither `cat` nor an option of `show`,
# so a start-up script that reads its secret with `gopass show -o` gets the usage text in the secret's place.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=gopass bookworm "$folder/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$folder/log"
seen=$(chroot "$folder/root" bash -c "gopass version; dpkg-query --show --showformat '\${Homepage}\n' gopass
  HOME=/tmp gopass show -o secret 2>&1; gopass --help | grep -cw cat" || true)
echo "$seen"
[ "$seen" = $'gopass v1.5.0\nhttps://github.com/aviau/gopass\nUsage: gopass show [pass-name]\nError: flag provided but not defined: -o.\n0' ]
