#!/usr/bin/env bash
# mod_auth_openidc 2.4.17 (Debian 13): `OIDCOAuthVerifySharedKeys`, which hands Apache the secret of HS512 tokens.
# Guess: what 2.4.12 (Debian 12) does with the same configuration, it does too: 200 to a good token.
# Seen: 401. The directive is read without a word and its key used nowhere: the log counts '0 shared keys'.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/try" <<'TRY'
mkdir -p /tmp/html && echo >/tmp/html/index.html
{
  for module in mpm_event authn_core authz_core authz_user dir auth_openidc; do
    echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
  done
  cat <<'CONFIGURATION'
ServerName localhost
Listen 127.0.0.1:18090
User www-data
Group www-data
PidFile /tmp/apache.pid
ErrorLog /tmp/error.log
LogLevel auth_openidc:debug
DocumentRoot /tmp/html
DirectoryIndex index.html
OIDCCryptoPassphrase of-the-module-not-of-the-token
OIDCOAuthVerifySharedKeys correct-horse-battery-staple-correct-horse-battery-staple-correct-horse
<Location />
  AuthType oauth20
  Require valid-user
</Location>
CONFIGURATION
} >/tmp/apache.conf
apache2 -f /tmp/apache.conf -k start
dpkg-query --show --showformat '${Version} ' libapache2-mod-auth-openidc
curl -s --retry 5 --retry-connrefused -o /dev/null -w '%{http_code} ' -H "Authorization: Bearer $1" http://127.0.0.1:18090/
grep -o '[0-9]* shared keys' /tmp/error.log | head -1
apache2 -f /tmp/apache.conf -k stop
while [ -e /tmp/apache.pid ]; do sleep 0.1; done
TRY
token=$(python3 - <<'PYTHON'
import base64, hashlib, hmac, json, time

secret = b"correct-horse-battery-staple-correct-horse-battery-staple-correct-horse"
base64url = lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
claims = {"sub": "someone", "iat": int(time.time()) - 60, "exp": int(time.time()) + 3600}
header = base64url(json.dumps({"alg": "HS512"}).encode())
signed = f"{header}.{base64url(json.dumps(claims).encode())}"
print(f"{signed}.{base64url(hmac.digest(secret, signed.encode(), hashlib.sha512))}")
PYTHON
)
for suite in bookworm trixie; do
  debootstrap --variant=minbase --include=apache2,libapache2-mod-auth-openidc,curl "$suite" "$folder/$suite" \
    ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$folder/log"
  cp "$folder/try" "$folder/$suite/try"
  chroot "$folder/$suite" bash /try "$token" | tee "$folder/$suite.seen"
done
[ "$(cat "$folder/bookworm.seen")" = '2.4.12.3-2+deb12u4 200 1 shared keys' ]
[ "$(cat "$folder/trixie.seen")" = '2.4.17-1+deb13u1 401 0 shared keys' ]
