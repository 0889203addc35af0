#!/usr/bin/env bash
# ansible-core 2.19.14 (PyPI): a secret file read with lookup('file') and with lookup('unvault').
# Guess: both give the file's bytes; the first at most without the newline at its end.
# Seen: 'file' takes all white space off the end, blanks and tabs of the secret too, and 'unvault' nothing, on a file that is no
# vault as well: two roles that hand on the same secret hand on two.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
pip install --quiet --root-user-action=ignore --disable-pip-version-check --target python ansible-core==2.19.14
printf 'k3y \t\n\n' >secret
seen=$(PYTHONPATH=python ANSIBLE_LOCALHOST_WARNING=false python3 python/bin/ansible localhost -m debug \
  -a "msg={{ [lookup('file', 'secret'), lookup('unvault', 'secret')] | to_json }}" 2>/dev/null | grep -o '"msg".*')
echo "$seen"
[ "$seen" = '"msg": "[\"k3y\", \"k3y \\t\\n\\n\"]"' ]
