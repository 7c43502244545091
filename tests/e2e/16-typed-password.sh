#!/bin/bash
# With Debian's untouched sshd_config a password is asked for and arrives as the answer to our prompt.
# The attempt ends at once, and the password is nowhere.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
rm -f /etc/ssh/sshd_config.d/10-sfoauth.conf
start_sshd
secret='Geheim-4711-Passwort'

# The worker's memory, again and again until it is gone; its end is held back for a second and a
# half so that some of this happens after the answer.
watch_worker()
{
	local worker from to
	wait_for 10 pgrep -x sfoauth-worker >/dev/null || return 1
	worker=$(pgrep -x sfoauth-worker | head -n 1)
	strace -q -o /dev/null -e trace=exit_group -e inject=exit_group:delay_enter=1500000 -p "$worker" &
	while grep -q . "/proc/$worker/maps" 2>/dev/null; do
		while IFS=' -' read -r from to mode _; do
			case $mode in
			rw*) dd if="/proc/$worker/mem" bs=4096 skip=$((0x$from / 4096)) count=$(((0x$to - 0x$from) / 4096)) ;;
			esac
		done <"/proc/$worker/maps" 2>/dev/null
		sleep 0.1
	done >"$W/memory"
}

fake script kind=start delay=1 >/dev/null
watch_worker &
watcher=$!
start=$(date +%s)
drive --on "assword: =$secret" -- ssh -F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
    -o PreferredAuthentications=password -o NumberOfPasswordPrompts=1 -l ada 127.0.0.1 'echo let in'
unlike 'nobody is let in' "$out" $'let in\n'
ok 'the attempt ends at once, not at the deadline' test $(($(date +%s) - start)) -lt 15
wait $watcher
is 'audit: why' "$(audit_field result) $(audit_field reason)" 'denied password_typed'
like 'the client is told no' "$out" 'Permission denied'
is 'the worker is gone' "$(pgrep -cx sfoauth-worker)" 0
is 'no record is left' "$(ls /run/sfoauth/handoff)" ''
like 'the memory of the worker was read: it knew the app' "$(grep -ac '3MVG9acme' "$W/memory")" '^[1-9]'
is 'the password is not in the memory of the worker' "$(grep -ac "$secret" "$W/memory")" 0
is 'the password is in no log' "$(grep -ac "$secret" "$W/syslog" "$W/sshd.log" | grep -vc ':0$')" 0
is 'the password never reached Salesforce' "$(fake -j log | grep -c "$secret")" 0

# A client that fills in a saved password would do so again: one code, then no more prompts.
printf 'KbdInteractiveAuthentication yes\n' >/etc/ssh/sshd_config.d/10-sfoauth.conf
kill -HUP "$(cat "$W/sshd.pid")" && sleep 0.5
for account in ada zora; do
	codes=$(fake_count codes)
	drive --answer "$secret" -- ssh -F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
	    -o PreferredAuthentications=keyboard-interactive -o NumberOfPasswordPrompts=3 -l $account 127.0.0.1 true
	is "$account: one prompt" "$(grep -c 'Sign in with Salesforce' <<<"$out")" 1
	like "$account: what to do is said" "$out" 'clear it'
	[ $account != ada ] || is 'it cost one code' "$(($(fake_count codes) - codes))" 1
done

# What the module sends is the job and nothing else: a program in the worker's place writes it down.
worker=/usr/local/libexec/sfoauth/sfoauth-worker
install -d -o _sfoauth "$W/frames"
cat >"$W/scripted.py" <<END
import socket, struct
frames = socket.socket(fileno=3)
job = frames.recv(65536)
def field(tag, data): return struct.pack(">BH", tag, len(data)) + data
uri, code, life = 15, 16, 10
frames.send(bytes([16]) + field(uri, b"https://acme.my.salesforce.com/setup/connect") +
            field(code, b"ABCD1234") + field(life, struct.pack(">I", 600)))
rest = []
while True:
    data = frames.recv(65536)
    if not data:
        break
    rest.append(data)
with open("$W/frames/seen", "wb") as file:
    file.write(b"%d frames after the job\n" % len(rest) + job + b"".join(rest))
END
mv $worker $worker.away
printf '#!/bin/sh\nexec /usr/bin/python3 %s\n' "$W/scripted.py" >$worker && chmod 755 $worker
drive --on "assword: =$secret" -- ssh -F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
    -o PreferredAuthentications=password -o NumberOfPasswordPrompts=1 -l ada 127.0.0.1 'echo let in'
is 'audit: the scripted worker was asked too' "$(audit_field reason)" password_typed
wait_for 5 test -s "$W/frames/seen"
is 'after the job no frame is sent' "$(head -n 1 "$W/frames/seen" | tr -d '\0')" '0 frames after the job'
is 'the password is in no frame' "$(grep -ac "$secret" "$W/frames/seen")" 0
done_testing
