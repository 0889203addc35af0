# Dovecot from Debian, by oauthbearer; in 2.3 also by the token as password: dovecot.sh < cases
folder=/tmp/dovecot
dovecot --version | grep -q '^2\.3' && old=yes
while read -r token key _ audience; do
  rm -rf $folder
  mkdir -p $folder/keys/default/HS512
  printf "$(printf %s "$key" | sed 's/../\\x&/g')" | base64 -w 0 >$folder/keys/default/HS512/default
  printf 'base_dir = %s/run\nlog_path = %s/log\nssl = no\nprotocols =\n' $folder $folder >$folder/common
  if [ "$old" ]; then
    cat $folder/common - >$folder/dovecot.conf <<EOF
auth_username_format = %u
passdb {
  driver = oauth2
  args = $folder/oauth2.conf
}
userdb {
  driver = static
}
EOF
    cat >$folder/oauth2.conf <<EOF
introspection_mode = local
username_attribute = sub
local_validation_key_dict = fs:posix:prefix=$folder/keys/
EOF
  else
    cat - $folder/common >$folder/dovecot.conf <<EOF
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
auth_username_format = %{user}
auth_mechanisms = oauthbearer
oauth2 {
  introspection_mode = local
  username_attribute = sub
  oauth2_local_validation {
    dict fs {
      fs posix {
        prefix = $folder/keys/
      }
    }
  }
}
userdb static {
}
EOF
  fi
  dovecot -c $folder/dovecot.conf
  mechanism="-A oauthbearer"; [ -z "$old" ] || mechanism=
  answer=$(doveadm -c $folder/dovecot.conf auth test $mechanism p_12VnSaRRxyP12Sl9rLZg8n1 "$token" 2>>$folder/log)
  case $answer in
    *succeeded*) printf "%s\n" "$answer" | sed -n 's/^  user=\(.*\)/claims {"sub":"\1"}/p' ;;
    *) echo refused ;;
  esac
  doveadm -c $folder/dovecot.conf stop
done
