#!/usr/bin/env bash
# django-environ 0.14.0 (PyPI): a value that begins with a dollar, in single quotes in .env.
# Guess: single quotes keep a dollar what it is, in .env as in a shell.
# Seen: `SECRET='$k3y'` is another variable's name all the same: asked for SECRET it says 'Set the k3y environment variable'.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
pip install --quiet --root-user-action=ignore --disable-pip-version-check --no-deps --target python django-environ==0.14.0
echo "SECRET='\$k3y'" >.env
seen=$(PYTHONPATH=python python3 - <<'PYTHON'
import environ

environ.Env.read_env(".env")
try:
    print(environ.Env()("SECRET"))
except environ.ImproperlyConfigured as error:
    print(error)
PYTHON
)
echo "$seen"
[ "$seen" = 'Set the k3y environment variable' ]
