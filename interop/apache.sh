# Apache with mod_auth_openidc from Debian as a resource server: apache.sh < cases
folder=/tmp/apache
mkdir -p $folder/html
echo >$folder/html/index.html
while read -r token key algorithm audience; do
  require='Require valid-user'
  [ "$audience" = - ] || require="Require claim aud:$audience"
  cat >$folder/apache.conf <<EOF
ServerName localhost
Listen 127.0.0.1:18082
PidFile $folder/apache.pid
ErrorLog $folder/error.log
User www-data
Group www-data
DocumentRoot $folder/html
$(for module in mpm_event authn_core authz_core authz_user headers dir auth_openidc; do
    echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
  done)
OIDCCryptoPassphrase of-the-module-not-of-the-tokens
OIDCOAuthVerifySharedKeys hex##$key
OIDCOAuthRemoteUserClaim jti
DirectoryIndex index.html
<Location />
  AuthType oauth20
  $require
$(for name in sub note exp large small fraction tiny; do echo "  Header set X-$name \"expr=%{env:OIDC_CLAIM_$name}\""; done)
</Location>
EOF
  apache2 -f $folder/apache.conf -k start 2>$folder/start.log
  for _ in 1 2 3 4 5 6 7 8 9 10; do [ -e $folder/apache.pid ] && break; sleep 0.1; done
  curl -s -D - -o /dev/null -H "Authorization: Bearer $token" http://127.0.0.1:18082/ | perl -ne '
    $good ||= m{^HTTP/\S+ 200};
    s/\r?\n//;
    push @claims, $1 eq "note" ? sprintf(q("note_hex":"%s"), unpack "H*", $2) : qq("$1":"$2") if /^X-(\w+): (.+)/;
    END { print $good ? "claims {" . join(",", @claims) . "}\n" : "refused\n" }'
  apache2 -f $folder/apache.conf -k stop 2>/dev/null
  while [ -e $folder/apache.pid ]; do sleep 0.1; done
done
