# cron with one user's crontab for each secret, which runs for a minute at most: cron.sh FOLDER…
spool=/var/spool/cron/crontabs
rm -f $spool/*
number=0
for folder; do
  user=app$number
  number=$((number + 1))
  id $user >/dev/null 2>&1 || useradd $user
  { cat "$folder/crontab"; echo "* * * * * /carriers/show >$folder/out"; } >$spool/$user
  chown $user:crontab $spool/$user
  chmod 600 $spool/$user
  chmod 777 "$folder"
done
cron -f >/tmp/cron.log 2>&1 &
sleep 65
kill $!
rm -f $spool/*
