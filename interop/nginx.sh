# nginx with njs from Debian as a gateway: nginx.sh < cases. njs brings HMAC and JSON, and leaves the rest to one's own code:
# this is the least that it takes.
folder=/tmp/nginx
mkdir -p $folder
cat >$folder/gateway.js <<'EOF'
async function take(r) {
  try {
    const parts = r.headersIn.Authorization.slice('Bearer '.length).split('.')
    const key = await crypto.subtle.importKey(
      'raw', Buffer.from(r.variables.secret, 'hex'), { name: 'HMAC', hash: 'SHA-512' }, false, ['verify'])
    const signed = Buffer.from(`${parts[0]}.${parts[1]}`)
    const good = await crypto.subtle.verify('HMAC', key, Buffer.from(parts[2], 'base64url'), signed)
    const claims = JSON.parse(Buffer.from(parts[1], 'base64url'))
    const now = Date.now() / 1000
    r.return(good && claims.nbf <= now && now < claims.exp ? 200 : 401, JSON.stringify(claims))
  } catch (error) {
    r.return(401, error.message)
  }
}
export default { take }
EOF
while read -r token key _ _; do
  cat >$folder/nginx.conf <<EOF
load_module /usr/lib/nginx/modules/ngx_http_js_module.so;
pid $folder/nginx.pid;
events {}
http {
  js_path $folder;
  js_import gateway.js;
  access_log off;
  server {
    listen 127.0.0.1:18081;
    set \$secret $key;
    location / { js_content gateway.take; }
  }
}
EOF
  nginx -c $folder/nginx.conf -e $folder/error.log
  answer=$(curl -sf -H "Authorization: Bearer $token" http://127.0.0.1:18081/) && echo "claims $answer" || echo refused
  kill "$(cat $folder/nginx.pid)"
  while [ -e $folder/nginx.pid ]; do sleep 0.1; done
done
