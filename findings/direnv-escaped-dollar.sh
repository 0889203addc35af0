#!/usr/bin/env bash
# direnv 2.32.1 (Debian 13) reads SECRET="k3y\$w" from .env, the dollar escaped as a shell wants it.
# Guess: `k3y$w`; that is what bash makes of the line, and what the backslash is for.
# Seen: `k3y\`: the backslash stays, and the variable that the escaped dollar is taken for anyway is empty. In single quotes the
# dollar is safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=direnv trixie "$folder/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$folder/log"
cat >"$folder/root/tmp/.env" <<'ENV'
ESCAPED="k3y\$w"
SINGLE='k3y$w'
ENV
# shellcheck disable=SC2016 # the dollars are direnv's
seen=$(chroot "$folder/root" bash -c 'cd /tmp; . ./.env; echo "$ESCAPED $SINGLE"; unset ESCAPED SINGLE
  eval "$(direnv dotenv bash .env)"; echo "$ESCAPED $SINGLE"; dpkg-query --show direnv')
echo "$seen"
[ "$(echo "$seen" | head -2)" = $'k3y$w k3y$w\nk3y\\ k3y$w' ]
