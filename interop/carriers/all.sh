# Runs a carrier from Debian once for all secrets: all.sh COMMAND < folders; the command has them as "$@".
PATH=/carriers:$PATH
export PATH
unset SECRET
COMMAND=$1
mapfile -t folders
set -- "${folders[@]}"
eval "$COMMAND" >/tmp/all.log 2>&1
