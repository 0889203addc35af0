# HAProxy from Debian as a gateway: haproxy.sh < cases
text() { printf '"%s":"%%[http_auth_bearer,jwt_payload_query('"'"'$.%s'"'"')%s]",' "$2" "$1" "$3"; }
fields=$(text sub sub ',json(utf8s)'; text note note_hex ,hex
  for name in exp large small fraction tiny; do text $name $name; done)
while read -r token key algorithm audience; do
  [ "$algorithm" != - ] || algorithm=
  wanted=
  [ "$audience" = - ] || wanted="http-request deny unless { http_auth_bearer,jwt_payload_query('\$.aud') -m str $audience }"
  cat >/tmp/haproxy.cfg <<EOF
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend gateway
  bind 127.0.0.1:18080
  http-request set-var(txn.key) bin($key)
  http-request deny unless { http_auth_bearer,jwt_verify("$algorithm",txn.key) 1 }
  $wanted
  http-request return status 200 content-type text/plain lf-string '{${fields%,}}'
EOF
  haproxy -f /tmp/haproxy.cfg -D -p /tmp/haproxy.pid >/tmp/haproxy.log 2>&1 || { echo refused; continue; }
  answer=$(curl -sf -H "Authorization: Bearer $token" http://127.0.0.1:18080/) && echo "claims $answer" || echo refused
  kill "$(cat /tmp/haproxy.pid)"
done
