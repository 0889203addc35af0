#!/usr/bin/env bash
# python-dotenv 1.2.4 (PyPI): a value that its own `set_key` writes into .env, read again with `dotenv_values`.
# Guess: what it wrote it reads: `set_key` puts the value in single quotes and escapes what has to be.
# Seen: it expands `${…}` in those single quotes when it reads. `$…` without braces stays, so most values come back, and one
# with `${` in it comes back as another, which depends on the machine's environment.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
pip install --quiet --root-user-action=ignore --disable-pip-version-check --target python python-dotenv==1.2.4
seen=$(PYTHONPATH=python python3 - <<'PYTHON'
import importlib.metadata, pathlib
import dotenv

print(importlib.metadata.version("python-dotenv"))
path = pathlib.Path(".env")
for value in ["k3y$nobody-w", "k3y${nobody}w"]:
    path.write_text("")
    dotenv.set_key(path, "SECRET", value)
    print(path.read_text().strip(), dotenv.dotenv_values(path)["SECRET"])
PYTHON
)
echo "$seen"
[ "$seen" = $'1.2.4\nSECRET=\'k3y$nobody-w\' k3y$nobody-w\nSECRET=\'k3y${nobody}w\' k3yw' ]
