#!/usr/bin/env bash
# kubectl 1.32.3 (Debian 13): one pair, `SECRET="k3y"`, given to `kubectl create secret --from-literal`, and to `kubectl kustomize`
# as one of a secretGenerator's `literals` and as a line of a file of its `envs`.
# Guess: one program has one meaning for a literal, and if quotes count for nothing, then in an env file.
# Seen: `create secret` keeps the quotes; `kustomize` takes them off a literal and keeps them in an env file. Whoever moves a
# secret from a script to a kustomization, or there from `literals` to `envs`, moves another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=kubectl,jq trixie "$folder/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$folder/log"
cat >"$folder/root/try" <<'TRY'
mkdir /app && cd /app
kubectl version --client | head -n 1
kubectl create secret generic app --from-literal='SECRET="k3y"' --dry-run=client -o json | jq -r '.data.SECRET | @base64d'
show() { kubectl kustomize . | sed -n 's/^  SECRET: //p' | base64 -d; echo; }
echo "secretGenerator: [{name: app, literals: ['SECRET=\"k3y\"']}]" >kustomization.yaml
show
echo 'SECRET="k3y"' >app.env
echo 'secretGenerator: [{name: app, envs: [app.env]}]' >kustomization.yaml
show
TRY
seen=$(chroot "$folder/root" bash /try)
echo "$seen"
[ "$seen" = $'Client Version: v1.32.3\n"k3y"\nk3y\n"k3y"' ]
