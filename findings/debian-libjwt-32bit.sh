#!/usr/bin/env bash
# libjwt 1.10.2 (Debian 12) on 32-bit x86: what `jwt_get_grant_int` returns for an `exp` in the year 2100.
# Guess: since it returns a `long`, which has 32 bits there, the greatest one, or 0 with `errno` set, as for what is no number.
# Seen: -192522496 with `errno` 0: of the time's bits the lower half. The token is decoded, and its JSON has the right number.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --arch=i386 --variant=minbase --include=libjwt-dev,gcc,libc6-dev bookworm "$folder/root" \
  ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$folder/log"
cat >"$folder/root/exp.c" <<'C'
#include <errno.h>
#include <jwt.h>
#include <stdio.h>

int main(void) {
    unsigned char key[64];
    jwt_t *made, *read;
    for (int i = 0; i < 64; i++) key[i] = 'a' + i % 26;
    jwt_new(&made);
    jwt_add_grants_json(made, "{\"exp\":4102444800}");
    jwt_set_alg(made, JWT_ALG_HS512, key, sizeof key);
    int refused = jwt_decode(&read, jwt_encode_str(made), key, sizeof key);
    errno = 0;
    long exp = jwt_get_grant_int(read, "exp");
    printf("refused %d, exp %ld, errno %d, %s", refused, exp, errno, jwt_get_grants_json(read, NULL));
}
C
seen=$(chroot "$folder/root" sh -c 'dpkg-query --show --showformat "\${Version}\n" libjwt-dev; gcc -o exp exp.c -ljwt && ./exp')
echo "$seen"
[ "$seen" = $'1.10.2-1+deb12u1\nrefused 0, exp -192522496, errno 0, {"exp":4102444800}' ]
