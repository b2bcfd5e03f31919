# Thirty-four ways to stay, half of them deaf to SIGTERM; all are to be gone with the sandbox (F4).
stay="trap '' TERM HUP INT; while :; do sleep 97531; done"
for n in $(seq 8); do setsid sh -c "$stay" > /dev/null 2>&1 & done
for n in $(seq 8); do (setsid sh -c "(sh -c \"$stay\" &) & exit" > /dev/null 2>&1 &) & done
for n in $(seq 8); do nohup sh -c "$stay" > /dev/null 2>&1 & done
for n in $(seq 6); do (cd /tmp && exec -a '[kworker/0:1]' setsid perl -e '$SIG{$_} = "IGNORE" for qw(TERM HUP INT); exit if fork; POSIX::setsid() if eval "require POSIX"; exit if fork; $0 = "init"; sleep 97531 while 1' > /dev/null 2>&1 &) & done
for n in $(seq 4); do setsid perl -e '$SIG{$_} = "IGNORE" for qw(TERM HUP); if (fork) { wait; } else { $SIG{TERM} = "IGNORE"; } while (1) { sleep 97531 }' > /dev/null 2>&1 & done
sleep 1
alive=$(ps -e 2> /dev/null | grep -c . || ls /proc | grep -c '^[0-9]')
printf '\n@@ daemons done %s processes\n' "$alive"
