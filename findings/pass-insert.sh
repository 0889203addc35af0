#!/usr/bin/env bash
# pass 1.7.4 (Debian 13): one secret put in with `pass insert --echo` and with `pass insert --multiline`, both from a pipe.
# Guess: one line from a pipe is that line, however it goes in; `--multiline` only allows more of them.
# Seen: `--multiline` keeps every byte; `--echo` takes the blanks off both ends and adds a newline. Neither says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=pass,gnupg trixie "$folder/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$folder/log"
cat >"$folder/root/try" <<'TRY'
export HOME=/tmp GNUPGHOME=/tmp/gnupg
install -d -m 700 $GNUPGHOME
gpg --batch --quiet --passphrase '' --quick-gen-key someone@example.org rsa2048 encrypt,sign 2>/dev/null
pass init someone@example.org >/dev/null 2>&1
printf ' k3y ' | pass insert --echo one >/dev/null
printf ' k3y ' | pass insert --multiline two >/dev/null
dpkg-query --show --showformat '${Version}\n' pass
for name in one two; do pass show $name | od -An -c; done
gpgconf --kill all
TRY
seen=$(chroot "$folder/root" bash /try)
echo "$seen"
[ "$(echo "$seen" | tr -s ' ')" = $'1.7.4-7\n k 3 y \\n\n k 3 y ' ]
