#!/bin/bash
# Another local user, and what one leaves lying about: processes, hand-off, lock, links in every place
# we write, hostile environments. Each has no effect. The last line counts the cases.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

cases=0
neighbour="$src/tests/e2e/neighbour.py"
id=0123456789abcdef0123456789abcdef
handoff=/run/sfoauth/handoff starts=/run/sfoauth/lock/limits-1
install -d -o kim -m 755 "$W/kim"
write_conf
start_fake --auto-approve ada --set auto_after=0
start_sshd

# attack NAME PID USER: everything that USER can try on a process; the ways that worked are in $worked.
attack()
{
	local said
	said=$(as_user "$3" setsid -w "$neighbour" "$2" 2>&1)
	[[ $said == 'tried '* ]] || bail "$1: $said"
	worked=${said#*:}
	cases=$((cases + $(sed -n 's/^tried \([0-9]*\):.*/\1/p' <<<"$said")))
}

# denied NAME COMMAND...: kim runs them, each a line of sh, and none succeeds.
denied()
{
	local name=$1 line did=''
	shift
	for line; do
		cases=$((cases + 1))
		as_user kim sh -c "$line" >/dev/null 2>&1 </dev/null && did+=" [$line]"
	done
	is "$name: $# ways" "$did" ''
}

# ---- Processes
as_user kim setsid sleep 60 2>/dev/null &
wait_for 5 pgrep -u kim -x sleep >/dev/null
attack 'control' "$(pgrep -u kim -x sleep)" kim
ok 'what is tried works on a process of one'"'"'s own' test "$(wc -w <<<"$worked")" -gt 90
cases=0
fake set auto_after=3 >/dev/null
ssh_login -n ada true >/dev/null &
login=$!
wait_for 20 pgrep -x sfoauth-worker >/dev/null || bail 'no worker'
sleep 0.3
worker=$(pgrep -x sfoauth-worker)
host=$(awk '/^PPid/ { print $2 }' "/proc/$worker/status")
for pid in "$worker" "$host"; do
	attack 'a sign-in' "$pid" kim
	is "kim can do nothing to $(cat "/proc/$pid/comm")" "$worked" ''
	attack 'a sign-in' "$pid" ada
	is "nor can ada, who signs in, to $(cat "/proc/$pid/comm")" "$worked" ''
done
wait $login
is 'that login succeeds all the same' "$(audit_field result 2) $(audit_field user)" 'allowed ada'
fake set auto_after=0 >/dev/null
mkfifo "$W/never"
chown ada "$W/never"
as_user ada bash -c "exec 4<>'$W/never' /usr/local/libexec/sfoauth/sfoauth-keep" 2>/dev/null &
kept=$!
wait_for 5 pgrep -u ada -x sfoauth-keep >/dev/null || as_user ada true
keep=$(pgrep -u ada -x sfoauth-keep)
if [ -n "$keep" ]; then
	attack 'keep' "$keep" kim
	is 'kim can do nothing to sfoauth-keep' "$worked" ''
	attack 'keep' "$keep" ada
	unlike 'nor can ada look into it' "$worked" 'mem|environ|maps|fd:|vm_|attach|seize|getfd'
fi
kill "$kept" 2>/dev/null
wait "$kept" 2>/dev/null

# ---- Hand-off and lock
record="$handoff/$id"
printf 'sfoauth=1\norigin=https://acme.my.salesforce.com:443\nusername=planted@acme.example\naccess_token=00D5f0!x\n' >"$record"
chown ada "$record" && chmod 600 "$record"
denied 'the hand-off, to kim' "ls $handoff" "cd $handoff" "cat $record" "test -e $record" "stat $record" \
    "head -c1 $record" "rm -f $record && test ! -e $record && false" "rm $record" "mv $record $W/kim/r" "ln $record $W/kim/h" \
    "chmod 644 $record" "chown kim $record" "chmod 755 $handoff" "touch $handoff/x" ": >$handoff/$id" ": >>$record" \
    "mkdir $handoff/d" "rmdir $handoff" "mv $handoff $handoff.x" "mv /run/sfoauth /run/x" "ln -s $W/kim $handoff/l" \
    "ln -s $record $W/kim/s && cat $W/kim/s" "cp $record $W/kim/c" "dd if=$record of=/dev/null" "exec 4<$record" \
    "exec 4<>$record" "exec 4<$handoff" "setfattr -n user.x -v 1 $record" "getfacl $record | grep ." "find $handoff -name '*'" \
    "python3 -c 'import os; os.open(\"$handoff\", os.O_TMPFILE | os.O_RDWR)'" "mount -t tmpfs x $handoff" "ls /run/sfoauth/lock"
denied 'the counters, to kim' "cat $starts" ": >$starts" ": >>$starts" "rm $starts" "mv $starts $W/kim/s" "ln $starts $W/kim/s" \
    "flock -n $starts true" "flock -n -s $starts true" "exec 4<$starts" "truncate -s 0 $starts" "chmod 666 $starts" "stat $starts" \
    "mkfifo $starts.x" "ln -s $W/kim/x $starts.x" "touch /run/sfoauth/x" "mkdir /run/sfoauth/handoff2"
ls -la "$record" >"$W/before"
forget_kernel
for number in 0 8 9; do
	cases=$((cases + 1))
	drive --as kim --timeout 20 -- env "SFOAUTH_HANDOFF=${id%?}$number" SFOAUTH_HANDOFF="$id" su ada -c 'keyctl list @u'
done
unlike 'an id in the environment of su opens nothing' "$out" 'planted@'
is 'the record is there, or was swept, and nobody has it' \
    "$(grep -c 'planted@' /proc/keys) $(find "$W/kim" "$W/home/kim" -newer "$W/never" -type f | wc -l)" '0 0'
rm -f "$record"

# ---- Links and other things in the places we write
echo precious >"$W/victim" && chmod 600 "$W/victim"
install -o kim -m 600 /dev/null "$W/kim/file"
echo kim >"$W/kim/file"
precious() { echo "$(cat "$W/victim") $(stat -c '%a %U' "$W/victim") $(cat "$W/kim/file") $(stat -c '%a %U' "$W/kim/file") $(ls "$W/kim")"; }
whole=$(precious)
# planted NAME LINE: /run as LINE leaves it; a login then ends, and nobody's file is another.
planted()
{
	local name=$1
	cases=$((cases + 1))
	rm -rf /run/sfoauth
	bash -c "$2" || bail "cannot plant: $2"
	ssh_login -n -D --timeout=25 ada true >/dev/null
	ok "$name: the login ends" test "$status" != 124
	is "$name: nothing is written through it" "$(precious)" "$whole"
	is "$name: no token is left behind" "$(find /run/sfoauth/ "$W/kim" -type f -size +0 -exec grep -l access_token {} + 2>/dev/null)" ''
	outcomes+=" $status"
}
outcomes=''
d='mkdir -p /run/sfoauth/lock /run/sfoauth/handoff && chmod 700 /run/sfoauth/*'
planted '/run/sfoauth: a link' "ln -s '$W/kim' /run/sfoauth"
planted '/run/sfoauth: a link to nowhere' 'ln -s /run/nowhere /run/sfoauth'
planted '/run/sfoauth: a file' ': >/run/sfoauth'
planted '/run/sfoauth: a FIFO' 'mkfifo /run/sfoauth'
planted "/run/sfoauth: kim's" 'install -d -o kim /run/sfoauth'
planted '/run/sfoauth: for all to write' 'install -d -m 1777 /run/sfoauth'
e='cd /run/sfoauth && rmdir handoff lock'
planted 'hand-off and lock: links' "$d; $e; ln -s '$W/kim' handoff; ln -s '$W/kim' lock"
planted 'hand-off and lock: files' "$d; $e; : >handoff; : >lock"
planted 'hand-off and lock: FIFOs' "$d; $e; mkfifo handoff lock"
planted "hand-off and lock: kim's" "$d; chown kim /run/sfoauth/*"
planted 'hand-off and lock: for all to read' "$d; chmod 755 /run/sfoauth/*"
planted 'starts: a link' "$d; ln -s '$W/victim' $starts"
planted 'starts: a hard link' "$d; ln '$W/victim' $starts"
planted "starts: a hard link to kim's file" "$d; ln '$W/kim/file' $starts"
planted 'starts: a FIFO' "$d; mkfifo $starts"
planted 'starts: a directory' "$d; mkdir $starts"
planted 'starts: a device' "$d; mknod $starts c 1 5"
planted "starts: kim's" "$d; install -o kim -m 666 /dev/null $starts"
planted 'records: links, a FIFO, a directory, a device' "$d; cd $handoff; ln -s '$W/victim' ${id%?}1; mkfifo ${id%?}2; mkdir ${id%?}3
	mknod ${id%?}4 c 1 5; ln '$W/victim' ${id%?}5; ln -s '$W/kim' ${id%?}6"
tap_note "how these logins ended:$outcomes"
rm -rf /run/sfoauth
ssh_login -n ada 'keyctl clear @u'
is 'and without any of it a login succeeds' "$status" 0

# ---- The command's own directory
start_desktop
run desk sfoauth login
is 'ada signs in' "$status" 0
state=$W/home/ada/.local/state/sfoauth
lock=$(find "$state" -name '*.lock' | head -n 1)
[ -n "$lock" ] || bail 'no lock file'
# linked NAME LINE: ada's directory as LINE leaves it; refresh and login end, nobody's file is another.
linked()
{
	cases=$((cases + 1))
	as_user ada sh -c "rm -rf '$state'; mkdir -m 700 '$state'; $2" || bail "cannot plant: $2"
	forget_kernel
	run desk timeout 15 sfoauth token --min-life 119m
	unlike "$1: a refresh ends" "$status" '^(124|139|134|70)$'
	run desk timeout 15 sfoauth status
	unlike "$1: so does status" "$status" '^(124|139|134|70)$'
	is "$1: nothing is written through it" "$(precious)" "$whole"
}
chmod 666 "$W/victim" "$W/kim/file" && whole=$(precious)
for name in "$lock" "${lock%.lock}.copied"; do
	short=${name##*.}
	linked "$short: a link" "ln -s '$W/victim' '$name'"
	linked "$short: a link to kim's file" "ln -s '$W/kim/file' '$name'"
	linked "$short: a link to itself" "ln -s '$name' '$name'"
	linked "$short: a FIFO" "mkfifo '$name'"
	linked "$short: a directory" "mkdir '$name'"
	linked "$short: not readable" ": >'$name'; chmod 0 '$name'"
done
linked "the directory: a link to kim's" "rmdir '$state'; ln -s '$W/kim' '$state'"
linked 'the directory: a FIFO' "rmdir '$state'; mkfifo '$state'"
linked 'the directory: a file' "rmdir '$state'; : >'$state'"
linked 'the directory: for all to write' "chmod 777 '$state'"
linked 'its parent: a link to /tmp' "rm -rf '${state%/*}'; ln -s /tmp '${state%/*}'"
as_user ada rm "${state%/*}"
forget_kernel

. "$src/tests/e2e/environments.sh"
tap_note "cases: $cases"
done_testing
