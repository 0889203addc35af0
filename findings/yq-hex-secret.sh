#!/usr/bin/env bash
# yq 4.4.5 (PyPI, with jq) and PyYAML 6.0.4, on which it stands: a secret of hexadecimal digits, unquoted in YAML.
# Guess: 64 hexadecimal digits among which there is a letter are text, and above all the same to both.
# Seen: where the only letter is one `e` between digits, PyYAML reads text and yq a number: `yq -r .secret` prints
# 1.7976931348623157e+308, with exit code 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip install --quiet --root-user-action=ignore --disable-pip-version-check --no-deps --target "$folder" \
  yq==4.4.5 PyYAML==6.0.4 argcomplete==3.7.2 tomlkit==0.15.2 xmltodict==1.0.4
export PYTHONPATH=$folder
secret=1234567890123456789012345678901e23456789012345678901234567890123
echo "secret: $secret" >"$folder/secret.yaml"
seen="$(python3 "$folder/bin/yq" -r .secret "$folder/secret.yaml")"
echo "$seen"
[ "$seen" = '1.7976931348623157e+308' ]
[ "$(python3 -c 'import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))["secret"])' "$folder/secret.yaml")" = "$secret" ]
