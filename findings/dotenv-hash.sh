#!/usr/bin/env bash
# One line, `SECRET=k3y#w`, read by six: python-dotenv, environs, python-decouple and honcho (PyPI), dotenv (npm), Node 20 itself.
# Guess: `#` begins a comment only after white space, as in a shell, and readers of one language agree at least.
# Seen: python-dotenv, environs and python-decouple read `k3y#w`; honcho, which runs the same Procfile's processes, dotenv and
# `node --env-file` read `k3y`. None says anything. So two processes of one machine sign with two secrets.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
node --version | tee node
[[ $(cat node) == v20.* ]]
pip install --quiet --root-user-action=ignore --disable-pip-version-check --no-deps --target python \
  python-dotenv==1.2.4 environs==15.2.0 marshmallow==4.4.0 python-decouple==3.8 honcho==2.0.0
npm install --silent --no-audit --no-fund --ignore-scripts dotenv@18.0.10
echo 'SECRET=k3y#w' >.env
seen=$(PYTHONPATH=python python3 - <<'PYTHON'
import decouple, dotenv, environs
from honcho.environ import parse

print(dotenv.dotenv_values(".env")["SECRET"])
env = environs.Env()
env.read_env(".env", recurse=False)
print(env.str("SECRET"))
print(decouple.Config(decouple.RepositoryEnv(".env"))("SECRET"))
print(parse(open(".env").read())["SECRET"])
PYTHON
node -p 'require("dotenv").parse(require("fs").readFileSync(".env")).SECRET'
node --env-file=.env -p process.env.SECRET)
echo "$seen"
[ "$seen" = $'k3y#w\nk3y#w\nk3y#w\nk3y\nk3y\nk3y' ]
