# Runs a carrier from Debian in the folder of each secret: each.sh COMMAND [BEFORE] < folders
# `out` is what came out of it, `err` what it complained about.
read -r folder
PATH=/carriers:$PATH HOME=$(dirname "$folder")/home XDG_RUNTIME_DIR=$(dirname "$folder")/home
export PATH HOME XDG_RUNTIME_DIR
unset SECRET
mkdir -p "$HOME"
[ -z "$2" ] || (eval "$2") >"$HOME/before.log" 2>&1
while
  cd "$folder" || exit
  (eval "$1") >out 2>err </dev/null
  read -r folder
do :; done
