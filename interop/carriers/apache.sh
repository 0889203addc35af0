# Apache with a CGI program, a location for each secret: apache.sh FOLDER…
root=/tmp/apache-carriers
rm -rf $root
mkdir -p $root
{
  printf 'ServerName a.invalid\nServerRoot %s\nPidFile %s/pid\nErrorLog %s/log\nListen 127.0.0.1:18082\n' $root $root $root
  printf 'User www-data\nGroup www-data\nScriptAliasMatch ^/[0-9]+$ /carriers/cgi\n'
  printf '<Directory /carriers>\nRequire all granted\nOptions +ExecCGI\n</Directory>\n'
} >$root/rest
for module in mpm_prefork authz_core env alias cgi; do
  echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
done >$root/modules
for folder; do
  { printf '<Location "/%s">\n' "$(basename "$folder")"; cat "$folder/env"; echo '</Location>'; } >$root/one
  cat $root/modules $root/rest $root/one >$root/conf
  apache2 -t -f $root/conf >"$folder/said" 2>&1 && cat $root/one >>$root/good || cp "$folder/said" "$folder/err"
done
cat $root/modules $root/rest $root/good >$root/conf
apache2 -f $root/conf
for _ in $(seq 500); do [ -e $root/pid ] && break; sleep 0.02; done
for folder; do
  [ -e "$folder/err" ] || curl -sf --retry 9 --retry-connrefused "http://127.0.0.1:18082/$(basename "$folder")" >"$folder/out"
done
kill "$(cat $root/pid)"
for _ in $(seq 500); do [ -e $root/pid ] || break; sleep 0.02; done
