#!/usr/bin/env bash
# One template, `secret={{secret}}`, filled in by mustache 4.2.0 and handlebars 4.7.10 (npm) and by chevron 0.14.0 (PyPI), all of
# which render Mustache's language: a secret in base64.
# Guess: `{{…}}` escapes what HTML needs escaped, `&`, `<`, `>` and quotes, so letters, digits, `+`, `/` and `=` come through.
# Seen: mustache escapes `/` and `=`, handlebars `=` alone, chevron neither: three configurations with three secrets, and most
# secrets in base64 have one of the two.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts mustache@4.2.0 handlebars@4.7.10
pip install --quiet --root-user-action=ignore --disable-pip-version-check --target python chevron==0.14.0
seen=$(for name in mustache handlebars; do node -p "require('./node_modules/$name/package.json').version"; done
node -p 'require("mustache").render("secret={{secret}}", { secret: "k3y+w/==" })'
node -p 'require("handlebars").compile("secret={{secret}}")({ secret: "k3y+w/==" })'
PYTHONPATH=python python3 -c 'import importlib.metadata as m, chevron
print(m.version("chevron"))
print(chevron.render("secret={{secret}}", {"secret": "k3y+w/=="}))')
echo "$seen"
[ "$seen" = $'4.2.0\n4.7.10\nsecret=k3y+w&#x2F;&#x3D;&#x3D;\nsecret=k3y+w/&#x3D;&#x3D;\n0.14.0\nsecret=k3y+w/==' ]
